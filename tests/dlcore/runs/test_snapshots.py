"""Which snapshots of a run are kept, and how they are found again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.runs import snapshots
from dlcore.runs.snapshots import surplus
from dlcore.training.records import Snapshot


def kept_one_by_one(steps, most):
    """What is left when each step arrives and those that there is no room for go at once."""
    left = []
    for step in steps:
        left.append(step)
        for gone in surplus(left, most):
            left.remove(gone)
    return left


@given(steps=st.sets(st.integers(0, 10_000), min_size=1, max_size=200), most=st.integers(2, 40))
def test_first_and_last_stay_and_no_gap_is_wide_wherever_a_run_ends(steps, most):
    steps = sorted(steps)
    kept = kept_one_by_one(steps, most)
    assert (kept[0], kept[-1]) == (steps[0], steps[-1])
    assert len(kept) == min(most, len(steps))
    widest_of_all = max(np.diff(steps), default=0)
    mean = (kept[-1] - kept[0]) / max(1, len(kept) - 1)
    assert max(np.diff(kept), default=0) <= max(2 * mean, widest_of_all)


@given(steps=st.sets(st.integers(0, 1000), max_size=50))
def test_nothing_goes_while_there_is_room(steps):
    assert surplus(steps, 50) == []


@pytest.fixture
def trained(store, claim, fake_fit):
    """The id of a run of so many epochs, each of which leaves a snapshot behind."""

    def train(epochs, fit=None):
        run = store.submit(RunConfig.of("mlp", training=TrainingConfig(epochs=epochs)), "ann")
        claim().run(fit or fake_fit())
        return run

    return train


def test_a_short_run_keeps_every_snapshot_and_each_is_found_by_its_step(store, trained):
    run = trained(5)
    assert store.snapshot_steps(run, "predictions") == [10, 20, 30, 40, 50]
    found = {step: store.snapshot(run, "predictions", step) for step in (10, 35, 50, 1000)}
    assert {step: (each.step, each.epoch) for step, each in found.items()} == {
        10: (10, 1), 35: (30, 3), 50: (50, 5), 1000: (50, 5),
    }  # fmt: skip
    assert found[35].arrays["images"].tolist() == [[3] * 3] * 2
    assert store.snapshot(run, "predictions", 9) is None
    assert store.snapshot(run, "predictions").step == 50


def test_a_long_run_keeps_some_from_its_first_to_its_last(store, trained):
    run = trained(500)
    steps = store.snapshot_steps(run, "predictions")
    assert len(steps) == snapshots.SNAPSHOTS_KEPT
    assert (steps[0], steps[-1]) == (10, 5000)
    assert max(np.diff(steps)) <= 2 * 4990 / (len(steps) - 1)


def test_large_snapshots_of_all_names_together_keep_to_their_bytes(store, trained, fake_fit, monkeypatch):
    monkeypatch.setattr(snapshots, "SNAPSHOTS_BYTES", 100_000)
    fit = fake_fit()

    def two_names(*args, **options):
        for record in fit(*args, **options):
            if isinstance(record, Snapshot):
                yield Snapshot(record.step, record.epoch, "large", {"x": np.zeros(2000, dtype=np.uint8)})
                yield Snapshot(record.step, record.epoch, "small", {"x": np.zeros(500, dtype=np.uint8)})
            else:
                yield record

    run = trained(100, two_names)
    large, small = (store.snapshot_steps(run, name) for name in ("large", "small"))
    assert large == small
    assert 20 <= len(large) <= 40
    assert (large[0], large[-1]) == (10, 1000)
    assert max(np.diff(large)) <= 2 * 990 / (len(large) - 1)


def test_a_snapshot_that_a_resumed_run_makes_again_takes_the_place_of_the_first(store, claim, fake_fit):
    run = store.submit(RunConfig.of("mlp", training=TrainingConfig(epochs=3)), "ann")
    claim().run(fake_fit(fail_at=25, error=RuntimeError("a bug")))
    assert store.snapshot_steps(run, "predictions") == [10, 20]
    store.retry(run, "ann")
    claim().run(fake_fit())
    assert store.snapshot_steps(run, "predictions") == [10, 20, 30]
