"""The worker's own process: its threads, its memory, its parent."""

import contextlib
import multiprocessing
import os
from pathlib import Path

import torch

from dlcore.machine.cores import cores


def use_threads(running: int) -> None:
    """Share the cores among the runs at work, but for one that serves the pages; OMP_NUM_THREADS is an upper bound.

    Threads of one step wait for each other: where something else takes a core from one of them, all stand still.
    """
    threads = max(1, (cores() - 1) // max(1, running))
    with contextlib.suppress(ValueError):
        threads = min(threads, max(1, int(os.environ.get("OMP_NUM_THREADS", ""))))
    if threads != torch.get_num_threads():
        torch.set_num_threads(threads)


def stand_back() -> None:
    """Let the pages' server go first where both want a core, and this process where the system runs out of memory."""
    if hasattr(os, "nice"):
        os.nice(5)
    with contextlib.suppress(OSError):  # Linux only
        Path("/proc/self/oom_score_adj").write_text("1000")


def orphaned() -> bool:
    """Whether the process that started this one is gone."""
    parent = multiprocessing.parent_process()
    return parent is not None and not parent.is_alive()
