// What htmx does not do by itself: it hears of changed requests, and plays trailers on a click.
// Everything on the pages works without, but for the hearing.

const AGAIN_MS = [1000, 2000, 5000, 15000];

// Each live part fetches itself when it hears "changed": a list always, a film's when it is its own.
const changed = (tmdbId) => {
  for (const part of document.querySelectorAll("[data-live]")) {
    const wanted = part.dataset.live;
    if (!tmdbId || !wanted || wanted === String(tmdbId)) part.dispatchEvent(new Event("changed"));
  }
};

let after = null; // the last event that was seen: nothing is lost while the line is down
let failures = 0;
let line = null;

const listen = () => {
  const feed = document.body.dataset.liveFeed;
  if (!feed || line || !document.querySelector("[data-live]")) return;
  const url = new URL(feed, location.href);
  if (after) url.searchParams.set("variables", JSON.stringify({ after }));
  line = new EventSource(url);
  line.addEventListener("open", () => {
    document.documentElement.dataset.line = "open";
    if (failures) changed();
    failures = 0;
  });
  line.addEventListener("next", ({ data }) => {
    const { data: told, errors } = JSON.parse(data);
    const event = told?.requestChanged;
    after = event?.cursor ?? errors?.[0]?.extensions?.after ?? after;
    changed(event?.request?.tmdbId);
  });
  line.addEventListener("complete", lost);
  line.addEventListener("error", lost);
};

const lost = () => {
  line?.close();
  line = null;
  document.documentElement.dataset.line = "lost";
  const wait = AGAIN_MS[Math.min(failures, AGAIN_MS.length - 1)];
  failures += 1;
  setTimeout(listen, wait * (0.5 + Math.random()));
};

const play = (screen) => {
  const frame = document.createElement("iframe");
  frame.className = "screen";
  frame.src = `${screen.dataset.embed}?autoplay=1&rel=0`;
  frame.title = screen.dataset.title;
  frame.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
  frame.referrerPolicy = "strict-origin-when-cross-origin"; // YouTube plays for nobody unknown
  screen.replaceWith(frame);
  frame.focus();
};

document.addEventListener("click", (event) => {
  const screen = event.target.closest("[data-embed]");
  if (!screen || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  play(screen);
});
document.addEventListener("htmx:after:swap", listen);
listen();
