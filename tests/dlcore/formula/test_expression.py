"""Typed expressions: what they compute, how they are written, and what is refused and where."""

import math
import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.errors import DlcoreError
from dlcore.formula.expression import (
    DEFINITIONS,
    FUNCTIONS,
    MAX_LENGTH,
    MAX_NODES,
    MAX_POWERS,
    InvalidExpression,
    parse,
)
from dlcore.formula.operations import OPERATIONS

X = torch.linspace(-4, 4, 33, dtype=torch.float64)
Y = torch.linspace(3, -2, 33, dtype=torch.float64)

_leaf = st.sampled_from(["x", "y", "2", "0.5", "pi", "e", "3"])
_tree = st.recursive(
    _leaf,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["({0} + {1})", "({0} - {1})", "{0} * {1}", "({0}) / ({1})"]), inner, inner),
        st.tuples(st.sampled_from(["sin({0})", "-({0})", "abs({0})", "cos({0} - {1})", "({0})**2"]), inner, inner),
    ).map(lambda parts: parts[0].format(*parts[1:])),
    max_leaves=12,
)
_PYTHON = {"sin": math.sin, "cos": math.cos, "abs": abs, "pi": math.pi, "e": math.e}


@given(_tree, st.floats(-3, 3), st.floats(-3, 3))
@settings(max_examples=150, deadline=None)
def test_it_computes_what_python_computes(text, x, y):
    try:
        expected = eval(text, {"__builtins__": {}}, {**_PYTHON, "x": x, "y": y})
    except ZeroDivisionError:
        return
    found = parse(text)(x=torch.tensor(x, dtype=torch.float64), y=torch.tensor(y, dtype=torch.float64)).item()
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - {"where", "min", "max", "clamp"}))
def test_every_function_has_the_derivative_that_finite_differences_see(name):
    at = (torch.rand(20, generator=torch.Generator().manual_seed(1), dtype=torch.float64) * 0.8 + 0.1).requires_grad_()
    function = parse(f"{name}(x)", ("x",))
    assert torch.autograd.gradcheck(lambda x: function(x=x), at)


@pytest.mark.parametrize("name", sorted(DEFINITIONS))
def test_a_definition_is_what_the_function_computes(name):
    names = ("x", "low", "high")[: FUNCTIONS[name]]
    values = {"x": X if name != "log1p" else X.abs(), "low": torch.tensor(-1.0), "high": torch.tensor(2.0)}
    given = {each: values[each] for each in names}
    torch.testing.assert_close(
        parse(f"{name}({', '.join(names)})", names)(**given), parse(DEFINITIONS[name], names)(**given)
    )


def test_every_function_runs():
    assert set(FUNCTIONS) <= set(OPERATIONS)


@pytest.mark.parametrize("text", ["sigmoid(x)", "softplus(x)", "tanh(x)", "relu(x)", "x * sigmoid(x)", "x * erf(x)"])
def test_extreme_values_give_numbers_and_slopes(text):
    x = torch.tensor([-1e4, -100.0, 0.0, 100.0, 1e4], requires_grad=True)
    value = parse(text)(x=x)
    (slope,) = torch.autograd.grad(value.sum(), x)
    assert value.isfinite().all()
    assert slope.isfinite().all()


def test_where_chooses_by_element():
    found = parse("where(x >= y, x, 2*y)")(x=X, y=Y)
    assert torch.equal(found, torch.where(X >= Y, X, 2 * Y))


def test_a_constant_takes_the_shape_of_its_variables():
    assert parse("3", ("x",))(x=X).tolist() == [3.0] * len(X)
    assert parse("y + 0")(x=X[:, None], y=Y[None]).shape == (33, 33)


def test_hessians_are_exact():
    function = parse("100*(y - x**2)**2 + (1 - x)**2")
    hessian = torch.autograd.functional.hessian(lambda p: function(x=p[0], y=p[1]), torch.tensor([1.0, 1.0]).double())
    assert hessian.tolist() == [[802.0, -400.0], [-400.0, 200.0]]


def test_a_variable_is_one_node_and_arguments_come_first():
    nodes = list(parse("x*x + x").nodes())
    assert [node.kind for node in nodes] == ["name", "call", "call"]
    seen = set()
    for node in nodes:
        assert seen.issuperset(node.arguments)
        seen.add(node)


def test_nodes_know_their_place_in_the_text():
    expression = parse("  2 * sin(x)")
    call = expression.root.arguments[1]
    assert "  2 * sin(x)"[call.start : call.end] == "sin(x)"


