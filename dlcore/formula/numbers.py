"""Numbers as a person reads them, written the same way everywhere: 1.609, 93,322, −5, 7·10⁻²⁶, 98.3 %. No torch.

`number` is for reading; `plain` is for what a person can type in its place: 1e-6. Formulas have `latex.number`.
"""

import math
import re
from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

MOST_WRITTEN_OUT = 1e6
"""From here on a number is written with a power of ten."""

PERCENT = "\u00a0%"
"""The sign after a number, from which no line break parts it."""

_TYPED = str.maketrans("−–‐‑－", "-----")
_LOWERED = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, digits: int = 4) -> str:
    """A number of up to `digits` digits; whole ones keep theirs up to a million: 1.609, 93,322, 3.2·10⁻⁷, −∞."""
    value = float(value)
    if not math.isfinite(value):
        return "undefined" if math.isnan(value) else "∞" if value > 0 else "−∞"
    text = f"{value:z,.{digits}g}"
    if "e" in text and 1 <= abs(value) < MOST_WRITTEN_OUT:
        text = f"{value:,.0f}"
    return _raised(text).replace("-", "−")


def scientific(value: float) -> str:
    """A number as one digit and a power of ten even where it could do without: 5·10⁻¹; 0 as it is."""
    return _raised(f"{value:.0e}").replace("-", "−") if value else "0"


def fixed(value: float, places: int) -> str:
    """A number with `places` decimals, for columns and places that must not jump: −0.50; no minus before a zero."""
    return f"{value:z,.{places}f}".replace("-", "−")


def signed(value: float, places: int) -> str:
    """A number with its sign, none where it is rounded to 0: +0.50, −2.00, 0.00."""
    text = fixed(value, places)
    return f"+{text}" if value > 0 and any(each in text for each in "123456789") else text


def coordinates(place: Iterable[float], digits: int = 3) -> str:
    """A point by its coordinates: (−2.81, 3.13); on a line x = −2.81."""
    written = [number(each, digits) for each in place]
    return f"({', '.join(written)})" if len(written) > 1 else f"x = {written[0]}"


def percent(share: float, places: int = 1) -> str:
    """0…1 with one decimal, or two; it never says all or nothing where it is not: 98.3 %, 99.97 %, < 0.1 %."""
    least = 10.0**-places
    if 0 < share < least / 200:
        return f"<\u00a0{plain(least)}{PERCENT}"
    if 0.999 <= share < 1:
        return f"{math.floor(share * 1e4) / 100:.2f}{PERCENT}"
    return f"{fixed(100 * share, places)}{PERCENT}"


def typed(text: str, *, whole: bool = False) -> float:
    """A number as people type and paste it: 0.5, 0,5, −3, 1e-6, 7·10⁻²⁶, 1,234.5.

    whole: whether it is a whole one, so that the comma in 93,322 stands for thousands
    Raises ValueError for what is no number, or can be two.
    """
    said = re.sub(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3})", "", text.strip()).translate(_TYPED)
    if found := re.fullmatch(r"([-+]?)(?:(\d+(?:[.,]\d+)?)\s*[·×⋅]\s*)?10([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)", said):
        said = f"{found[1]}{found[2] or 1}e{found[3].translate(_LOWERED)}"
    if found := re.fullmatch(r"[-+]?[1-9]\d{0,2}((?:,\d{3})+)(\.\d+)?", said):
        if len(found[1]) == 4 and not found[2] and not whole:
            raise ValueError(f"{text!r} can be {said.replace(',', '.')} or {said.replace(',', '')}")
        said = said.replace(",", "")
    if "_" in said:
        raise ValueError(f"{text!r} is no number")
    return float(said.replace(",", ".") if said.count(",") == 1 and "." not in said else said)


def plain(value: float) -> str:
    """A number as it is typed, in up to six digits: 0.05, -3, 1e-6."""
    digits, _, exponent = f"{value:zg}".partition("e")
    return f"{digits}e{int(exponent)}" if exponent else digits


def between(low: float, high: float) -> str:
    """The limits of what may be typed: between 1e-6 and 10."""
    return f"between {plain(low)} and {plain(high)}"


def shortened(value: Any) -> str:
    """What was given, for a sentence that refuses it. Whole numbers may have more digits than Python writes."""
    if isinstance(value, Integral) and abs(int(value)) >= 10**15:
        return "a number with too many digits"
    if isinstance(value, Real) and not isinstance(value, bool):
        return plain(float(value))
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}…"


def _raised(text: str) -> str:
    """1.5e-07 as 1.5·10⁻⁷, 1e+12 as 10¹²."""
    digits, _, exponent = text.partition("e")
    if not exponent:
        return text
    raised = f"10{str(int(exponent)).translate(_RAISED)}"
    return {"1": raised, "-1": f"-{raised}"}.get(digits, f"{digits}·{raised}")
