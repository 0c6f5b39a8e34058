"""The one style of numbers."""

import math
import subprocess
import sys

import pytest

from dlcore.formula.numbers import coordinates, fixed, number, percent, plain, scientific, shortened, signed, typed


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.6094379, "1.609"), (-5, "−5"), (-0.0, "0"), (0.0001, "0.0001"),
        (3.2e-7, "3.2·10⁻⁷"), (7e-26, "7·10⁻²⁶"), (93322, "93,322"), (-12345.6, "−12,346"), (999.96, "1,000"),
        (9999.7, "10,000"), (1e6, "10⁶"), (-1e12, "−10¹²"), (2345678, "2.346·10⁶"),
        (math.inf, "∞"), (-math.inf, "−∞"), (math.nan, "undefined"),
    ],
)  # fmt: skip
def test_a_number_has_four_digits_a_true_minus_commas_and_powers_of_ten(value, text):
    assert number(value) == text


@pytest.mark.parametrize(("digits", "text"), [(1, "850"), (2, "850"), (3, "850"), (4, "850.3")])
def test_fewer_digits_never_take_a_whole_number_apart(digits, text):
    assert number(850.26, digits) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0.0\u00a0%"), (1e-9, "<\u00a00.1\u00a0%"), (0.001, "0.1\u00a0%"), (0.983, "98.3\u00a0%"),
     (0.9997, "99.97\u00a0%"), (1 - 1e-12, "99.99\u00a0%"),
     (1, "100.0\u00a0%"), (-0.02, "−2.0\u00a0%"), (math.nan, "nan\u00a0%")],
)  # fmt: skip
def test_a_percentage_never_claims_all_or_nothing(share, text):
    assert percent(share) == text


def test_a_percentage_may_have_two_decimals():
    assert [percent(each, 2) for each in (1e-9, 0.0001, 0.98614)] == [
        "<\u00a00.01\u00a0%",
        "0.01\u00a0%",
        "98.61\u00a0%",
    ]


@pytest.mark.parametrize(
    ("value", "text"), [(0.05, "0.05"), (1e-6, "1e-6"), (1e9, "1e9"), (-1000, "-1000"), (-0.0, "0")]
)
def test_a_typed_number_can_be_typed(value, text):
    assert plain(value) == text
    assert float(text) == value


def test_places_and_signs():
    assert (fixed(-0.5, 2), fixed(-0.001, 2), fixed(12345.6, 1)) == ("−0.50", "0.00", "12,345.6")
    assert (signed(0.5, 2), signed(-2, 2), signed(0.001, 2)) == ("+0.50", "−2.00", "0.00")
    assert coordinates((-2.80512, 3.131312, 0)) == "(−2.81, 3.13, 0)"
    assert coordinates((-2.80512,)) == "x = −2.81"
    assert (scientific(0.5), scientific(9.2e-24), scientific(0)) == ("5·10⁻¹", "9·10⁻²⁴", "0")


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e9, "1e9"), (10**15, "a number with too many digits"), ("fast", "'fast'"), (True, "True"), (None, "None")],
)
def test_what_is_refused_is_named_shortly(value, text):
    assert shortened(value) == text


def test_what_is_refused_is_named_shortly_however_long_it_is():
    assert shortened(10**5000) == "a number with too many digits"
    assert len(shortened("x" * 1000)) < 100


def test_numbers_and_parameters_need_no_torch():
    check = "import sys, dlcore.formula.parameter, dlcore.formula.numbers; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5", 0.5), ("0,5", 0.5), ("−3", -3.0), ("1e−6", 1e-6), ("7·10⁻²⁶", 7e-26), ("−10⁻³", -1e-3),
        ("1,234.5", 1234.5), ("1,234,567", 1234567.0), (" 1\u202f000 ", 1000.0), ("0,500", 0.5),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_type_and_as_the_app_writes_them(text, value):
    assert typed(text) == value


@pytest.mark.parametrize("text", ["", "x", "1,2,3", "1_0", "1 2", "93,322"])
def test_what_is_no_number_or_can_be_two_is_refused(text):
    with pytest.raises(ValueError, match=r"no number|can be|convert"):
        typed(text)


@pytest.mark.parametrize("value", [7e-26, 93_322, -1.5e-7, 1e12, 0.25, -3, 1_234_567])
def test_what_is_written_can_be_typed(value):
    assert typed(number(value), whole=value == 93_322) == pytest.approx(value, rel=1e-3)
