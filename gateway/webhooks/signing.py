"""How a delivery proves where it comes from, as Standard Webhooks has it; pure.

The key of an endpoint is made of the server's secret and the endpoint's id: it is kept nowhere and
can be shown again.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from typing import Final

PREFIX: Final = "whsec_"
VERSION: Final = "v1"


def key_of(secret: bytes, endpoint_id: str) -> bytes:
    """The 256 bits that only we and the owner of an endpoint know.

    Args:
        secret: The server's.
        endpoint_id: Whose.
    """
    return hmac.digest(secret, f"marquee webhook {endpoint_id}".encode(), "sha256")


def shown(key: bytes) -> str:
    """A key as receivers' libraries take it."""
    return PREFIX + base64.b64encode(key).decode("ascii")


def signed(key: bytes, message_id: str, *, at_s: int, body: bytes) -> Mapping[str, str]:
    """The headers of one try.

    Args:
        key: The endpoint's.
        message_id: The same in every try, without dots.
        at_s: The moment of this try, in seconds of the epoch: receivers refuse old ones.
        body: Exactly as it is sent.
    """
    content = b".".join((message_id.encode("ascii"), str(at_s).encode("ascii"), body))
    signature = base64.b64encode(hmac.digest(key, content, "sha256")).decode("ascii")
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": f"{VERSION},{signature}",
    }
