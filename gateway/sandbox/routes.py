"""Route templates, matched in order; kept apart from serving because counts are named by them."""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

Endpoint = Callable[[Request], Awaitable[Response]]

_PLACEHOLDER: Final = re.compile(r"\\\{(\w+)\\\}")


class RouteTable:
    """Finds the endpoint of a path; literal paths first, by one dictionary look-up."""

    def __init__(self, routes: Sequence[tuple[str, str, Endpoint]]) -> None:
        self._literal: dict[tuple[str, str], Endpoint] = {}
        self._patterns: list[tuple[str, re.Pattern[str], str, Endpoint]] = []
        for method, template, endpoint in routes:
            if "{" in template:
                self._patterns.append((method, _compiled(template), template, endpoint))
            else:
                self._literal[method, template] = endpoint

    @property
    def templates(self) -> frozenset[str]:
        """Every template, whatever its method."""
        return frozenset({path for _, path in self._literal} | {row[2] for row in self._patterns})

    def match(self, method: str, path: str) -> tuple[str | None, Endpoint | None, dict[str, str]]:
        """Template, endpoint and path parameters; two ``None`` when there is no such route."""
        endpoint = self._literal.get((method, path))
        if endpoint is not None:
            return path, endpoint, {}
        for wanted, pattern, template, found in self._patterns:
            if wanted == method and (hit := pattern.fullmatch(path)):
                return template, found, hit.groupdict()
        return None, None, {}


def _compiled(template: str) -> re.Pattern[str]:
    return re.compile(_PLACEHOLDER.sub(r"(?P<\1>[^/]+)", re.escape(template)))
