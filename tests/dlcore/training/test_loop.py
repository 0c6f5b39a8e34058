"""Training as its consumers see it: the records."""

import math
from collections.abc import Iterable

import pytest
import torch

from dlcore.config.images import DataConfig
from dlcore.config.optimizers import OPTIMIZERS
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.errors import InvalidValue
from dlcore.models import files
from dlcore.training import checkpoint
from dlcore.training.controls import Controls
from dlcore.training.loop import fit
from dlcore.training.records import Changed, Checkpoint, Epoch, Finished, Record, Snapshot, Started, Step


def config(preset: str = "mlp", data: DataConfig | None = None, **training) -> RunConfig:
    return RunConfig.of(preset, data or DataConfig(), TrainingConfig(**{"epochs": 2, **training}), "cpu")


def only(kind: type, records: Iterable[Record]) -> list:
    return [record for record in records if isinstance(record, kind)]


def losses(records: Iterable[Record]) -> list[float]:
    return [step.values["loss"] for step in only(Step, records)]


def test_records_come_in_order_and_count_up():
    records = list(fit(config(batch_size=100)))
    assert isinstance(records[0], Started)
    assert isinstance(records[-1], Finished)
    assert [step.step for step in only(Step, records)] == list(range(1, 2 * 13 + 1))
    assert [epoch.epoch for epoch in only(Epoch, records)] == [1, 2]
    assert [point.step for point in only(Checkpoint, records)] == [13, 26]
    assert records[0].steps_per_epoch == 13
    assert records[0].sizes == {"train": 1257, "validation": 180, "test": 360}
    assert only(Epoch, records)[-1].samples == 2 * 1257


@pytest.mark.slow
@pytest.mark.parametrize(("preset", "floor"), [("mlp", 0.92), ("cnn-64", 0.94), ("cnn-128", 0.94)])
def test_presets_learn_the_embedded_digits(preset, floor):
    finished = list(fit(config(preset, epochs=6, batch_size=32)))[-1]
    assert finished.reason == "completed"
    assert finished.test["accuracy"] >= floor
    assert sum(map(sum, finished.confusion)) == 360
    diagonal = sum(row[label] for label, row in enumerate(finished.confusion))
    assert diagonal / 360 == pytest.approx(finished.test["accuracy"], abs=1e-6)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_lowers_the_loss(optimizer):
    rate = 0.05 if optimizer in ("sgd", "momentum", "nesterov", "adagrad") else 0.002
    epochs = only(Epoch, fit(config(optimizer=optimizer, learning_rate=rate)))
    assert epochs[-1].validation["loss"] < 1.0


@pytest.mark.slow
def test_the_same_seed_gives_the_same_curve_and_another_seed_another():
    data = DataConfig(augment=("affine", "elastic", "thickness", "pen"), outliers=0.1)
    first, again = (losses(fit(config("cnn-64", data, epochs=1))) for _ in range(2))
    assert first == again
    assert first != losses(fit(config("cnn-64", data, epochs=1, seed=1)))


def test_random_numbers_drawn_elsewhere_do_not_change_the_curve():
    disturbed = []
    for record in fit(config(dropout=0.5)):
        torch.rand(3)
        disturbed.append(record)
    assert losses(disturbed) == losses(fit(config(dropout=0.5)))


@pytest.mark.parametrize("optimizer", ["momentum", "adagrad", "rmsprop", "adamw"])
@pytest.mark.parametrize("at", [7, 20, 26])
def test_a_resumed_run_ends_exactly_like_an_uninterrupted_one(optimizer, at):
    settings = config(optimizer=optimizer, schedule="one-cycle", epochs=3, batch_size=64, dropout=0.3)
    whole = list(fit(settings))
    controls = Controls()
    before = []
    for record in fit(settings, controls):
        before.append(record)
        if isinstance(record, Step) and record.step == at:
            controls.checkpoint()
        if isinstance(record, Checkpoint) and record.step >= at:
            break
    saved = checkpoint.loads(checkpoint.dumps(record.tensors))
    after = list(fit(settings, resume=saved))
    assert after[0].step == record.step
    assert losses(before) + losses(after) == losses(whole)
    assert only(Epoch, before + after)[-1].train == only(Epoch, whole)[-1].train
    assert after[-1].weights == whole[-1].weights


