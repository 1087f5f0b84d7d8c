"""Pages without JavaScript: what is there, under which policy, and what if a part is missing."""

from __future__ import annotations

import re

import pytest

from gateway.sandbox.faults import Fault
from gateway.web.site.files import HTMX, Files
from tests.graph.stage import Stage, staged
from tests.site.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_every_page_stands_without_scripts(visitor: Visitor) -> None:
    told = {
        "/": "Number one here",
        "/?chart=TOP_RATED": "Best rated",
        "/search?q=matrix": "The Matrix",
        "/search": "Type a title",
        "/search?q=qqqqqq": "No film is called",
        "/movies/603": "Keanu Reeves",
        "/movies/603/trailers": "Trailer",
        "/movies/603/wish": "In the library",
        "/requests": "asked",
        "/operations": "TMDB",
        "/sign-in": "API key",
    }
    for path, text in told.items():
        page = await visitor.look(path)
        assert (page.status, text in page.text) == (200, True), path
        assert page.inline == [], path
        assert page.text.count("<h1") == 1, path
        headers = page.response.headers
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert {"Accept", "Cookie", "HX-Request"} <= set(headers["vary"].split(", ")) or (
            path in {"/search", "/movies/603/wish", "/operations", "/sign-in"}
        ), (path, headers["vary"])
        assert headers["cache-control"] in {"private, no-cache", "no-store"}


async def test_only_our_files_pictures_and_a_player_are_loaded(visitor: Visitor) -> None:
    page = await visitor.look("/movies/603")
    policy = dict(
        part.split(" ", 1) for part in page.response.headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["img-src"] == "'self' http://sandbox"
    assert policy["frame-src"] == "https://www.youtube-nocookie.com"
    assert set(re.findall(r'<img[^>]* src="(https?://[^/"]+)', page.text)) == {"http://sandbox"}
    assert not re.findall(r"<(?:iframe|object|embed)", page.text)


async def test_links_lead_on_without_end(visitor: Visitor) -> None:
    seen: set[str] = set()
    path = "/?chart=POPULAR"
    for _ in range(3):
        page = await visitor.look(path)
        films = {link for link in page.links if re.fullmatch(r"/movies/\d+", link)}
        assert films
        assert not films & seen
        seen |= films
        path = next(link for link in page.links if "after=" in link)
    assert len(seen) >= 55


async def test_htmx_gets_the_piece_alone(visitor: Visitor) -> None:
    for path in ("/", "/search?q=star", "/requests", "/movies/603", "/operations", "/search"):
        whole = await visitor.look(path)
        piece = await visitor.look(path, hx_request="true", hx_request_type="partial")
        back = await visitor.look(path, hx_request="true", hx_history_restore_request="true")
        assert "<html" not in piece.text, path
        assert len(piece.text) < len(whole.text)
        assert "<html" in back.text, path


async def test_a_typed_search_is_one_step(visitor: Visitor) -> None:
    typed = {"hx_request": "true", "hx_request_type": "partial"}
    first = await visitor.look("/search?q=ma", **typed, hx_current_url="http://127.0.0.1:8000/")
    then = await visitor.look(
        "/search?q=mat", **typed, hx_current_url="http://127.0.0.1:8000/search?q=ma"
    )
    assert first.response.headers["hx-push-url"] == "/search?q=ma"
    assert then.response.headers["hx-replace-url"] == "/search?q=mat"


async def test_words_are_never_markup(visitor: Visitor) -> None:
    page = await visitor.look("/search?q=%3Cscript%3Ealert(1)%3C/script%3E%22")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    nowhere = await visitor.look("/%3Cimg%20src=x%3E")
    assert nowhere.status == 404
    assert "<img" not in nowhere.text


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/nowhere", 404, "Nothing is here"),
        ("/movies/2000000000", 404, "Nothing is here"),
        ("/requests/nonsense", 404, "Nothing is here"),
        ("/?chart=NONE", 400, "That did not work"),
        ("/requests?after=foreign", 404, "Nothing is here"),
    ],
)
async def test_what_goes_wrong_is_a_page_too(
    visitor: Visitor, path: str, status: int, title: str
) -> None:
    page = await visitor.look(path)
    assert (page.status, title in page.text) == (status, True)


