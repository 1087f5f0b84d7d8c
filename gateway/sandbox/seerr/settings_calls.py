"""The server about itself: status, settings, the webhook's settings."""

from starlette.responses import Response

from gateway.sandbox.seerr import answers
from gateway.sandbox.seerr.refusals import refusal
from gateway.sandbox.seerr.webhook import Webhook, told_as_test
from gateway.sandbox.seerr.webhook_template import read_template
from gateway.sandbox.seerr.world import Exchange, World

Json = dict[str, object]


async def status(world: World, exchange: Exchange) -> Response:
    """``GET /status``: open, and blind to bad keys."""
    del world, exchange
    body: Json = {
        "version": "3.1.0",
        "commitTag": "94a70bb5fc9a4486857071a6fc048c8081fa7ca9",
        "updateAvailable": False,
        "commitsBehind": 0,
        "restartRequired": False,
    }
    return answers.answer(body)


def _shared_settings() -> Json:
    """What the public and the main settings both tell."""
    return {
        "applicationTitle": "Seerr",
        "applicationUrl": "http://seerr.example.test",
        "hideAvailable": False,
        "hideBlocklisted": False,
        "localLogin": True,
        "mediaServerLogin": True,
        "discoverRegion": "",
        "streamingRegion": "US",
        "originalLanguage": "",
        "mediaServerType": 2,
        "partialRequestsEnabled": True,
        "enableSpecialEpisodes": False,
        "cacheImages": False,
        "locale": "en",
        "newPlexLogin": True,
        "youtubeUrl": "",
    }


async def public_settings(world: World, exchange: Exchange) -> Response:
    """``GET /settings/public``: open; tells whether 4K movies can be asked for."""
    del exchange
    own: Json = {
        "initialized": True,
        "jellyfinExternalHost": "",
        "jellyfinForgotPasswordUrl": "",
        "movie4kEnabled": any(server.is4k for server in world.radarr.servers.values()),
        "series4kEnabled": False,
        "vapidPublic": "BMarqueeSandbox",
        "enablePushRegistration": False,
        "emailEnabled": False,
        "userEmailRequired": False,
    }
    return answers.answer(_shared_settings() | own)


async def main_settings(world: World, exchange: Exchange) -> Response:
    """``GET /settings/main``: for administrators, API key included."""
    del exchange
    own: Json = {
        "apiKey": world.api_key,
        "defaultPermissions": 32,
        "defaultQuotas": {"movie": {}, "tv": {}},
        "blocklistedTags": "",
        "blocklistedTagsLimit": 50,
    }
    return answers.answer(_shared_settings() | own)


async def webhook_settings(world: World, exchange: Exchange) -> Response:
    """``GET /settings/notifications/webhook``."""
    del exchange
    return answers.answer(_webhook(world))


def _webhook(world: World) -> Json:
    options: Json = {
        "webhookUrl": world.webhook.url,
        "jsonPayload": world.webhook.template,
        "supportVariables": False,
    }
    if world.webhook.auth_header:
        options["authHeader"] = world.webhook.auth_header
    return {
        "enabled": world.webhook.enabled,
        "embedPoster": True,
        "types": world.webhook.types,
        "options": options,
    }


async def set_webhook(world: World, exchange: Exchange) -> Response:
    """``POST /settings/notifications/webhook``."""
    _configure(world.webhook, exchange.body)
    return answers.answer(_webhook(world))


async def test_webhook(world: World, exchange: Exchange) -> Response:
    """``POST /settings/notifications/webhook/test``: with the settings in the body."""
    tried = Webhook(world.background, world.webhook.post)
    _configure(tried, exchange.body)
    if not await tried.deliver(told_as_test()):
        raise refusal(500, "Failed to send webhook notification.")
    return answers.empty()


def _configure(webhook: Webhook, body: Json) -> None:
    options = body.get("options")
    chosen: Json = options if isinstance(options, dict) else {}
    types = body.get("types")
    try:
        webhook.template = read_template(str(chosen.get("jsonPayload") or ""))
    except ValueError:
        raise refusal(500, "Something went wrong.") from None
    webhook.enabled = body.get("enabled") is True
    webhook.types = types if isinstance(types, int) else 0
    webhook.url = str(chosen.get("webhookUrl") or "")
    webhook.auth_header = str(chosen.get("authHeader") or "")
