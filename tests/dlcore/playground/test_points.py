"""Points in the plane: their formulas, their features, their split, and those that a person brings."""

import numpy as np
import pytest
import torch

from dlcore.errors import DlcoreError
from dlcore.formula.vocabulary import InvalidExpression
from dlcore.playground import own, shapes
from dlcore.playground.features import FEATURES, given
from dlcore.playground.problems import PROBLEMS
from dlcore.playground.setup import Setup


def drawn(shape, count=600, noise=0.0, classes=2, seed=3):
    return shape(count, noise, classes, np.random.default_rng(seed))


def test_a_circle_has_one_class_inside_and_a_gap():
    points, targets = drawn(shapes.circle)
    away = np.hypot(*points.T)
    assert away[targets == 1].max() <= 2.5
    assert 3.5 <= away[targets == 0].min() <= away.max() <= 5
    points, targets = drawn(shapes.circle, classes=4)
    away = np.hypot(*points.T)
    assert [round(away[targets == each].max() / 1.25 + 0.05) for each in (3, 2, 1, 0)] == [1, 2, 3, 4]


def test_xor_belongs_together_across_the_corner():
    points, targets = drawn(shapes.xor)
    assert np.array_equal(targets == 1, points[:, 0] * points[:, 1] > 0)
    assert np.abs(points).min() >= 0.3


def test_clouds_stand_on_a_circle_and_widen_with_noise():
    points, targets = drawn(shapes.gauss, 6000)
    np.testing.assert_allclose(points[targets == 1].mean(0), [2, 2], atol=0.06)
    np.testing.assert_allclose(points[targets == 0].mean(0), [-2, -2], atol=0.06)
    assert points[targets == 1].var(0).mean() == pytest.approx(0.5, rel=0.1)
    points, targets = drawn(shapes.gauss, 6000, 0.5)
    assert points[targets == 1].var(0).mean() == pytest.approx(4, rel=0.1)


def test_arms_of_a_spiral_are_the_same_arm_turned():
    points, targets = drawn(shapes.spiral, 300, classes=3)
    arms = [points[targets == each] for each in range(3)]
    turn = 2 * np.pi / 3
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    np.testing.assert_allclose(arms[0] @ rotation.T, arms[1], atol=1e-9)
    np.testing.assert_allclose(arms[1] @ rotation.T, arms[2], atol=1e-9)
    assert np.hypot(*points.T).max() < 5


def test_values_are_those_of_the_plane_and_of_the_hills():
    points, targets = drawn(shapes.plane)
    np.testing.assert_allclose(targets, np.clip(points.sum(1) / 10, -1, 1))
    points, targets = drawn(shapes.hills)
    top = np.hypot(*(points - (4, 2.5)).T)
    near = top < 1.9
    np.testing.assert_allclose(targets[near], (1 - top / 2)[near])
    assert (targets[np.hypot(*(points - (0, 2.5)).T) < 1.9] < 0).all()


@pytest.mark.parametrize("name", [name for name, each in PROBLEMS.items() if each.shape])
def test_every_problem_has_all_its_points_and_noise_changes_it(name):
    calm, noisy = (Setup(problem=name, noise=noise, classes=3).points() for noise in (0, 30))
    for each in (calm, noisy):
        assert each.points.shape == (500, 2)
        assert each.train == 250
        assert np.isfinite(each.points).all()
        assert each.classes == 0 or set(each.targets.tolist()) == set(range(each.classes))
    whole = [np.column_stack((each.points, each.targets)) for each in (calm, noisy)]
    assert not np.array_equal(*whole)
    again = Setup(problem=name, noise=30, classes=3).points()
    assert np.array_equal(again.points, noisy.points)
    assert not np.array_equal(Setup(problem=name, data_seed=1).points().points, Setup(problem=name).points().points)


def test_features_are_what_they_are_called():
    points = torch.randn(9, 2)
    x, y = points.T
    found = given(points, tuple(FEATURES))
    np.testing.assert_allclose(found, torch.stack((x, y, x * x, y * y, x * y, x.sin(), y.sin()), 1), rtol=1e-6)


