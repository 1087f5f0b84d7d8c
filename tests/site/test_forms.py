"""Forms: ours do what their buttons say, and nobody else's do anything."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from tests.graph.stage import Stage
from tests.site.visitor import Form, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

FILM = "/movies/329865"
FOREIGN = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
)


async def test_a_film_is_asked_for_and_approved(visitors: Callable[[], Visitor]) -> None:
    ruth, mina = visitors(), visitors()
    await ruth.sign_in("Ruth")
    await mina.sign_in("Mina Manager")
    page = await ruth.look(FILM)
    assert "Not in the library" in page.text
    asked = await ruth.send(page.form("Request this film"))
    assert (asked.status_code, asked.headers["location"]) == (303, FILM)
    assert "Waiting for a decision" in (await ruth.look(FILM)).text

    requests = await mina.look("/requests?status=PENDING")
    approved = await mina.send(requests.form("Approve Arrival"))
    assert approved.headers["location"] == "/requests?status=PENDING"
    assert "Arrival" not in (await mina.look("/requests?status=PENDING")).text
    assert "Approved, on its way" in (await ruth.look(FILM)).text
    assert not [form for form in (await ruth.look("/requests")).forms if "Approve" in form.text]


async def test_a_reason_is_told_and_a_wish_taken_back(visitors: Callable[[], Visitor]) -> None:
    ruth, mina = visitors(), visitors()
    await ruth.sign_in("Ruth")
    await mina.sign_in("Mina Manager")
    for title, film in (("Parasite", "/movies/496243"), ("Whiplash", "/movies/244786")):
        await ruth.send((await ruth.look(film)).form("Request this film"))
        assert f"Take back {title}" in (await ruth.look("/requests")).form(title).text
    page = await mina.look("/requests")
    await mina.send(page.form("Why? Shown to whoever asked."), reason="We have it on disc.")
    declined = (await ruth.look("/requests?status=DECLINED")).text
    assert "Whiplash" in declined
    taken = await ruth.send((await ruth.look("/requests")).form("Take back Parasite"))
    assert taken.status_code == 303
    assert "Not in the library" in (await ruth.look("/movies/496243")).text


async def test_htmx_is_told_in_a_word(visitor: Visitor) -> None:
    await visitor.sign_in("Ruth")
    form = (await visitor.look("/movies/949")).form("Request this film")
    typed = {"hx-request": "true", "hx-request-type": "partial"}
    done = await visitor.post(form.action, form.fields, typed)
    assert (done.status_code, done.headers["hx-trigger"]) == (200, "changed")
    assert "Asked for." in done.text
    again = await visitor.post(form.action, {**form.fields, "tmdb_id": "nonsense"}, typed)
    assert again.status_code == 422
    assert again.headers["hx-reswap"] == "none"
    assert 'class="bad"' in again.text


async def test_whoever_is_slow_is_told(visitors: Callable[[], Visitor]) -> None:
    """Two managers decide on what they both saw."""
    first, second = visitors(), visitors()
    for each in (first, second):
        await each.sign_in("Mina Manager")
    pages = [await each.look("/requests?status=PENDING") for each in (first, second)]
    form, late = (page.form("Approve") for page in pages)
    assert form.action == late.action
    assert (await first.send(form)).status_code == 303
    answer = await second.send(late)
    assert answer.status_code in {409, 412}
    assert "Go back" in answer.text


@pytest.mark.parametrize("headers", FOREIGN)
async def test_a_foreign_page_sends_nothing(
    stage: Stage, visitor: Visitor, headers: dict[str, str]
) -> None:
    """Not even with a token that it cannot have."""
    await visitor.sign_in("Ruth")
    form = (await visitor.look("/movies/354912")).form("Request this film")
    stage.calls()
    sent = {"accept": "text/html", **headers}
    answer = await visitor.http.post(form.action, data=form.fields, headers=sent)
    assert answer.status_code == 403
    assert stage.calls()["seerr"] == 0


async def test_a_token_is_good_for_one_session(visitors: Callable[[], Visitor]) -> None:
    ruth, mina, nobody = visitors(), visitors(), visitors()
    await ruth.sign_in("Ruth")
    await mina.sign_in("Mina Manager")
    form = (await ruth.look("/movies/49047")).form("Request this film")
    token = form.fields["csrf"]
    bad = base64.urlsafe_b64encode(bytes([*base64.urlsafe_b64decode(token)][::-1])).decode()
    for sender, sent in ((mina, token), (nobody, token), (ruth, ""), (ruth, bad), (ruth, "é" * 9)):
        answer = await sender.send(Form(form.action, form.fields), csrf=sent)
        assert answer.status_code == 403
        assert "Load its page again" in answer.text
    assert (await ruth.send(form)).status_code == 303


async def test_no_two_tokens_are_equal(visitor: Visitor) -> None:
    """A page that is packed on its way must not tell them by its length."""
    await visitor.sign_in("Mina Manager")
    page = await visitor.look("/requests")
    tokens = [form.fields["csrf"] for form in page.forms]
    assert len(set(tokens)) == len(tokens) > 5


async def test_other_bodies_are_no_forms(visitor: Visitor) -> None:
    await visitor.sign_in("Ruth")
    sent = {"accept": "text/html", "content-type": "application/x-www-form-urlencoded"}
    for body in (b"\xff\xfe", b"&".join(b"a=b" for _ in range(50)), b"a=%ff", b""):
        answer = await visitor.http.post("/api/requests", content=body, headers=sent)
        assert answer.status_code in {400, 403}
