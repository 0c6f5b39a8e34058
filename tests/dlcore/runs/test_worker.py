"""A worker within this process: what it tells the store, and what it does when told."""

import pytest
import torch

from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.errors import DataUnavailable, StoreUnavailable
from dlcore.models import files
from dlcore.runs import process, worker
from dlcore.training.loop import fit
from dlcore.training.records import Changed

CONFIG = RunConfig.of("mlp", training=TrainingConfig(epochs=500))
SHORT = RunConfig.of("mlp", training=TrainingConfig(epochs=3))


@pytest.fixture(autouse=True)
def steady_threads(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture
def running(store, claim, fake_fit, in_background, wait_for):
    """A run that has begun: its id, its worker, its fit."""

    def start(config=CONFIG, **options):
        run_id, training = store.submit(config, "ann"), fake_fit(step_seconds=0.002)
        held = claim(**options)
        held.ended = in_background(held.run, training)
        wait_for(lambda: store.run(run_id).step > 0)
        return run_id, held, training

    return start


def losses(store, run_id):
    columns, rows, _ = store.curve(run_id)
    return dict(zip(rows[:, 0].astype(int).tolist(), rows[:, columns.index("loss")].tolist(), strict=True))


def learning_rate(store, run_id):
    columns, rows, _ = store.curve(run_id)
    return rows[-1, columns.index("learning_rate")]


@pytest.mark.slow
def test_pause_step_resume_stop(store, running, wait_for):
    run_id, _, training = running()
    store.command(run_id, "ann", "pause")
    wait_for(lambda: store.run(run_id).state == "paused")
    at = store.run(run_id).step
    assert training.done == at
    for more in (1, 2, 3):
        store.command(run_id, "ann", "step")
        wait_for(lambda more=more: store.run(run_id).step == at + more)
        wait_for(lambda: store.run(run_id).state == "paused")
        assert training.done == at + more
    store.command(run_id, "ann", "resume")
    wait_for(lambda: store.run(run_id).step > at + 100)
    assert store.run(run_id).state == "running"
    store.command(run_id, "ann", "stop")
    run = wait_for(lambda: (run := store.run(run_id)).state == "stopped" and run)
    assert run.has_weights
    assert store.curve(run_id)[1][:, 0].tolist() == list(range(1, run.step + 1))


def test_a_run_that_is_resumed_during_a_single_step_says_that_it_runs(store, running, wait_for, monkeypatch):
    run_id, held, _ = running()
    store.command(run_id, "ann", "pause")
    wait_for(lambda: store.run(run_id).state == "paused")
    stepped = held.steering.stepped

    def resumed_meanwhile():
        monkeypatch.setattr(held.steering, "stepped", stepped)
        stepped()
        store.command(run_id, "ann", "resume")

    monkeypatch.setattr(held.steering, "stepped", resumed_meanwhile)
    store.command(run_id, "ann", "step")
    wait_for(lambda: store.run(run_id).state == "running")
    store.command(run_id, "ann", "stop")


def test_a_run_that_is_paused_again_at_once_says_that_it_is_paused(store, running, wait_for, monkeypatch):
    monkeypatch.setattr(worker, "IDLE_BEAT_SECONDS", -1.0)  # a beat at every turn of the pause
    run_id, held, _ = running()
    store.command(run_id, "ann", "pause")
    wait_for(lambda: store.run(run_id).state == "paused")
    write = held.journal.write
    told = []

    def paused_meanwhile(page):
        write(page)
        if page.run.get("state") == "running":
            told.append(page)
            store.command(run_id, "ann", "pause")

    monkeypatch.setattr(held.journal, "write", paused_meanwhile)
    store.command(run_id, "ann", "resume")
    wait_for(lambda: told)
    wait_for(lambda: store.run(run_id).state == "paused")
    store.command(run_id, "ann", "stop")


@pytest.mark.slow
def test_steps_across_the_end_of_an_epoch_are_single_too(store, running, wait_for):
    run_id, _, training = running()
    store.command(run_id, "ann", "pause")
    wait_for(lambda: store.run(run_id).state == "paused")
    at = store.run(run_id).step
    for more in range(1, 13):
        store.command(run_id, "ann", "step")
        wait_for(lambda more=more: store.run(run_id).step == at + more)
    assert training.done == at + 12
    store.command(run_id, "ann", "stop")


def test_a_new_learning_rate_is_used_and_told_once(store, running, wait_for):
    run_id, _, _ = running()
    store.command(run_id, "ann", "learning_rate", 0.5)
    told = wait_for(lambda: [record for _, record in store.records(run_id) if isinstance(record, Changed)])
    assert [(each.setting, each.value) for each in told] == [("learning_rate", 0.5)]
    wait_for(lambda: store.run(run_id).step > told[0].step)
    store.command(run_id, "ann", "stop")
    wait_for(lambda: store.run(run_id).state == "stopped")
    columns, rows, _ = store.curve(run_id)
    rate = rows[:, columns.index("learning_rate")]
    assert set(rate[rows[:, 0] > told[0].step]) == {0.5}
    assert set(rate[rows[:, 0] <= told[0].step]) == {0.001}


def test_a_long_pause_gives_the_place_to_others_and_goes_on_later(store, running, claim, wait_for, in_background):
    run_id, _, training = running(pause_seconds=0.0)
    store.command(run_id, "ann", "pause")
    wait_for(lambda: store.run(run_id).state == "paused" and store.queue().running == 0)
    at = store.run(run_id).step
    store.command(run_id, "ann", "learning_rate", 0.25)
    store.command(run_id, "ann", "resume")
    assert store.run(run_id).state == "queued"
    in_background(claim().run, training)
    wait_for(lambda: store.run(run_id).step > at + 5)
    store.command(run_id, "ann", "stop")
    wait_for(lambda: store.run(run_id).state == "stopped")
    columns, rows, _ = store.curve(run_id)
    assert rows[:, 0].tolist() == list(range(1, len(rows) + 1))
    assert rows[at, columns.index("learning_rate")] == 0.25


@pytest.mark.parametrize("command", ["resume", "step", "stop"])
def test_a_command_that_comes_while_the_place_is_given_back_is_followed(store, running, wait_for, monkeypatch, command):
    run_id, held, _ = running(pause_seconds=0.0)
    leave = held.journal.leave
    told = []

    def told_meanwhile(message):
        monkeypatch.setattr(held.journal, "leave", lambda message: False)
        told.append(held.seen)
        store.command(run_id, "ann", command)
        return leave(message)

    monkeypatch.setattr(held.journal, "leave", told_meanwhile)
    store.command(run_id, "ann", "pause")
    wait_for(lambda: told)
    wait_for(lambda: store.run(run_id).state == "stopped" or store.run(run_id).step > told[0])
    store.delete(run_id, "ann")


def test_a_run_that_goes_on_and_is_stopped_while_its_data_are_fetched_keeps_what_it_learned(
    store, running, claim, fake_fit, wait_for
):
    run_id, held, _ = running()
    held.leave("The server was shut down")
    at = wait_for(lambda: (run := store.run(run_id)).state == "interrupted" and run).step
    store.retry(run_id, "ann")
    store.command(run_id, "ann", "stop")
    training, again = fake_fit(), claim()

    def slow_to_begin(config, controls, *, progress, **options):
        again.next_beat = 0.0
        progress("Fetching data", 0.5)
        yield from training(config, controls, **options)

    again.run(slow_to_begin)
    run = store.run(run_id)
    assert (run.state, run.step, run.has_weights) == ("stopped", at, True)


def test_a_single_step_is_one_that_was_not_seen_before_a_crash(
    store, claim, fake_fit, in_background, wait_for, monkeypatch
):
    monkeypatch.setattr(worker, "BEAT_SECONDS", 0.0)
    run_id = store.submit(SHORT, "ann")
    claim().run(fake_fit(fail_at=17, error=RuntimeError("a bug")))
    store.retry(run_id, "ann")
    again = claim()
    store.command(run_id, "ann", "pause")
    in_background(again.run, fake_fit())
    wait_for(lambda: store.run(run_id).state == "paused")
    store.command(run_id, "ann", "step")
    wait_for(lambda: store.run(run_id).step == 18)
    store.command(run_id, "ann", "stop")


def test_a_worker_told_to_leave_interrupts_the_run_where_it_can_go_on(store, running, claim, fake_fit, wait_for):
    run_id, held, _ = running()
    held.leave("The server was shut down")
    run = wait_for(lambda: (run := store.run(run_id)).state == "interrupted" and run)
    assert f"from step {run.step:,}" in run.message
    shown = losses(store, run_id)
    store.retry(run_id, "ann")
    assert store.run(run_id).state == "queued"
    store.command(run_id, "ann", "stop")
    claim().run(fake_fit())
    assert store.run(run_id).step == run.step
    assert losses(store, run_id) == shown


def test_steps_that_were_shown_before_a_crash_are_neither_lost_nor_doubled(store, claim, fake_fit, monkeypatch):
    monkeypatch.setattr(worker, "BEAT_SECONDS", 0.0)
    run_id = store.submit(SHORT, "ann")
    claim().run(fake_fit(fail_at=17, error=RuntimeError("a bug")))
    assert store.run(run_id).step == 17
    store.retry(run_id, "ann")
    training = fake_fit()
    claim().run(training)
    assert store.run(run_id).state == "finished"
    assert store.curve(run_id)[1][:, 0].tolist() == list(range(1, 31))
    epochs = [record.epoch for _, record in store.records(run_id) if type(record).__name__ == "Epoch"]
    assert epochs == [1, 2, 3]


def test_an_error_is_a_sentence_and_never_a_traceback(store, claim, fake_fit):
    for error, words in (
        (DataUnavailable("mnist is damaged: delete it."), "mnist is damaged: delete it."),
        (MemoryError(), "smaller batch_size"),
        (KeyError("secret internals"), "KeyError; the server's log"),
    ):
        run_id = store.submit(SHORT, "ann")
        claim().run(fake_fit(fail_at=5, error=error))
        run = store.run(run_id)
        assert run.state == "failed"
        assert words in run.message
        assert "secret" not in run.message
        assert run.can_retry


def test_a_store_that_cannot_be_written_halts_the_run_and_loses_nothing(store, running, wait_for, monkeypatch):
    monkeypatch.setattr(worker, "RETRY_SECONDS", 0.01)
    run_id, held, _ = running()
    write = held.journal.write
    tries = []

    def full(page):
        tries.append(len(page.steps))
        raise StoreUnavailable("The disk is full.")

    held.journal.write = full
    wait_for(lambda: len(tries) > 10)
    assert len(set(tries)) == 1, "it does not train on meanwhile"
    held.journal.write = write
    store.command(run_id, "ann", "stop")
    run = wait_for(lambda: (run := store.run(run_id)).state == "stopped" and run)
    assert sorted(losses(store, run_id)) == list(range(1, run.step + 1))


def test_a_run_has_a_time_limit_and_keeps_what_it_learned(store, claim, fake_fit, in_background, wait_for):
    run_id = store.submit(CONFIG, "ann")
    in_background(claim(max_seconds=0.3).run, fake_fit(step_seconds=0.002))
    run = wait_for(lambda: (run := store.run(run_id)).state == "stopped" and run)
    assert run.message.startswith("A run may take at most 0.005 minutes here. ")
    assert run.has_weights


def test_deleting_a_run_ends_its_worker(store, running):
    run_id, held, training = running()
    store.delete(run_id, "ann")
    held.ended.join(30)
    assert not held.ended.is_alive()
    assert training.done < 5000
    assert store.runs() == []


def test_a_run_outlives_the_loss_of_its_store_and_goes_on_to_follow_commands(store, running, wait_for, tmp_path):
    run_id, _, _ = running()
    for rate in (0.1, 0.2, 0.3):
        store.command(run_id, "ann", "learning_rate", rate)
        wait_for(lambda rate=rate: learning_rate(store, run_id) == rate)
    at = store.run(run_id).step
    tmp_path.rename(tmp_path.with_name(f"{tmp_path.name}-lost"))
    run = wait_for(lambda: next((run for run in store.runs("ann") if run.step > at), None))
    assert (run.id, run.state, run.config) == (run_id, "running", CONFIG)
    store.command(run_id, "ann", "stop")
    wait_for(lambda: store.run(run_id).state == "stopped")
    assert store.weights(run_id) == b"kept weights"


def test_only_some_models_of_a_long_run_are_kept(store, claim, fake_fit):
    run_id = store.submit(RunConfig.of("mlp", training=TrainingConfig(epochs=500)), "ann")
    claim().run(fake_fit())
    epochs = store.weight_epochs(run_id)
    assert len(epochs) <= 32
    assert epochs[0] == 1
    assert epochs[-1] > 480


def test_large_models_are_kept_less_often_and_none_but_the_last_on_a_disk_almost_full(
    store, claim, fake_fit, monkeypatch
):
    monkeypatch.setattr("dlcore.runs.worker.MODELS_BYTES", 12)  # three of the fake's models
    config = RunConfig.of("mlp", training=TrainingConfig(epochs=100))
    large = store.submit(config, "ann")
    claim().run(fake_fit())
    assert 2 <= len(store.weight_epochs(large)) <= 3
    full = store.submit(config, "ann")
    worker = claim()
    monkeypatch.setattr("dlcore.runs.database.Database.free_bytes", lambda _: 1_000)
    worker.run(fake_fit())
    assert store.weight_epochs(full) == []
    assert store.weights(full) == b"kept weights"


def test_fetching_data_tells_how_far_it_is_and_can_be_stopped(store, claim, monkeypatch):
    monkeypatch.setattr(worker, "BEAT_SECONDS", 0.0)
    run_id = store.submit(SHORT, "ann")
    seen = []

    def slow(config, controls, *, progress, **_):
        progress("Fetching MNIST", 0.25)
        seen.append(store.run(run_id).message)
        store.command(run_id, "ann", "stop")
        progress("Fetching MNIST", 0.5)
        progress("Fetching MNIST", 0.75)
        raise AssertionError
        yield

    claim().run(slow)
    assert seen == ["Fetching MNIST (25\u00a0%)"]
    assert store.run(run_id).state == "stopped"


def test_all_cores_but_one_are_shared_by_the_runs_at_work(monkeypatch):
    monkeypatch.setattr(process, "cores", lambda: 8)
    monkeypatch.setenv("OMP_NUM_THREADS", "")
    before = torch.get_num_threads()
    try:
        for running, threads in ((1, 7), (3, 2), (20, 1), (0, 7)):
            process.use_threads(running)
            assert torch.get_num_threads() == threads
        monkeypatch.setenv("OMP_NUM_THREADS", "3")
        process.use_threads(1)
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


def test_a_real_network_goes_on_after_an_interruption_as_if_there_had_been_none(store, claim):
    config = RunConfig.of("cnn-64", training=TrainingConfig(epochs=2, batch_size=128), data={"train_size": 600})
    whole = store.submit(config, "ann")
    claim().run(fit)
    broken = store.submit(config, "ann")
    first = claim()

    def interrupted(*args, **options):
        for record in fit(*args, **options):
            yield record
            if getattr(record, "step", 0) == 7 and not first.leaving:
                first.leave("A test ended it")

    first.run(interrupted)
    assert store.run(broken).state == "interrupted"
    store.retry(broken, "ann")
    claim().run(fit)
    assert store.run(broken).state == "finished"
    assert (store.curve(whole)[1] == store.curve(broken)[1]).all()
    assert store.run(whole).finished.test == store.run(broken).finished.test
    _, header = files.load(store.weights(broken))
    assert header["config"] == config
    between, about = files.load(store.weights(broken, 1))
    assert about["measured"]["epoch"] == 1
    assert between(torch.zeros(1, 1, 28, 28)).shape == (1, 10)
