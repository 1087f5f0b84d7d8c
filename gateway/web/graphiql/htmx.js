// For the pages, whose policy lets no script be written at run time: htmx's own needs none.
import "htmx.org/dist/htmx.js";
