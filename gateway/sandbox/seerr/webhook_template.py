"""The webhook's template: the default one, as the settings show it, and how one is filled in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Json = dict[str, object]


def _block(*names: str, prefix: str = "") -> dict[str, str]:
    """Names with their placeholders."""
    return {name: f"{{{{{prefix}{name}}}}}" for name in names}


def _person(role: str) -> dict[str, str]:
    details: Sequence[str] = (
        "email",
        "username",
        "avatar",
        "settings_discordId",
        "settings_telegramChatId",
    )
    return _block(*(f"{role}_{detail}" for detail in details))


_PARTS: dict[str, object] = {
    **_block("notification_type", "event", "subject", "message", "image"),
    "{{media}}": {
        "media_type": "{{media_type}}",
        "tmdbId": "{{media_tmdbid}}",
        "tvdbId": "{{media_tvdbid}}",
        "status": "{{media_status}}",
        "status4k": "{{media_status4k}}",
    },
    "{{request}}": _block("request_id") | _person("requestedBy"),
    "{{issue}}": _block("issue_id", "issue_type", "issue_status") | _person("reportedBy"),
    "{{comment}}": _block("comment_message") | _person("commentedBy"),
    "{{extra}}": [],
}

TEMPLATE = json.dumps(_PARTS, indent=2)
"""JSON text with placeholders; people edit it, so a listener cannot rely on its keys."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a notice has to say; all of it is text.

    Attributes:
        texts: By the names of their placeholders.
        blocks: Those of ``media``, ``request``, ``issue`` and ``comment`` that it is about.
        extra: Further lines.
    """

    texts: Mapping[str, str]
    blocks: frozenset[str] = frozenset()
    extra: list[Json] = field(default_factory=list)


def read_template(text: str) -> str:
    """The template that somebody has set; pages send it as JSON inside JSON.

    Raises:
        ValueError: It is no JSON.
    """
    found = json.loads(text) if text else TEMPLATE
    if isinstance(found, str):
        json.loads(found)
        return found
    return text


def fill_in(template: str, told: Told) -> object:
    """The body that a template makes of a notice."""
    return _filled(json.loads(template), told)


def _filled(part: object, told: Told) -> object:
    if isinstance(part, str):
        for name, text in told.texts.items():
            part = part.replace(f"{{{{{name}}}}}", text)
        return part
    if not isinstance(part, dict):
        return part
    found: Json = {}
    for key, each in part.items():
        name = key.removeprefix("{{").removesuffix("}}")
        if key == "{{extra}}":
            found[name] = told.extra
        elif key.startswith("{{"):
            found[name] = _filled(each, told) if name in told.blocks else None
        else:
            found[key] = _filled(each, told)
    return found
