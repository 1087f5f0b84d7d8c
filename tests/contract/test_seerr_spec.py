"""The sandbox's Seerr against the API description, where the recordings do not contradict it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openapi_schema_validator import OAS30Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from gateway.sandbox.seerr import SeerrSeed
from tests.sandbox.seerr_house import House

EXCERPT = Path(__file__).parent / "specs" / "seerr-api-excerpt.json"
SPEC = json.loads(EXCERPT.read_text(encoding="utf-8").replace('"#/', '"urn:seerr#/'))
REGISTRY: Registry[object] = Registry().with_resource("urn:seerr", DRAFT4.create_resource(SPEC))

CALLS = {
    "/request": "/request?take=-1",
    "/request/{requestId}": "/request/1",
    "/request/count": "/request/count",
    "/media": "/media?take=-1",
    "/movie/{movieId}": "/movie/603",
    "/movie/{movieId}/similar": "/movie/603/similar",
    "/movie/{movieId}/recommendations": "/movie/603/recommendations",
    "/search": "/search?query=the",
    "/discover/movies": "/discover/movies",
    "/discover/trending": "/discover/trending",
    "/user": "/user",
    "/user/{userId}": "/user/2",
    "/user/{userId}/quota": "/user/4/quota",
    "/user/{userId}/requests": "/user/3/requests",
    "/auth/me": "/auth/me",
    "/status": "/status",
    "/settings/public": "/settings/public",
    "/settings/main": "/settings/main",
}

# Places where the recordings show that the description is wrong.
WRONG_IN_THE_SPEC = {
    r"username|plexUsername": "null without one",
    r"serverId|profileId|rootFolder": "null unless chosen",
    r"posterPath|backdropPath": "null where TMDB has no picture",
    r"modifiedBy": "a user, whose plexUsername is null",
    r"watchProviders/#": "objects by country, described as lists of lists",
}


@pytest.mark.parametrize("template", SPEC["answers"])
async def test_answers_fit_the_description(template: str) -> None:
    house = House(SeerrSeed.demo())
    answer = await house.get(CALLS[template])

    found = {place for place in violations(template, answer) if not excused(place)}

    assert not found


async def test_no_excuse_is_idle() -> None:
    house = House(SeerrSeed.demo())
    found = {
        place
        for template, path in CALLS.items()
        for place in violations(template, await house.get(path))
    }

    for pattern in WRONG_IN_THE_SPEC:
        assert any(re.search(f"(^|/)({pattern})$", place) for place in found), pattern


def violations(template: str, answer: object) -> Iterator[str]:
    """Places that the description forbids, list positions written as ``#``."""
    validator = OAS30Validator(SPEC["answers"][template], registry=REGISTRY)
    for error in validator.iter_errors(answer):
        steps = ("#" if isinstance(step, int) else str(step) for step in error.absolute_path)
        yield "/".join(steps)


def excused(place: str) -> bool:
    return any(re.search(f"(^|/)({pattern})$", place) for pattern in WRONG_IN_THE_SPEC)
