"""Runs on images of one's own: any number of classes, resumed, stored, exported, used."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dlcore.config.images import DataConfig
from dlcore.config.network_text import InvalidNetwork
from dlcore.config.presets import PRESETS
from dlcore.config.run import RunConfig
from dlcore.config.title import title
from dlcore.errors import InvalidValue
from dlcore.models.initial import initial
from dlcore.runs.desk import Desk
from dlcore.runs.job import Job
from dlcore.runs.store import Store
from dlcore.runs.worker import Worker
from dlcore.training.loop import fit
from dlcore.training.records import Checkpoint, Finished, Snapshot, Started, Step
from dlcore.training.script import export
from dlcore.use.classifier import Classifier
from tests.dlcore.data.own.shapes import NAMES, examples, shape
from tests.pages.visits import ME, printed, worked
from tests.test_adding import told

OWN = examples(20)
QUICK = {"epochs": 2, "batch_size": 8, "precision": "fp32"}


def config(network="cnn-64", own=OWN, training=QUICK, **data) -> RunConfig:
    given = {"name": "own", "labels": own.classes, **data}
    return RunConfig.of(network, given, training, examples=own.digest)


@pytest.mark.parametrize("name", [name for name, preset in PRESETS.items() if preset.kind == "image"])
@pytest.mark.parametrize("classes", [2, 3, 50])
def test_presets_give_as_many_classes_as_the_images_show(name, classes):
    found = config(name, examples(5, tuple(f"class {place}" for place in range(classes))))
    assert found.preset == name
    assert (found.described, found.name) == (PRESETS[name].title, name)
    assert initial(found)(torch.zeros(1, 1, 28, 28)).shape == (1, classes)
    assert RunConfig.from_dict(found.to_dict()) == found


def test_a_typed_network_is_told_how_many_there_are():
    with pytest.raises(InvalidNetwork, match="3 classes are to be told apart: end with dense 3"):
        config("flatten, dense 10")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"name": "own"}, "images of your own are needed"),
        ({"name": "own", "labels": ["one"]}, "2 to 50 classes"),
        ({"name": "own", "labels": "ab"}, "list of texts"),
        ({"name": "digits", "labels": NAMES}, "leave them out"),
        ({"name": "own", "labels": NAMES}, "name them by their SHA-256"),
        ({"name": "own", "labels": NAMES, "augment": ["pen"]}, "for handwriting, not for own"),
    ],
)
def test_a_config_that_cannot_be_meant_is_one_sentence(data, said):
    with pytest.raises(InvalidValue, match=said):
        RunConfig.of("mlp", data)


def test_an_autoencoder_says_what_it_is_trained_on():
    with pytest.raises(InvalidValue, match="trained on digits, mnist, fashion, not on images"):
        RunConfig.of("vae", {"name": "own", "labels": NAMES}, examples=OWN.digest)


def test_a_run_says_what_it_was_trained_on():
    assert config().data.written == "own images (bar, beam and ring)"
    assert title(config()) == "cnn-64 on own images, batch 8"
    many = DataConfig("own", labels=tuple("abcdefg"))
    assert many.written == "own images (a, b, c and 4 more)"


@pytest.mark.parametrize(
    ("examples", "said"),
    [(None, "got none"), (examples(19).data, "got [0-9a-f]{64}"), (b"", "got [0-9a-f]{64}")],
)
def test_a_run_begins_only_with_the_images_that_it_names(examples, said):
    with pytest.raises(InvalidValue, match=said):
        next(fit(config(), examples=examples))


def test_a_run_that_calls_its_classes_otherwise_does_not_begin():
    named = replace(config(), data=DataConfig("own", labels=("a", "b", "c")))
    with pytest.raises(InvalidValue, match="tells a, b and c apart, its images show bar, beam and ring"):
        next(fit(named, examples=OWN.data))


def test_shapes_are_learned_and_everything_follows_their_number():
    records = list(fit(config(training={**QUICK, "epochs": 8}), examples=OWN.data))
    start, end = records[0], records[-1]
    assert isinstance(start, Started)
    assert isinstance(end, Finished)
    assert (start.data, start.labels, start.sizes) == ("own", NAMES, {"train": 42, "validation": 9, "test": 9})
    assert end.test["accuracy"] > 0.85
    assert np.shape(end.confusion) == (3, 3)
    seen = next(each for each in records if isinstance(each, Snapshot) and each.name == "predictions")
    assert seen.arrays["probabilities"].shape == (9, 3)
    classifier = Classifier.load(end.weights)
    assert classifier.labels == NAMES
    assert [classifier.drawing(shape(label, 7, 200))[1].label for label in range(3)] == list(NAMES)


def losses(records) -> list[float]:
    return [each.values["loss"] for each in records if isinstance(each, Step)]


def test_a_resumed_run_goes_on_as_if_nothing_had_happened():
    whole = list(fit(config(), examples=OWN.data))
    first = next(each for each in whole if isinstance(each, Checkpoint))
    rest = list(fit(config(), resume=first.tensors, examples=OWN.data))
    assert losses(rest) == losses(whole)[first.step :]
    assert rest[-1].test == whole[-1].test


def test_a_worker_trains_on_the_images_that_lie_with_the_run(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'runs.db'}")
    store.submit(config(), ME, examples=OWN.data)
    run = worked(store)
    assert (run.state, run.data, run.started_record.labels) == ("finished", "own", NAMES)
    assert run.config == config()
    assert run.finished.test == list(fit(config(), examples=OWN.data))[-1].test
    header = Classifier.load(store.weights(run.id, 1))
    assert header.labels == NAMES


def test_a_run_that_was_interrupted_goes_on_with_its_images(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'runs.db'}")
    run_id = store.submit(config(), ME, examples=OWN.data)
    worker = Worker(Job(store.url, *Desk(store).claim(), max_seconds=60, pause_seconds=1))
    worker.leave("The server was shut down")
    worker.run(fit)
    left = store.run(run_id)
    assert (left.state, left.step < left.total_steps) == ("interrupted", True)
    store.retry(run_id, ME)
    run = worked(store)
    assert run.state == "finished"
    assert run.finished.test == list(fit(config(), examples=OWN.data))[-1].test


@pytest.mark.parametrize(
    "data", [{}, {"imbalance": 0.7, "label_noise": 0.3, "train_size": 30}, {"augment": ["affine"], "outliers": 0.2}]
)
def test_the_script_reads_the_same_file_and_repeats_the_run(data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "images.safetensors").write_bytes(OWN.data)
    wanted = config("mlp", **data)
    text = export(wanted)
    assert "offers them: images.safetensors" in text
    assert "Then it runs from the folder that holds images.safetensors." in text
    assert "examples of its own" not in text
    lines = printed(text).splitlines()
    for figure, line in zip(told(list(fit(wanted, examples=OWN.data))), lines, strict=True):
        assert figure in line
