"""What a process and its children have used: CPU and memory, as Linux counts them."""

from __future__ import annotations

import os
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Final

_PAGE_MB: Final = os.sysconf("SC_PAGE_SIZE") / 2**20


def tree(process: int) -> list[int]:
    """It and all below it."""
    children = defaultdict(list)
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            with suppress(OSError):
                stat = (each / "stat").read_text(encoding="utf-8", errors="replace")
                children[int(stat.rpartition(")")[2].split()[1])].append(int(each.name))
    found, ahead = [], [process]
    while ahead:
        found.append(ahead.pop())
        ahead += children[found[-1]]
    return found


def cpu_s(process: int) -> float:
    """Of the threads of one process so far, in user and kernel mode."""
    total_ns = 0
    for each in Path(f"/proc/{process}/task").glob("*/schedstat"):
        with suppress(OSError):  # a thread that has just ended
            total_ns += int(each.read_text(encoding="ascii").split()[0])
    return total_ns / 1e9


def tree_cpu_s(process: int) -> float:
    """Of a process and all below it."""
    return sum(map(cpu_s, tree(process)))


def rss_mb(process: int) -> float:
    """Resident memory of one process."""
    found = Path(f"/proc/{process}/statm").read_text(encoding="ascii")
    return int(found.split()[1]) * _PAGE_MB


def tree_rss_mb(process: int) -> float:
    """Of a process and all below it, what they share counted each time."""
    total = 0.0
    for each in tree(process):
        with suppress(OSError):
            total += rss_mb(each)
    return total
