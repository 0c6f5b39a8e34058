"""Smaller, unbalanced and noisy training splits."""

import pytest
import torch

from dlcore import data
from dlcore.config.images import DataConfig
from dlcore.data.prepare import training_split
from dlcore.data.sets import Dataset, Split


@pytest.fixture
def dataset() -> Dataset:
    labels = torch.arange(10).repeat(100)
    everything = Split(torch.arange(1000).view(-1, 1, 1, 1), labels)
    return Dataset("digits", everything, everything, everything, data.load("digits").labels)


def test_nothing_asked_nothing_changed(dataset):
    split = training_split(dataset, DataConfig(), seed=0)
    assert torch.equal(split.images, dataset.train.images)
    assert torch.equal(split.labels, dataset.train.labels)


def test_a_subset_has_the_size_and_no_repeats(dataset):
    split = training_split(dataset, DataConfig(train_size=37), seed=0)
    assert len(split) == 37
    assert len(split.images.unique()) == 37


def test_a_subset_larger_than_the_set_is_the_set(dataset):
    assert len(training_split(dataset, DataConfig(train_size=60_000), seed=0)) == 1000


def test_a_long_tail_falls_geometrically(dataset):
    split = training_split(dataset, DataConfig(imbalance=0.9), seed=0)
    counts = torch.bincount(split.labels, minlength=10).tolist()
    assert counts == [round(100 * 0.1 ** (label / 9)) for label in range(10)]


def test_label_noise_changes_exactly_its_share_and_no_image(dataset):
    split = training_split(dataset, DataConfig(label_noise=0.3), seed=0)
    assert (split.labels != dataset.train.labels).sum() == 300
    assert torch.equal(split.images, dataset.train.images)
    assert split.labels.min() >= 0
    assert split.labels.max() <= 9


def test_the_seed_decides(dataset):
    config = DataConfig(train_size=50, imbalance=0.5, label_noise=0.2)
    first, again, other = (training_split(dataset, config, seed) for seed in (1, 1, 2))
    assert torch.equal(first.images, again.images)
    assert torch.equal(first.labels, again.labels)
    assert not torch.equal(first.images, other.images)
