"""The checks that Seerr's API description makes before any handler sees a call."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from gateway.sandbox.seerr.refusals import Violation, bad_query, invalid

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_RESERVED = frozenset("+!'()*:/,;@$[]")

Value = str | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """A query or path parameter as the API description declares it."""

    name: str
    type: Literal["string", "number"] = "string"
    nullable: bool = False
    required: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of a JSON body as the API description declares it."""

    name: str
    type: Literal["string", "number", "boolean", "array", "seasons"]
    nullable: bool = False
    required: bool = False
    allowed: tuple[str, ...] = ()


def is_number(text: str) -> bool:
    """Whether JavaScript reads a plain decimal number."""
    return _NUMBER.fullmatch(text) is not None


def split_query(raw: str) -> dict[str, list[str]]:
    """Names and still encoded values of a raw query string, in order of appearance."""
    found: dict[str, list[str]] = {}
    for part in filter(None, raw.split("&")):
        name, _, value = part.partition("=")
        found.setdefault(unquote(name), []).append(value)
    return found


def read_query(raw: str, declared: Sequence[Param]) -> dict[str, Value]:
    """Check a raw query string and convert its numbers.

    Raises:
        SeerrError: 400; reserved characters come first, then unknown and empty parameters, then
            types.
    """
    given = split_query(raw)
    known = {param.name: param for param in declared}
    for name, values in given.items():
        if name in known and any(_RESERVED & set(value) for value in values):
            raise bad_query(
                name,
                f"Parameter '{name}' must be url encoded. "
                "Its value may not contain reserved characters.",
            )
    for name, values in given.items():
        if name not in known:
            raise bad_query(name, f"Unknown query parameter '{name}'")
        if "" in values:
            raise bad_query(name, f"Empty value found for query parameter '{name}'")
    return _convert(given, declared)


def _convert(given: Mapping[str, list[str]], declared: Sequence[Param]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    violations: list[Violation] = []
    for param in declared:
        texts = given.get(param.name)
        place = f".query.{param.name}"
        if texts is None:
            if param.required:
                message = f"should have required property '{param.name}'"
                violations.append((place, message, "required"))
            continue
        value = _read(param, unquote(texts[0]) if len(texts) == 1 else None, place)
        if isinstance(value, tuple):
            violations.append(value)
        else:
            values[param.name] = value
    if violations:
        raise invalid(violations)
    return values


def read_path(texts: Mapping[str, str], declared: Sequence[Param]) -> dict[str, Value]:
    """Check the path's parameters and convert its numbers."""
    values: dict[str, Value] = dict(texts)
    for param in declared:
        value = _read(param, texts[param.name], f".params.{param.name}")
        if isinstance(value, tuple):
            raise invalid([value])
        values[param.name] = value
    return values


def _read(param: Param, text: str | None, place: str) -> Value | Violation:
    """One value, or what is wrong with it; ``None`` stands for a repeated parameter."""
    if param.type == "number":
        if text is not None and is_number(text):
            return float(text)
        return place, "should be number,null" if param.nullable else "should be number", "type"
    if text is None:
        return place, "should be string,null" if param.nullable else "should be string", "type"
    if param.allowed and text not in param.allowed:
        return place, _choice(param.allowed), "enum"
    return text


def check_body(body: Mapping[str, object], members: Sequence[Member]) -> None:
    """Check a JSON body; undeclared members pass.

    Raises:
        SeerrError: 400, with every violation.
    """
    violations = [
        (f".body.{member.name}", f"should have required property '{member.name}'", "required")
        for member in members
        if member.required and member.name not in body
    ]
    violations += [
        violation
        for member in members
        if member.name in body
        and (violation := _member_violation(member, body[member.name])) is not None
    ]
    if violations:
        raise invalid(violations)


def _member_violation(member: Member, value: object) -> Violation | None:
    place = f".body.{member.name}"
    if value is None and member.nullable:
        return None
    if member.type == "seasons":
        if value == "all" or (isinstance(value, list) and all(map(_counts, value))):
            return None
        return place, "should match exactly one schema in oneOf", "oneOf"
    fits = {
        "string": isinstance(value, str),
        "number": _counts(value),
        "boolean": isinstance(value, bool),
        "array": isinstance(value, list),
    }[member.type]
    if not fits:
        return place, f"should be {member.type}{',null' if member.nullable else ''}", "type"
    if member.allowed and value not in member.allowed:
        return place, _choice(member.allowed), "enum"
    return None


def _counts(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _choice(allowed: Sequence[str]) -> str:
    return f"should be equal to one of the allowed values: {', '.join(allowed)}"
