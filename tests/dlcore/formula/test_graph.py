"""The computational graph of a typed expression, held to autograd."""

import contextlib
import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.errors import DlcoreError, InvalidValue
from dlcore.formula.expression import FUNCTIONS, InvalidExpression, parse
from dlcore.formula.graph import MAX_VERTICES, PARTIALS, VARIABLES, build
from dlcore.formula.graph_steps import steps
from dlcore.formula.operations import OPERATIONS

TEXTS = [
    "x", "3", "x + x", "x*y - z/x", "x**2 + y**x", "-x**3", "x**0 + (x - x)**2", "tanh(x*y + z)*x",
    "sin(x)*cos(y)/tan(z)", "asin(x/9) + acos(y/9)*atan(z)", "sinh(x)*cosh(y)",
    "exp(-x) + log(y) + log2(z + 9) + log10(y)*log1p(x)",
    "sqrt(y)*abs(z)", "sign(x)*x", "erf(x)*sigmoid(y)", "softplus(x) - relu(z)", "min(x, y)*max(y, z)", "max(x, x)",
    "clamp(x, y, z)", "clamp(x, z, y)", "where(x < y, x*z, y)", "where(x >= y, sin(x), where(z > 0, y, x*x))",
]  # fmt: skip
VALUES = [(1.0, 2.0, 3.0), (0.5, 0.5, 0.5), (2.0, 1.0, -0.5), (1.0, 1.0, 2.0), (2.0, 1.0, 2.0)]


def autograd(text: str, values: dict[str, float]) -> tuple[float, dict[str, float]]:
    leaves = {name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in values.items()}
    result = parse(text, VARIABLES)(**leaves)
    if not result.requires_grad:
        return result.item(), dict.fromkeys(values, 0.0)
    found = torch.autograd.grad(result, list(leaves.values()), allow_unused=True, materialize_grads=True)
    return result.item(), {name: each.item() for name, each in zip(values, found, strict=True)}


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("point", VALUES)
def test_values_and_gradients_are_autograds_at_kinks_too(text, point):
    values = dict(zip("xyz", point, strict=True))
    graph = build(text, values)
    value, slopes = autograd(text, values)
    assert graph.value == pytest.approx(value, abs=1e-12)
    for name, slope in slopes.items():
        assert graph.gradient(name) == pytest.approx(slope, abs=1e-12), name


def test_every_operation_has_its_partial_derivatives():
    assert set(PARTIALS) == set(OPERATIONS)
    assert all(len(PARTIALS[name]) == count for name, count in FUNCTIONS.items())


@given(
    st.recursive(
        st.sampled_from(["x", "y", "0.5", "2"]),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda each: f"({each[0]} {each[1]} {each[2]})"),
            st.tuples(st.sampled_from(["tanh", "sin", "sigmoid", "relu", "softplus", "erf"]), inner).map(
                lambda each: f"{each[0]}({each[1]})"
            ),
        ),
        max_leaves=7,
    ),
    st.floats(-2, 2),
    st.floats(-2, 2),
)
def test_any_expression_has_the_gradient_of_autograd(text, x, y):
    values = {"x": x, "y": y}
    graph = build(text, values)
    value, slopes = autograd(text, values)
    assert graph.value == pytest.approx(value, rel=1e-9, abs=1e-9)
    for name in values:
        assert graph.gradient(name) == pytest.approx(slopes[name], rel=1e-9, abs=1e-9)


_EDGES = (-1e6, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0)
_STEEP = ("a", "sqrt(a)", "a**a", "a**0.5", "asin(a)", "log1p(a)", "abs(a)", "sign(a)", "a**2", "relu(a)")
"""What may have no slope, an endless one, or a kink at an edge."""
_AROUND = (
    *(f"{name}({{0}})" for name, count in FUNCTIONS.items() if count == 1),
    *(f"({{0}}) {sign} ({{1}})" for sign in ("+", "-", "*", "/", "**")),
    "-({0})", "min({0}, {1})", "max({0}, {1})", "clamp(b, {0}, {1})", "clamp({0}, {1}, b)",
    *(f"where(a {sign} b, {{0}}, {{1}})" for sign in ("<", "<=", ">", ">=")),
)  # fmt: skip


