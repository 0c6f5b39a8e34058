"""What was said of every image: counts that sklearn counts too, and the worst mistakes first."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, recall_score

from dlcore.inspect.answers import Answers


@pytest.fixture
def answers():
    random = np.random.default_rng(0)
    probabilities = random.dirichlet(np.ones(5), 400)
    return Answers.measured(probabilities, random.integers(0, 5, 400))


def test_confusion_is_sklearns(answers):
    found = answers.confusion(5)
    np.testing.assert_array_equal(found, confusion_matrix(answers.true, answers.read))
    np.testing.assert_allclose(np.diag(found) / found.sum(1), recall_score(answers.true, answers.read, average=None))
    assert answers.right == np.trace(found)


def test_the_worst_mistakes_are_those_it_was_surest_of(answers):
    worst = answers.worst(10)
    assert len(worst) == 10
    assert (answers.true[worst] != answers.read[worst]).all()
    assert (np.diff(answers.sure[worst].astype(float)) <= 0).all()
    others = set(np.flatnonzero(answers.true != answers.read)) - set(worst)
    assert max(answers.sure[list(others)]) <= answers.sure[worst[-1]]


def test_a_cell_has_its_images(answers):
    found = answers.cell(2, 3, 1000)
    assert len(found) == answers.confusion(5)[2, 3]
    assert set(answers.true[found]) == {2}
    assert set(answers.read[found]) == {3}


def test_a_snapshot_holds_it_all(answers):
    back = Answers.of(answers.arrays())
    for name, array in answers.arrays().items():
        np.testing.assert_array_equal(getattr(back, name), array)


def test_without_mistakes_there_are_none():
    sure = Answers.measured(np.eye(3), np.arange(3))
    assert len(sure.worst(5)) == 0
    assert sure.right == 3
