"""Operator commands: ``gateway serve``, ``sandbox``, ``schema``, ``doctor``."""

from gateway.cli.main import main

__all__ = ["main"]
