"""Every enum of the graph that mirrors one of the domain."""

from __future__ import annotations

from gateway.domain.movie import ReleaseStatus
from gateway.domain.request import Availability, RequestStatus
from gateway.domain.request_log import RequestEventKind
from gateway.domain.request_store import RequestOrder
from gateway.domain.role import Role
from gateway.domain.trailer import TrailerKind, TrailerSite
from gateway.graph.described import described

__all__ = [
    "Availability",
    "ReleaseStatus",
    "RequestEventKind",
    "RequestOrder",
    "RequestStatus",
    "Role",
    "TrailerKind",
    "TrailerSite",
]

described(
    ReleaseStatus,
    "Where a film stands between rumour and release, as TMDB's editors see it.",
    {
        "RUMORED": "Talked about, not confirmed.",
        "PLANNED": "Confirmed, not yet being made.",
        "IN_PRODUCTION": "Being shot.",
        "POST_PRODUCTION": "Shot, being finished.",
        "RELEASED": "Shown to the public somewhere.",
        "CANCELED": "Given up.",
        "UNKNOWN": "TMDB names a status that this graph does not know, or none.",
    },
)
described(
    Availability,
    "How far a film got in the media library, on one track (HD or 4K).",
    {
        "UNKNOWN": "Nobody asked for it, or the state is one that this graph does not know.",
        "PENDING": "Requested and waiting for a decision.",
        "PROCESSING": "Approved and being fetched.",
        "PARTIALLY_AVAILABLE": "Some of it can be played.",
        "AVAILABLE": "It can be played.",
        "BLOCKLISTED": "Whoever runs the library does not want it.",
        "DELETED": "It was there and was removed.",
    },
)
described(
    RequestEventKind,
    "What happened to a request.",
    {
        "CREATED": "Somebody asked for a film.",
        "APPROVED": "It was accepted.",
        "DECLINED": "It was refused.",
        "RETRIED": "It had failed, and is tried again.",
        "CANCELLED": "It was taken back and is gone.",
        "FAILED": "It was accepted, but handing it on failed.",
        "COMPLETED": "The film is in the library.",
    },
)
described(
    RequestStatus,
    "What was decided on a request.",
    {
        "PENDING": "Waiting for a decision.",
        "APPROVED": "Accepted; see `availability` for how far it got.",
        "DECLINED": "Refused.",
        "FAILED": "Accepted, but handing it on failed.",
        "COMPLETED": "Done: the film is in the library.",
        "UNKNOWN": "A status that this graph does not know.",
    },
)
described(
    RequestOrder,
    "In which order requests are listed.",
    {"CREATED_AT_DESC": "Newest first.", "CREATED_AT_ASC": "Oldest first."},
)
described(
    TrailerKind,
    "What a video is, by TMDB's editors.",
    {
        "TRAILER": "A trailer.",
        "TEASER": "A short first look.",
        "CLIP": "A scene of the film.",
        "FEATURETTE": "A short piece about the film.",
        "BEHIND_THE_SCENES": "A look at how it was made.",
        "BLOOPERS": "Takes that went wrong.",
        "OTHER": "Any other kind, such as opening credits.",
    },
)
described(
    TrailerSite,
    "Where a video plays.",
    {
        "YOUTUBE": "youtube.com; statistics and playability are known.",
        "VIMEO": "vimeo.com; only what TMDB tells is known.",
        "OTHER": "Any other site; there is no address to play it at.",
    },
)
described(
    Role,
    "What somebody may do; each role may do what those before it may.",
    {
        "VIEWER": "Read, as anybody may, and see what is their own.",
        "REQUESTER": "Ask for films.",
        "MANAGER": "Decide on requests.",
        "ADMIN": "Run the gateway.",
    },
)
