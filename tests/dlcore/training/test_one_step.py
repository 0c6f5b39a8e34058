"""One step in eight stages: its numbers are those of the run itself, and its formulas lead to where torch went."""

import math
from dataclasses import replace

import pytest
import torch

from dlcore import data
from dlcore.config.initialisations import NAMES
from dlcore.config.optimizers import OPTIMIZERS
from dlcore.config.run import RunConfig
from dlcore.data.pixels import normalise
from dlcore.data.sets import digits
from dlcore.errors import DataUnavailable, InvalidValue
from dlcore.inspect.update import RULES
from dlcore.models.initial import initial
from dlcore.training import checkpoint
from dlcore.training.controls import Controls
from dlcore.training.loop import fit
from dlcore.training.records import Changed, Checkpoint, Step
from dlcore.training.walk import walk

NETWORK = "conv 4 3x3, batch-norm, relu, pool 2, residual(conv 4 3x3 pad 1, relu), flatten, dropout 0.3, dense 10"


def run(network=NETWORK, data=None, **training):
    usual = {"epochs": 1, "batch_size": 32, "learning_rate": 0.01}
    return RunConfig.of(network, {"train_size": 64, **(data or {})}, {**usual, **training}, device="cpu")


def done(config, **options):
    """The records of a run: its steps, and its checkpoints at the ends of epochs."""
    records = list(fit(config, **options))
    return [each for each in records if isinstance(each, Step)], [e for e in records if isinstance(e, Checkpoint)]


def learned(record):
    return checkpoint.unpack("model", record.tensors)


def same(one, other):
    return all(torch.equal(one[name], other[name]) for name in other)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("more", [{}, {"weight_decay": 0.1, "gradient_clip": 0.3, "label_smoothing": 0.2}])
def test_a_run_of_one_step_is_walked_through_as_fit_does_it(optimizer, more):
    config = run(batch_size=64, optimizer=optimizer, **more)
    (step,), (end,) = done(config)
    seen = walk(config)
    assert (seen.step, seen.epoch, seen.rate) == (step.step, step.epoch, step.learning_rate)
    assert seen.batch.accuracy == step.values["accuracy"]
    assert seen.batch.losses(0).mean().item() == pytest.approx(step.values["loss"], rel=1e-6)
    assert same(seen.weights, learned(end))
    for moved in seen.moved:
        assert moved.told[-1].value == pytest.approx(moved.new, rel=1e-5, abs=1e-7)


def test_every_optimizer_has_a_formula(monkeypatch):
    assert set(RULES) == set(OPTIMIZERS)
    monkeypatch.delitem(RULES, "adam")
    moved = walk(run()).moved[0]
    assert moved.told[-1].value == pytest.approx(moved.new, abs=1e-9), "told by its step alone"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"augment": ["affine", "elastic"], "label_noise": 0.2},
        {"outliers": 0.2},
        {"outliers": 0.1, "augment": ["pen"]},
    ],
)
def test_a_later_step_has_the_batch_the_loss_and_the_weights_of_the_run(data):
    config = run(data=data, epochs=2, optimizer="sgd", schedule="cosine")
    steps, (first, _) = done(config)
    seen = walk(config, 2, learned(first))
    assert (seen.step, seen.epoch, seen.rate) == (3, 2, steps[2].learning_rate)
    assert seen.batch.losses(0).mean().item() == pytest.approx(steps[2].values["loss"], rel=1e-6)
    assert seen.batch.accuracy == steps[2].values["accuracy"]
    assert not seen.remembers


def test_the_last_step_of_an_epoch_leads_to_its_checkpoint():
    config = run(batch_size=64, epochs=2, optimizer="sgd")
    _, (first, second) = done(config)
    assert same(walk(config, 1, learned(first)).weights, learned(second))


