"""The unified types of the graph, and how their fields reach the upstreams."""

from gateway.graph import enums

__all__ = ["enums"]  # registered before any type mentions one
