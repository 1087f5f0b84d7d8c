"""Seerr's reads, each on behalf of a named user."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from gateway.errors import (
    UpstreamContractError,
    UpstreamError,
    UpstreamRejectedError,
    UpstreamUnauthorizedError,
    UpstreamUnavailableError,
)
from gateway.sandbox import SandboxSeerr
from gateway.transport.http import UpstreamHttp
from gateway.upstreams.seerr.client import SeerrClient, classify
from gateway.upstreams.seerr.mapping import to_media_states, to_request
from tests.contract.replay import answering
from tests.upstreams.played import QUICK, Dial, given

READS: list[Callable[[SeerrClient], Awaitable[Any]]] = [
    lambda client: client.requests(take=2, skip=0),
    lambda client: client.request(1),
    lambda client: client.media(take=2, skip=0),
    lambda client: client.me(),
    lambda client: client.check_key(),
    lambda client: client.movie(603),
    lambda client: client.user(1),
    lambda client: client.public_settings(),
    lambda client: client.status(),
]


@pytest.fixture
def http(dial: Dial, seerr: SandboxSeerr) -> UpstreamHttp:
    """A way to Seerr with the right key."""
    return dial(seerr, classify, {"X-Api-Key": seerr.api_key})


@pytest.fixture
def client(http: UpstreamHttp) -> SeerrClient:
    """A client that acts as the administrator, by number."""
    return SeerrClient(http, acting_user_id=1)


def _given(status: int, body: str) -> SeerrClient:
    return SeerrClient(given("seerr", classify, status, body), acting_user_id=1)


@pytest.mark.parametrize("read", READS)
async def test_every_call_names_its_user(read: Callable[[SeerrClient], Awaitable[Any]]) -> None:
    """A blank or missing name would make it the administrator."""
    port = answering(500, "{}")
    http = UpstreamHttp(
        "seerr", port, base_url="http://s", headers={"X-Api-Key": "k"}, limits=QUICK
    )
    with pytest.raises(UpstreamUnavailableError):
        await read(SeerrClient(http, acting_user_id=7))
    assert port.calls
    for call in port.calls:
        assert (call.headers["X-API-User"], call.headers["X-Api-Key"]) == ("7", "k")


@pytest.mark.parametrize("user_id", [0, -1, True])
def test_nobody_is_no_user(http: UpstreamHttp, user_id: int) -> None:
    with pytest.raises(ValueError, match="acting_user_id"):
        SeerrClient(http, acting_user_id=user_id)


@pytest.mark.parametrize("read", READS)
async def test_the_played_seerr_answers_each(
    client: SeerrClient, read: Callable[[SeerrClient], Awaitable[Any]]
) -> None:
    await read(client)


async def test_requests_are_films_newest_first(client: SeerrClient, seerr: SandboxSeerr) -> None:
    page = await client.requests(take=5, skip=0)
    assert seerr.queries == [
        "take=5&skip=0&sort=added&sortDirection=desc&mediaType=movie",
    ]
    found = [to_request(request) for request in page.results]
    assert None not in found
    ids = [request.id for request in page.results]
    assert ids == sorted(ids, reverse=True)
    assert page.page_info is not None
    assert (page.page_info.results or 0) >= len(ids) == 5


async def test_pages_do_not_overlap(client: SeerrClient) -> None:
    first = await client.requests(take=3, skip=0)
    second = await client.requests(take=3, skip=3)
    assert not {each.id for each in first.results} & {each.id for each in second.results}


async def test_one_request_by_its_id(client: SeerrClient) -> None:
    newest = (await client.requests(take=1, skip=0)).results[0]
    alone = await client.request(newest.id)
    assert alone is not None
    assert to_request(alone) == to_request(newest)
    assert await client.request(999_999) is None


async def test_the_library_has_states(client: SeerrClient) -> None:
    page = await client.media(take=1000, skip=0)
    assert len(to_media_states(page.results)) > 3


async def test_requests_of_one_person(client: SeerrClient) -> None:
    everybodys = await client.requests(take=100, skip=0)
    asker = everybodys.results[-1].requested_by
    assert asker is not None
    found = await client.requests(take=100, skip=0, requested_by=asker.id)
    assert {each.requested_by.id for each in found.results if each.requested_by} == {asker.id}


@pytest.mark.parametrize(("take", "skip"), [(0, 0), (-1, 0), (5, -1)])
async def test_a_window_that_seerr_reads_otherwise_is_our_own_mistake(
    client: SeerrClient, seerr: SandboxSeerr, take: int, skip: int
) -> None:
    with pytest.raises(ValueError, match="take"):
        await client.requests(take=take, skip=skip)
    with pytest.raises(ValueError, match="take"):
        await client.media(take=take, skip=skip)
    assert seerr.calls == []


async def test_a_wrong_key_and_an_unknown_user_are_told(dial: Dial, seerr: SandboxSeerr) -> None:
    wrong = dial(seerr, classify, {"X-Api-Key": "invalid"})
    right = dial(seerr, classify, {"X-Api-Key": seerr.api_key})
    for client in (
        SeerrClient(wrong, acting_user_id=1),
        SeerrClient(right, acting_user_id=999),
    ):
        with pytest.raises(UpstreamUnauthorizedError):
            await client.check_key()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, '{"message": "cookie \'connect.sid\' required"}', UpstreamUnauthorizedError),
        (403, '{"status": 403, "error": "You do not have permission"}', UpstreamUnauthorizedError),
        (403, '{"message": "not yours to view"}', UpstreamRejectedError),
        (404, '{"message": "not found", "errors": []}', UpstreamContractError),
        (404, "<html>", UpstreamContractError),
        (404, "[" * 100_000, UpstreamContractError),
        (400, '{"message": "Unknown query parameter"}', UpstreamRejectedError),
        (500, '{"message": "Unable to retrieve"}', UpstreamUnavailableError),
        (302, "", UpstreamRejectedError),
        (200, "{}", UpstreamContractError),
    ],
)
async def test_refusals(status: int, body: str, error: type[UpstreamError]) -> None:
    with pytest.raises(UpstreamError) as caught:
        await _given(status, body).request(1)
    assert type(caught.value) is error


async def test_a_missing_list_is_no_empty_queue() -> None:
    with pytest.raises(UpstreamContractError):
        await _given(200, '{"pageInfo": {"results": 0}}').requests(take=1, skip=0)
