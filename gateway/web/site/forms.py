"""Forms of our pages, read as what scripts would send to the REST routes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

import orjson

from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.web.rest.models.requests import Verdict
from gateway.web.rest.visit import Adapted
from gateway.web.site.tokens import FormTokens, session_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.web.rest.visit import Visit

FORM_TYPE: Final = "application/x-www-form-urlencoded"
_KEY: Final = "marquee.form"
_MOST_FIELDS: Final = 20
_NUMBER: Final = re.compile(r"[0-9]{1,10}")
_SAID: Final = {
    "": "Asked for.",
    Verdict.APPROVE.value: "Approved.",
    Verdict.DECLINE.value: "Declined.",
    Verdict.RETRY.value: "It is tried again.",
    "DELETE": "Taken back.",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form says beside its request.

    Args:
        back: Where to go on, behind any prefix.
        said: What to say when it is done.
    """

    back: str
    said: str


def sent_form(visit: Visit) -> Sent | None:
    """The form that a visit came with."""
    found = visit.scope.get(_KEY)
    return found if isinstance(found, Sent) else None


@dataclass(frozen=True, slots=True)
class FormReader:
    """Reads them.

    Args:
        tokens: Tell ours from foreign ones.
    """

    tokens: FormTokens

    async def __call__(self, visit: Visit, body: bytes) -> Adapted:
        """Read one.

        Raises:
            RefusedError: It is none of ours.
        """
        fields = read_form(body)
        verdict = "DELETE" if fields.get("method") == "DELETE" else fields.get("decision", "")
        visit.scope[_KEY] = Sent(local(fields.get("back", "")), _SAID.get(verdict, "Done."))
        self.tokens.check(visit.fields, fields.get("csrf", ""), session_of(visit.fields))
        if verdict == "DELETE":
            return Adapted(method="DELETE", body=b"")
        return Adapted(method="POST", body=orjson.dumps(_meant(fields)))


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a form; of one that is sent twice, the last.

    Raises:
        RefusedError: It is no form, or a very long one.
    """
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError as exc:
        raise RefusedError(RefusalCode.BAD_REQUEST, "This is no form of ours.") from exc
    return dict(pairs)


def local(path: str) -> str:
    """A path here; the front page in the place of anything that leads elsewhere."""
    is_ours = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if is_ours and path.isprintable() and path.isascii() else "/"


def _meant(fields: Mapping[str, str]) -> Mapping[str, object]:
    if "decision" not in fields:
        wanted = {"tmdbId": _number(fields.get("tmdb_id", ""))}
        return {"movie": wanted, "is4k": fields.get("is_4k") == "true"}
    found: dict[str, object] = {"decision": fields["decision"]}
    if fields.get("reason"):
        found["reason"] = fields["reason"]
    if fields.get("version"):
        found["version"] = _number(fields["version"])
    return found


def _number(text: str) -> int | str:
    """What is none stays as it is, for the route to refuse."""
    return int(text) if _NUMBER.fullmatch(text) else text
