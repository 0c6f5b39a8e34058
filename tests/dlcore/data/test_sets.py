"""The image sets: their shapes, their splits, and what happens when files are missing or damaged."""

import contextlib
import functools
import gzip
import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from dlcore import data
from dlcore.data import mnist, sets
from dlcore.data.download import DownloadFailed
from dlcore.errors import DataUnavailable, InvalidValue
from tests.dlcore.data.server import BROKEN, serving


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("DLCORE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DLCORE_DATA", raising=False)
    sets._idx_set.cache_clear()
    return tmp_path / "home"


@pytest.fixture
def offline(monkeypatch):
    def refuse(*_, **__):
        raise DownloadFailed("there is no network")

    monkeypatch.setattr(mnist, "fetch", refuse)


def write_idx(path: Path, array: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, dtype=">u4").tobytes()
    path.write_bytes(header + array.tobytes())


def write_set(folder: Path) -> None:
    """A generated set of the right shape: image k is filled with its label."""
    for part, count in mnist.COUNTS.items():
        labels = (np.arange(count) % 10).astype(np.uint8)
        images, label_file = (folder / file for file in mnist.files(part))
        write_idx(images, np.broadcast_to(labels[:, None, None], (count, 28, 28)))
        write_idx(label_file, labels)


def test_digits_are_whole_disjoint_and_always_the_same():
    digits = data.load("digits")
    splits = (digits.train, digits.validation, digits.test)
    assert [len(split) for split in splits] == [1257, 180, 360]
    for split in splits:
        assert split.images.dtype == torch.uint8
        assert split.images.shape == (len(split), 1, 28, 28)
        assert split.labels.dtype == torch.int64
        assert set(split.labels.tolist()) == set(range(10))
    sets.digits.cache_clear()
    assert torch.equal(data.load("digits").test.images, digits.test.images)


def test_digits_are_centred_by_mass_within_a_pixel():
    images = data.load("digits").train.images.float().squeeze(1)
    mass = images.sum((1, 2))
    rows = (images.sum(2) * torch.arange(28)).sum(1) / mass
    assert (rows - 14).abs().max() <= 0.5 + 1e-3
    assert (images[:, 0].amax(1) == 0).float().mean() > 0.95, "the border is background"


def test_an_unknown_set_is_named():
    with pytest.raises(InvalidValue, match="'cifar'"):
        data.load("cifar")


@pytest.mark.parametrize("name", ["mnist", "fashion"])
def test_a_set_on_disk_is_read(name, tmp_path, monkeypatch, offline):
    write_set(tmp_path / mnist.FOLDERS[name] / "raw")
    monkeypatch.setenv("DLCORE_DATA", str(tmp_path))
    dataset = data.load(name)
    assert dataset.name == name
    assert not dataset.notice
    assert [len(split) for split in (dataset.train, dataset.validation, dataset.test)] == [55_000, 5_000, 10_000]
    assert torch.equal(dataset.train.images[:, 0, 5, 5].long(), dataset.train.labels)
    assert (dataset.labels[9] == "ankle boot") == (name == "fashion")


def test_without_a_network_the_digits_stand_in_and_say_so(offline):
    dataset = data.load("mnist")
    assert dataset.name == "digits"
    assert "MNIST is not on this machine" in dataset.notice
    assert "there is no network" in dataset.notice
    assert "embedded digits" in dataset.notice


@pytest.mark.parametrize("size", [0, 1000, 16 + 60_000 * 784 - 1])
def test_a_half_downloaded_file_is_named_and_the_digits_stand_in(size, tmp_path, monkeypatch, offline):
    folder = tmp_path / "MNIST" / "raw"
    write_set(folder)
    broken = folder / "train-images-idx3-ubyte"
    broken.write_bytes(broken.read_bytes()[:size])
    monkeypatch.setenv("DLCORE_DATA", str(tmp_path))
    dataset = data.load("mnist")
    assert dataset.name == "digits"
    assert f"{broken} is damaged" in dataset.notice


