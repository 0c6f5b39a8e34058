"""Logarithmic axes have three labels or more, of round numbers, and words on charts can be read over curves."""

import math

import pytest

from pages.figures import theme
from pages.figures.axes import LEAST, around, log_axis


def labels(axis: dict) -> list[float]:
    low, high = axis["range"]
    if "tickvals" in axis:
        return axis["tickvals"]
    step = axis["dtick"]
    return [10.0 ** (step * each) for each in range(math.ceil(low / step), math.floor(high / step) + 1)]


@pytest.mark.parametrize(
    ("low", "high"),
    [(-1, 1), (-1.1, 0.2), (-0.2, 0.3), (0.01, 0.05), (5.1, 5.2), (0, 1), (-24, 1), (2, 13), (-3.3, 2.1), (-8.2, 0.1)],
)
def test_an_axis_has_three_labels_or_more_wherever_it_begins(low, high):
    axis = log_axis(low, high)
    found = labels(axis)
    assert LEAST <= len(found) <= 10
    assert all(low <= math.log10(each) <= high for each in found)
    assert len(set(axis.get("ticktext", found))) == len(found)


def test_powers_of_ten_are_the_labels_where_there_are_enough():
    assert labels(log_axis(-2.5, 0.5)) == [0.01, 0.1, 1]
    assert log_axis(-1.1, 0.2)["ticktext"] == ["0.1", "0.2", "0.5", "1"]


def test_an_axis_lies_around_what_there_is():
    assert around([0.1, 10, float("nan"), 0]) == pytest.approx((-1.2, 1.2))
    assert around([]) == pytest.approx((-1.2, 1.2))
    low, high = around([3.0, 3.0])
    assert low < math.log10(3) < high


@pytest.mark.parametrize("dark", [False, True])
def test_words_stand_on_the_page_and_markers_are_whole_at_an_edge(dark):
    template = theme.template(dark)
    assert template.layout.annotationdefaults.bgcolor.startswith(theme.palette(dark)["paper"])
    assert template.data.scatter[0].cliponaxis is False
