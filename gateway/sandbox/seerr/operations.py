"""The table of calls: path, method, declared parameters, needed permission, handler."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gateway.sandbox.seerr.refusals import rejected
from gateway.sandbox.seerr.schema import Member, Param
from gateway.sandbox.seerr.states import Permission
from gateway.sandbox.seerr.world import Handler

Method = Literal["GET", "POST", "PUT", "DELETE"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One call of the API.

    Attributes:
        public: Needs neither key nor sign-in.
        needs: Permission that the gate asks for; NONE means any signed-in user.
        body: Declared members of the JSON body, or ``None`` when the call declares no body.
        body_required: A call without a body is 415.
    """

    method: Method
    template: str
    handler: Handler
    query: tuple[Param, ...] = ()
    path: tuple[Param, ...] = ()
    body: tuple[Member, ...] | None = None
    body_required: bool = False
    public: bool = False
    needs: Permission = Permission.NONE


class Table:
    """Finds the operation for a call; earlier entries win."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._entries = [(_pattern(one.template), one) for one in operations]

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        """The operation and the path's parameters.

        Raises:
            SeerrError: 404 for an unknown path, 405 for a known one with another method.
        """
        known_path = False
        for pattern, operation in self._entries:
            match = pattern.fullmatch(path)
            if match is None:
                continue
            if operation.method == method:
                return operation, match.groupdict()
            known_path = True
        if known_path:
            raise rejected(405, path, f"{method} method not allowed")
        raise rejected(404, path, "not found")


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))
