"""Starts queued runs and notices dead ones. One per store, in a process of its own. No torch in here."""

import logging
import os
import signal
import threading
import time
from concurrent.futures import Executor, Future
from typing import Any

from dlcore.errors import StoreUnavailable
from dlcore.runs.desk import Desk
from dlcore.runs.entry import device_and_precision, work
from dlcore.runs.executor import ProcessExecutor, WorkerDied, dask_executor
from dlcore.runs.job import Job
from dlcore.runs.store import Store

LOOK_SECONDS = 0.1
BEAT_SECONDS = 1.0
SILENCE_SECONDS = 15.0
"""Without a sign of life for so long, a worker that no supervisor knows is taken for dead."""
CLUSTER_SILENCE_SECONDS = 60.0
PRELOAD = ("dlcore.runs.worker", "torch._dynamo")
"""What a run needs sooner or later (torch imports its compiler with the first optimizer), imported once for all."""

log = logging.getLogger(__name__)


class Supervisor:
    """Keeps the lease on a store and, while it has it, the runs going."""

    def __init__(self, store: Store) -> None:
        self.desk = Desk(store)
        self.limits = store.limits
        self.url = store.url
        self.address = os.environ.get("DLCORE_DASK", "").strip()
        self.leaving = threading.Event()
        self._jobs: dict[str, tuple[str, Future[Any]]] = {}
        self._device = ("", "")
        self._next_beat = 0.0
        self._healthy_since = time.monotonic()

    def run(self) -> None:
        """Work until `leaving` is set; returns at once if another supervisor has the lease."""
        if not self._first_hold():
            log.info("another supervisor looks after %s", self.url)
            return
        local = ProcessExecutor(PRELOAD)
        executor: Executor = dask_executor(self.address) if self.address else local
        about = local.submit(device_and_precision)
        about.add_done_callback(self._learn_device)
        try:
            while not self.leaving.wait(LOOK_SECONDS):
                self._look(executor)
        finally:
            local.shutdown(cancel_futures=True)
            self._leave()

    def _first_hold(self) -> bool:
        while not self.leaving.is_set():
            try:
                return self.desk.hold(*self._device)
            except StoreUnavailable as error:
                log.warning("%s", error)
                self.leaving.wait(BEAT_SECONDS)
        return False

    def _look(self, executor: Executor) -> None:
        try:
            self._settle()
            while claimed := self.desk.claim():
                self._start(executor, *claimed)
            if time.monotonic() >= self._next_beat:
                self._beat()
        except StoreUnavailable as error:
            log.warning("%s", error)
            self._healthy_since = time.monotonic()
            self.leaving.wait(BEAT_SECONDS)

    def _beat(self) -> None:
        if not self.desk.hold(*self._device):
            log.warning("another supervisor has taken over %s", self.url)
            self.leaving.set()
            return
        silence = CLUSTER_SILENCE_SECONDS if self.address else SILENCE_SECONDS
        if time.monotonic() - self._healthy_since > silence:
            for run, token in self.desk.silent(silence, known=self._jobs):
                self.desk.interrupt(
                    run, token, "The server stopped during the run: it can continue from its last step."
                )
        self._next_beat = time.monotonic() + BEAT_SECONDS

    def _start(self, executor: Executor, run: str, token: str) -> None:
        job = Job(self.url, run, token, self.limits.max_seconds, self.limits.pause_seconds)
        try:
            self._jobs[token] = (run, executor.submit(work, job))
        except (OSError, RuntimeError, EOFError) as error:
            log.warning("no process could be started for run %s: %s", run, error)
            self.desk.interrupt(run, token, "The machine had no room for one more process: try this run again.")
            self.leaving.wait(BEAT_SECONDS)

    def _settle(self) -> None:
        """Look at the jobs that have ended; one that ended without a word leaves an interrupted run."""
        for token, (run, future) in list(self._jobs.items()):
            if future.done():
                self.desk.interrupt(run, token, _why(future))
                del self._jobs[token]

    def _learn_device(self, future: "Future[tuple[str, str]]") -> None:
        if future.exception() is None:
            self._device = future.result()
            self._next_beat = 0.0

    def _leave(self) -> None:
        try:
            self._settle()
            self.desk.release()
        except StoreUnavailable as error:
            log.warning("%s", error)


def _why(future: "Future[Any]") -> str:
    error = future.exception()
    if isinstance(error, WorkerDied) and error.exitcode is not None and error.exitcode < 0:
        try:
            name = signal.Signals(-error.exitcode).name
        except ValueError:
            name = str(-error.exitcode)
        return f"The system ended the run's process ({name}): it can continue from its last checkpoint."
    return "The run's process ended by itself: it can continue from its last checkpoint."
