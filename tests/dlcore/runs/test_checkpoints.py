"""The networks that a run has kept, and the path that they are."""

from itertools import pairwise

import pytest
import torch

from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.errors import DlcoreError, InvalidValue
from dlcore.inspect.loss_plane import flat
from dlcore.runs import checkpoints
from dlcore.runs.desk import Desk
from dlcore.runs.limits import Limits
from dlcore.runs.store import Store
from dlcore.runs.worker import Job, work

CONFIG = RunConfig.of("mlp", DataConfig(train_size=60), TrainingConfig(epochs=4, batch_size=16), device="cpu")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return Store(f"sqlite:///{tmp_path_factory.mktemp('runs')}/runs.db", Limits(max_running=1))


@pytest.fixture(scope="module")
def run(store):
    store.submit(CONFIG, "me")
    run, token = Desk(store).claim()
    work(Job(store.url, run, token, max_seconds=60, pause_seconds=1))
    return run


def test_every_kept_checkpoint_of_a_run_can_be_opened(store, run):
    names = checkpoints.names(store.weight_epochs(run))
    assert list(names) == ["start", "epoch-1", "epoch-2", "epoch-3", "epoch-4", "kept"]
    weights = [flat(checkpoints.load(store, run, name)) for name in names]
    for before, after in pairwise(weights[:5]):
        assert not torch.equal(before, after)
    assert torch.equal(weights[4], weights[5])


@pytest.mark.parametrize(
    "name", ["epoch-", "epoch-" + "9" * 30, "epoch-" + "9" * 5000, "fooepoch-1", "epoch--1", "epoch-x", "latest", ""]
)
def test_a_checkpoint_that_is_none_is_a_sentence(store, run, name):
    with pytest.raises(InvalidValue, match="a checkpoint is"):
        checkpoints.load(store, run, name)


def test_an_epoch_that_was_not_kept_is_a_sentence(store, run):
    with pytest.raises(DlcoreError, match="epoch 9"):
        checkpoints.load(store, run, "epoch-9")


def test_a_path_has_every_kept_network_once_and_ends_with_the_trained_one(store, run):
    path = checkpoints.path(store, run)
    assert path.config == CONFIG
    assert path.titles == ("Before training", *(f"After epoch {epoch}" for epoch in (1, 2, 3, 4)))
    for name, weights in zip(("start", "epoch-1", "epoch-2", "epoch-3", "kept"), path.weights, strict=True):
        assert torch.equal(flat(checkpoints.load(store, run, name)), weights)
    assert torch.equal(flat(path.model), path.weights[-1])


def test_runs_without_a_path_are_told_in_a_sentence(store):
    waiting = store.submit(CONFIG, "another")
    with pytest.raises(InvalidValue, match="kept no network yet"):
        checkpoints.path(store, waiting)
    with pytest.raises(InvalidValue, match="not one of a network for images"):
        checkpoints.path(store, store.submit(RunConfig.of("gru"), "another"))
    with pytest.raises(DlcoreError, match="There is no run"):
        checkpoints.path(store, "unknown")
