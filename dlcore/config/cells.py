"""What stands in the cells of tables that people have: numbers and what goes along with them, gaps, dates. No torch."""

import re
import unicodedata
from collections.abc import Sequence

GAPS = frozenset(
    ("", "na", "n/a", "n.a.", "nan", "null", "none", "nil", "missing", "#n/a", "#na", "-", "--", ".", "..", "…", "?")
)
"""What is written where there is no value, in small letters."""

_MINUS = str.maketrans("−–—‐‑‒﹣－", "--------")
_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_TIGHT = re.compile(rf"(?<=\d)[{_SPACES}](?=\d{{3}}(?!\d))")
_POWER = re.compile(r"([-+]?\d+(?:[.,]\d+)?)?\s*[·×⋅]?\s*(?<!\d)10([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_RAISED = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")
_UNIT = re.compile(
    r"[A-Z]{3}(?=[-+(\d.])|(?<=[\d).])[A-Z]{3}|(?<=[\d).])(?:kr|zł|Kč|Ft|lei|Fr\.?|руб\.?|р\.)|%|‰"
    r"|Rs\.?(?=\d)|(?:R|US|CA|AU|NZ|HK)(?=\d)"
)
"""Codes and abbreviations of currencies, and percent: they change nothing about how a series goes on."""
_MONTH = r"[^\W\d]{3,9}\.?"
_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?|\d{4}-\d{2}|\d{4}-?(Q[1-4]|W\d{2}|M\d{2})"
    r"|\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?"
    rf"|(\d{{1,2}}[. -]{{0,2}})?{_MONTH}[ -]?\d{{2,4}}|\d{{4}}[ -]?{_MONTH}([ -]\d{{1,2}})?"
    rf"|{_MONTH} \d{{1,2}},? \d{{4}}"
)

_SIGN = r"[-+]?"
_DECIMAL = re.compile(rf"{_SIGN}\d+(,\d+)?")
_THOUSANDS = re.compile(rf"{_SIGN}[1-9]\d{{0,2}}(,\d{{3}})+(\.\d+)?")
_CERTAIN_THOUSANDS = re.compile(rf"{_SIGN}[1-9]\d{{0,2}}((,\d{{3}})+\.\d+|(,\d{{3}}){{2,}})")
_POINTS = re.compile(rf"{_SIGN}[1-9]\d{{0,2}}(\.\d{{3}})+(,\d+)?")
_CERTAIN_POINTS = re.compile(rf"{_SIGN}[1-9]\d{{0,2}}((\.\d{{3}})+,\d+|(\.\d{{3}}){{2,}})")


def number(cell: str) -> float | None:
    """A cell as Python writes numbers; None if it is none."""
    try:
        return float(cell) if "_" not in cell else None
    except ValueError:
        return None


def is_gap(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    return cell.strip().casefold() in GAPS


def is_date(cell: str) -> bool:
    """Whether a cell is a date or a time, as far as that can be told without knowing its language."""
    return _DATE.fullmatch(cell.strip()) is not None


def joined(line: str) -> str:
    """A line without the narrow and fixed spaces that stand between the thousands of its numbers."""
    return _TIGHT.sub("", line)


def cleaned(cell: str) -> str:
    """A cell without what goes along with a number: currency, percent, spaces, typographic signs, (12) for −12.

    What is no number then is given back as it was.
    """
    text = cell.strip().translate(_MINUS)
    if not any(each.isdigit() for each in text):
        return cell
    if found := _POWER.fullmatch(text):
        return f"{found[1] or '1'}e{found[2].translate(_RAISED)}"
    text = "".join(each for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each) != "Sc")
    text = re.sub(rf"[\s{_SPACES}'’\u200b\u2060\ufeff\u200e\u200f]", "", text) if _grouped(text) else text.strip()
    text = _UNIT.sub("", text)
    if re.fullmatch(r"\(\d[\d.,]*\)", text):
        text = f"-{text[1:-1]}"
    elif re.fullmatch(r"\d[\d.,]*-", text):
        text = f"-{text[:-1]}"
    return text if re.fullmatch(r"[-+]?[\d.,]+([eE][-+]?\d+)?", text) else cell


def _grouped(text: str) -> bool:
    """Whether spaces in a cell part thousands, or a number from its sign or its unit; not two numbers."""
    return re.search(r"\d[\s'’]+\d", re.sub(r"(?<=\d)[\s'’](?=\d{3}(?!\d))", "", text)) is None


def plain(cells: Sequence[str], commas_part: bool) -> list[str]:
    """Cells of a column as Python writes numbers. All of them together tell what a comma and a point stand for.

    A lone comma is the mark of decimals, unless all that follow one in a table with commas (`commas_part`) are three
    digits.
    """
    cells = [cleaned(cell) for cell in cells]
    if any(map(_CERTAIN_POINTS.fullmatch, cells)):
        marked = (cell.replace(".", "") if _POINTS.fullmatch(cell) else cell for cell in cells)
        return [cell.replace(",", ".") for cell in marked]
    lone = [cell for cell in cells if _DECIMAL.fullmatch(cell) and "," in cell]
    groups = commas_part and all(map(_THOUSANDS.fullmatch, lone))
    if groups or any(map(_CERTAIN_THOUSANDS.fullmatch, cells)):
        return [cell.replace(",", "") if _THOUSANDS.fullmatch(cell) else cell for cell in cells]
    return [cell.replace(",", ".") if _DECIMAL.fullmatch(cell) else cell for cell in cells]
