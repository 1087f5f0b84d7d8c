"""How a field's value is taken from its object: read, called, asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from graphql import GraphQLField
from graphql.execution import default_field_resolver

from gateway.engine.batched import Ask, Batched, Use
from gateway.engine.plan.arguments import Arguments
from gateway.engine.plan.info import FieldInfo
from gateway.engine.plan.places import At, Place
from gateway.engine.plan.position import Land

if TYPE_CHECKING:
    from gateway.engine.plan.field import Field
    from gateway.engine.plan.run import Run


class Resolver(Protocol):
    """One way to a field's value."""

    def take(self, field: Field, source: object, place: Place, run: Run) -> object:
        """The value, or an awaitable of it; may raise."""
        ...


@dataclass(frozen=True, slots=True)
class Attribute:
    """A plain attribute of Strawberry's types."""

    name: str

    def take(self, field: Field, source: object, place: Place, run: Run) -> object:  # noqa: ARG002 - as every resolver
        """Read it."""
        found: object = getattr(source, self.name)
        return found


@dataclass(frozen=True, slots=True)
class Call:
    """A resolver of Strawberry's, called without its wrappers.

    Args:
        function: As it was written.
        arguments: Under the names that it knows.
        positional: Whether the object comes first, as ``self``.
        parent: What it calls the object otherwise.
        info: What it calls Strawberry's ``Info``.
        make_info: Makes one.
        waits: Whether it is a coroutine function.
    """

    function: Callable[..., object]
    arguments: Arguments
    positional: bool
    parent: str | None
    info: str | None
    make_info: Callable[[FieldInfo], object]
    waits: bool

    def take(self, field: Field, source: object, place: Place, run: Run) -> object:
        """Call it."""
        given = dict(self.arguments.of(run))
        if self.parent is not None:
            given[self.parent] = source
        if self.info is not None:
            given[self.info] = self.make_info(run.info(field, place))
        return self.function(source, **given) if self.positional else self.function(**given)


@dataclass(frozen=True, slots=True)
class Direct:
    """A field that wants the operation's context; see ``InContext``."""

    function: Callable[..., object]
    arguments: Arguments

    def take(self, field: Field, source: object, place: Place, run: Run) -> object:  # noqa: ARG002 - as every resolver
        """Call it."""
        return self.function(source, run.context, **self.arguments.of(run))


@dataclass(frozen=True, slots=True)
class Bare:
    """A resolver as graphql-core calls it: wrapped in whatever the schema wraps it in."""

    function: Callable[..., object]
    arguments: Arguments

    def take(self, field: Field, source: object, place: Place, run: Run) -> object:
        """Call it."""
        return self.function(source, run.info(field, place), **self.arguments.of(run))


@dataclass(frozen=True, slots=True)
class TwoSteps:
    """A field that says what it waits for; see ``Batched``."""

    ask: Ask
    use: Use
    arguments: Arguments

    def take(self, field: Field, source: object, place: Place, run: Run) -> object:  # noqa: ARG002 - as every resolver
        """Ask: what lands is not the field's value yet."""
        return self.ask(source, run.context, self.arguments.of(run))

    def landing(self, field: Field) -> Land:
        """What completes the field when it has landed; may raise."""
        names, complete = field.position.names, field.position.complete

        def land(landed: object, source: object, place: Place, run: Run) -> object:
            given = self.arguments.of(run)
            found = self.use(landed, source, run.context, given, At((place, names)))
            return complete(found, place, run)

        return land


def two_steps(said: Batched, arguments: Arguments) -> TwoSteps:
    """The resolver of a batched field."""
    return TwoSteps(said.ask, said.use, arguments)


def bare(definition: GraphQLField, arguments: Arguments) -> Bare:
    """The resolver as the schema has it, or graphql-core's default one."""
    function: Any = definition.resolve or default_field_resolver
    return Bare(function, arguments)
