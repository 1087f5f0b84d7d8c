"""One film from the search to its end in the store, by HTTP alone."""

from __future__ import annotations

from tests.requests.cast import as_
from tests.requests.stages import FILM, Scene


async def test_ask_and_decide(scene: Scene) -> None:
    http = scene.stage.http
    found = await http.get(f"/api/movies/{FILM}")
    assert (found.status_code, found.json()["tmdbId"]) == (200, FILM)
    wish = {"movie": {"tmdbId": FILM}}
    made = await http.post("/api/requests", json=wish, headers=as_("ann"))
    assert (made.status_code, made.json()["status"]) == (201, "PENDING")
    where = made.headers["location"]
    shown = await http.get(where)
    assert (shown.status_code, shown.json()) == (200, made.json())
    seen = {**as_("max"), "If-Match": shown.headers["etag"]}
    decided = await http.post(f"{where}/decision", json={"decision": "APPROVE"}, headers=seen)
    assert (decided.status_code, decided.json()["status"]) == (200, "APPROVED")
    late = await http.post(f"{where}/decision", json={"decision": "DECLINE"}, headers=seen)
    assert late.status_code == 412
    gone = await http.delete(where, headers=as_("max"))
    assert gone.status_code == 200
    assert (await http.get(where)).status_code == 404
