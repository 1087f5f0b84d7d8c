"""Ports: busy, odd, and shown so that a click works."""

from __future__ import annotations

import socket

import click
import pytest

from gateway.cli.embedded import inside_sandbox
from gateway.cli.listening import bind, origin, port_of


def test_a_busy_port_is_one_line() -> None:
    with bind("127.0.0.1", 0) as taken:
        port = port_of(taken)
        with pytest.raises(click.ClickException) as caught:
            bind("127.0.0.1", port)
    assert caught.value.message == (
        f"port {port} on 127.0.0.1 is in use: stop what listens there, or choose another --port"
    )


def test_a_busy_port_of_the_sandbox_names_its_variable() -> None:
    with (
        bind("127.0.0.1", 0) as taken,
        pytest.raises(click.ClickException) as caught,
        inside_sandbox(port_of(taken)),
    ):
        pass
    assert caught.value.message.endswith("or choose another GATEWAY_SANDBOX_PORT")


def test_an_address_that_is_not_ours_is_one_line() -> None:
    with pytest.raises(click.ClickException) as caught:
        bind("192.0.2.1", 0)  # TEST-NET-1 belongs to no machine
    assert caught.value.message.startswith("cannot listen on 192.0.2.1: ")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("host", "shown"),
    [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]"), ("films.example", None)],  # noqa: S104
)
def test_the_url_can_be_clicked(host: str, shown: str | None) -> None:
    with bind("127.0.0.1", 0) as sock:
        assert origin(sock, host) == f"http://{shown or host}:{port_of(sock)}"


def test_it_listens_before_anything_serves() -> None:
    with bind("127.0.0.1", 0) as sock, socket.create_connection(("127.0.0.1", port_of(sock)), 5):
        pass
