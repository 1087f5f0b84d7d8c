"""The calls about requests and media."""

from gateway.sandbox.seerr import media_calls, request_changes, request_reads
from gateway.sandbox.seerr.operations import Operation
from gateway.sandbox.seerr.request_create import create_request
from gateway.sandbox.seerr.schema import Member, Param
from gateway.sandbox.seerr.states import Permission

PAGE = (
    Param(name="take", type="number", nullable=True),
    Param(name="skip", type="number", nullable=True),
)
_CHOICES = (
    Member(name="is4k", type="boolean"),
    Member(name="serverId", type="number"),
    Member(name="profileId", type="number"),
    Member(name="rootFolder", type="string"),
    Member(name="languageProfileId", type="number"),
    Member(name="userId", type="number", nullable=True),
)
_KIND = Member(name="mediaType", type="string", required=True, allowed=("movie", "tv"))
_REQUEST_FILTERS = "all approved available pending processing unavailable failed deleted completed"
_MEDIA_FILTERS = "all available partial allavailable processing pending deleted"


def choice(name: str, values: str) -> Param:
    """A parameter that takes one of the words in ``values``."""
    return Param(name=name, allowed=tuple(values.split()))


REQUESTS = (
    Operation(
        method="GET",
        template="/request",
        handler=request_reads.list_requests,
        query=(
            *PAGE,
            choice("filter", _REQUEST_FILTERS),
            choice("sort", "added modified"),
            choice("sortDirection", "asc desc"),
            Param(name="requestedBy", type="number", nullable=True),
            choice("mediaType", "movie tv all"),
        ),
    ),
    Operation(
        method="POST",
        template="/request",
        handler=create_request,
        body=(
            _KIND,
            Member(name="mediaId", type="number", required=True),
            Member(name="tvdbId", type="number"),
            Member(name="seasons", type="seasons"),
            *_CHOICES,
        ),
        body_required=True,
    ),
    Operation(method="GET", template="/request/count", handler=request_reads.count_requests),
    Operation(method="GET", template="/request/{requestId}", handler=request_reads.get_request),
    Operation(
        method="PUT",
        template="/request/{requestId}",
        handler=request_changes.update,
        body=(_KIND, Member(name="seasons", type="array"), *_CHOICES),
        body_required=True,
    ),
    Operation(method="DELETE", template="/request/{requestId}", handler=request_changes.delete),
    Operation(
        method="POST",
        template="/request/{requestId}/retry",
        handler=request_changes.retry,
        needs=Permission.MANAGE_REQUESTS,
    ),
    Operation(
        method="POST",
        template="/request/{requestId}/{status}",
        handler=request_changes.decide,
        path=(choice("status", "approve decline"),),
        needs=Permission.MANAGE_REQUESTS,
    ),
)

MEDIA = (
    Operation(
        method="GET",
        template="/media",
        handler=media_calls.list_media,
        query=(
            *PAGE,
            choice("filter", _MEDIA_FILTERS),
            choice("sort", "added modified mediaAdded"),
        ),
    ),
    Operation(
        method="DELETE",
        template="/media/{mediaId}",
        handler=media_calls.delete_media,
        needs=Permission.MANAGE_REQUESTS,
    ),
    Operation(
        method="POST",
        template="/media/{mediaId}/{status}",
        handler=media_calls.set_media,
        path=(choice("status", "available partial processing pending unknown deleted"),),
        body=(Member(name="is4k", type="boolean"),),
        needs=Permission.MANAGE_REQUESTS,
    ),
    Operation(
        method="POST",
        template="/blocklist",
        handler=media_calls.add_to_blocklist,
        body=(Member(name="tmdbId", type="number"), Member(name="title", type="string")),
        body_required=True,
        needs=Permission.MANAGE_BLOCKLIST,
    ),
    Operation(
        method="DELETE",
        template="/blocklist/{tmdbId}",
        handler=media_calls.remove_from_blocklist,
        needs=Permission.MANAGE_BLOCKLIST,
    ),
)
