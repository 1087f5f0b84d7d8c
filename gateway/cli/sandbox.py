"""``gateway sandbox``: the upstreams alone, played offline."""

from __future__ import annotations

import socket

import click

from gateway.cli.listening import bind, origin
from gateway.cli.serving import run_app

_EXPLAINED = """\
Sandbox at {url}: made for development, no real upstream is asked.
  TMDB     {url}/tmdb/3
  YouTube  {url}/youtube/v3
  Seerr    {url}/seerr/api/v1
  OMDb     {url}/omdb
  Control  GET {url}/_control/calls and /_control/log, POST /_control/reset and /_control/faults"""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=9000, show_default=True, help="Port; 0 takes any free one.")
@click.option("--fd", type=int, hidden=True, help="A bound socket, inherited from `serve`.")
def sandbox(host: str, port: int, fd: int | None) -> None:
    """Play TMDB, YouTube, Seerr and OMDb, as strict as the real ones.

    \b
    gateway sandbox                          on port 9000
    curl localhost:9000/_control/calls       what has been asked so far
    curl localhost:9000/_control/faults -H 'content-type: application/json' \\
      -d '[{"upstream": "tmdb", "kind": "html_502", "share": 0.5}]'

    `gateway serve` needs no second terminal: it runs a sandbox inside for each upstream whose
    *_BASE_URL is `sandbox`, and for all of them when nothing is set.
    """  # noqa: D301 -- click wants a real backspace
    sock = bind(host, port) if fd is None else socket.socket(fileno=fd)
    if fd is None:
        click.echo(_EXPLAINED.format(url=origin(sock, host)))
    from gateway.sandbox import Sandbox  # noqa: PLC0415 -- the catalogue is not for --help

    run_app(Sandbox().app(), sock)
