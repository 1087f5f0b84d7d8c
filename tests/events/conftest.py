"""A real Valkey for the stream."""

from __future__ import annotations

from tests.valkey import valkey_server, valkey_url

__all__ = ["valkey_server", "valkey_url"]
