"""What was forgotten, against scikit-learn's recall."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, recall_score

from dlcore.errors import InvalidValue
from dlcore.inspect.forgetting import changes, known, together, worst


def answers(seed: int, sure: float) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    true = chance.integers(0, 4, 400)
    return true, np.where(chance.random(400) < sure, true, chance.integers(0, 4, 400))


def test_recall_by_class_is_that_of_scikit_learn():
    for seed, sure in ((0, 0.9), (1, 0.3)):
        true, read = answers(seed, sure)
        found = known(confusion_matrix(true, read))
        np.testing.assert_allclose([each.share for each in found], recall_score(true, read, average=None))
        assert [each.count for each in found] == np.bincount(true).tolist()
        assert together(found).share == pytest.approx(recall_score(true, read, average="micro"))


def test_what_lost_most_is_named_and_chance_is_not_called_clear():
    before = np.diag([100, 100, 100]) - np.diag([2, 2, 2]) + np.array([[0, 2, 0], [0, 0, 2], [2, 0, 0]])
    after = before.copy()
    after[1] = [60, 40, 0]
    after[2] = [4, 0, 96]
    found = changes(before, after)
    assert worst(found) == 1
    assert found[1].by == pytest.approx(-0.58)
    assert [each.clear for each in found] == [False, True, False]


def test_where_nothing_was_lost_nothing_is_named():
    assert worst(changes(np.diag([5, 5]), np.diag([5, 5]))) is None
    assert worst(changes([[4, 1], [0, 5]], [[5, 0], [0, 5]])) is None


def test_a_class_without_images_is_no_loss():
    found = changes([[0, 0], [1, 4]], [[0, 0], [2, 3]])
    assert worst(found) == 1
    assert not found[0].clear


@pytest.mark.parametrize("counts", [[], [[1, 2]], [[1, -1], [0, 1]], [1, 2]])
def test_what_is_no_confusion_matrix_is_refused(counts):
    with pytest.raises(InvalidValue):
        known(counts)
