"""``python -m gateway.cli``, the same as the ``gateway`` script."""

from gateway.cli.main import main

main(prog_name="gateway")
