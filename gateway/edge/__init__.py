"""Plain ASGI in front of the web app: what happens to an operation before and around it."""

from __future__ import annotations

from gateway.edge.drain import Drain
from gateway.edge.edge import Edge
from gateway.edge.gate import Gate

__all__ = ["Drain", "Edge", "Gate"]
