"""A browser without JavaScript: cookies, links and forms, as they stand in the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
AT_HOME = {"sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate"}


@dataclass
class Form:
    """One form."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    text: str = ""


class _Reader(HTMLParser):
    """Finds forms, links, inline scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.inline: list[str] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        self.inline += [name for name in got if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in got):
            self.inline.append(tag)
        if tag == "a":
            self.links.append(got.get("href", ""))
        if tag == "form":
            self._is_inside = got.get("method") == "post"
            if self._is_inside:
                self.forms.append(Form(got["action"]))
        if tag == "input" and self._is_inside:
            self.forms[-1].fields[got.get("name", "")] = got.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            self.forms[-1].text += data


@dataclass
class Seen:
    """A page, read."""

    response: httpx.Response
    forms: list[Form]
    links: list[str]
    inline: list[str]

    @property
    def text(self) -> str:
        return self.response.text

    @property
    def status(self) -> int:
        return self.response.status_code

    def form(self, text: str) -> Form:
        """The first one with a text in it."""
        return next(each for each in self.forms if text in each.text)


@dataclass
class Visitor:
    """Whoever sits before it."""

    http: httpx.AsyncClient

    @classmethod
    def of(cls, client: httpx.AsyncClient, base_url: str = "http://127.0.0.1:8000") -> Visitor:
        """A fresh one of the same gateway; from this very machine."""
        return cls(httpx.AsyncClient(transport=client._transport, base_url=base_url))

    async def look(self, path: str, **headers: str) -> Seen:
        """Follow a link, and where that leads to."""
        sent = {"accept": HTML, **{k.replace("_", "-"): v for k, v in headers.items()}}
        return _seen(await self.http.get(path, headers=sent, follow_redirects=True))

    async def send(self, form: Form, /, **more: str) -> httpx.Response:
        """Press its button, and follow nothing."""
        return await self.post(form.action, {**form.fields, **more})

    async def post(
        self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Send a form."""
        sent = {"accept": HTML, **AT_HOME, **(headers or {})}
        return await self.http.post(path, data=fields, headers=sent)

    async def sign_in(self, name: str) -> None:
        """Pick one of the sandbox's keys."""
        page = await self.look("/sign-in")
        answer = await self.send(page.form(name))
        assert answer.status_code == 303, answer.text


def _seen(response: httpx.Response) -> Seen:
    reader = _Reader()
    reader.feed(response.text)
    return Seen(response, reader.forms, reader.links, reader.inline)