async def test_programs_get_what_they_ask_for(stage: Stage) -> None:
    """The same address, by any other taste."""
    answer = await stage.http.get("/api/movies/603", headers={"accept": "application/json"})
    assert answer.json()["title"] == "The Matrix"
    nowhere = await stage.http.get("/nowhere", headers={"accept": "application/json"})
    assert nowhere.headers["content-type"] == "application/problem+json"


@pytest.mark.slow
async def test_a_missing_upstream_leaves_a_calm_place() -> None:
    async with staged() as stage:
        visitor = Visitor.of(stage.http)
        for name in ("omdb", "youtube", "seerr"):
            stage.upstream(name).faults.set([Fault(kind="server_error")])
        page = await visitor.look("/movies/155")
        assert page.status == 200
        assert "The Dark Knight" in page.text
        assert "Some ratings cannot be shown right now: OMDb does not answer" in page.text
        assert "Whether it is there cannot be told right now: Seerr does not answer" in page.text
        stage.upstream("tmdb").faults.set([Fault(kind="server_error")])
        gone = await visitor.look("/movies/13")
        assert gone.status in {502, 503}
        assert "Not to be had right now" in gone.text


async def test_what_is_old_is_said_to_be(keys: dict[str, str]) -> None:
    """Kept answers stand in while TMDB is down, and say so."""
    async with staged(keys) as stage:
        visitor = Visitor.of(stage.http)
        assert "Not quite fresh" not in (await visitor.look("/movies/603")).text
        await stage.gateway.cache.outdate("movie:603")
        stage.upstream("tmdb").faults.set([Fault(kind="server_error")])
        page = await visitor.look("/movies/603")
        assert page.status == 200
        assert "Not quite fresh" in page.text


async def test_where_nobody_keeps_requests_none_can_be_made(keys: dict[str, str]) -> None:
    async with staged({**keys, "SEERR_BASE_URL": "off"}) as stage:
        page = await Visitor.of(stage.http).look("/movies/603/wish")
        assert "Nobody keeps requests here" in page.text
        assert "to ask for this film" not in page.text


async def test_managers_see_how_the_cache_does(visitor: Visitor) -> None:
    assert "Cache hits" not in (await visitor.look("/operations")).text
    await visitor.sign_in("Ruth")
    assert "Cache hits" not in (await visitor.look("/operations")).text
    await visitor.sign_in("Mina Manager")
    assert "Cache hits" in (await visitor.look("/operations")).text


async def test_whoever_comes_back_is_told_that_nothing_changed(visitor: Visitor) -> None:
    first = await visitor.look("/?chart=POPULAR")
    etag = first.response.headers["etag"]
    again = await visitor.look("/?chart=POPULAR", if_none_match=etag)
    assert (again.status, again.text) == (304, "")
    await visitor.sign_in("Ruth")
    assert (await visitor.look("/?chart=POPULAR", if_none_match=etag)).status == 200


async def test_without_htmx_the_pages_load_what_there_is() -> None:
    files = Files.load(None)
    assert HTMX not in files
    assert all(name in files for name in ("style.css", "live.js", "icon.svg"))


async def test_files_are_packed_and_kept(visitor: Visitor) -> None:
    page = await visitor.look("/")
    paths = set(re.findall(r'"(/assets/[^"]+)"', page.text))
    assert {path.rpartition(".")[2] for path in paths} == {"css", "js", "svg"}
    for path in paths:
        packed = await visitor.http.get(path, headers={"accept-encoding": "gzip"})
        plain = await visitor.http.get(path, headers={"accept-encoding": "identity"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.content == plain.content
        assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await visitor.http.get("/assets/none.js")).status_code == 404
