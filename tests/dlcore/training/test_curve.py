"""Curves that grow: bounded, in order, and no extreme is lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore.training.curve import Curve


@pytest.mark.parametrize("total", [0, 1, 3, 499, 500, 501, 10_000, 123_457])
@pytest.mark.parametrize("chunk", [7, 64, 1000])
def test_the_size_is_bounded_and_the_order_kept(total, chunk):
    curve = Curve(limit=500)
    values = np.random.default_rng(0).normal(size=total)
    for start in range(0, total, chunk):
        stop = min(start + chunk, total)
        curve.extend(np.arange(start, stop), values[start:stop])
    x, y = curve.points
    assert len(x) == len(y) <= 1000
    assert (np.diff(x) >= 0).all()
    if total:
        assert y.min() == pytest.approx(values.min())
        assert y.max() == pytest.approx(values.max())
        assert x[-1] >= total - 1 - 2 * max(1, total // 125)


def test_few_points_come_back_as_they_are():
    curve = Curve()
    curve.extend(np.array([1, 2, 3]), np.array([5.0, 4.0, 6.0]))
    curve.extend(np.array([4]), np.array([1.0]))
    x, y = curve.points
    assert x.tolist() == [1, 2, 3, 4]
    assert y.tolist() == [5, 4, 6, 1]


def test_a_single_spike_survives_a_million_points():
    curve = Curve(limit=300)
    values = np.zeros(1_000_000)
    values[777_777] = 9
    for part in np.split(np.arange(1_000_000), 100):
        curve.extend(part, values[part])
    x, y = curve.points
    assert y.max() == 9
    assert x[y.argmax()] == pytest.approx(777_777, abs=1)


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=200), st.integers(4, 40))
def test_every_point_drawn_is_a_point_that_was_added(values, limit):
    curve = Curve(limit)
    curve.extend(np.arange(len(values)), np.array(values))
    for x, y in zip(*curve.points, strict=True):
        assert np.float32(values[int(x)]) == y


def test_numbers_that_are_none_do_not_hide_the_others():
    curve = Curve(limit=4)
    curve.extend(np.arange(64), np.where(np.arange(64) % 2, np.nan, np.arange(64)))
    _, y = curve.points
    assert np.nanmax(y) == 62
