"""A film is asked for, seen pending, approved by the manager, and still there after a restart."""

from __future__ import annotations

from pathlib import Path

from tests.graph.stage import staged
from tests.requests.cast import as_, introduce

ASK = """mutation($id: Int!) { requestMovie(input: {movie: {tmdbId: $id}}) {
  __typename
  ... on UserError { message code path }
  ... on RequestMovieSuccess { created request { id status version movie { title
    requests { nodes { id status requestedBy { displayName } } } viewerRequest { id } } } }
} }"""


APPROVE = """mutation($input: ApproveRequestInput!) { approveRequest(input: $input) {
  __typename
  ... on UserError { message code path }
  ... on ApproveRequestSuccess { request { id status version decidedBy { displayName } } }
} }"""
SEE = """{ requests { totalCount nodes { id status tmdbId } }
  movie(by: {tmdbId: 603}) { availability } }"""


def kept_in(folder: Path) -> dict[str, str]:
    """Settings of a gateway that has no Seerr."""
    return {
        "SEERR_BASE_URL": "off",
        "GATEWAY_BOOK": "on",
        "GATEWAY_DATA_DIR": str(folder),
    }


async def test_asked_seen_approved_and_kept(tmp_path: Path) -> None:
    async with staged(kept_in(tmp_path), prepare=introduce) as stage:
        assert (await stage.ask(SEE))["data"]["requests"] == {"totalCount": 0, "nodes": []}
        asked = (await stage.ask(ASK, {"id": 603}, **as_("ann")))["data"]["requestMovie"]
        made = asked["request"]
        assert (asked["created"], made["status"]) == (True, "PENDING")
        assert made["movie"]["title"] == "The Matrix"
        assert made["movie"]["viewerRequest"] == {"id": made["id"]}
        [listed] = made["movie"]["requests"]["nodes"]
        assert listed["requestedBy"] == {"displayName": "Ann"}
        seen = (await stage.ask(SEE))["data"]
        row = {"id": made["id"], "tmdbId": 603}
        assert seen["requests"] == {"totalCount": 1, "nodes": [{**row, "status": "PENDING"}]}
        assert seen["movie"]["availability"] == "PENDING"
        decision = {"id": made["id"], "version": made["version"]}
        done = await stage.ask(APPROVE, {"input": decision}, **as_("max"))
        request = done["data"]["approveRequest"]["request"]
        assert (request["status"], request["decidedBy"]["displayName"]) == ("APPROVED", "Max")
        seen = (await stage.ask(SEE))["data"]
        assert seen["requests"]["nodes"] == [{**row, "status": "APPROVED"}]
        assert seen["movie"]["availability"] == "PROCESSING"
    async with staged(kept_in(tmp_path), prepare=introduce) as stage:
        seen = (await stage.ask(SEE))["data"]
        assert seen["requests"] == {"totalCount": 1, "nodes": [{**row, "status": "APPROVED"}]}
        assert seen["movie"]["availability"] == "PROCESSING"
