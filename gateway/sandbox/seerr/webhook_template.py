"""The default template of the webhook, as the settings show it."""

import json
from collections.abc import Sequence


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
