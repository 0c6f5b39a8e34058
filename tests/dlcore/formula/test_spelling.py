"""Formulas as people type and paste them: what has one meaning is read, what has two is a question."""

import pytest
import torch

from dlcore.descent.objectives import OBJECTIVES
from dlcore.formula.expression import DEFINITIONS, MAX_LENGTH, InvalidExpression, parse
from dlcore.formula.numbers import number
from dlcore.functions.activations import ACTIVATIONS

X = torch.linspace(0.1, 0.9, 9, dtype=torch.float64)
Y = torch.linspace(0.8, 0.2, 9, dtype=torch.float64)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("x² − 1", "x**2 - 1"),
        ("2·x", "2*x"),
        ("3×x", "3*x"),
        ("x÷2", "x/2"),
        ("π", "pi"),
        ("|x|", "abs(x)"),
        ("√x", "sqrt(x)"),
        ("0,5*x", "0.5*x"),
        ("sin x", "sin(x)"),
        ("2(x+1)", "2*(x + 1)"),
        ("x^2", "x**2"),
        ("ln x", "log(x)"),
        ("tg(x) + arctg x", "tan(x) + atan(x)"),
        ("e^x", "e**x"),
        ("eˣ + x⁻¹", "e**x + x**(-1)"),
        ("x²⁺ʸ", "x**(2 + y)"),
        ("½x² + 2πx", "(1/2)*x**2 + 2*pi*x"),
        ("sin²(x) + cos² x", "sin(x)**2 + cos(x)**2"),
        ("sin x cos y", "sin(x)*cos(y)"),
        ("sin 2x + cos −x", "sin(2*x) + cos(-x)"),
        ("sin x²", "sin(x**2)"),
        ("ln |x|", "log(abs(x))"),
        ("sinx + xsin(y)", "sin(x) + x*sin(y)"),
        ("xy + x(x+1)", "x*y + x*(x + 1)"),
        ("(x+1)(y−1)", "(x + 1)*(y - 1)"),
        ("x^2 y + x²y", "x**2*y*2"),
        ("||x| − 1||y|", "abs(abs(x) - 1)*abs(y)"),
        ("|x − |y||", "abs(x - abs(y))"),
        ("√(x+1)·2√x", "sqrt(x + 1)*2*sqrt(x)"),
        ("[x+1]² − {y}", "(x + 1)**2 - y"),
        ("−7·10⁻²⁶*x", "-7e-26*x"),
        ("1e−3 x", "1e-3*x"),
        ("1,234.5*x + 1\u202f000x", "1234.5*x + 1000*x"),
        ("max(0,5)", "max(0, 5)"),
        ("max(0,5*x; 1)", "max(0.5*x, 1)"),
        ("exp(0,5*x)", "exp(0.5*x)"),
        ("f(x, y) = x² + y²", "x**2 + y**2"),
        ("f = x", "x"),
        ("X² + Sin(Y)", "x**2 + sin(y)"),
        ("ｘ＋１", "x + 1"),
        ("𝑥²", "x**2"),
        ("where(x ≥ 0.5, x², −x)", "where(x >= 0.5, x**2, -x)"),
        ("x\u200b\u00a0+\u20611", "x + 1"),
        ("log₂(x) + lg x", "log2(x) + log10(x)"),
        ("math.pi*np.sin(x)", "pi*sin(x)"),
        ("\\frac{x}{2} \\cdot y^{2}", "x/2*y**2"),
        ("007x", "7*x"),
    ],
)
def test_what_has_one_meaning_is_read(typed, meant):
    torch.testing.assert_close(parse(typed)(x=X, y=Y), parse(meant)(x=X, y=Y))


@pytest.mark.parametrize(
    ("typed", "position", "sentence"),
    [
        ("1/2x", 3, "write …/(2*x) or (…/2)*x"),
        ("x/2(x+1)", 3, "write …/(2*(…)) or (…/2)*(…)"),
        ("x^2y", 3, "write …^(2*y) or (…^2)*y"),
        ("x2", 0, "write x*2 or x**2"),
        ("(x+1)2", 5, "write (…)*2 or (…)**2"),
        ("2 3", 2, "A sign is missing between 2 and 3"),
        ("1,234*x", 0, "1,234 can be 1.234 or 1234"),
        ("1,2,3", 1, "decimals are written with a point"),
        ("sin x/2", 5, "write sin(x)/… or sin(x/…)"),
        ("√2x", 2, "write sqrt(2)x… or sqrt(2x…)"),
        ("sin⁻¹(x)", 3, "1/sin(x) or asin(x)"),
        ("x²^3", 2, "use parentheses"),
        ("|x", 0, "no partner"),
        ("cot(x)", 0, "write 1/tan(x)"),
        ("y = x²", 0, "right of the ="),
        ("x = 2", 0, "right of the ="),
        ("x:2", 1, "Division is written /"),
        ("5%", 1, "0.05 for 5 %"),
        ("∛x", 0, "A cube root is written"),
        ("x + ∞", 4, "Infinity"),
        ("\\begin{cases} x \\end{cases}", 0, "where(condition, then, otherwise)"),
        ("  x² + foo", 7, "'foo' is not known here"),
        ("2x + z", 5, "'z' is not known here"),
    ],
)
def test_what_can_mean_two_things_names_both_and_what_is_not_known_its_replacement(typed, position, sentence):
    with pytest.raises(InvalidExpression) as caught:
        parse(typed)
    assert sentence in str(caught.value)
    assert caught.value.position == position
    assert caught.value.text == typed


def test_parts_know_their_place_in_what_was_typed():
    typed = " 2x² + |y − 1|"
    total = parse(typed).root
    product, size = total.arguments
    assert typed[product.start : product.end] == "2x²"
    assert typed[size.start : size.end] == "|y − 1|"


def _shown():
    every = [each.formula for each in (*ACTIVATIONS.values(), *OBJECTIVES.values())]
    return [each for each in every if set(each.variables) <= {"x", "y"}]


@pytest.mark.parametrize("formula", _shown(), ids=lambda formula: formula.text)
def test_formulas_and_code_of_the_app_can_be_pasted_back(formula):
    for written in (formula.latex(), formula.latex(expand=DEFINITIONS), formula.code()):
        if "cases" in written or len(written) > MAX_LENGTH:
            continue
        back = parse(written, formula.variables)
        torch.testing.assert_close(back(x=X, y=Y), formula(x=X, y=Y), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("value", [7e-26, -1.64e-5, 1234567.0, 0.05, -3.0, 1e-7, 2.5e11])
def test_numbers_of_the_app_can_be_pasted_back(value):
    assert parse(f"{number(value)} x", ("x",))(x=1.0).item() == pytest.approx(value, rel=1e-3)
