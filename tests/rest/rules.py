"""Rules between parameters, which OpenAPI cannot tell; schemathesis loads this file by itself."""

from __future__ import annotations

import re
from typing import Final
from uuid import uuid4

import schemathesis

BESIDE_CHART: Final = frozenset({"chart", "first", "after"})
KEY: Final = "Idempotency-Key"
GOOD_KEY: Final = re.compile(r"[!-~]{1,200}")


@schemathesis.hook
def filter_case(context: schemathesis.HookContext, case: schemathesis.Case) -> bool:
    """A chart takes no conditions; all of some genres and one of others cannot both be asked."""
    given = set(case.query or ())
    if "chart" in given and not given <= BESIDE_CHART:
        return False
    return not {"genres", "anyGenre"} <= given


@schemathesis.hook
def map_case(context: schemathesis.HookContext, case: schemathesis.Case) -> schemathesis.Case:
    """A good key is used once: with another body it would be refused."""
    sent = (case.headers or {}).get(KEY)
    if isinstance(sent, str) and GOOD_KEY.fullmatch(sent):
        case.headers[KEY] = f"key-{uuid4()}"
    return case
