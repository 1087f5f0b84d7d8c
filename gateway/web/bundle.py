"""GraphiQL's files, and htmx, as the build hook left them in ``gateway/static``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

STATIC: Final = Path(__file__).parent.parent / "static"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A built GraphiQL: its entry points, htmx, and every file a browser may ask for."""

    folder: Path
    script: str
    style: str
    htmx: str
    files: frozenset[str]

    @classmethod
    def load(cls, folder: Path = STATIC) -> Self | None:
        """Read what is installed; ``None`` if GraphiQL was not built with this install."""
        try:
            manifest = json.loads((folder / "manifest.json").read_bytes())
            script, style, htmx = (manifest[name] for name in ("script", "style", "htmx"))
            found = cls(folder, script, style, htmx, frozenset(manifest["files"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found if all((folder / name).is_file() for name in found.files) else None