def test_a_resumed_run_keeps_what_was_changed_by_hand():
    settings = config(optimizer="momentum", learning_rate=0.1, epochs=3)
    controls = Controls()
    for record in fit(settings, controls):
        if isinstance(record, Step) and record.step == 3:
            for name, value in (("learning_rate", 0.02), ("momentum", 0.5), ("weight_decay", 0.01)):
                controls.set(name, value)
        if isinstance(record, Step) and record.step == 5:
            controls.checkpoint()
        if isinstance(record, Checkpoint):
            break
    resumed = Controls()
    steps = only(Step, fit(settings, resumed, resume=record.tensors))
    assert {step.learning_rate for step in steps} == {0.02}
    assert record.tensors["optimizer.group.momentum"].item() == 0.5
    assert record.tensors["optimizer.group.weight_decay"].item() == 0.01


def test_a_change_takes_effect_at_the_next_step_and_is_recorded():
    controls = Controls()
    rates = {}
    changes = []
    for record in fit(config(learning_rate=0.01), controls):
        if isinstance(record, Step):
            rates[record.step] = record.learning_rate
            if record.step == 4:
                controls.set("learning_rate", 0.002)
        changes += only(Changed, [record])
    assert rates[4] == 0.01
    assert rates[5] == 0.002
    assert changes == [Changed(4, "learning_rate", 0.002)]


def test_a_checkpoint_that_is_wanted_while_a_change_is_told_comes_after_the_next_change():
    controls = Controls()
    kinds = []
    for record in fit(config(epochs=1, batch_size=200, optimizer="momentum"), controls):
        if not isinstance(record, Snapshot):
            kinds.append(type(record))
        if isinstance(record, Step) and record.step == 2:
            controls.set("learning_rate", 0.002)
            controls.checkpoint()
        if isinstance(record, Changed) and record.setting == "learning_rate":
            controls.set("momentum", 0.5)
            controls.checkpoint()
        if isinstance(record, Step) and record.step == 3:
            break
    assert kinds[-6:] == [Step, Changed, Checkpoint, Changed, Checkpoint, Step]


@pytest.mark.parametrize(("name", "value"), [("learning_rate", -1), ("momentum", math.nan), ("batch_size", 3)])
def test_a_change_that_is_not_allowed_is_refused(name, value):
    with pytest.raises(InvalidValue, match=name):
        Controls().set(name, value)


def test_stopping_keeps_what_was_learned():
    controls = Controls()
    records = []
    for record in fit(config(epochs=50), controls):
        records.append(record)
        if isinstance(record, Epoch) and record.epoch == 3:
            controls.stop()
    finished = records[-1]
    assert finished.reason == "stopped"
    assert finished.test["accuracy"] > 0.8
    assert files.load(finished.weights)[1]["measured"]["accuracy"] == finished.test["accuracy"]


def test_divergence_ends_the_run_with_advice():
    finished = list(fit(config("cnn-64", optimizer="sgd", learning_rate=10.0, batch_size=16)))[-1]
    assert finished.reason == "diverged"
    assert "smaller learning rate, such as 1" in finished.message


def test_early_stopping_keeps_the_best_epoch():
    data = DataConfig(train_size=50)
    records = list(fit(config(data=data, epochs=200, early_stopping=3, learning_rate=0.01)))
    epochs, finished = only(Epoch, records), records[-1]
    best = min(epochs, key=lambda epoch: epoch.validation["loss"])
    assert finished.reason == "early stopping"
    assert finished.best_epoch == best.epoch == epochs[-1].epoch - 3
    kept = checkpoint.unpack("best", only(Checkpoint, records)[-1].tensors)
    best_weights = checkpoint.unpack(
        "model", next(p for p in only(Checkpoint, records) if p.epoch == best.epoch).tensors
    )
    assert all(torch.equal(kept[name], best_weights[name]) for name in kept)


