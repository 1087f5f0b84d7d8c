"""Plain ASGI in front of the web app: what happens to an operation before and around it."""

from __future__ import annotations

from gateway.edge.disconnect import MUST_FINISH
from gateway.edge.drain import Drain
from gateway.edge.edge import Edge

__all__ = ["MUST_FINISH", "Drain", "Edge"]
