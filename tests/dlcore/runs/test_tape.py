import numpy as np
from sqlalchemy import func, select

from dlcore.config.run import RunConfig
from dlcore.runs import curves, schema, tape
from dlcore.runs.tape import Tape
from dlcore.training.records import Step


def step(number, **values):
    return Step(number, 1, 0.1, values or {"loss": float(number % 1000), "accuracy": 0.5})


def write(store, run_id, batches):
    with store.database.write() as connection:
        written = Tape(connection, run_id)
        for batch in batches:
            written = written.append(connection, batch)
    with store.database.read() as connection:
        assert Tape(connection, run_id).chunks == written.chunks
        return connection.scalar(select(func.count()).select_from(schema.chunks))


def test_many_small_writes_end_in_few_chunks(store):
    run_id = store.submit(RunConfig.of(), "ann")
    chunks = write(store, run_id, ([step(3 * n + 1), step(3 * n + 2), step(3 * n + 3)] for n in range(500)))
    assert chunks <= tape.OPEN_CHUNKS + 1
    _, rows, last = store.curve(run_id)
    assert rows[:, 0].tolist() == list(range(1, 1501))
    assert last == 1500


def test_a_very_long_run_stays_bounded_and_keeps_its_extremes(store, monkeypatch):
    monkeypatch.setattr(tape, "MAX_ROWS", 4_000)
    monkeypatch.setattr(tape, "FULL_ROWS", 500)
    run_id = store.submit(RunConfig.of(), "ann")
    losses = np.random.default_rng(0).normal(size=20_001)
    losses[777], losses[12_345] = 50.0, -50.0
    numbers = range(1, 20_001)
    batches = ([step(k, loss=losses[k]) for k in numbers[start : start + 100]] for start in range(0, 20_000, 100))
    assert write(store, run_id, batches) < 60
    _, rows, last = store.curve(run_id)
    assert len(rows) <= 4_000
    assert last == 20_000
    assert (np.diff(rows[:, 0]) > 0).all()
    assert {777, 12_345} <= set(rows[:, 0].astype(int))


def test_metrics_that_come_later_are_empty_before(store):
    run_id = store.submit(RunConfig.of(), "ann")
    write(store, run_id, [[step(1, loss=1.0)], [step(2, loss=2.0, perplexity=9.0), step(3, loss=3.0)]])
    columns, rows, _ = store.curve(run_id)
    assert columns == ("step", "epoch", "learning_rate", "loss", "perplexity")
    np.testing.assert_array_equal(rows[:, 4], [np.nan, 9.0, np.nan])


def test_thinning_survives_losses_that_are_no_numbers():
    rows = np.stack([np.arange(9.0), [np.nan, 1, np.nan, 3, np.inf, np.nan, 0, 1, 5]], axis=1)
    thinned = curves.thin(rows, 1)
    assert thinned[:, 0].tolist() == sorted(thinned[:, 0])
    assert len(thinned) == 5