def test_gradient_clipping_bounds_the_step():
    settings = config(optimizer="sgd", learning_rate=1.0, gradient_clip=0.01, epochs=1)
    points = only(Checkpoint, fit(settings))
    torch.manual_seed(0)
    from dlcore.models.build import build

    start = build(settings).state_dict()
    moved = math.sqrt(sum((points[0].tensors[f"model.{name}"] - start[name]).pow(2).sum().item() for name in start))
    assert 0 < moved <= 0.01 * points[0].step + 1e-6


def test_snapshots_show_the_same_images_each_time():
    snapshots = [each for each in only(Snapshot, fit(config())) if each.name == "predictions"]
    assert [snapshot.epoch for snapshot in snapshots] == [0, 1, 2]
    assert (snapshots[0].arrays["images"] == snapshots[-1].arrays["images"]).all()
    assert snapshots[-1].arrays["probabilities"].sum(1) == pytest.approx(1, abs=1e-5)
    right = [(shot.arrays["probabilities"].argmax(1) == shot.arrays["labels"]).mean() for shot in snapshots]
    assert right[-1] > right[0]


def test_a_checkpoint_comes_within_an_epoch_when_time_went_by():
    points = only(Checkpoint, fit(config(epochs=1, batch_size=200), checkpoint_seconds=1e-9))
    assert [point.step for point in points] == [0, 1, 2, 3, 4, 5, 6, 7]
    assert [point.end_of_epoch for point in points] == [False] * 7 + [True]


def test_a_device_that_is_not_there_is_named():
    missing = "mps" if not torch.backends.mps.is_available() else "cuda"
    with pytest.raises(InvalidValue, match=missing):
        next(fit(RunConfig.of(device=missing)))


@pytest.mark.parametrize(("optimizer", "kept"), [("momentum", 0.9), ("adam", 0.9), ("sgd", 0.0), ("rmsprop", 0.0)])
def test_momentum_that_was_set_to_zero_can_be_set_again_where_there_is_any(optimizer, kept):
    controls = Controls()
    point = None
    for record in fit(config(optimizer=optimizer, epochs=1), controls):
        if isinstance(record, Step) and record.step == 2:
            controls.set("momentum", 0.0)
        if isinstance(record, Step) and record.step == 4:
            controls.set("momentum", 0.9)
        if isinstance(record, Checkpoint):
            point = record
    assert point.tensors["optimizer.group.momentum"].item() == kept


def test_a_checkpoint_of_an_older_version_goes_on_whatever_its_layers_were_called():
    config = RunConfig.of("mlp", {"train_size": 100}, TrainingConfig(epochs=2))
    whole = list(fit(config))
    stop = next(each for each in whole if isinstance(each, Checkpoint))
    old = {name.replace(".dense.", ".hidden."): tensor for name, tensor in stop.tensors.items()}
    assert old.keys() != stop.tensors.keys()
    rest = [each for each in fit(config, resume=old) if isinstance(each, Step)]
    assert rest == [each for each in whole if isinstance(each, Step) and each.step > stop.step]


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov", "adam", "adamw"])
def test_a_run_that_is_given_momentum_before_its_first_step_is_one_that_had_it_from_the_start(optimizer):
    controls, point = Controls(), None
    settings = config(optimizer=optimizer, momentum=0.0, learning_rate=0.01)
    controls.set("momentum", 0.9)
    steps = []
    for record in fit(settings, controls):
        steps += only(Step, [record])
        point = record if isinstance(record, Checkpoint) and point is None else point
    expected = losses(fit(config(optimizer=optimizer, momentum=0.9, learning_rate=0.01)))
    assert losses(steps) == expected
    resumed = losses(fit(settings, resume=point.tensors))
    assert resumed
    assert resumed == expected[-len(resumed) :]