def test_the_loss_is_that_of_its_images_and_of_the_strange_ones():
    plain = walk(run(label_smoothing=0.2)).batch
    assert plain.losses(0.2).mean().item() == pytest.approx(plain.loss, rel=1e-6)
    assert plain.doubt is None
    strange = walk(run(data={"outliers": 0.25})).batch
    assert len(strange.inputs) == 40
    assert strange.losses(0).mean().item() + 0.5 * strange.doubt == pytest.approx(strange.loss, rel=1e-6)


def test_the_input_is_the_images_as_they_are_prepared():
    batch = walk(run()).batch
    assert torch.equal(batch.inputs, normalise(batch.images))
    assert not torch.equal(walk(run(data={"augment": ["affine"]})).batch.inputs, normalise(batch.images))


def test_forward_and_backward_are_told_layer_by_layer():
    seen = walk(run(batch_size=64))
    assert [each.text for each in seen.passes] == [
        "input", "conv 4 3×3", "batch-norm", "relu (1)", "pool 2", "residual", "flatten",
        "dropout 0.3", "dense 10",
    ]  # fmt: skip
    normed = seen.passes[2].values
    assert normed.shape == (64, 4, 26, 26)
    assert (normed.mean, normed.deviation) == (pytest.approx(0, abs=1e-3), pytest.approx(1, abs=1e-3))
    assert all(each.values.counts.sum() == math.prod(each.values.shape) for each in seen.passes)
    assert [each.layer for each in seen.pulls] == ["conv 4 3×3", "batch-norm", "residual: conv 4 3×3 pad 1", "dense 10"]
    assert all(each.gradient > 0 and each.update > 0 for each in seen.pulls)


def test_a_gradient_that_is_too_long_is_cut():
    seen = walk(run(gradient_clip=0.3))
    assert seen.clipped == pytest.approx(math.hypot(*(each.gradient for each in seen.pulls)), rel=1e-6)
    assert seen.clipped > 0.3
    assert walk(run(gradient_clip=1000)).clipped is None


@pytest.mark.parametrize("rule", NAMES)
def test_weights_are_spread_as_their_rule_says(rule):
    init = f" init {rule}"
    found = walk(run(f"conv 64 5x5{init}, pool 4, relu, flatten, dense 256{init}, relu, dense 10")).starts
    assert [each.rule for each in found] == [rule, rule, "torch"]
    for each in found[:2]:
        assert each.values.deviation == pytest.approx(each.expected.deviation, rel=0.05, abs=1e-9)


def test_what_was_changed_by_hand_holds():
    seen = walk(run(), changes=[Changed(0, "learning_rate", 0.5), Changed(0, "momentum", 0.25)])
    assert seen.rate == 0.5
    assert seen.moved[0].group["beta1"] == 0.25


def test_nobody_else_notices():
    state = torch.get_rng_state()
    before = initial(run()).state_dict()
    walk(run())
    assert torch.equal(torch.get_rng_state(), state)
    assert same(initial(run()).state_dict(), before)


def test_what_cannot_be_walked_through_is_refused():
    with pytest.raises(InvalidValue, match="between 0 and 1, got 2"):
        walk(run(), 2)
    with pytest.raises(InvalidValue, match="for images"):
        walk(RunConfig.of("lstm"))


def test_without_the_images_of_the_run_nothing_else_stands_in(monkeypatch):
    stand_in = replace(digits(), notice="MNIST is not on this machine.")
    monkeypatch.setattr(data, "load", lambda name, progress=None, examples=None: stand_in)
    with pytest.raises(DataUnavailable, match="images of mnist"):
        walk(run(data={"name": "mnist"}))


def test_a_change_in_the_run_is_a_change_in_the_walk():
    controls = Controls()
    controls.set("weight_decay", 0.5)
    config = run(batch_size=64, optimizer="adamw")
    _, (end,) = done(config, controls=controls)
    assert same(walk(config, changes=[Changed(0, "weight_decay", 0.5)]).weights, learned(end))
    assert not same(walk(config).weights, learned(end))
