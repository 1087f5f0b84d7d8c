"""``gateway schema``: the GraphQL schema as a file, or a check that the file is current."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; fail if PATH is out of date.")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def schema(path: Path, *, check: bool) -> None:
    """Write the GraphQL schema to PATH.

    \b
    gateway schema schema.graphql            after a change of the graph
    gateway schema --check schema.graphql    in CI: exit 1 if it was forgotten

    No setting and no upstream is needed: the schema is the same whatever is set.
    """  # noqa: D301 -- click wants a real backspace
    from gateway.schema import print_sdl  # noqa: PLC0415 -- half a second that --help need not pay

    sdl = print_sdl().rstrip("\n") + "\n"
    if not check:
        path.write_text(sdl, encoding="utf-8")
    elif not path.exists() or sdl != path.read_text(encoding="utf-8"):
        raise click.ClickException(f"{path} is stale: run `gateway schema {path}`")