def test_pasted_points_are_read_however_their_columns_are_parted():
    for text in ("x,y,class\n1.5,-2,a\n0.5,3,b", "1.5\t−2\ta\n0.5\t3\tb", "1,5;-2;a\n0,5;3;b", "1.5 -2 a\n0.5 3 b",
                 "1.5, -2, a; 0.5, 3, b"):  # fmt: skip
        found = own.read(text, 0.5)
        pairs = sorted(zip(found.points.tolist(), found.targets.tolist(), strict=True))
        assert pairs == [([0.5, 3.0], 1.0), ([1.5, -2.0], 0.0)]
        assert found.names == ("a", "b")
        assert found.classes == 2


def test_values_and_far_away_points_are_scaled():
    found = own.read("0, 0, 1.5\n100, 50, -4.5\n50, 10, 0.5", 0.5)
    assert found.classes == 0
    assert np.abs(found.points).max() == pytest.approx(5)
    assert sorted(found.targets.tolist()) == pytest.approx([-1, 2 / 3, 1])


def test_one_more_point_leaves_the_others_where_they_are():
    text = "; ".join(f"{i}, {i % 3}, {i % 2}" for i in range(6))
    before, after = own.read(text, 0.5), own.read(f"{text}; 1, 1, 0", 0.5)
    assert before.train == after.train == 3
    assert np.array_equal(before.points[:3], after.points[:3])
    assert [round(x) for x in before.points[np.argsort(before.order), 0]] == [0, 1, 2, 3, 4, 5]


def test_a_large_table_is_thinned_and_scaled_into_the_plane():
    table = "a;b;kind\n" + "\n".join(f"{i};{-i};{'up' if i % 2 else 'down'}" for i in range(3000))
    text, count = own.tidied(table)
    assert count == 3000
    found = own.read(text, 0.5)
    assert len(found.points) == own.MOST_POINTS
    assert np.abs(found.points).max() == pytest.approx(5, abs=1e-3)
    assert found.names == ("down", "up")
    with pytest.raises(DlcoreError, match="this has 5,000,001"):
        own.tidied("a" * 5_000_001)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no points yet"),
        ("1, 2, a\n3, 4, a", "all points are of the class 'a'"),
        ("\n".join(f"1, {i % 5}, {i}" for i in range(400)), "up to 8 classes, these points have 400"),
        ("1, 2, a\n3, b", "three columns, two numbers and its class or value, such as 1.5, −2, 0; row 2 has 2"),
        ("1, 2, a\nthree, 4, b", "row 2 has 'three'"),
        ("1, 2, a\n1e300, 4, b", "row 2 has '1e300'"),
        ("1, 2, a\n" * 501, "up to 500 points, these are 501"),
        ("\x00\x01\x02", "three columns"),
    ],
)
def test_points_that_cannot_be_used_are_a_sentence(text, says):
    with pytest.raises(DlcoreError, match=says.replace("(", r"\(")):
        own.read(text, 0.5)


def test_a_rule_tells_points_apart():
    found = own.ruled("x2 > sin(x1)", 300, 0, 0.5, 0)
    assert np.array_equal(found.targets == 1, found.points[:, 1] > np.sin(found.points[:, 0]))
    same = own.ruled("y > sin(x)", 300, 0, 0.5, 0)
    assert np.array_equal(found.targets, same.targets)
    value = own.ruled("x1*x2", 300, 0, 0.5, 0)
    assert value.classes == 0
    np.testing.assert_allclose(value.targets, value.points.prod(1) / np.abs(value.points.prod(1)).max(), atol=1e-6)


@pytest.mark.parametrize(
    ("rule", "says", "place"),
    [("x2 > sinn(x1)", "sinn", 5), ("x1 > 50", "every point of the plane is outside of", None), ("", "Type", 0),
     ("sqrt(x1)", "has no value at", None), ("z > 1", "z", 0), ("x1 >", "both of its sides", 4)],
)  # fmt: skip
def test_a_rule_that_cannot_be_used_is_a_sentence(rule, says, place):
    with pytest.raises(DlcoreError, match=says) as found:
        own.ruled(rule, 100, 0, 0.5, 0)
    if place is not None:
        assert isinstance(found.value, InvalidExpression)
        assert found.value.position == place
