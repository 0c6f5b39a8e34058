"""How well changed images are read: counted as one would count them by hand."""

import pytest
import torch

from dlcore.data import load
from dlcore.data.changes import Changes
from dlcore.use.classifier import Classifier
from dlcore.use.robustness import measure

TEST = load("digits").test


@pytest.mark.parametrize("changes", [Changes(), Changes(rotate=60), Changes(noise=0.3, invert=1)])
def test_it_counts_what_reading_one_by_one_counts(changes):
    classifier = Classifier.load("mlp")
    images, labels = TEST.images[:260], TEST.labels[:260]
    found = measure(classifier, images, labels, changes)
    readings = classifier.read(changes.apply(images))
    right = sum(each.digit == label for each, label in zip(readings, labels.tolist(), strict=True))
    assert (found.right, found.refused, found.count) == (right, sum(not each.is_digit for each in readings), 260)
    assert found.share == right / 260
    assert found.interval.low < found.share < found.interval.high


def test_what_is_left_of_a_digit_under_a_large_square_is_hardly_read():
    classifier = Classifier.load("cnn-64")
    clean, covered = (measure(classifier, *_part(200), Changes(occlude=side)) for side in (0, 20))
    assert clean.share > 0.9
    assert covered.share < 0.3
    assert covered.refused_share > 0.9 > 0.1 > clean.refused_share


def _part(count):
    return TEST.images[:count], torch.as_tensor(TEST.labels[:count])
