"""A played Seerr 3.1.0, as a running one was recorded."""

from gateway.sandbox.seerr.sandbox import SandboxSeerr
from gateway.sandbox.seerr.seed import SeerrSeed

__all__ = ["SandboxSeerr", "SeerrSeed"]
