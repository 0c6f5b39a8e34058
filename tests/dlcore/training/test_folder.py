"""What a finished run leaves in its folder: one run, whole, or a sentence that says why not."""

import errno
import json
from dataclasses import replace
from pathlib import Path

import pytest

from dlcore.config.run import RunConfig
from dlcore.errors import DlcoreError, InvalidValue
from dlcore.training import folder
from dlcore.training.records import Finished, Started

STARTED = Started(0, 1, 1, 9, "cpu", "a processor", "fp32", "digits", {"train": 1, "validation": 1, "test": 1})
FINISHED = Finished(1, 1, "completed", "Done.", {"loss": 0.5, "accuracy": 0.9}, (), 1.0, 1, 1, b"weights")
DIVERGED = replace(FINISHED, reason="diverged", test={}, weights=b"")


def names(path: Path) -> list[str]:
    return sorted(each.name for each in path.iterdir())


def test_model_and_card_are_written_and_nothing_else(tmp_path):
    folder.prepare(tmp_path)
    summary = folder.write(tmp_path, RunConfig.of("mlp"), STARTED, FINISHED)
    assert names(tmp_path) == ["card.json", "model.safetensors"]
    assert (tmp_path / "model.safetensors").read_bytes() == b"weights"
    assert json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))["test_loss"] == summary["test_loss"] == 0.5


def test_a_run_without_weights_does_not_keep_those_of_another(tmp_path):
    folder.write(tmp_path, RunConfig.of("mlp"), STARTED, FINISHED)
    summary = folder.write(tmp_path, RunConfig.of("mlp"), STARTED, DIVERGED)
    assert names(tmp_path) == ["card.json"]
    assert json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))["reason"] == "diverged"
    assert summary["test_loss"] is summary["test_accuracy"] is None


def test_a_folder_that_was_removed_is_made_again(tmp_path):
    folder.write(tmp_path / "gone", RunConfig.of("mlp"), STARTED, FINISHED)
    assert names(tmp_path / "gone") == ["card.json", "model.safetensors"]


def test_a_full_disk_is_a_sentence_and_leaves_the_earlier_run(tmp_path, monkeypatch):
    folder.write(tmp_path, RunConfig.of("mlp"), STARTED, FINISHED)
    before = {name: (tmp_path / name).read_bytes() for name in names(tmp_path)}

    def full(path: Path, content: bytes) -> None:
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DlcoreError, match=r"no space left on device.*make room"):
        folder.write(tmp_path, RunConfig.of("cnn-64"), STARTED, FINISHED)
    assert {name: (tmp_path / name).read_bytes() for name in names(tmp_path)} == before


@pytest.mark.parametrize("name", ["model.safetensors", "card.json"])
def test_a_folder_in_the_place_of_a_file_is_refused_before_training(tmp_path, name):
    (tmp_path / name).mkdir()
    with pytest.raises(InvalidValue, match=f"in which {name} is a file"):
        folder.prepare(tmp_path)


def test_looking_whether_a_folder_can_be_written_leaves_its_files_alone(tmp_path):
    (tmp_path / ".writable").write_text("mine")
    folder.prepare(tmp_path)
    assert names(tmp_path) == [".writable"]
    assert (tmp_path / ".writable").read_text() == "mine"
