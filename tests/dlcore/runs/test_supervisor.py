"""Everything together: a supervisor in a process of its own, real workers, a real network on the embedded digits."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.models import files
from dlcore.runs import Store, ensure_supervisor, launch, stop_supervisor
from dlcore.runs.desk import Desk
from dlcore.runs.limits import Limits
from dlcore.runs.supervisor import Supervisor
from dlcore.training.loop import fit
from dlcore.training.records import Changed

pytestmark = pytest.mark.slow

LIMITS = Limits(max_running=2, max_per_user=10, min_free_bytes=0)
LONG = RunConfig.of("cnn-64", training=TrainingConfig(epochs=300, batch_size=32))
SHORT = RunConfig.of("cnn-64", training=TrainingConfig(epochs=2, batch_size=32), data={"train_size": 400})


@pytest.fixture(scope="module")
def live(tmp_path_factory) -> Iterator[Store]:
    """A store with a supervisor at work."""
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('live') / 'runs.db'}", LIMITS)
    ensure_supervisor(store)
    yield store
    stop_supervisor(store)
    assert not store.queue().alive
    store.database.close()


def children_of(parent: int) -> list[int]:
    """Process ids of the children and their children."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            if int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) == parent:
                found += [int(entry.name), *children_of(int(entry.name))]
    return found


def worker_of(store: Store) -> int:
    """Process id of the only worker: the youngest descendant of the supervisor."""
    return max(children_of(launch._watchers[store.url].process.pid))


def state(store: Store, run_id: str) -> str:
    return store.run(run_id).state


def test_a_run_is_trained_and_its_model_reads_digits(live, wait_for):
    run_id = live.submit(SHORT, "ann")
    run = wait_for(lambda: (run := live.run(run_id)).state == "finished" and run)
    assert run.step == run.total_steps == 26
    assert run.samples_per_second is None or run.samples_per_second > 0
    assert run.seconds_left is None
    assert run.started_record.data == "digits"
    assert run.finished.test["accuracy"] > 0.3
    columns, rows, last = live.curve(run_id)
    assert (rows.shape, last) == ((26, len(columns)), 26)
    assert live.snapshot(run_id, "predictions").arrays["probabilities"].shape == (24, 10)
    assert files.load(live.weights(run_id))[1]["config"] == SHORT


def test_the_queue_knows_the_device(live, wait_for):
    queue = wait_for(lambda: (queue := live.queue()).device and queue)
    assert queue.alive
    assert queue.precision in ("fp32", "bf16")


def test_pause_step_learning_rate_resume_stop(live, wait_for):
    run_id = live.submit(LONG, "ann")
    wait_for(lambda: live.run(run_id).step > 0)
    live.command(run_id, "ann", "pause")
    wait_for(lambda: state(live, run_id) == "paused")
    at = live.run(run_id).step
    live.command(run_id, "ann", "step")
    wait_for(lambda: live.run(run_id).step == at + 1)
    live.command(run_id, "ann", "learning_rate", 0.0005)
    live.command(run_id, "ann", "step")
    wait_for(lambda: live.run(run_id).step == at + 2)
    columns, rows, _ = live.curve(run_id)
    rates = rows[:, columns.index("learning_rate")]
    assert rates[at] == 0.001
    assert rates[at + 1] == 0.0005, "the next single step uses what was set during the pause"
    assert [record.step for _, record in live.records(run_id) if isinstance(record, Changed)] == [at + 1]
    live.command(run_id, "ann", "resume")
    wait_for(lambda: live.run(run_id).step > at + 5)
    live.command(run_id, "ann", "stop")
    run = wait_for(lambda: (run := live.run(run_id)).state == "stopped" and run)
    assert run.has_weights
    assert run.finished.last.step == run.step
    assert run.finished.last.said in run.message


def test_a_killed_worker_interrupts_its_run_alone_and_it_ends_as_if_nothing_had_happened(live, wait_for):
    config = RunConfig.of("cnn-64", training=TrainingConfig(epochs=30, batch_size=64), data={"train_size": 600})
    whole = live.submit(config, "ann")
    wait_for(lambda: state(live, whole) == "finished")
    run_id = live.submit(config, "ann")
    wait_for(lambda: live.weight_epochs(run_id))
    os.kill(worker_of(live), signal.SIGKILL)
    run = wait_for(lambda: (run := live.run(run_id)).state == "interrupted" and run)
    assert "SIGKILL" in run.message
    shown = live.curve(run_id)[1]
    live.retry(run_id, "ann")
    wait_for(lambda: state(live, run_id) == "finished")
    again = live.curve(run_id)[1]
    np.testing.assert_array_equal(again[: len(shown)], shown)
    np.testing.assert_array_equal(again, live.curve(whole)[1])
    assert live.run(run_id).finished.test == live.run(whole).finished.test