@pytest.mark.parametrize("around", _AROUND)
def test_the_gradient_is_autograds_at_the_edges_of_every_operation(around):
    """Also where it is infinite, and where 0 · ∞ leaves none: `x**sign(a)` has the gradient 0 by a."""
    compared = 0
    inner = (
        list(itertools.product(_STEEP, ("b", "sqrt(a)", "sign(b)"))) if "{1}" in around else [(s, "") for s in _STEEP]
    )
    for left, right in inner:
        for first, second in itertools.product(_EDGES, (-1.0, 0.0, 1.0, 2.0)):
            for text in {around.format(left, right), around.format(right or left, left)}:
                values = {"a": first, "b": second}
                try:
                    graph = build(text, values)
                except InvalidExpression:  # no finite value there
                    continue
                slopes = autograd(text, values)[1]
                for name in values:
                    wanted = pytest.approx(slopes[name], rel=1e-9, abs=1e-12, nan_ok=True)
                    assert graph.gradient(name) == wanted, (text, values)
                compared += 1
    assert compared > 20


def test_a_variable_used_twice_is_one_node_whose_gradients_add_up():
    graph = build("x*x + x", {"x": 3.0})
    assert sum(each.symbol == "x" for each in graph.vertices) == 1
    assert graph.gradient("x") == 7.0
    arrived = [step.gradients[0] for step in steps(graph) if step.kind == "backward"]
    assert arrived[0] == 1.0
    assert arrived[-1] == 7.0


def test_the_steps_go_forward_through_every_operation_and_back_through_it():
    found = steps(build("tanh(x*y) + 1", {"x": 1.0, "y": 2.0}))
    assert [step.kind for step in found] == ["start", *["forward"] * 3, "seed", *["backward"] * 3]
    assert None in found[1].values
    assert None not in found[4].values
    assert found[1].symbols == ("v_{1} = x y",)
    assert found[-1].gradients[0] == pytest.approx(2 * (1 - math.tanh(2) ** 2))


def test_numbers_take_no_gradient_and_conditions_pass_none_on():
    graph = build("where(x > 0, 3*y, x)", {"x": 1.0, "y": 2.0})
    last = steps(graph)[-1].gradients
    for vertex, gradient in zip(graph.vertices, last, strict=True):
        if vertex.kind == "number" or vertex.operation == "gt":
            assert gradient is None


@pytest.mark.parametrize(
    ("text", "said", "position"),
    [
        ("x +", "", 3),
        ("foo(x)", "foo", 0),
        ("2 * log(-x)", "has no finite value here", 4),
        ("1 + 1/(x - 1)", "has no finite value here", 4),
        ("+".join(["sin(x)"] * 30), f"Up to {MAX_VERTICES} nodes", None),
    ],
)
def test_what_cannot_be_drawn_is_a_sentence_with_its_place(text, said, position):
    with pytest.raises(InvalidExpression) as caught:
        build(text, {"x": 1.0})
    assert said in str(caught.value)
    assert caught.value.pointer.endswith("^")
    if position is not None:
        assert caught.value.position == position


@pytest.mark.parametrize("values", [{}, {"x": math.nan}, {"x": 1e9}, {"x": "2"}, {"x": None}])
def test_a_missing_or_absurd_value_is_a_sentence(values):
    with pytest.raises(InvalidValue, match="x must be a number within"):
        build("x**2", values)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_graph_or_a_sentence(text):
    with contextlib.suppress(DlcoreError):
        assert build(text, dict.fromkeys(VARIABLES, 0.7)).vertices
