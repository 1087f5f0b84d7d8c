"""Runs the operations that clients ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from gateway.app.telling import Telling, Told
from gateway.domain.viewer import Viewer
from gateway.edge.answers.question import Questions
from gateway.edge.graphql.cost import CostReport, CostWish, cost_wish
from gateway.edge.graphql.fields import shows_everything
from gateway.edge.graphql.ports import Asked
from gateway.edge.graphql.reply import Answer
from gateway.engine.execute import Engine, Outcome
from gateway.engine.limits import Limits
from gateway.engine.prepared import Prepared
from gateway.graph.cache_policy import AnswerPolicies
from gateway.graph.context import GraphContext, Runtime
from gateway.graph.freshness import FreshnessLog
from gateway.graph.locale import Locale, Locales
from gateway.schema import build_schema
from gateway.settings import GatewaySettings
from gateway.transport.tally import tallied

_VARY: Final = "Accept, Accept-Language, X-Freshness, X-Cost"


class Executor:
    """The schema, and each operation over it with a context of its own.

    Args:
        settings: Of the gateway.
        runtime: What resolvers reach.
        units: What is counted of each upstream that is on.
    """

    def __init__(
        self, settings: GatewaySettings, runtime: Runtime, units: Mapping[str, str]
    ) -> None:
        schema = build_schema()._schema  # noqa: SLF001 - the engine runs below Strawberry
        self._runtime = runtime
        self.engine = Engine(schema, Limits.of(settings))
        self._telling = Telling(self.engine, self._context, deadline_s=settings.deadline_s)
        self._report = CostReport(self.engine.costs, units)
        self._policies = AnswerPolicies(schema)
        self._locales = Locales(Locale(language=settings.language, region=settings.region))

    def questions(self, realm: str) -> Questions:
        """What tells whether two who ask may have the same answer.

        Args:
            realm: Of this gateway's upstreams; another's answers are not ours.
        """
        return Questions(self._policies, locale_of=self._locales.of, realm=realm)

    def prepare(self, query: str, name: str | None) -> Prepared | Outcome:
        """The operation that a call means, or why it is refused."""
        return self.engine.prepare(query, name)

    def known(self, query: str, name: str | None) -> Prepared | None:
        """The operation of a call like many before."""
        return self.engine.known(query, name)

    async def run(self, prepared: Prepared, asked: Asked) -> Answer:
        """Run one operation of one HTTP request."""
        context = self._context(prepared, asked)
        freshness = context.freshness
        wish = cost_wish(asked.fields)
        if wish is CostWish.PREVIEW:
            return self._report.preview(prepared, asked.params.variables)
        if wish is CostWish.INCLUDE:
            outcome = await self._counted(prepared, asked, context)
        else:
            outcome = await self._operate(prepared, asked, context)
        shown = freshness.shown()
        return Answer(
            body=_with(outcome.body, "freshness", shown) if shown else outcome.body,
            executed=outcome.executed,
            headers={"Vary": _VARY, **freshness.headers()},
            status=HTTPStatus.METHOD_NOT_ALLOWED if outcome.forbidden else None,
            freshness=freshness,
        )

    async def subscribe(self, prepared: Prepared, asked: Asked) -> Answer | Told:
        """Begin one subscription."""
        if cost_wish(asked.fields) is CostWish.PREVIEW:
            return self._report.preview(prepared, asked.params.variables)
        return await self._telling.begin(prepared, asked)

    def _context(self, prepared: Prepared, asked: Asked) -> GraphContext:
        return GraphContext(
            runtime=self._runtime,
            locale=self._locales.of(asked.fields.get(b"accept-language")),
            viewer=self._viewer(prepared, asked),
            freshness=FreshnessLog(everything=shows_everything(asked.fields)),
        )

    def _viewer(self, prepared: Prepared, asked: Asked) -> Viewer | None:
        """Nobody, where the schema says that the answer is anybody's: it may be given to others."""
        viewer = asked.caller.viewer
        if viewer is None or self._policies.is_personal(prepared, asked.params.variables):
            return viewer
        return None

    async def _operate(self, prepared: Prepared, asked: Asked, context: GraphContext) -> Outcome:
        params = asked.params
        try:
            return await self.engine.run(
                prepared, params.variables, context, read_only=params.read_only
            )
        finally:
            context.end()

    async def _counted(self, prepared: Prepared, asked: Asked, context: GraphContext) -> Outcome:
        """Operate, and tell what it has cost."""
        with tallied() as tally:
            outcome = await self._operate(prepared, asked, context)
        if not outcome.executed:
            return outcome
        data = outcome.body.get("data")
        told = self._report.told(prepared, asked.params.variables, data, tally)
        return replace(outcome, body=_with(outcome.body, "cost", told))


def _with(body: Mapping[str, object], name: str, told: object) -> Mapping[str, object]:
    """Add an extension to a response."""
    known = body.get("extensions")
    return {**body, "extensions": {**(known if isinstance(known, dict) else {}), name: told}}
