import os
import signal
import sys
import time

import pytest

from dlcore.errors import DlcoreError
from dlcore.runs.executor import ProcessExecutor, WorkerDied, dask_executor


@pytest.fixture(scope="module")
def executor():
    with ProcessExecutor() as pool:
        yield pool


def test_answers_and_errors_come_back(executor):
    assert executor.submit(divmod, 7, 2).result(60) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        executor.submit(divmod, 7, 0).result(60)


def test_a_killed_process_fails_its_own_job_only(executor):
    killed = executor.submit(signal.raise_signal, signal.SIGKILL)
    fine = executor.submit(os.getpid)
    with pytest.raises(WorkerDied, match="-9"):
        killed.result(60)
    assert fine.result(60) != os.getpid()


def test_after_shutdown_nothing_is_taken(executor):
    pool = ProcessExecutor()
    pool.shutdown()
    with pytest.raises(RuntimeError, match="after shutdown"):
        pool.submit(os.getpid)


def test_after_shutdown_every_future_knows_how_its_job_ended(monkeypatch):
    def slowly(exitcode):
        time.sleep(0.3)
        return WorkerDied(exitcode)

    monkeypatch.setattr("dlcore.runs.executor.WorkerDied", slowly)
    pool = ProcessExecutor()
    future = pool.submit(time.sleep, 600)
    pool.shutdown(cancel_futures=True)
    assert future.done()
    assert future.exception().exitcode == -signal.SIGTERM


def test_a_missing_dask_is_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(DlcoreError, match="pip install distributed"):
        dask_executor("tcp://127.0.0.1:1")
