"""The variables of generated code, which ``Node.walk`` reads when it has to go on."""

from __future__ import annotations


def value_name(number: int) -> str:
    """What the code shows of the field with that number."""
    return f"v{number}"


def taken_name(number: int) -> str:
    """What the field's leaf value is, before it is shown."""
    return f"t{number}"


def pending_name(number: int) -> str:
    """What the field waits for, or ``None``."""
    return f"y{number}"


def raw_name(number: int) -> str:
    """The list of objects that the field has."""
    return f"r{number}"
