"""``/api/requests``: ask for films, see what was asked for, decide."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query

from gateway.domain.request import RequestStatus
from gateway.domain.request_store import RequestOrder
from gateway.web.rest.documented import SIGNED_IN, STANDING, links, problems
from gateway.web.rest.models.base import Page
from gateway.web.rest.models.requests import Decision, NewRequest, Request, RequestItem, Verdict
from gateway.web.rest.outcomes import succeeded
from gateway.web.rest.parameters import (
    AS_WORD,
    After,
    First,
    IfMatch,
    Key,
    Opaque,
    RequestId,
    unquoted,
)
from gateway.web.rest.preconditions import version_of
from gateway.web.rest.problems import ProblemError, not_found
from gateway.web.rest.resource import Kind, Resource
from gateway.web.rest.route import RestRoute
from gateway.web.rest.shown import page, part
from gateway.web.rest.visit import Visiting

NO_REQUEST = "There is no such request, or no longer."

router = APIRouter(prefix="/api/requests", route_class=RestRoute, tags=["requests"])


@router.get(
    "",
    response_model=Page[RequestItem],
    responses=problems(404, 412) | {200: links(show_request=("id", "/nodes/0/id"))},
)
async def list_requests(
    visit: Visiting,
    status: Annotated[
        list[RequestStatus] | None,
        Query(max_length=20, description="Only these states; repeat it for several."),
    ] = None,
    requested_by: Annotated[
        Opaque | None,
        Query(alias="requestedBy", description="Global id of a user."),
    ] = None,
    order_by: Annotated[
        RequestOrder | None, Query(alias="orderBy", description="Newest first without it.")
    ] = None,
    count: Annotated[bool, Query(description="Count them all, too."), AS_WORD] = False,
    first: First = 20,
    after: After = None,
) -> Resource:
    """Requests of everybody, with their films and trailers."""
    ran = await visit.run(
        "requests",
        first=first,
        after=after,
        status=None if status is None else [each.value for each in status],
        requestedBy=requested_by,
        orderBy=None if order_by is None else order_by.value,
        count=count,
        known=visit.viewer is not None,
    )
    return page(Kind.REQUESTS, Page[RequestItem], visit, ran, "requests", ids="requestedBy")


@router.get("/{id}", response_model=Request, responses=problems(404, 412))
async def show_request(visit: Visiting, id: RequestId) -> Resource:  # noqa: A002 - as in the graph
    """One request; its ``ETag`` is what decisions name as ``If-Match``."""
    ran = await visit.run("request", id=id, known=visit.viewer is not None)
    if any(e.get("extensions", {}).get("code") == "BAD_USER_INPUT" for e in ran.errors):
        raise ProblemError(not_found(NO_REQUEST))
    told = part(ran, "node", absent=NO_REQUEST)
    if "id" not in told:  # of another type
        raise ProblemError(not_found(NO_REQUEST))
    return shown(told, headers=ran.headers)


def shown(
    told: Mapping[str, Any], *, headers: Mapping[str, str], status: HTTPStatus = HTTPStatus.OK
) -> Resource:
    """A request by itself."""
    model = Request.model_validate(told)
    return Resource(
        kind=Kind.REQUEST, model=model, headers=headers, status=status, tag=f"v{model.version}"
    )


@router.post(
    "",
    response_model=Request,
    status_code=HTTPStatus.CREATED,
    responses=problems(404, 408, 409, 413, 415, 422) | STANDING,
    dependencies=SIGNED_IN,
)
async def create_request(
    visit: Visiting, wish: NewRequest, idempotency_key: Key = None
) -> Resource:
    """Ask for a film; asking twice is harmless."""
    given = wish.model_dump(by_alias=True) | {"idempotencyKey": unquoted(idempotency_key)}
    ran = await visit.run("request_movie", input=given)
    made = succeeded(ran, visit)
    told = part(ran, "done", "request", absent=NO_REQUEST)
    where = f"{visit.prefix}/api/requests/{told['id']}"
    if not made["created"]:
        return shown(told, headers=dict(ran.headers) | {"content-location": where})
    is_known = told["status"] != RequestStatus.UNKNOWN.value
    status = HTTPStatus.CREATED if is_known else HTTPStatus.ACCEPTED
    return shown(told, headers=dict(ran.headers) | {"location": where}, status=status)


@router.post(
    "/{id}/decision",
    response_model=Request,
    responses=problems(404, 408, 409, 412, 413, 415, 422),
    dependencies=SIGNED_IN,
)
async def decide_request(
    visit: Visiting,
    id: RequestId,  # noqa: A002 - as in the graph
    decision: Decision,
    idempotency_key: Key = None,
    if_match: IfMatch = None,  # noqa: ARG001 - told only: `version_of` reads all its lines
) -> Resource:
    """Approve or decline a request that waits, or try a failed one again; for managers."""
    wanted = await version_of(visit, id)
    given = {
        "id": id,
        "version": decision.version if wanted is None else wanted,
        "idempotencyKey": unquoted(idempotency_key),
    }
    if decision.decision is Verdict.DECLINE:
        given["reason"] = decision.reason
    ran = await visit.run(f"{decision.decision.value.lower()}_request", input=given)
    succeeded(ran, visit, version=wanted)
    where = f"{visit.prefix}/api/requests/{id}"
    told = part(ran, "done", "request", absent=NO_REQUEST)
    return shown(told, headers=dict(ran.headers) | {"content-location": where})


@router.delete(
    "/{id}",
    response_model=Request,
    responses=problems(404, 409, 412, 422),
    dependencies=SIGNED_IN,
)
async def cancel_request(
    visit: Visiting,
    id: RequestId,  # noqa: A002 - as in the graph
    idempotency_key: Key = None,
    if_match: IfMatch = None,  # noqa: ARG001 - told only: `version_of` reads all its lines
) -> Resource:
    """Take a request back, as it was: its owner while it waits, a manager at any time."""
    wanted = await version_of(visit, id)
    given = {"id": id, "version": wanted, "idempotencyKey": unquoted(idempotency_key)}
    ran = await visit.run("cancel_request", input=given)
    succeeded(ran, visit, version=wanted)
    return shown(part(ran, "done", "request", absent=NO_REQUEST), headers=ran.headers)
