"""One gateway under uvicorn that tells on SIGUSR1 how many tasks it has; started by the soak."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys

import uvicorn

from gateway.app import app_from_env


def tell() -> None:
    """Write one line."""
    gc.collect()
    names = [getattr(task.get_coro(), "__qualname__", "?") for task in asyncio.all_tasks()]
    sys.stdout.write(f"tasks {len(names)} {','.join(sorted(names))}\n")
    sys.stdout.flush()


async def main(port: int) -> None:
    """Serve until SIGTERM."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, tell)
    config = uvicorn.Config(
        app_from_env(), log_config=None, access_log=False, ws="none", lifespan="on"
    )
    sock = socket.create_server(("127.0.0.1", port), backlog=1024)
    await uvicorn.Server(config).serve(sockets=[sock])


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
