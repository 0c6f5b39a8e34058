"""Images of one's own as a value and as a file, also as a stranger writes it."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some
from safetensors import numpy as safetensors

from dlcore import data
from dlcore.config import class_names
from dlcore.data.own import examples as own
from dlcore.data.own.examples import Examples
from dlcore.errors import InvalidValue
from tests.dlcore.data.own.shapes import examples

names = some.text(max_size=class_names.LONGEST).map(class_names.tidy).filter(lambda name: 0 < len(name) <= 40)


@given(some.lists(names, min_size=2, max_size=6, unique=True), some.integers(0, 2**32 - 1), some.integers(5, 9))
@settings(max_examples=60, deadline=None)
def test_the_file_gives_the_same_images_again_and_the_same_bytes(classes, seed, each):
    chance = np.random.default_rng(seed)
    labels = chance.permutation(np.repeat(np.arange(len(classes)), each)).astype(np.int64)
    images = chance.integers(0, 256, (len(labels), 1, 28, 28), dtype=np.uint8)
    made = Examples(images, labels, tuple(classes))
    read = Examples.read(made.data)
    assert (read.classes, read.digest) == (made.classes, made.digest)
    np.testing.assert_array_equal(read.images, images)
    np.testing.assert_array_equal(read.labels, labels)


def test_every_class_is_split_alike_and_always_the_same_way():
    made = examples(each=20)
    found, again = data.load("own", examples=made.data), data.load("own", examples=made.data)
    splits = {"train": 14, "validation": 3, "test": 3}
    for name, count in splits.items():
        split = getattr(found, name)
        assert torch.bincount(split.labels).tolist() == [count] * 3, name
        assert torch.equal(split.images, getattr(again, name).images)
    together = torch.cat([getattr(found, name).images for name in splits]).flatten(1)
    assert sorted(map(bytes, together.numpy())) == sorted(map(bytes, made.images.reshape(60, -1)))
    assert found.labels == ("bar", "beam", "ring")


def test_without_its_images_the_set_is_a_sentence_and_no_other_one_stands_in():
    with pytest.raises(InvalidValue, match="brings them along"):
        data.load("own")


def forged(**changes) -> bytes:
    made = examples(5)
    tensors = {"images": made.images, "labels": made.labels}
    names = changes.pop("names", list(made.classes))
    tensors = {name: each for name, each in {**tensors, **changes}.items() if each is not None}
    return safetensors.save(tensors, metadata={own.KEY: json.dumps(names)})


IMAGES, LABELS = examples(5).images, examples(5).labels


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no file of images"),
        (b"\xff" * 64, "no file of images"),
        (b"PK\x03\x04" + bytes(60), "no file of images"),
        (forged()[:-1], "no file of images"),
        (safetensors.save({"images": IMAGES, "labels": LABELS}), "no file of images"),
        (forged(labels=None), "no file of images"),
        (forged(images=IMAGES.astype(np.float32)), "must be uint8"),
        (forged(images=IMAGES[:, 0]), "must be uint8"),
        (forged(images=IMAGES[..., :27].copy()), "must be uint8"),
        (forged(labels=LABELS[:-1]), "labels must be int64"),
        (forged(labels=LABELS.astype(np.int32)), "labels must be int64"),
        (forged(labels=LABELS + 1), "labels must be 0 to 2"),
        (forged(labels=LABELS - 1), "labels must be 0 to 2"),
        (forged(names=["bar"]), "2 to 50 classes, these show 1"),
        (forged(names=[str(each) for each in range(51)]), "2 to 50 classes, these show 51"),
        (forged(names=["bar", "beam", "bar"]), "'bar' is there twice"),
        (forged(names=["bar", "beam", 3]), "list of texts"),
        (forged(names={"bar": 1}), "list of texts"),
        (forged(names=["bar", "beam", ""]), "on one line"),
        (forged(names=["bar", "beam", "a\nb"]), "on one line"),
        (forged(names=["bar", "beam", "\u202ebad"]), "on one line"),
        (forged(names=["bar", "beam", "x" * 41]), "40 characters"),
        (forged(names=["bar", "beam", "ring", "square"]), "at least 5 images, 'square' has 0"),
        (forged(images=IMAGES[:0].copy(), labels=LABELS[:0].copy()), "at least 5 images"),
    ],
)
def test_a_forged_file_is_one_sentence(data, said):
    with pytest.raises(InvalidValue, match=said):
        Examples.read(data)


def test_a_file_is_bounded_before_it_is_opened(monkeypatch):
    monkeypatch.setattr(own, "MOST_BYTES", 1_000)
    with pytest.raises(InvalidValue, match="1,000 bytes, this has"):
        Examples.read(examples().data)


def test_as_many_images_as_are_allowed_fit_into_the_file():
    count = own.MOST_IMAGES
    labels = (np.arange(count) % 50).astype(np.int64)
    classes = tuple(f"{each:02d}{'é' * 38}" for each in range(50))
    full = Examples(np.zeros((count, 1, 28, 28), np.uint8), labels, classes)
    assert len(full.data) <= own.MOST_BYTES
    with pytest.raises(InvalidValue, match="up to 20,000 images, these are 20,001"):
        replace(full, images=np.zeros((count + 1, 1, 28, 28), np.uint8), labels=np.append(labels, 0))
