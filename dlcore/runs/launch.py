"""Starts the supervisor of a store from whatever process needs one, and again should it die. No torch in here."""

import contextlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import dlcore
from dlcore.errors import StoreUnavailable
from dlcore.runs.store import Store

LOOK_SECONDS = 2.0
PATIENCE_SECONDS = 30.0

_watchers: dict[str, "Watcher"] = {}
_lock = threading.Lock()


def ensure_supervisor(store: Store) -> None:
    """See to it that somebody starts the queued runs of `store` for as long as this process lives.

    Cheap when called again. The supervisor is a process of its own, which ends with this one; several
    servers on one store share whichever supervisor came first.
    """
    with _lock:
        watcher = _watchers.get(store.url)
        if watcher is None or not watcher.is_alive():
            watcher = _watchers[store.url] = Watcher(store)
            watcher.start()


def stop_supervisor(store: Store) -> None:
    """End the supervisor that this process started; its workers leave a checkpoint first."""
    with _lock:
        watcher = _watchers.pop(store.url, None)
    if watcher is not None:
        watcher.stop()


class Watcher(threading.Thread):
    """Starts the supervisor when there is none, and looks after it."""

    def __init__(self, store: Store) -> None:
        super().__init__(name="supervisor-watcher", daemon=True)
        self.store = store
        self.process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()

    def run(self) -> None:
        wait = LOOK_SECONDS
        while not self._stopping.is_set():
            with contextlib.suppress(StoreUnavailable, OSError):
                started = self._look()
                wait = min(wait * 2, PATIENCE_SECONDS) if started and self.process else LOOK_SECONDS
            self._stopping.wait(wait)

    def stop(self) -> None:
        """Close the supervisor's stdin, which asks it to leave, and wait for it."""
        self._stopping.set()
        self.join()
        if self.process is not None:
            _let_go(self.process)
            self.process.wait(timeout=PATIENCE_SECONDS)

    def _look(self) -> bool:
        """Start a supervisor unless one is at work; says whether it did."""
        status = self.process.poll() if self.process else 0
        if status is None:
            return False
        if status == 0 and self.store.queue().alive:
            return False
        if self.process:
            _let_go(self.process)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dlcore.runs", "--attached"],
            stdin=subprocess.PIPE,
            env=_environment(self.store),
            start_new_session=True,  # Ctrl-C in the server's terminal reaches it through stdin's end only
        )
        return True


def _let_go(supervisor: "subprocess.Popen[bytes]") -> None:
    """End its stdin, which asks it to leave."""
    if supervisor.stdin is not None:
        supervisor.stdin.close()


def _environment(store: Store) -> dict[str, str]:
    root = str(Path(dlcore.__file__).resolve().parent.parent)
    paths = [root, os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        **store.limits.to_environment(),
        "DLCORE_STORE": store.url,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }
