"""What several readers say together, against what can be worked out by hand."""

import numpy as np
import pytest

from dlcore.errors import InvalidValue
from dlcore.use.vote import vote


def test_the_ensemble_is_the_mean():
    said = np.random.default_rng(3).dirichlet(np.ones(10), size=4)
    found = vote(said)
    assert np.allclose(found.mean, said.mean(0))
    assert found.best == said.mean(0).argmax()


def test_readers_who_say_the_same_do_not_disagree_however_unsure_they_are():
    found = vote([[0.5, 0.5]] * 3)
    assert found.entropy == pytest.approx(1)
    assert found.disagreement == pytest.approx(0, abs=1e-12)


def test_two_who_are_sure_of_different_things_disagree_by_one_bit():
    found = vote([[1, 0, 0], [0, 1, 0]])
    assert found.entropy == found.disagreement == pytest.approx(1)


@pytest.mark.parametrize("seed", range(5))
def test_disagreement_is_the_mean_divergence_from_the_mean(seed):
    said = np.random.default_rng(seed).dirichlet(np.ones(6), size=3)
    divergence = (said * np.log2(said / said.mean(0))).sum(1).mean()
    assert vote(said).disagreement == pytest.approx(divergence)


def test_one_reader_is_an_ensemble_and_none_is_not():
    assert vote([[0.2, 0.8]]).mean == pytest.approx((0.2, 0.8))
    with pytest.raises(InvalidValue, match="at least"):
        vote([])
