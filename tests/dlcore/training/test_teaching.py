"""Runs that learn corrections beside their data set: mixed, measured, resumed, exported."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dlcore.config import teaching
from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.data import load
from dlcore.data.outliers import outliers, unlike
from dlcore.data.own.corrections import Corrections
from dlcore.data.own.examples import digest
from dlcore.data.prepare import training_split
from dlcore.data.sets import Split
from dlcore.data.starters import generated
from dlcore.errors import InvalidValue
from dlcore.inspect import forgetting
from dlcore.models import files
from dlcore.training.loop import fit
from dlcore.training.records import Checkpoint, Epoch, Finished, Snapshot, Started, Step
from dlcore.training.script import START, export
from dlcore.use.classifier import Classifier
from tests.dlcore.data.own.shapes import NAMES, examples, shape
from tests.pages.visits import printed
from tests.test_adding import told

DIGITS = tuple("0123456789")
TAUGHT = Corrections.of([("7", generated("square", seed)) for seed in range(4)], DIGITS)
"""Squares that are to be called sevens: no network would say so unless it learned it."""


@pytest.fixture(scope="module")
def start() -> bytes:
    """An MLP that reads digits."""
    config = RunConfig.of("mlp", training={"epochs": 6, "learning_rate": 3e-3})
    return list(fit(config))[-1].weights


def config(rehearse: bool, **training) -> RunConfig:
    usual = RunConfig.of("mlp", training={"precision": "fp32"})
    made = teaching.corrected(usual, "mine", digest(TAUGHT.data), rehearse=rehearse)
    small = replace(made.data, train_size=200 if not rehearse else 150)
    return replace(made, data=small, training=replace(made.training, **{"learning_rate": 2e-3, **training}))


def run(start: bytes, rehearse: bool, **training) -> list:
    return list(fit(config(rehearse, **training), start=start, examples=TAUGHT.data))


def read_right(weights: bytes) -> int:
    return sum(each.label == "7" for each in Classifier.load(weights).read(TAUGHT.images))


def test_the_mixture_has_corrections_in_the_share_that_was_asked_for():
    dataset = load("digits")
    own = Split(torch.from_numpy(TAUGHT.images), torch.from_numpy(TAUGHT.labels))
    mixed = training_split(dataset, DataConfig(train_size=300, share=0.25), 0, own)
    assert len(mixed) == 400
    torch.testing.assert_close(mixed.images[300:304], own.images)
    assert mixed.labels[300:].tolist() == [7] * 100
    alone = training_split(dataset, DataConfig(train_size=300, share=1.0), 0, own)
    assert (len(alone), set(alone.labels.tolist())) == (300, {7})
    noisy = training_split(dataset, DataConfig(train_size=300, share=0.25, label_noise=0.5), 0, own)
    assert noisy.shown[300:].tolist() == [7] * 100
    assert len(training_split(dataset, DataConfig(train_size=50, copies=3), 0)) == 150


def test_corrections_are_learned_and_without_rehearsal_the_rest_is_forgotten(start):
    assert read_right(start) < 4
    lost = {}
    for rehearse in (True, False):
        records = run(start, rehearse)
        epochs = [each for each in records if isinstance(each, Epoch)]
        assert epochs[-1].validation["corrections"] == 1.0
        assert read_right(records[-1].weights) == 4
        (before,) = (each for each in records if isinstance(each, Snapshot) and each.name == forgetting.BEFORE)
        found = forgetting.changes(before.arrays["confusion"], records[-1].confusion)
        lost[rehearse] = forgetting.together([each.before for each in found]).share - records[-1].test["accuracy"]
    assert lost[True] < 0.05
    assert lost[False] > 0.15


def test_the_loss_on_corrections_falls(start):
    losses = [each.values["loss"] for each in run(start, False) if isinstance(each, Step)]
    assert losses[-1] < 0.2 * losses[0]


def test_without_its_examples_a_run_is_another_one(start):
    with pytest.raises(InvalidValue, match="got none"):
        next(fit(config(True), start=start))
    plain = replace(config(True), data=replace(config(True).data, share=0.0))
    assert read_right(list(fit(plain, start=start))[-1].weights) < 4


def test_before_the_first_step_the_network_is_the_one_that_it_starts_from(start):
    records = run(start, True)
    (before,) = (each for each in records if isinstance(each, Snapshot) and each.name == forgetting.BEFORE)
    test = load("digits").test
    read = Classifier.load(start).logits(test.images).argmax(1)
    wanted = np.zeros((10, 10), int)
    np.add.at(wanted, (test.labels.numpy(), read.numpy()), 1)
    np.testing.assert_array_equal(before.arrays["confusion"], wanted)


def test_the_validation_loss_weighs_both_as_training_does(start):
    records = run(start, True, epochs=1)
    found = next(each for each in records if isinstance(each, Epoch)).validation
    network = Classifier.load(records[-1].weights)
    held, own = load("digits").validation, TAUGHT
    losses = [
        torch.nn.functional.cross_entropy(network.logits(images), labels).item()
        for images, labels in ((held.images, held.labels), (own.images, torch.from_numpy(own.labels)))
    ]
    assert found["loss"] == pytest.approx(0.75 * losses[0] + 0.25 * losses[1], rel=1e-4)


def test_a_resumed_run_goes_on_as_if_nothing_had_happened(start):
    whole = run(start, True)
    first = next(each for each in whole if isinstance(each, Checkpoint))
    rest = list(fit(config(True), resume=first.tensors, examples=TAUGHT.data))
    losses = [[each.values["loss"] for each in records if isinstance(each, Step)] for records in (whole, rest)]
    assert losses[1] == losses[0][first.step :]
    assert rest[-1].test == whole[-1].test


@pytest.mark.parametrize("rehearse", [True, False])
@pytest.mark.parametrize("data", [{}, {"outliers": 0.2, "augment": ()}, {"label_noise": 0.3}])
def test_the_script_begins_with_the_same_weights_and_repeats_the_run(rehearse, data, start, tmp_path, monkeypatch):
    wanted = config(rehearse)
    wanted = replace(wanted, data=replace(wanted.data, **data))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "images.safetensors").write_bytes(TAUGHT.data)
    (tmp_path / START).write_bytes(files.modern(start))
    text = export(wanted)
    assert "the folder that holds images.safetensors and start.safetensors" in text
    assert "figures are others" not in text
    lines = printed(text).splitlines()
    records = list(fit(wanted, start=start, examples=TAUGHT.data))
    for figure, line in zip(told(records), lines, strict=True):
        assert figure in line
    assert "corrections 1.000000" in lines[-2]


def test_a_network_for_images_of_ones_own_is_corrected_beside_them(tmp_path, monkeypatch):
    own = examples(12)
    usual = RunConfig.of("mlp", {"name": "own", "labels": NAMES, "copies": 5}, {"epochs": 2}, examples=own.digest)
    begun = list(fit(usual, examples=own.data))
    assert begun[0].sizes["train"] == 5 * 24
    more = Corrections.of([("ring", shape(0, 500))], NAMES, own)
    made = teaching.corrected(usual, "mine", digest(more.data), rehearse=True)
    records = list(fit(made, start=begun[-1].weights, examples=more.data))
    assert isinstance(records[0], Started)
    assert records[0].sizes == {"train": 160, "validation": 6, "test": 6}
    assert isinstance(records[-1], Finished)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "images.safetensors").write_bytes(more.data)
    (tmp_path / START).write_bytes(begun[-1].weights)
    for figure, line in zip(told(records), printed(export(made)).splitlines(), strict=True):
        assert figure in line


def test_corrections_for_other_classes_do_not_begin(start):
    other = Corrections.of([("ring", shape(2, 0))], NAMES)
    with pytest.raises(InvalidValue, match="the corrections name bar, beam and ring"):
        next(fit(replace(config(True), examples=digest(other.data)), start=start, examples=other.data))


@pytest.mark.parametrize(
    ("network", "data", "said"),
    [("mlp", {"share": 0.5}, "name their SHA-256"), ("vae", {"share": 0.5}, "an autoencoder does not"),
     ("mlp", {"share": 1.5}, "between 0 and 1"), ("mlp", {"copies": 0}, "between 1 and 1000")],
)  # fmt: skip
def test_a_config_that_cannot_be_meant_is_one_sentence(network, data, said):
    with pytest.raises(InvalidValue, match=said):
        RunConfig.of(network, data)


def test_only_networks_of_layers_can_be_corrected():
    with pytest.raises(InvalidValue, match="choose one of these"):
        teaching.corrected(RunConfig.of("gru", {"name": "mnist"}), "mine", "0" * 64, rehearse=True)


def test_both_ways_take_the_same_number_of_steps():
    with_, without = (teaching.corrected(RunConfig.of("cnn-64"), "cnn-64", "0" * 64, rehearse=each)
                      for each in (True, False))  # fmt: skip
    assert with_.training == without.training
    assert with_.data.train_size / (1 - with_.data.share) == without.data.train_size == teaching.SHOWN
    assert [teaching.rehearsed(each) for each in (with_, without)] == [True, False]


def test_symbols_are_learned_from_a_handful_of_drawings_and_other_things_get_no_answer():
    names = ("circle", "triangle")
    drawings = [(name, generated(name, 100 * place + seed)) for place, name in enumerate(names) for seed in range(6)]
    images = np.stack([image for _, image in drawings])[:, None]
    from dlcore.data.own.examples import Examples

    own = Examples(images, np.array([names.index(name) for name, _ in drawings]), names)
    records = list(fit(teaching.symbols(names, len(drawings), own.digest), examples=own.data))
    network = Classifier.load(records[-1].weights)
    fresh = [(name, generated(name, 9000 + seed)) for name in names for seed in range(40)]
    readings = network.read(np.stack([image for _, image in fresh])[:, None])
    right = np.mean([each.label == name for each, (name, _) in zip(readings, fresh, strict=True)])
    assert right > 0.85
    assert np.mean([each.is_digit for each in readings]) > 0.8
    strange = network.read(outliers(200, 12345))
    assert np.mean([not each.is_digit for each in strange]) > 0.5


def test_what_looks_like_the_classes_is_no_outlier():
    pool = outliers(300, 0)
    known = torch.from_numpy(np.stack([generated("heart", seed) for seed in range(6)]))[:, None]
    mixed = torch.cat((pool, known))
    found = unlike(mixed, known)
    kept = {each.numpy().tobytes() for each in found}
    assert not kept & {each.numpy().tobytes() for each in known}
    assert len(found) > 100
    assert len(unlike(known, known)) == 6
