"""Executors that run a job each in a process of its own. No torch in here."""

import contextlib
import multiprocessing
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any

from dlcore.errors import DlcoreError

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext

WATCH_SECONDS = 1.0
"""For a future to learn that its process was killed."""


class WorkerDied(Exception):
    """The process ended without an answer. `exitcode` is negative for a signal, as in multiprocessing."""

    def __init__(self, exitcode: int | None) -> None:
        super().__init__(f"exit code {exitcode}")
        self.exitcode = exitcode


class ProcessExecutor(Executor):
    """One new process per job, from a fork server that has the `preload` modules imported already.

    Unlike in ProcessPoolExecutor, a process that is killed fails its own future and no other.
    """

    def __init__(self, preload: Sequence[str] = ()) -> None:
        self._context = _context(preload)
        self._watchers: dict[BaseProcess, threading.Thread] = {}
        self._lock = threading.Lock()
        self._closed = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        with self._lock:
            if self._closed:
                raise RuntimeError("cannot schedule new futures after shutdown")
            answer, question = self._context.Pipe(duplex=False)
            process = self._context.Process(target=_call, args=(question, fn, args, kwargs))
            process.start()
            question.close()
            future: Future[Any] = Future()
            future.set_running_or_notify_cancel()
            watcher = threading.Thread(target=self._watch, args=(process, answer, future), daemon=True)
            self._watchers[process] = watcher
            watcher.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False, patience: float = 20.0) -> None:
        """Let the jobs end; with `cancel_futures` ask them to (SIGTERM), and kill those that do not in `patience` s."""
        with self._lock:
            self._closed = True
            watchers = dict(self._watchers)
        if cancel_futures:
            for process in watchers:
                process.terminate()
        if wait or cancel_futures:
            deadline = time.monotonic() + patience
            for process, watcher in watchers.items():
                watcher.join(max(0.0, deadline - time.monotonic()) if cancel_futures else None)
                if watcher.is_alive():
                    process.kill()
                    watcher.join(WATCH_SECONDS)

    def _watch(self, process: BaseProcess, answer: Connection, future: "Future[Any]") -> None:
        succeeded, value = False, None
        with answer, contextlib.suppress(Exception):  # no answer, or one that cannot be read here
            succeeded, value = answer.recv()
        process.join()
        if succeeded:
            future.set_result(value)
        else:
            future.set_exception(value or WorkerDied(process.exitcode))
        with self._lock:
            del self._watchers[process]


def dask_executor(address: str) -> Executor:
    """The executor of a Dask cluster whose scheduler listens at `address`."""
    try:
        from distributed import Client
    except ImportError as error:
        raise DlcoreError("DLCORE_DASK is set, but Dask is not installed: run `pip install distributed`.") from error
    try:
        return Client(address).get_executor(pure=False)
    except (OSError, ValueError) as error:
        raise DlcoreError(f"No Dask scheduler answers at {address!r}: start one, or unset DLCORE_DASK.") from error


def _context(preload: Sequence[str]) -> "ForkServerContext | SpawnContext":
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    return context


def _call(question: Connection, fn: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> None:
    try:
        answer = (True, fn(*args, **kwargs))
    except Exception as error:
        answer = (False, error)
    with question:
        question.send(answer)
