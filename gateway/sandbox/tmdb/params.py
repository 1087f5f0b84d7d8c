"""Query parameters as TMDB reads them: lenient in most, strict about the page."""

from datetime import date
from urllib.parse import parse_qsl

from gateway.sandbox.tmdb.errors import TmdbRefusalError
from gateway.sandbox.tmdb.words import language_of

PAGES = 500


class Params:
    """The parameters of one call; the last of a repeated one counts."""

    def __init__(self, query: str) -> None:
        self._values = dict(parse_qsl(query, keep_blank_values=True))
        self.language = language_of(self._values.get("language"))

    def text(self, name: str) -> str:
        """Without surrounding blanks; ``""`` when absent."""
        return self._values.get(name, "").strip()

    @property
    def page(self) -> int:
        """1 to 500, else code 22."""
        text = self._values.get("page", "1")
        if not text.isdecimal() or not 1 <= int(text) <= PAGES:
            raise TmdbRefusalError(22)
        return int(text)

    def flag(self, name: str) -> bool:
        """Only ``true`` is true."""
        return self.text(name).lower() == "true"

    def number(self, name: str) -> float | None:
        """A number, or ``None`` when absent; code 5 for anything else."""
        text = self.text(name)
        if not text:
            return None
        try:
            return float(text)
        except ValueError:
            raise TmdbRefusalError(5) from None

    def day(self, name: str) -> str | None:
        """An ISO date as text, which sorts like dates; code 5 for anything else."""
        text = self.text(name)
        if not text:
            return None
        try:
            return date.fromisoformat(text[:10]).isoformat()
        except ValueError:
            raise TmdbRefusalError(5) from None

    def codes(self, name: str) -> set[str]:
        """A comma list of language codes, regions cut off."""
        return {part.partition("-")[0] for part in self.text(name).split(",") if part}
