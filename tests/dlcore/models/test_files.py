"""Weights files: what is written comes back, and nothing damaged gets in."""

import json

import pytest
import torch
from safetensors.torch import save as save_tensors

from dlcore.config.run import RunConfig
from dlcore.errors import WeightsUnreadable
from dlcore.models import files
from dlcore.models.build import build

LABELS = tuple("0123456789")


@pytest.fixture(scope="module")
def written() -> tuple[torch.nn.Module, bytes]:
    config = RunConfig.of("mlp")
    model = build(config)
    measured = {"data": "digits", "accuracy": 0.9}
    return model, files.save(model.state_dict(), config, threshold=0.5, labels=LABELS, measured=measured)


def test_what_was_saved_comes_back(written):
    model, content = written
    loaded, header = files.load(content)
    x = torch.randn(2, 1, 28, 28)
    assert torch.equal(loaded(x), model.eval()(x))
    assert header["config"] == RunConfig.of("mlp")
    assert header["threshold"] == 0.5
    assert header["labels"] == LABELS
    assert header["measured"]["data"] == "digits"
    assert not loaded.training


def test_weights_in_half_precision_are_read_exactly_and_worked_with_in_single(written):
    model, content = written
    halves = {name: tensor.half() for name, tensor in model.state_dict().items()}
    config = RunConfig.of("mlp")
    small = files.save(halves, config, threshold=0.5, labels=LABELS, measured={})
    loaded, _ = files.load(small)
    assert len(small) < 0.52 * len(content)
    for name, tensor in loaded.state_dict().items():
        assert tensor.dtype == torch.float32
        assert torch.equal(tensor, halves[name].float())


@pytest.mark.parametrize("spoil", ["empty", "text", "cut", "no header", "other model", "huge header"])
def test_damage_is_a_sentence(written, spoil):
    model, content = written
    config = RunConfig.of("cnn-64")
    spoiled = {
        "empty": b"",
        "text": b"hello, I am no model",
        "cut": content[: len(content) // 2],
        "no header": save_tensors(dict(model.state_dict())),
        "other model": files.save(model.state_dict(), config, threshold=0, labels=LABELS, measured={}),
        "huge header": (1 << 62).to_bytes(8, "little") + content[8:],
    }[spoil]
    with pytest.raises(WeightsUnreadable, match="cannot be read"):
        files.load(spoiled)


@pytest.mark.parametrize(
    "forged",
    [
        {"labels": []},
        {"labels": ["a"] * 11},
        {"labels": "0123456789"},
        {"labels": None},
        {"measured": [1]},
        {"measured": None},
        {"threshold": 10**400},
        {"threshold": float("nan")},
        {"threshold": float("-inf")},
        {"config": []},
    ],
    ids=lambda forged: str(forged)[:24],
)
def test_a_forged_header_is_a_sentence(written, forged):
    model, content = written
    header = json.loads(json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])["__metadata__"]["dlcore"])
    for name in forged:  # changed, and left out
        rest = {key: value for key, value in header.items() if key != name}
        for metadata in ({**header, **forged}, rest):
            spoiled = save_tensors(dict(model.state_dict()), metadata={"dlcore": json.dumps(metadata)})
            with pytest.raises(WeightsUnreadable, match="cannot be read"):
                files.load(spoiled)


@pytest.mark.parametrize("temperature", [0, -1, 10**400, float("nan"), float("inf"), "warm", None])
def test_a_temperature_that_is_none_is_a_sentence(written, temperature):
    model, content = written
    with pytest.raises(WeightsUnreadable, match="cannot be read"):
        files.load(rewritten(model, {**header(content), "temperature": temperature}))


def test_a_file_without_a_temperature_is_as_it_was_trained(written):
    model, content = written
    found = header(content)
    assert found.pop("temperature") == 1
    assert files.load(rewritten(model, found))[1]["temperature"] == 1


def test_what_is_read_is_what_is_in_the_file_or_in_the_folder(tmp_path):
    (tmp_path / files.FILE).write_bytes(b"weights")
    assert files.read(tmp_path, ()) == files.read(str(tmp_path / files.FILE), ()) == b"weights"


def test_a_file_that_is_too_large_is_refused_before_it_is_parsed():
    with pytest.raises(WeightsUnreadable, match="up to"):
        files.load(bytes(files.MAX_BYTES + 1))


def header(content: bytes) -> dict:
    length = int.from_bytes(content[:8], "little")
    return json.loads(json.loads(content[8 : 8 + length])["__metadata__"][files.KEY])


def rewritten(model: torch.nn.Module, found: dict, rename: dict[str, str] | None = None) -> bytes:
    """A file of these weights with another header, and some tensors under other names."""
    tensors = {(rename or {}).get(name, name): tensor for name, tensor in model.state_dict().items()}
    return save_tensors(tensors, metadata={files.KEY: json.dumps(found)})


def test_a_file_of_the_first_version_is_read_under_todays_names(written):
    model, content = written
    old = {**header(content), "config": {"preset": "mlp", "data": {"name": "digits"}}}
    names = {"dense.weight": "hidden.weight", "dense.bias": "hidden.bias"}
    loaded, found = files.load(rewritten(model, old, names))
    assert found["config"] == RunConfig.of("mlp", {"name": "digits"})
    assert torch.equal(loaded.dense.weight, model.dense.weight)


def test_a_file_of_a_newer_version_is_one_sentence(written):
    model, content = written
    newer = header(content)
    newer["config"]["version"] += 1
    with pytest.raises(WeightsUnreadable, match="newer version of the program"):
        files.load(rewritten(model, newer))
