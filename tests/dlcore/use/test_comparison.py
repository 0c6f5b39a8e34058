"""Two classifiers on the same images."""

from types import SimpleNamespace

import pytest
import torch

from dlcore.inspect.certainty import mcnemar
from dlcore.use.comparison import compare


def reader(rows):
    """A classifier that gives these logits, whatever it reads."""
    table = torch.tensor(rows)
    return SimpleNamespace(logits_of_many=lambda images: table[images[:, 0, 0, 0].long()])


def test_scores_and_images_that_only_one_reads_are_counted():
    labels = torch.tensor([0, 1, 0, 1])
    images = torch.arange(4).view(4, 1, 1, 1)
    sure = reader([[9.0, 0.0], [0.0, 9.0], [9.0, 0.0], [9.0, 0.0]])  # three right, one surely wrong
    timid = reader([[1.0, 0.0], [0.0, 1.0], [0.0, 0.1], [0.1, 0.0]])  # two right, two hardly wrong
    found = compare(sure, timid, images, labels)
    assert (found.first.right, found.second.right) == (3, 2)
    assert (found.only_first, found.only_second) == (1, 0)
    assert found.first.loss > found.second.loss
    assert found.disagree  # more are read right, at a higher loss
    assert found.first.wrongly == pytest.approx(torch.tensor([9.0, 0.0]).softmax(0)[0].item())
    assert found.chance == mcnemar(1, 0)
    assert not found.clear
