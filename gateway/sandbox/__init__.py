"""Wire-true TMDB, YouTube, Seerr and OMDb for demo, tests and load.

Shares no code with the client side: what a client learns here, it learns over HTTP.
"""

from gateway.sandbox.calls import Call
from gateway.sandbox.catalogue import Catalogue
from gateway.sandbox.faults import Fault, FaultError, Faults
from gateway.sandbox.omdb import SandboxOmdb
from gateway.sandbox.seerr import SandboxSeerr, SeerrSeed
from gateway.sandbox.server import Sandbox
from gateway.sandbox.tmdb import SandboxTmdb
from gateway.sandbox.youtube import SandboxYouTube

__all__ = [
    "Call",
    "Catalogue",
    "Fault",
    "FaultError",
    "Faults",
    "Sandbox",
    "SandboxOmdb",
    "SandboxSeerr",
    "SandboxTmdb",
    "SandboxYouTube",
    "SeerrSeed",
]
