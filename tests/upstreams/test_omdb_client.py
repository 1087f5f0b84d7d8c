"""OMDb by IMDb id; its failures come with HTTP 200."""

from __future__ import annotations

import pytest

from gateway.errors import (
    QuotaExhaustedError,
    UpstreamContractError,
    UpstreamError,
    UpstreamRejectedError,
    UpstreamUnauthorizedError,
    UpstreamUnavailableError,
)
from gateway.sandbox import SandboxOmdb
from gateway.upstreams.omdb.client import OmdbClient, classify
from gateway.upstreams.omdb.mapping import to_ratings
from tests.upstreams.played import Dial, given


@pytest.fixture
def client(dial: Dial, omdb: SandboxOmdb) -> OmdbClient:
    """A client whose key is good."""
    return OmdbClient(dial(omdb, classify), api_key="hush & hush")


def _given(status: int, body: str) -> OmdbClient:
    return OmdbClient(given("omdb", classify, status, body), api_key="k")


async def test_a_known_film_has_ratings(client: OmdbClient, omdb: SandboxOmdb) -> None:
    movie = await client.by_imdb_id("tt0133093")
    assert movie is not None
    assert "IMDb" in [rating.source for rating in to_ratings(movie)]
    assert omdb.queries == ["apikey=hush%20%26%20hush&i=tt0133093"]


@pytest.mark.parametrize("imdb_id", ["tt1231230123", "tt0000000", "nonsense"])
async def test_unknown_ids_are_absent(client: OmdbClient, imdb_id: str) -> None:
    assert await client.by_imdb_id(imdb_id) is None


async def test_a_wrong_key_is_told(dial: Dial, omdb: SandboxOmdb, client: OmdbClient) -> None:
    await client.check_key()
    for key in ("", "invalid"):
        with pytest.raises(UpstreamUnauthorizedError):
            await OmdbClient(dial(omdb, classify), api_key=key).check_key()


@pytest.mark.parametrize("status", [200, 401])
@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("Request limit reached!", QuotaExhaustedError),
        ("Invalid API key!", UpstreamUnauthorizedError),
        ("No API key provided.", UpstreamUnauthorizedError),
        ("Too many results.", UpstreamRejectedError),
        ("", UpstreamRejectedError),
    ],
)
async def test_words_decide(status: int, words: str, error: type[UpstreamError]) -> None:
    with pytest.raises(UpstreamError) as caught:
        await _given(status, f'{{"Response": "False", "Error": "{words}"}}').by_imdb_id("tt1")
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, "{}", UpstreamContractError),
        (200, "The service is unavailable.", UpstreamContractError),
        (200, '{"Response": "True", "imdbID": "tt2"}', UpstreamContractError),
        (503, '{"Response": "True"}', UpstreamUnavailableError),
        (522, "<html>", UpstreamUnavailableError),
    ],
)
async def test_odd_answers(status: int, body: str, error: type[UpstreamError]) -> None:
    with pytest.raises(UpstreamError) as caught:
        await _given(status, body).by_imdb_id("tt1")
    assert type(caught.value) is error


async def test_the_key_never_stands_in_an_error() -> None:
    with pytest.raises(UpstreamError) as caught:
        await _given(500, "").by_imdb_id("tt1")
    assert "apikey" not in str(caught.value)
