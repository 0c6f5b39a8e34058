"""How many processor cores there are for us. No torch in here."""

import math
import os
from pathlib import Path

_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def cores() -> int:
    """Processor cores that this process may use: its affinity, cut to a container's quota (cgroup v2)."""
    own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(own, _quota()))


def _quota() -> int:
    """Whole cores that a container's quota is worth, rounded up; large where there is none."""
    try:
        share, period = _QUOTA.read_text(encoding="ascii").split()
        return math.ceil(int(share) / int(period))
    except (OSError, ValueError):
        return 2**31
