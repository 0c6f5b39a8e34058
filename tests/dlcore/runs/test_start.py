"""What a worker hands to the loop before the first step, and whether an old run goes on with it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.errors import WeightsUnreadable
from dlcore.models import files
from dlcore.runs import Store, checkpoints
from dlcore.runs.desk import Desk
from dlcore.runs.job import Job
from dlcore.runs.limits import Limits
from dlcore.runs.worker import Worker
from dlcore.training.loop import fit
from dlcore.weights import shipped
from tests.dlcore.runs import old_stores
from tests.dlcore.runs.test_admission import CONFIG as WITH_EXAMPLES
from tests.dlcore.runs.test_admission import EXAMPLES

CONFIG = RunConfig.of("mlp", {"train_size": 60}, TrainingConfig(epochs=2, batch_size=20), device="cpu")


@pytest.fixture(autouse=True)
def steady_threads(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def test_a_run_starts_from_the_weights_of_another(store, claim):
    first = store.submit(CONFIG, "ann")
    claim().run(fit)
    training = replace(CONFIG.training, learning_rate=1e-6, epochs=1)
    again = store.submit(replace(CONFIG, start=first, training=training), "ann")
    claim().run(fit)
    assert store.run(again).state == "finished"
    before, after = (files.load(store.weights(run))[0].state_dict() for run in (first, again))
    for name in before:
        torch.testing.assert_close(before[name], after[name], atol=1e-4, rtol=0)


def test_a_run_that_goes_on_does_not_start_from_them_again(store, claim, fake_fit):
    first = store.submit(CONFIG, "ann")
    claim().run(fake_fit())
    starts, training = [], fake_fit(fail_at=15, error=RuntimeError("a bug"))

    def noted(*args, start, **options):
        starts.append(start)
        yield from training(*args, **options)

    again = store.submit(replace(CONFIG, start=first), "ann")
    claim().run(noted)
    store.delete(first, "ann")
    store.retry(again, "ann")
    training.error = None
    claim().run(noted)
    assert starts == [b"kept weights", None]
    assert store.run(again).state == "finished"


@pytest.mark.parametrize("deleted", [False, True])
def test_a_run_whose_start_has_no_weights_fails_with_a_sentence(store, claim, fake_fit, deleted):
    first = store.submit(CONFIG, "ann")
    store.command(first, "ann", "stop")
    if deleted:
        store.delete(first, "ann")
    run = store.submit(replace(CONFIG, start=first), "ann")
    claim().run(fake_fit())
    assert store.run(run).state == "failed"
    assert first in store.run(run).message
    assert "kept none or was deleted" in store.run(run).message


def test_a_run_keeps_its_kind_group_and_examples_when_its_store_is_lost(
    store, claim, fake_fit, in_background, wait_for, tmp_path
):
    config = replace(WITH_EXAMPLES, group="sweep", training=TrainingConfig(epochs=500))
    run = store.submit(config, "ann", examples=EXAMPLES)
    in_background(claim().run, fake_fit(step_seconds=0.002))
    wait_for(lambda: store.run(run).step > 0)
    tmp_path.rename(tmp_path.with_name(f"{tmp_path.name}-lost"))
    wait_for(lambda: store.runs(group="sweep", kind="image"))
    assert store.examples(run) == EXAMPLES
    store.command(run, "ann", "stop")
    wait_for(lambda: store.run(run).state == "stopped")


def test_a_run_that_an_older_program_left_goes_on_as_one_that_never_stopped(tmp_path):
    store = Store(f"sqlite:///{old_stores.unpack(tmp_path / 'runs.db')}", Limits(max_running=1, min_free_bytes=0))
    (broken,) = store.runs("ann", states=["interrupted"])

    def train() -> None:
        run, token = Desk(store).claim()
        Worker(Job(store.url, run, token, 600.0, 600.0)).run(fit)

    shown = store.curve(broken.id)[1]
    assert len(shown) == broken.step == 18
    store.retry(broken.id, "ann")
    train()
    whole = store.submit(broken.config, "ann")
    train()
    rows = store.curve(broken.id)[1]
    np.testing.assert_array_equal(rows[:18], shown)
    # The first 18 steps were taken by a program whose one-cycle schedule was a little slower.
    again = store.curve(whole)[1]
    assert rows.shape == again.shape
    np.testing.assert_array_equal(rows[18:, :3], again[18:, :3])
    ended, uninterrupted = store.run(broken.id), store.run(whole)
    assert ended.state == uninterrupted.state == "finished"
    assert ended.finished.test["accuracy"] == pytest.approx(uninterrupted.finished.test["accuracy"], abs=0.02)
    store.database.close()


def test_a_run_starts_from_a_bundled_network_and_keeps_what_it_began_with(store, claim):
    config = replace(RunConfig.of("mlp", {"train_size": 60}, {"epochs": 1, "learning_rate": 1e-6}), start="mlp")
    run = store.submit(config, "ann")
    claim().run(fit)
    assert store.run(run).state == "finished"
    before, after = (files.load(data)[0].state_dict() for data in (store.start(run), store.weights(run)))
    for name in before:
        torch.testing.assert_close(before[name], after[name], atol=1e-4, rtol=0)
    assert "dense.weight" in before
    untrained = checkpoints.load(store, run, checkpoints.START).state_dict()
    torch.testing.assert_close(untrained["dense.weight"], before["dense.weight"])


def test_what_a_run_began_with_stays_when_the_other_run_is_deleted(store, claim):
    first = store.submit(CONFIG, "ann")
    claim().run(fit)
    last = store.weights(first, last=True)
    again = store.submit(replace(CONFIG, start=f"{first}.last", training=replace(CONFIG.training, epochs=1)), "ann")
    claim().run(fit)
    store.delete(first, "ann")
    assert store.start(again) == last
    with pytest.raises(WeightsUnreadable):
        store.start("nobody")


@pytest.mark.parametrize("name", ["../mlp", "mlp.json", "MLP/..", ""])
def test_only_bundled_networks_have_such_names(name):
    assert shipped(name) is None
