"""A network as one ZIP: saved, opened elsewhere, and refused where it is not what it says."""

import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import torch

from dlcore.config.run import RunConfig
from dlcore.data.own import FILE, files
from dlcore.errors import DlcoreError, InvalidValue
from dlcore.models import files as weight_files
from dlcore.runs.limits import Limits
from dlcore.runs.store import Store
from dlcore.training.loop import fit
from dlcore.use import project
from dlcore.use.classifier import Classifier
from dlcore.use.project import CONFIG, MODEL, Project
from tests.dlcore.data.own.shapes import NAMES, examples

OWN = examples(8)
RUN = RunConfig.of("mlp", {"name": "own", "labels": NAMES}, {"epochs": 1}, examples=OWN.digest)


@pytest.fixture(scope="module")
def saved() -> Project:
    return Project(RUN, list(fit(RUN, examples=OWN.data))[-1].weights, OWN.data)


def repacked(saved: Project, **changed: bytes | None) -> bytes:
    """The ZIP with other contents; None leaves a file out."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved.packed())) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = changed.get(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
    return file.getvalue()


def test_it_opens_elsewhere_as_it_was(saved):
    found = project.read(saved.packed("print(1)"))
    assert found == saved
    images = torch.from_numpy(OWN.images)
    torch.testing.assert_close(
        Classifier.load(found.weights).logits(images), Classifier.load(saved.weights).logits(images)
    )


def test_a_person_finds_pictures_and_a_text_in_it(saved):
    data = saved.packed("print(1)")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert "bar, beam and ring" in archive.read("README.txt").decode()
        assert archive.read("train.py") == b"print(1)"
        assert sum(name.startswith("drawings/ring/") for name in archive.namelist()) == 8
    found = files.read(data).examples
    assert (found.classes, found.counts) == (NAMES, (8, 8, 8))


def test_a_store_keeps_it_as_a_finished_run(saved, tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'runs.db'}", Limits(max_running=1, min_free_bytes=0))
    run = store.readable(store.adopt(saved.config, "ann", saved.weights, "Mine", saved.examples))
    assert (run.state, run.title, run.has_weights, run.active) == ("finished", "Mine", True, False)
    assert store.weights(run.id) == saved.weights
    assert store.examples(run.id) == saved.examples
    with pytest.raises(InvalidValue):
        store.adopt(saved.config, "ann", saved.weights, "", b"others")
    for _ in range(19):
        store.adopt(saved.config, "ann", saved.weights, "", saved.examples)
    with pytest.raises(DlcoreError, match="20 networks"):
        store.adopt(saved.config, "ann", saved.weights, "", saved.examples)
    store.database.close()


def other_config(**changes) -> bytes:
    return json.dumps({**RUN.to_dict(), **changes}).encode()


def endless(saved: Project) -> bytes:
    return repacked(saved, **{CONFIG: b" " * 50_000_000})


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (CONFIG, None, "config.json is missing"),
        (MODEL, None, "model.safetensors is missing"),
        (FILE, None, "images.safetensors is missing"),
        (CONFIG, b"{", "damaged"),
        (CONFIG, b"[" * 100_000, "damaged"),
        (CONFIG, b" " * 50_000_000, "200,000 bytes"),
        (CONFIG, other_config(version=99), "newer version"),
        (CONFIG, json.dumps(RunConfig.of("mlp").to_dict()).encode(), "another one"),
        (CONFIG, other_config(device="cpu"), "do not belong together"),
        (FILE, examples(9).data, "SHA-256"),
        (FILE, b"junk", "SHA-256"),
        (MODEL, b"junk", "cannot be read"),
        (MODEL, b"\x80\x04\x95junk pickle", "cannot be read"),
    ],
)
def test_what_is_no_project_is_one_sentence(saved, name, data, said):
    with pytest.raises(DlcoreError, match=said):
        project.read(repacked(saved, **{name: data}))


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04" + bytes(99), b"x" * 33_000_000])
def test_what_is_no_zip_is_one_sentence(data):
    with pytest.raises(InvalidValue):
        project.read(data)


def test_weights_of_another_network_or_without_numbers_are_refused(saved):
    wide = replace(RUN, model={"network": "flatten, dense 9, relu, dense 3"})
    other = list(fit(wide, examples=OWN.data))[-1].weights
    with pytest.raises(InvalidValue, match="do not belong together"):
        project.read(repacked(saved, **{MODEL: other}))
    state = weight_files.load(saved.weights)[0].state_dict()
    broken = {name: torch.full_like(each, np.nan) for name, each in state.items()}
    data = weight_files.save(broken, RUN, threshold=0.0, labels=NAMES, measured={})
    with pytest.raises(InvalidValue, match="no finite numbers"):
        project.read(repacked(saved, **{MODEL: data}))
