"""Keep Python's garbage collector away from what stays for as long as the server runs.

Streamlit collects garbage after every run of a page, and all threads wait. With torch imported that walks over hundreds
of thousands of objects that never go: a third of a second for every control that any visitor moves.
"""

import atexit
import gc
import sys

MANY = 20
"""So many new modules are worth it. What lives at that moment and later becomes a cycle of garbage is kept for ever."""

_modules = 0


def keep_small() -> None:
    """From now on, take what is there after a full collection for permanent whenever much has been imported."""
    if _freeze not in gc.callbacks:
        gc.callbacks.append(_freeze)
        atexit.register(gc.unfreeze)  # so that libraries find nothing left behind when the server ends


def _freeze(phase: str, info: dict[str, int]) -> None:
    global _modules
    if phase == "stop" and info["generation"] == 2 and len(sys.modules) >= _modules + MANY:
        _modules = len(sys.modules)
        gc.freeze()