def test_a_missing_variable_is_named():
    with pytest.raises(DlcoreError, match="a value for y"):
        parse("x + y")(x=X)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("x**2 + 10*y**2", r"x^{2} + 10 y^{2}"),
        ("-(x + 1)*(y - 2)", r"-\left(x + 1\right) \left(y - 2\right)"),
        ("x - (y - 1)", r"x - \left(y - 1\right)"),
        ("x + -y", r"x + \left(-y\right)"),
        ("-x**2", r"-x^{2}"),
        ("(-x)**2", r"\left(-x\right)^{2}"),
        ("(x/2)**2", r"\left(\frac{x}{2}\right)^{2}"),
        ("2*3*x*y", r"2 \cdot 3 x \, y"),
        ("exp(x)**2", r"\left(e^{x}\right)^{2}"),
        ("1e-7*x", r"10^{-7} x"),
        ("sqrt(x)/abs(y)", r"\frac{\sqrt{x}}{\left|y\right|}"),
        ("where(x > 0, x, 0)", r"\begin{cases} x & \text{if } x > 0 \\ 0 & \text{else} \end{cases}"),
        ("pi*x", r"\pi \, x"),
        ("2*(x/3)", r"2 \cdot \frac{x}{3}"),
        ("0.044715*x", "0.044715 x"),
        ("log(x)", r"\ln\left(x\right)"),
    ],
)
def test_formulas_are_written_as_in_books(text, latex):
    assert parse(text).latex() == latex


def test_numbers_take_the_place_of_names():
    assert parse("x**2 + 10*y").latex({"x": -1.5, "y": 2}) == r"\left(-1.5\right)^{2} + 10 \cdot 2"
    assert parse("x - y").latex({"x": 1, "y": -0.5}) == r"1 - \left(-0.5\right)"


def test_functions_can_be_written_as_their_definitions():
    assert parse("x*sigmoid(2*x)").latex(expand=["sigmoid"]) == r"x \frac{1}{1 + e^{-2 x}}"
    assert parse("clamp(x, -1, 1)").latex(expand=["clamp"]) == r"\min\left(\max\left(x, -1\right), 1\right)"


def test_greek_names_and_indices():
    assert parse("lam*w_1 + alpha*w2", ("lam", "alpha", "w_1", "w2")).latex() == r"\lambda \, w_{1} + \alpha \, w_{2}"


@pytest.mark.parametrize(
    ("text", "position", "sentence"),
    [
        ("", 0, "Type a function of x and y"),
        ("sn(x)", 0, "did you mean sin"),
        ("1 + foo(x)", 4, "not a function known here: use sin, cos, exp"),
        ("x + z", 4, "'z' is not known here"),
        ("x +", 3, "Something is missing"),
        ("(x", 2, "closing parenthesis is missing"),
        ("x)", 1, "no opening one"),
        ("1 + sin", 4, "is a function"),
        ("sin(x, y)", 0, "takes 1 argument, this has 2"),
        ("x if y else 1", 0, "Only numbers"),
        ("__import__('os').system('true')", 0, "Only numbers|not a function"),
        ("x.real", 0, "Only numbers"),
        ("[x for x in (1,2)]", 0, "Only numbers"),
        ("lambda: 1", 6, "Division is written /"),
        ("(y := 2)", 1, "Only numbers"),
        ("x + 'a'", 4, "not a number"),
        ("True", 0, "not a number"),
        ("2 + 1j", 5, "not known here"),
        ("x**100", 3, "Exponents may go up to 50"),
        ("x**-100", 3, "Exponents may go up to 50"),
        ("2**2**2**99", 9, "Exponents"),
        ("1e400", 0, "Numbers may go up to"),
        ("x < 1", 0, "belongs in where"),
        ("where(x, 1, 2)", 6, "is a comparison"),
        ("where(x < 1, y < 1, 2)", 13, "belongs in where"),
        ("0 < x < 1", 0, "Compare two values"),
        ("ééé + ü", 0, "not known here"),
        ("x + ü", 4, "not known here"),
        ("sin(*x)", 0, "plain arguments"),
        ("x\0", 0, "."),
        ("-" * 200 + "x", 100, "nested"),
        ("x" * (MAX_LENGTH + 1), MAX_LENGTH, f"{MAX_LENGTH} characters"),
        ("+".join(["x"] * 101), 0, f"{MAX_NODES} parts|nested"),
        ("+".join(["x**x"] * 20), 63, f"{MAX_POWERS} powers"),
    ],
)
def test_what_is_refused_and_where(text, position, sentence):
    with pytest.raises(InvalidExpression, match=sentence) as caught:
        parse(text)
    assert caught.value.position == position
    assert caught.value.pointer.splitlines()[-1] == " " * position + "^"


@given(st.text(max_size=60) | st.text("xy0123456789.+-*/()<>=,einsqrtwh ", max_size=80))
@settings(max_examples=400, deadline=None)
def test_no_text_does_anything_but_compute_or_be_refused(text):
    try:
        expression = parse(text)
    except InvalidExpression as error:
        refused = error
    else:
        refused = None
    if refused:
        assert 0 <= refused.position <= len(refused.text)
        assert str(refused)
        return
    value = expression(x=X, y=Y)
    assert value.shape == X.shape
    assert not re.search(r"[⟨⟩]", expression.latex(expand=DEFINITIONS))
