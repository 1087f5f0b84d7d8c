"""What makes two operations the same question, in every process."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

import orjson

from gateway.edge.answers.shelf import Place, place_of
from gateway.edge.graphql.fields import shows_everything
from gateway.edge.graphql.ports import Asked
from gateway.engine.prepared import Prepared
from gateway.graph.cache_policy import AnswerPolicies, AnswerPolicy
from gateway.graph.locale import Locale


@dataclass(frozen=True, slots=True)
class Question:
    """An operation with all that its answer hangs on.

    Args:
        key: The same for the same question; another for any other.
        policy: How long the answer may be kept.
        place: Where; ``None``: nowhere.
    """

    key: str
    policy: AnswerPolicy
    place: Place | None


class Questions:
    """Tells which operations are the same question.

    Args:
        policies: How long their answers may be kept.
        locale_of: Reads ``Accept-Language``.
        realm: What else answers hang on that is not in the request: schema, settings.
    """

    def __init__(
        self,
        policies: AnswerPolicies,
        *,
        locale_of: Callable[[bytes | None], Locale],
        realm: str,
    ) -> None:
        self._policies = policies
        self._locale_of = locale_of
        self._realm = realm

    def of(self, prepared: Prepared, asked: Asked) -> Question | None:
        """The question; ``None`` if nobody else's can be the same.

        A change is done each time. What is private of somebody unknown is nobody's. And who asks
        what an operation costs must not be told what another one has cost.
        """
        fields, variables = asked.fields, asked.params.variables
        if prepared.kind.value != "query" or b"x-cost" in fields:
            return None
        policy = self._policies.of(prepared, variables)
        scope = asked.caller.scope if policy.is_private else ""
        if policy.is_private and not scope:
            return None
        locale = self._locale_of(fields.get(b"accept-language"))
        parts = (
            self._realm,
            prepared.key,
            locale.language,
            locale.region,
            shows_everything(fields),
            scope,
        )
        digest = blake2b(orjson.dumps(parts), digest_size=20)
        known = prepared.remember("answers.variables", lambda: _declared(prepared))
        digest.update(written(known, variables))
        key = digest.hexdigest()
        return Question(key, policy, place_of(key, scope, policy))


def written(known: frozenset[str], variables: Mapping[str, object]) -> bytes:
    """The variables that an operation knows, in one way of writing."""
    if not variables:
        return b"{}"
    wanted = {name: value for name, value in variables.items() if name in known}
    try:
        return orjson.dumps(wanted, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # an integer beyond 64 bits
        return json.dumps(wanted, sort_keys=True).encode()


def _declared(prepared: Prepared) -> frozenset[str]:
    definitions = prepared.operation.variable_definitions or ()
    return frozenset(each.variable.name.value for each in definitions)
