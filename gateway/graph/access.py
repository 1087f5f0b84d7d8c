"""Who may see a field, and who may use a mutation: declared on the field, checked wherever it is.

A field says ``metadata=ANYBODY.declared`` or ``extensions=[Guard(...)]``; all fields of an open
type say the first. A schema with a field that says nothing is not built.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema
from strawberry.extensions import FieldExtension
from strawberry.types.field import StrawberryField

from gateway.domain.role import Role
from gateway.graph.cache_control import CacheControlScope, hint_of
from gateway.graph.context import Info

_KEY: Final = "gateway.access"


@dataclass(frozen=True, slots=True)
class Rule:
    """Whose business something is.

    Attributes:
        least: Whoever has this role or a higher one; ``None``: nobody for their role alone.
        owner: Whoever it belongs to.
        anybody: Everybody, anonymous callers included.
        told: As descriptions say it.
    """

    least: Role | None = None
    owner: bool = False
    anybody: bool = False
    told: str = ""

    @property
    def declared(self) -> dict[object, object]:
        """Field metadata that declares it, for resolvers that check it themselves."""
        return {_KEY: self}


ANYBODY: Final = Rule(anybody=True)
KNOWN: Final = Rule(least=Role.VIEWER, told="Only for callers who show who they are.")
OWNER: Final = Rule(owner=True, told="Only for themselves.")


def requires(role: Role) -> Rule:
    """For people with a role, or a higher one."""
    return Rule(least=role, told=f"Only for the role {role.name} and above.")


def own_or(role: Role) -> Rule:
    """For whoever it belongs to, and for people with a role or a higher one."""
    return Rule(
        least=role,
        owner=True,
        told=f"Only for whose it is, and for the role {role.name} and above.",
    )


Owns: TypeAlias = Callable[[Any, Info], Awaitable[bool]]
"""Whether an object is the viewer's."""
Refuse: TypeAlias = Callable[[Info], object]


async def nobodys(_: object, __: Info) -> bool:
    """Objects that belong to no one."""
    return False


async def acts_as(info: Info, user_id: int | None) -> bool:
    """Whether the viewer is a user of whoever keeps the requests.

    Raises:
        UpstreamError: That is not to be found out now.
    """
    if user_id is None or info.context.viewer is None:
        return False
    actor = await info.context.actor()
    return actor is not None and actor.user_id == user_id


def nothing(_: Info) -> None:
    """What a field shows to those whose business it is not: as if there were nothing."""


class Guard(FieldExtension):
    """Checks a rule before the resolver runs.

    Args:
        rule: Whom it lets through.
        owns: Whether the parent is the viewer's.
        refuse: What the others get.
    """

    def __init__(self, rule: Rule, *, owns: Owns = nobodys, refuse: Refuse = nothing) -> None:
        self.rule = rule
        self._owns = owns
        self._refuse = refuse

    def apply(self, field: StrawberryField) -> None:
        """Let the reference tell the rule."""
        if self.rule.told and self.rule.told not in (field.description or ""):
            field.description = f"{field.description} {self.rule.told}"

    async def resolve_async(
        self,
        next_: Callable[..., Awaitable[Any]],
        source: Any,  # noqa: ANN401 - any parent
        info: Info,
        **kwargs: Any,  # noqa: ANN401 - any arguments
    ) -> Any:  # noqa: ANN401 - as the field
        """Run the resolver, or refuse."""
        rule, viewer = self.rule, info.context.viewer
        allowed = rule.anybody or (
            viewer is not None and rule.least is not None and viewer.role.reaches(rule.least)
        )
        if allowed or (rule.owner and viewer is not None and await self._owns(source, info)):
            return await next_(source, info, **kwargs)
        return self._refuse(info)


def rule_of(field: StrawberryField) -> Rule | None:
    """What a field declares."""
    for each in field.extensions:
        if isinstance(each, Guard):
            return each.rule
    found = field.metadata.get(_KEY)
    return found if isinstance(found, Rule) else None


def rules(schema: GraphQLSchema, open_types: frozenset[str]) -> Mapping[tuple[str, str], Rule]:
    """The rule of every field of a schema that Strawberry built.

    Raises:
        LookupError: A field has none, or may be kept for everybody though it is not theirs.
    """
    found: dict[tuple[str, str], Rule] = {}
    wrong: list[str] = []
    for owner, name, field, is_private in _fields(schema):
        rule = rule_of(field) or (ANYBODY if owner in open_types else None)
        if rule is None:
            wrong.append(f"{owner}.{name} says not who may use it")
        elif not (rule.anybody or is_private or owner == "Mutation"):
            wrong.append(f"{owner}.{name} is not everybody's, so its scope is PRIVATE")
        else:
            found[owner, name] = rule
    if wrong:
        raise LookupError("; ".join(wrong))
    return found


def _fields(schema: GraphQLSchema) -> Iterator[tuple[str, str, StrawberryField, bool]]:
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for name, each in kind.fields.items():
                field = each.extensions.get("strawberry-definition")
                if isinstance(field, StrawberryField):
                    is_private = hint_of(each).scope is CacheControlScope.PRIVATE
                    yield kind.name, name, field, is_private