def test_a_file_with_another_header_or_impossible_labels_is_named(tmp_path, monkeypatch, offline):
    folder = tmp_path / "MNIST" / "raw"
    write_set(folder)
    monkeypatch.setenv("DLCORE_DATA", str(tmp_path))
    broken = folder / "t10k-labels-idx1-ubyte"
    content = broken.read_bytes()
    broken.write_bytes(b"\xff" * 8 + content[8:])
    assert f"{broken} is damaged" in data.load("mnist").notice
    broken.write_bytes(content[:8] + b"\x0b" + content[9:])
    assert "label 11" in data.load("mnist").notice


SOME_BROKEN = ("cuts a chunked body", "sends garbage", "sends its header byte by byte")


@functools.cache
def packed_set() -> dict[str, bytes]:
    """The files of a generated set, as mirrors have them."""
    with tempfile.TemporaryDirectory() as folder:
        write_set(Path(folder))
        return {
            path.name: gzip.compress(path.read_bytes(), compresslevel=1, mtime=0) for path in Path(folder).iterdir()
        }


@pytest.fixture
def mirror(monkeypatch):
    """Serves the packed files of a generated set on this machine; the addresses in `before` are asked first."""
    from torchvision import datasets

    with contextlib.ExitStack() as stack:

        def install(spoil: str = "", before: tuple[str, ...] = ()) -> list[str]:
            packed = packed_set()
            digests = [
                (f"{name}.gz", hashlib.md5(packed[name]).hexdigest())
                for part in mnist.COUNTS
                for name in mnist.files(part)
            ]
            served = []

            def answer(path: str) -> Iterator[bytes]:
                name = path.rsplit("/", 1)[1].removesuffix(".gz")
                served.append(name)
                content = packed[name][:-10] if name == spoil else packed[name]
                yield b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content)
                yield content

            own = stack.enter_context(serving(answer))
            monkeypatch.setattr(datasets.MNIST, "resources", digests)
            monkeypatch.setattr(datasets.MNIST, "mirrors", [*before, own])
            return served

        yield install


def test_a_download_shows_its_progress_and_is_kept(mirror, home):
    served, seen = mirror(), []
    assert data.load("mnist", progress=lambda text, fraction: seen.append((text, fraction))).name == "mnist"
    assert len(served) == 4
    assert seen[-1] == ("Downloading MNIST, file 4 of 4", 1.0)
    assert mnist.on_disk("mnist")
    sets._idx_set.cache_clear()
    data.load("mnist")
    assert len(served) == 4, "the second time nothing is fetched"


def test_a_download_that_arrives_damaged_leaves_nothing_behind(mirror, home):
    mirror(spoil="t10k-images-idx3-ubyte")
    dataset = data.load("mnist")
    assert dataset.name == "digits"
    assert "arrived damaged" in dataset.notice
    assert not (home / "data" / "MNIST" / "raw" / "t10k-images-idx3-ubyte").exists()


@pytest.mark.parametrize("name", SOME_BROKEN)
def test_the_next_mirror_is_asked_where_one_is_broken(name, mirror, home, impatient):
    with serving(BROKEN[name]) as bad:
        served = mirror(before=(bad,))
        assert data.load("mnist").notice == ""
    assert len(served) == 4


@pytest.mark.parametrize("name", SOME_BROKEN)
def test_the_digits_stand_in_with_a_sentence_where_every_mirror_is_broken(name, mirror, home, impatient, monkeypatch):
    from torchvision import datasets

    with serving(BROKEN[name]) as bad:
        mirror()
        monkeypatch.setattr(datasets.MNIST, "mirrors", [bad])
        found = data.load("mnist")
    assert found.name == "digits"
    assert found.notice.startswith("MNIST is not on this machine. Downloading it failed (127.0.0.1: ")
    assert found.notice.endswith("). The embedded digits are used instead.")
    assert "Errno" not in found.notice
    assert list((home / "data" / "MNIST" / "raw").iterdir()) == []


def test_files_that_are_whole_are_not_fetched_again(mirror, home):
    served = mirror()
    data.load("mnist")
    sets._idx_set.cache_clear()
    (home / "data" / "MNIST" / "raw" / "t10k-labels-idx1-ubyte").unlink()
    assert data.load("mnist").name == "mnist"
    assert served[4:] == ["t10k-labels-idx1-ubyte"]


def test_reading_a_missing_folder_says_which_file(tmp_path):
    with pytest.raises(DataUnavailable, match="train-images-idx3-ubyte cannot be read"):
        mnist.read(tmp_path, "train")
