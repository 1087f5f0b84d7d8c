"""Every recorded exchange of a running Seerr, put to the sandbox's Seerr."""

import asyncio
import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.sandbox.seerr.webhook_template import TEMPLATE
from tests.contract.seerr_stage import Stage

FOLDER = Path(__file__).parent / "recorded" / "seerr" / "live"
FILES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.json"))
STAGES = tomllib.loads((FOLDER.parent / "stages.toml").read_text(encoding="utf-8"))

# Recordings that the sandbox does not answer alike, and why not. An entry that no longer differs
# fails the test, so the list stays honest.
NOT_REPLAYED: dict[str, str] = {}

# Recordings whose status and shape are met, but not every telling value.
OTHER_VALUES = {
    "discover/movies-language-fr.json": "the invented TMDB behind the recorded server took no "
    "notice of the filter that Seerr passed on",
}

# Members whose very values are compared; of the rest only the types.
TELLING = frozenset(
    {
        *("status", "status4k", "type", "mediaType", "is4k", "tmdbId", "seasonCount", "canRemove"),
        *("permissions", "displayName", "days", "limit", "used", "remaining", "restricted"),
    }
)
SILENCE_S = 0.05


@pytest.mark.parametrize("name", FILES)
async def test_the_sandbox_answers_as_the_recorded_server_did(name: str) -> None:
    found = await replay(name)

    shapes = [one for one in found if not one.startswith("value ")]
    if name in NOT_REPLAYED:
        assert shapes, f"{name} is excused though it no longer differs"
    elif name in OTHER_VALUES:
        assert not shapes
        assert found, f"{name} is excused though it no longer differs"
    else:
        assert not found


def test_every_recording_is_put() -> None:
    assert len(FILES) == 235
    assert {*NOT_REPLAYED, *OTHER_VALUES} <= set(FILES)
    assert {f"{name}.json" for name in STAGES["files"]} <= set(FILES)


def test_the_webhook_template_is_the_recorded_one() -> None:
    recorded = json.loads((FOLDER / "webhook" / "settings-default.json").read_text("utf-8"))

    assert recorded["response"]["body"]["options"]["jsonPayload"] == TEMPLATE


def test_the_comparison_sees_missing_keys_other_types_and_other_states() -> None:
    recorded = {"results": [{"id": 1, "status": 2, "tags": None}], "page": 1}

    assert (
        list(
            differences(recorded, {"results": [{"id": 9, "status": 2, "tags": [1]}], "page": 7}, "")
        )
        == []
    )
    for played in (
        {"results": [{"id": 1, "status": 2}], "page": 1},
        {"results": [{"id": "1", "status": 2, "tags": None}], "page": 1},
        {"results": [{"id": 1, "status": 3, "tags": None}], "page": 1},
        {"results": [], "page": 1},
        {"results": {}, "page": 1},
    ):
        assert list(differences(recorded, played, ""))


async def replay(name: str) -> list[str]:
    """Play the stage and put the request: all that differs."""
    recorded = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    request, response = recorded["request"], recorded["response"]
    stage = Stage(STAGES["histories"])
    key = name.removesuffix(".json")
    await stage.play(STAGES["files"].get(key, STAGES["folders"][key.partition("/")[0]]))
    if request["path"] == "/hook":
        return list(notice_differences(request["body"], stage))
    answer = await put(stage, request, silent=response["status"] is None)
    if answer is None:
        return [] if response["status"] is None else ["no answer"]
    if answer.status_code != response["status"]:
        return [f"status {answer.status_code}: {answer.text[:200]}"]
    played = answer.json() if answer.content else None
    found = list(header_differences(response["headers"], answer))
    if answer.status_code in {202, *range(400, 600)}:
        return found + ([] if played == response["body"] else [f"error {played}"])
    if (played is None) is not (response["body"] is None):
        return [*found, "a body on one side only"]
    return found + list(differences(response["body"], played, ""))


def notice_differences(recorded: dict[str, object], stage: Stage) -> Iterator[str]:
    """The other direction: what the server tells a listener."""
    kind = recorded["notification_type"]
    heard = [body for body in stage.heard if body["notification_type"] == kind]
    if len(heard) != 1:
        yield f"heard {stage.heard}"
        return
    yield from differences(recorded, heard[0], "")


async def put(stage: Stage, request: Mapping[str, Any], *, silent: bool) -> httpx.Response | None:
    """Send a recorded request, its redacted values filled in; ``None`` if no answer comes."""
    path = str(request["path"]).removeprefix("/api/v1")
    recorded_headers: dict[str, str] = dict(request["headers"])
    filled = {
        "X-Api-Key": "wrong" if stage.wrong == "key" else stage.seerr.api_key,
        "Cookie": f"connect.sid={stage.cookie}",
    }
    headers = {name: filled.get(name, value) for name, value in recorded_headers.items()}
    if stage.asked_before:
        before = await stage.http.get(path, headers=headers | {"If-None-Match": ""})
        headers["If-None-Match"] = before.headers["ETag"]
    target = httpx.URL("http://seerr").copy_with(raw_path=path.encode())
    content = content_of(request["body"], stage)
    exchange = stage.http.request(str(request["method"]), target, headers=headers, content=content)
    try:
        return await asyncio.wait_for(exchange, SILENCE_S if silent else None)
    except TimeoutError:
        return None


def content_of(body: object, stage: Stage) -> str | None:
    """The body as it was sent; text stands for what was no JSON."""
    if body is None or isinstance(body, str):
        return body
    if isinstance(body, dict) and body.get("password") == "REDACTED":
        body = body | {"password": "wrong" if stage.wrong == "password" else "password"}
    return json.dumps(body)


def differences(recorded: object, played: object, place: str) -> Iterator[str]:
    """Where two payloads differ in keys, types or telling values; of lists the first items."""
    if recorded is None or played is None:
        return
    if kind_of(recorded) is not kind_of(played):
        yield f"type of {place}: {kind_of(played).__name__}"
    elif isinstance(recorded, dict) and isinstance(played, dict):
        if set(recorded) != set(played):
            yield f"keys of {place}: {sorted(set(recorded) ^ set(played))} on one side only"
        for name in recorded.keys() & played.keys():
            yield from differences(recorded[name], played[name], f"{place}.{name}")
    elif isinstance(recorded, list) and isinstance(played, list):
        if bool(recorded) != bool(played):
            yield f"items of {place}: on one side only"
        for one, other in zip(recorded[:1], played[:1], strict=False):
            yield from differences(one, other, f"{place}[0]")
    elif place.rpartition(".")[2] in TELLING and recorded != played:
        yield f"value {place}: {played}, not {recorded}"


def kind_of(value: object) -> type:
    """JavaScript knows one kind of number."""
    return float if type(value) is int else type(value)


def header_differences(recorded: Mapping[str, object], answer: httpx.Response) -> Iterator[str]:
    """Of the headers, two are compared, and of three the presence."""
    for name in ("X-Powered-By", "Content-Type"):
        if recorded.get(name) != answer.headers.get(name):
            yield f"header {name}: {answer.headers.get(name)}"
    for name in ("ETag", "Set-Cookie", "Content-Encoding"):
        if (name in recorded) is not (name in answer.headers):
            yield f"header {name} on one side only"
