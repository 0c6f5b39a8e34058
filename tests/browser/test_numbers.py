"""Numbers that the browser writes: the same as those that Python writes."""

import pytest

from dlcore.formula.numbers import number
from pages.shared.numbers import NUMBERS

VALUES = [
    0.0, -1.0, 1.5, -0.25, 1 / 3, 0.001234, 0.0001, -0.00009, 7.123e-26, -1.64e-5, 1e-300, 12.345, 999.96, 1234.56,
    -93_322.0, 123_456.7, 999_999.7, 1e6, 1.5e6, -2.5e12, float("inf"), -float("inf"), float("nan"),
]  # fmt: skip


def written(browser, call: str, values: list) -> list[str]:
    """What the module's own function makes of each value; those that JSON does not know go as words."""
    page = browser.new_page()
    code = f"(values) => {{ {NUMBERS} return values.map((each) => {call}); }}"
    found = page.evaluate(code, values)
    page.close()
    return found


@pytest.mark.parametrize("digits", [2, 3, 4])
def test_numbers_are_written_as_python_writes_them(browser, digits):
    sent = [str(each) for each in VALUES]
    parsed = "Number({ inf: 'Infinity', '-inf': '-Infinity' }[each] ?? each)"
    assert written(browser, f"shown({parsed}, {digits})", sent) == [number(each, digits) for each in VALUES]


def test_labels_are_short(browser):
    values = [0, 1, -0.31, 0.004, -0.004, 0.00012, 12.34, -123.4, 4.2e7]
    assert written(browser, "brief(each)", values) == [
        "0", "1.00", "−0.31", "0.004", "−0.004", "10⁻⁴", "12.3", "−123", "4·10⁷",
    ]  # fmt: skip
    assert written(browser, "brief(each, true)", values)[1:6] == ["1.0", "−.31", ".004", "−.004", "≈0"]


def test_what_d3_writes_is_restyled(browser):
    values = ["-0.5", "1.640e-5", "-7e+12", "1e-9", "98.3%", "120", "nan"]
    assert written(browser, "restyled(each)", values) == [
        "−0.5", "1.640·10⁻⁵", "−7·10¹²", "10⁻⁹", "98.3\u00a0%", "120", "nan",
    ]  # fmt: skip
