"""Whole answers of this deployment: what they hang on beside the operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import blake2b
from importlib.metadata import version

import orjson

from gateway.cache.readthrough import ReadThrough
from gateway.edge.answers.answers import Answers
from gateway.edge.answers.question import Questions
from gateway.edge.answers.shelf import Shelf
from gateway.graph.cache_policy import AnswerPolicies
from gateway.graph.locale import Locales
from gateway.schema import build_schema, print_sdl
from gateway.settings import GatewaySettings, UpstreamSettings


def make_answers(
    settings: GatewaySettings,
    upstreams: Mapping[str, UpstreamSettings],
    *,
    cache: ReadThrough,
    locales: Locales,
    now: Callable[[], float],
) -> Answers:
    """Join the cache and the schema's policies."""
    policies = AnswerPolicies(build_schema()._schema)  # noqa: SLF001 - below Strawberry
    questions = Questions(policies, locale_of=locales.of, realm=realm(upstreams))
    keeps = settings.answer_cache
    return Answers(questions, Shelf(cache, now=now), keeps=keeps)


def realm(upstreams: Mapping[str, UpstreamSettings]) -> str:
    """Tell answers of another release, schema or set of upstreams from ours.

    Secrets are masked; two keys to one address see the same films.
    """
    told = {name: each.model_dump(mode="json") for name, each in upstreams.items()}
    parts = [version("marquee-gateway"), print_sdl(), told]
    return blake2b(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS), digest_size=12).hexdigest()
