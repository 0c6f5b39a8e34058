"""What a page reads of a run: only what is new, and all of it."""

import numpy as np
import pytest

from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.runs.limits import Limits
from dlcore.runs.store import Store
from dlcore.training.records import Changed
from pages.figures import words
from pages.shared.run_series import RunSeries
from tests.pages.visits import trained


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('runs')}/runs.db", Limits(max_running=1))
    config = RunConfig.of("mlp", DataConfig(train_size=60), TrainingConfig(epochs=4, batch_size=16))
    trained(store, config)
    return store


class Slice:
    """A store as it was when the run had made `steps` steps; notes how much is read."""

    def __init__(self, store, steps):
        self.store, self.steps, self.read = store, steps, 0

    def curve(self, run_id, after=0):
        columns, rows, _ = self.store.curve(run_id, after)
        rows = rows[rows[:, 0] <= self.steps]
        self.read += len(rows)
        return columns, rows, int(rows[-1, 0]) if len(rows) else after

    def records(self, run_id, after=0):
        known = self.store.records(run_id, after)
        return [(number, record) for number, record in known if getattr(record, "step", 0) <= self.steps]

    def snapshot_steps(self, run_id, name):
        return self.store.snapshot_steps(run_id, name)

    def snapshot(self, run_id, name):
        return self.store.snapshot(run_id, name)


def points(series):
    return [np.asarray(trace[axis]) for trace in series.traces("loss", "blue") for axis in ("x", "y")]


def test_reading_bit_by_bit_gives_the_same_curves_as_reading_at_once(store):
    (run,) = store.runs()
    whole, parts = RunSeries(run.id), RunSeries(run.id)
    whole.update(store, run)
    reads = 0
    for steps in (1, 2, 7, 8, 16):
        view = Slice(store, steps)
        parts.update(view, run)
        reads += view.read
    assert reads == run.step == 16
    for one, other in zip(points(whole), points(parts), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_a_finished_run_is_not_read_twice(store):
    (run,) = store.runs()
    series = RunSeries(run.id)
    series.update(store, run)
    view = Slice(store, 10**6)
    series.update(view, run)
    assert view.read == 0


def test_marks_that_are_near_become_one_and_of_one_place_the_last_value_counts(store):
    series = RunSeries("a run")
    changes = [(400, "learning_rate", 0.005), (402, "learning_rate", 0.03), (402, "learning_rate", 0.01),
               (404, "momentum", 0.5), (900, "learning_rate", 0.001)]  # fmt: skip

    class Steered:
        def curve(self, run_id, after=0):
            return ("step", "epoch", "learning_rate", "loss"), np.empty((0, 4)), after

        def records(self, run_id, after=0):
            return [(number, Changed(*each)) for number, each in enumerate(changes, 1) if number > after]

        def snapshot_steps(self, run_id, name):
            return self.store.snapshot_steps(run_id, name)

        def snapshot(self, run_id, name):
            return None

    (run,) = store.runs()
    series.update(Steered(), run)
    said = ["learning rate 0.005", "learning rate 0.01", "momentum 0.5", "learning rate 0.001"]
    assert series.changes == list(zip((400, 402, 404, 900), said, strict=True))
    assert series.marks(1_000) == [(400, "1–3"), (900, "4")]
    assert series.marks(10) == [(400, "1"), (402, "2"), (404, "3"), (900, "4")]
    assert series.marks(100_000) == [(400, "1–4")]


def test_training_is_solid_and_validation_dashed_in_one_hue(store):
    (run,) = store.runs()
    series = RunSeries(run.id)
    series.update(store, run)
    traces = {trace["name"]: trace for trace in series.traces("accuracy", "#e76300")}
    assert traces["train"]["dash"] == "solid"
    assert traces["validation"]["dash"] == "dash"
    assert {trace["colour"] for trace in traces.values()} == {"#e76300"}
    assert len(traces["validation"]["x"]) == 4


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, "–"), (8.4, "8 s"), (65, "1 min 05 s"), (1500, "25 min"), (7800, "2 h 10 min")],
)
def test_durations_read_well(seconds, said):
    assert words.duration(seconds) == said


@pytest.mark.parametrize(("rate", "said"), [(None, "–"), (85.2, "85"), (2130, "2.1 k"), (1.34e6, "1.3 M")])
def test_rates_read_well(rate, said):
    assert words.rate(rate) == said


@pytest.mark.parametrize(("age", "said"), [(5, "just now"), (300, "5 min ago"), (7200, "2 h ago"), (3e5, "3 days ago")])
def test_ages_read_well(age, said):
    assert words.ago(1e9, now=1e9 + age) == said


@pytest.mark.parametrize(("value", "said"), [(0.123456, "0.1235"), (5.692e11, "5.69·10¹¹"), (12345.0, "12,345")])
def test_a_loss_fits_its_place_however_large(value, said):
    assert words.loss(value) == said


@pytest.mark.parametrize(("value", "said"), [(1e-5, "10⁻⁵"), (0.0042, "0.0042"), (1.0, "1")])
def test_learning_rates_read_well(value, said):
    assert words.short(value) == said
