"""A store of its own for every test, and a `fit` that needs no network."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

from dlcore.config.run import RunConfig
from dlcore.runs import Store
from dlcore.runs.desk import Desk
from dlcore.runs.job import Job
from dlcore.runs.limits import Limits
from dlcore.runs.worker import Worker
from dlcore.training.records import Changed, Checkpoint, Epoch, Finished, Record, Snapshot, Started, Step
from tests import postgres
from tests.dlcore.runs import old_stores

LIMITS = Limits(max_running=2, max_queued=3, max_per_user=3, min_free_bytes=0)
STEPS_PER_EPOCH = 10
DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL database that tests may empty."""
    if not postgres.programs():
        reason = "PostgreSQL is not on this machine: install it with the system's package manager to test on it too"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with postgres.server() as url:
        yield url


@pytest.fixture(params=DATABASES)
def url(request, tmp_path) -> str:
    """The address of a database that holds nothing yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'runs.db'}"
    found = request.getfixturevalue("postgresql")
    old_stores.empty(found)
    return found


@pytest.fixture
def store(url) -> Iterator[Store]:
    opened = Store(url, LIMITS)
    yield opened
    opened.database.close()


@pytest.fixture
def file_store(tmp_path) -> Iterator[Store]:
    """A store in a SQLite file, for tests of what happens to files."""
    opened = Store(f"sqlite:///{tmp_path / 'runs.db'}", LIMITS)
    yield opened
    opened.database.close()


@pytest.fixture
def wait_for() -> Callable[..., Any]:
    """Call something until it gives a true value, which is returned."""

    def wait(condition: Callable[[], Any], seconds: float = 120.0) -> Any:
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.005)
        return value

    return wait


class FakeFit:
    """Yields what `dlcore.training.loop.fit` would, each step in `step_seconds`."""

    def __init__(self, fail_at: int = 0, error: Exception | None = None, step_seconds: float = 0.0) -> None:
        self.fail_at, self.error, self.step_seconds = fail_at, error, step_seconds
        self.done = 0

    def __call__(self, config: RunConfig, controls: Any, *, resume: Any = None, **_: Any) -> Iterator[Record]:
        rate = config.training.learning_rate
        self.done = int(resume["loop.step"]) if resume else 0
        total = STEPS_PER_EPOCH * config.training.epochs
        yield Started(
            self.done, config.training.epochs, STEPS_PER_EPOCH, 1, "cpu", "CPU", "fp32", config.data.name, {"train": 80}
        )
        while self.done < total and not controls.stopped:
            for setting, value in controls.take_changes().items():
                rate = value if setting == "learning_rate" else rate
                yield Changed(self.done, setting, value)
            if controls.checkpoint_wanted:
                controls.checkpoint_wanted = False
                yield self._checkpoint(False)
                continue
            if self.error and self.done == self.fail_at:
                raise self.error
            time.sleep(self.step_seconds)
            self.done += 1
            epoch = (self.done - 1) // STEPS_PER_EPOCH + 1
            yield Step(self.done, epoch, rate, {"loss": 1 / self.done, "accuracy": 0.5})
            if self.done % STEPS_PER_EPOCH == 0:
                yield Snapshot(self.done, epoch, "predictions", {"images": np.full((2, 3), epoch)})
                yield Epoch(epoch, self.done, {"loss": 1.0}, {"loss": 2.0}, 0.1, self.done * 8)
                yield self._checkpoint(True)
        reason = "stopped" if controls.stopped else "completed"
        weights = b"kept weights"
        yield Finished(self.done, self.done // STEPS_PER_EPOCH, reason, "Done.", {}, (), 0.1, 0, 1, weights)

    def _checkpoint(self, end: bool) -> Checkpoint:
        tensors = {"loop.step": torch.tensor(self.done), "model.weight": torch.tensor([float(self.done)])}
        return Checkpoint(self.done, self.done // STEPS_PER_EPOCH, tensors, end)


@pytest.fixture
def fake_fit() -> Callable[..., FakeFit]:
    return FakeFit


@pytest.fixture
def claim(store) -> Callable[..., Worker]:
    """A worker in this process for the next queued run."""

    def take(**options: float) -> Worker:
        run, token = Desk(store).claim()
        return Worker(Job(store.url, run, token, **{"max_seconds": 600.0, "pause_seconds": 600.0, **options}))

    return take


@pytest.fixture
def in_background() -> Iterator[Callable[..., threading.Thread]]:
    """Run something in a thread, which must have ended with the test."""
    threads = []

    def start(function: Callable[..., None], *args: Any) -> threading.Thread:
        thread = threading.Thread(target=function, args=args, daemon=True)
        thread.start()
        threads.append(thread)
        return thread

    yield start
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