def test_a_terminated_worker_leaves_a_checkpoint(live, wait_for):
    run_id = live.submit(LONG, "ann")
    wait_for(lambda: live.run(run_id).step > 3)
    os.kill(worker_of(live), signal.SIGTERM)
    run = wait_for(lambda: (run := live.run(run_id)).state == "interrupted" and run)
    assert f"from step {run.step:,}" in run.message
    live.delete(run_id, "ann")


def test_only_so_many_run_at_once_and_the_others_wait_their_turn(live, wait_for):
    ids = [live.submit(LONG, owner) for owner in ("ann", "ann", "ann", "bob")]
    wait_for(lambda: live.queue().running == 2)
    running = {run.owner for run in live.runs(states=["running"])}
    waiting = {run.id: run.position for run in live.runs(states=["queued"])}
    assert running <= {"ann", "bob"}
    assert sorted(waiting.values()) == [1, 2]
    for each in ids:
        live.delete(each, live.run(each).owner)
    wait_for(lambda: len(children_of(launch._watchers[live.url].process.pid)) <= 2)


def test_a_killed_supervisor_is_replaced(live, wait_for):
    run_id = live.submit(LONG, "ann")
    wait_for(lambda: live.run(run_id).step > 0)
    first = launch._watchers[live.url].process
    first.kill()
    wait_for(lambda: state(live, run_id) == "interrupted")
    second = wait_for(lambda: (now := launch._watchers[live.url].process) not in (None, first) and now)
    live.retry(run_id, "ann")
    wait_for(lambda: state(live, run_id) == "running" and second.poll() is None)
    live.delete(run_id, "ann")


SERVER = """
import sys, time
from dlcore.runs import Store, ensure_supervisor
store = Store()
ensure_supervisor(store)
print("up", flush=True)
time.sleep(600)
"""


def test_when_the_server_dies_its_runs_are_put_down_safely_and_can_go_on(store, claim, wait_for):
    run_id = store.submit(LONG, "ann")
    server = subprocess.Popen([sys.executable, "-c", SERVER], env={**os.environ, "DLCORE_STORE": store.url})
    try:
        wait_for(lambda: store.run(run_id).step > 3)
    finally:
        server.kill()
        server.wait(30)
    run = wait_for(lambda: (run := store.run(run_id)).state == "interrupted" and run)
    wait_for(lambda: not store.queue().alive)
    shown = store.curve(run_id)[1]
    assert len(shown) == run.step
    store.retry(run_id, "ann")
    store.command(run_id, "ann", "stop")
    claim().run(fit)
    assert state(store, run_id) == "stopped"
    assert files.load(store.weights(run_id))[1]["config"] == LONG
    np.testing.assert_array_equal(store.curve(run_id)[1], shown)


def test_one_store_has_one_supervisor(store):
    first, second = Desk(store), Desk(store)
    assert first.hold("a device", "fp32")
    assert not second.hold("another", "fp32")
    assert first.hold("a device", "fp32")
    assert (store.queue().alive, store.queue().device) == (True, "a device")
    first.release()
    assert second.hold("another", "bf16")
    assert not first.hold("a device", "fp32")


def test_a_run_whose_worker_fell_silent_is_noticed(store):
    desk = Desk(store)
    run_id = store.submit(SHORT, "ann")
    claimed = desk.claim()
    assert desk.silent(60.0, known=()) == []
    assert desk.silent(-1.0, known=()) == [claimed]
    assert desk.silent(-1.0, known=[claimed[1]]) == []
    desk.interrupt(run_id, "another worker's token", "no")
    assert state(store, run_id) == "running"
    desk.interrupt(*claimed, "It fell silent.")
    assert state(store, run_id) == "interrupted"


class Crowded:
    """An executor on a machine that has no room for one more process."""

    def submit(self, *_):
        raise BlockingIOError(11, "Resource temporarily unavailable")


def test_a_run_for_which_no_process_can_be_started_can_be_tried_again(store):
    run_id = store.submit(SHORT, "ann")
    supervisor = Supervisor(store)
    supervisor.leaving.set()  # so that it does not wait
    supervisor._look(Crowded())
    assert state(store, run_id) == "interrupted"
    assert "no room" in store.run(run_id).message
    store.retry(run_id, "ann")
    assert state(store, run_id) == "queued"


def test_a_supervisor_that_cannot_be_started_is_started_later(store, monkeypatch, wait_for):
    real, tries = subprocess.Popen, []

    def crowded(*arguments, **options):
        tries.append(arguments)
        if len(tries) == 1:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        return real(*arguments, **options)

    monkeypatch.setattr(launch, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(launch.subprocess, "Popen", crowded)
    ensure_supervisor(store)
    wait_for(lambda: store.queue().alive)
    assert len(tries) == 2
    stop_supervisor(store)
