"""What the doctor finds, and how it looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from gateway.cli.redaction import redacted
from gateway.settings import EnvSettings, present

_WIDTH: Final = 41  # of a value; the longest default just fits


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was asked; ``good`` is ``None`` where there was nothing to ask."""

    subject: str
    good: bool | None
    text: str

    def __str__(self) -> str:
        mark = {True: "ok", False: "WRONG", None: "-"}[self.good]
        return f"  {mark:<7}{self.subject:<11}{self.text}"


def setting_lines(settings: EnvSettings, environ: Mapping[str, str]) -> Iterator[str]:
    """One line a variable: name, source, value without secrets, and what it is for."""
    given = present(environ)
    for each in settings.variables():
        source = "environment" if each.name in given else "default"
        shown = _shown(getattr(settings, each.field))
        yield f"  {each.name:<26}{source:<13}{_cut(shown):<{_WIDTH + 1}}{each.description}"


def _cut(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def _shown(value: object) -> str:
    match value:
        case None | () | "":
            return "-"
        case bool():
            return str(value).lower()
        case tuple():
            return ",".join(map(str, value))
        case _:
            return redacted(str(value))  # a SecretStr shows stars by itself
