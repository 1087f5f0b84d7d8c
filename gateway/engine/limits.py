"""What one operation may be: each bound, its code, and what to do about a refusal."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, Self

from gateway.errors import LimitCode, LimitError
from gateway.settings import GatewaySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds; whatever is larger is refused before it runs.

    Attributes:
        max_document_chars: Of its text, spaces and comments included.
        max_tokens: Of its text, spaces and comments not.
        max_definitions: Operations and fragments; some rules walk each fragment once per operation.
        max_depth: Fields inside each other.
        max_nesting: Braces and fragments inside each other; what walks a document recurses as deep.
        max_fields: With every fragment written out.
        max_aliases: Ditto.
        max_directives: Ditto.
        max_repeats: Of one field in one place.
        max_overlaps: Steps of validation's search for fields that contradict each other.
        max_value_depth: Lists and objects inside each other, in a literal or a variable.
        max_value_items: Items of one list or object, in a literal or a variable.
        max_variable_values: Values in all variables together.
        max_representations: In one ``_entities``.
        max_objects: That it can answer with; see ``cost``.
        max_cost: See ``cost``.
    """

    max_document_chars: int = 50_000
    max_tokens: int = 2000
    max_definitions: int = 100
    max_depth: int = 12
    max_nesting: int = 60
    max_fields: int = 5000
    max_aliases: int = 30
    max_directives: int = 50
    max_repeats: int = 20
    max_overlaps: int = 10_000
    max_value_depth: int = 10
    max_value_items: int = 500
    max_variable_values: int = 2000
    max_representations: int = 100
    max_objects: int = 10_000
    max_cost: int = 20_000

    @classmethod
    def of(cls, settings: GatewaySettings) -> Self:
        """What the operator allows: each bound is the setting of its name."""
        return cls(**{each.name: getattr(settings, each.name) for each in fields(cls)})


@dataclass(frozen=True, slots=True)
class _Words:
    code: LimitCode
    what: str
    hint: str


_SPLIT: Final = "Split it into several operations."
_WORDS: Final = {
    "max_document_chars": _Words(
        LimitCode.DOCUMENT_TOO_LONG,
        "{found} characters",
        "Leave out comments and spaces, and send values as variables.",
    ),
    "max_tokens": _Words(
        LimitCode.TOO_MANY_TOKENS,
        "more than {most} tokens",
        "Split it into several operations, and send lists as variables.",
    ),
    "max_definitions": _Words(
        LimitCode.TOO_MANY_DEFINITIONS,
        "{found} operations and fragments",
        "Send only the operation that is run and the fragments that it uses.",
    ),
    "max_depth": _Words(
        LimitCode.QUERY_TOO_DEEP,
        "{found} levels",
        "Ask for what is nested deepest by its id, in an operation of its own.",
    ),
    "max_nesting": _Words(
        LimitCode.QUERY_TOO_DEEP,
        "more than {most} braces and fragments inside each other",
        "Write inner fragments out.",
    ),
    "max_fields": _Words(
        LimitCode.TOO_MANY_FIELDS, "{found} fields with its fragments written out", _SPLIT
    ),
    "max_aliases": _Words(
        LimitCode.TOO_MANY_ALIASES,
        "{found} aliases with its fragments written out",
        "Ask for many at once with `movies(by:)` or `nodes(ids:)`.",
    ),
    "max_directives": _Words(
        LimitCode.TOO_MANY_DIRECTIVES,
        "{found} directives with its fragments written out",
        "Put one directive on a fragment instead of one on each field.",
    ),
    "max_repeats": _Words(
        LimitCode.TOO_MANY_REPEATS,
        "{found} times the same field in one place",
        "Write each field once, with all that is wanted below it.",
    ),
    "max_overlaps": _Words(
        LimitCode.TOO_MANY_REPEATS,
        "more fields over each other than {most} steps can compare",
        "Write each field once in each place, and spread each fragment once.",
    ),
    "max_value_depth": _Words(
        LimitCode.LITERAL_TOO_LARGE,
        "more than {most} lists and objects inside each other in a value",
        "No input of this schema is as deep.",
    ),
    "max_representations": _Words(
        LimitCode.TOO_MANY_REPRESENTATIONS,
        "{found} representations",
        "Ask for the rest in another operation, or let the router batch less.",
    ),
    "max_objects": _Words(
        LimitCode.TOO_MANY_OBJECTS,
        "{found} objects in its answer",
        "Ask for fewer in `first`, above all in lists inside lists: most are below `{part}`.",
    ),
    "max_cost": _Words(
        LimitCode.QUERY_TOO_EXPENSIVE,
        "a cost of {found}",
        "Ask for fewer items or fields: what costs most is `{part}`.",
    ),
    "max_variable_values": _Words(
        LimitCode.VARIABLES_TOO_LARGE,
        "more than {most} values in its variables",
        _SPLIT,
    ),
    "max_value_items": _Words(
        LimitCode.LITERAL_TOO_LARGE,
        "{found} items in one list or object",
        _SPLIT,
    ),
}


def exceeded(name: str, limits: Limits, found: int = 0, *, part: str = "") -> LimitError:
    """What tells of a limit that is passed.

    Args:
        name: Of the limit.
        limits: All of them.
        found: How much there is, where that is known.
        part: Where most of it is.
    """
    words, most = _WORDS[name], getattr(limits, name)
    told = words.what.format(found=short(found), most=most)
    allowed = f"{most} are allowed" if found else "no more are allowed"
    message = f"The operation has {told}; {allowed}. {words.hint.format(part=part)}"
    return LimitError(words.code, message, most=most)


def short(number: int) -> str:
    """A number for people; a fragment bomb's has hundreds of digits."""
    return str(number) if number < _ENOUGH else "a billion or more"


_ENOUGH: Final = 10**9
