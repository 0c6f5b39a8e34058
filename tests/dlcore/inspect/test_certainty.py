"""How sure counted shares are, checked against scipy."""

import pytest
from scipy.stats import binomtest

from dlcore.errors import InvalidValue
from dlcore.inspect.certainty import mcnemar, wilson


@pytest.mark.parametrize(("right", "count"), [(354, 360), (0, 24), (24, 24), (1, 2), (9_912, 10_000)])
def test_an_interval_is_that_of_scipy(right, count):
    expected = binomtest(right, count).proportion_ci(0.95, method="wilson")
    found = wilson(right, count)
    assert found.low == pytest.approx(expected.low, abs=1e-6)
    assert found.high == pytest.approx(expected.high, abs=1e-6)


def test_intervals_are_said_in_percent_and_overlap_where_they_share_a_value():
    assert wilson(354, 360).said == "96.4 to 99.2\u00a0%"
    assert wilson(354, 360).overlaps(wilson(348, 360))
    assert not wilson(354, 360).overlaps(wilson(300, 360))


@pytest.mark.parametrize(("first", "second"), [(0, 6), (3, 9), (5, 5), (0, 0), (40, 12)])
def test_mcnemar_is_the_exact_binomial_test(first, second):
    expected = binomtest(first, first + second).pvalue if first + second else 1.0
    assert mcnemar(first, second) == pytest.approx(expected)


def test_what_was_not_counted_is_refused():
    with pytest.raises(InvalidValue, match="got 5 of 4"):
        wilson(5, 4)
    with pytest.raises(InvalidValue, match="negative"):
        mcnemar(-1, 3)
