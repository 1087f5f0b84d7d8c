"""Measures variables before they are coerced: level by level, and no further than allowed."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.engine.limits import Limits, exceeded


def check_variables(variables: Mapping[str, object], limits: Limits) -> None:
    """Refuse what is too large or too deep; those that the operation does not name count too.

    Raises:
        LimitError: Over a limit.
    """
    level: list[object] = list(variables.values())
    count, depth = 0, 0
    while level:
        count += len(level)
        if count > limits.max_variable_values:
            raise exceeded("max_variable_values", limits)
        if depth > limits.max_value_depth:
            raise exceeded("max_value_depth", limits)
        level = [item for each in level for item in _items(each, limits)]
        depth += 1


def _items(value: object, limits: Limits) -> list[object]:
    if isinstance(value, dict):
        found = list(value.values())
    elif isinstance(value, list):
        found = value
    else:
        return []
    if len(found) > limits.max_value_items:
        raise exceeded("max_value_items", limits, len(found))
    return found
