"""What stands beside the pictures: formulas with this moment's numbers, tables, and which colour is which loss."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from dlcore.formula import latex
from dlcore.formula.expression import Expression
from dlcore.formula.numbers import number, percent
from pages.shared import present
from pages.shared.formula import parts

_LONG, _LONGER = 40, 70
"""Letters of LaTeX in the second of two terms that do not always fit into one line with numbers, or never do."""
_FUNCTION = re.compile(r" (?=\\(?:ln|operatorname)\b)")
_STYLE = """
<style>
.loss-table { overflow-x: auto; }
.loss-table table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.loss-table th { font-weight: 400; opacity: 0.8; font-size: 0.9rem; text-align: right; padding: 0.3rem 0.45rem; }
.loss-table td { text-align: right; white-space: nowrap; padding: 0.35rem 0.45rem;
  border-top: 1px solid var(--st-border-color, #8884); }
.loss-table th:first-child, .loss-table td:first-child { text-align: left; padding-left: 0; }
.loss-legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.5rem; }
.loss-swatch { display: inline-block; width: 1.3em; height: 0.35em; margin-right: 0.5em; vertical-align: middle;
  border-radius: 2px; background: var(--tone); }
.loss-share { display: inline-block; height: 0.7em; margin-right: 0.5em; border-radius: 2px; background: var(--tone); }
</style>
"""


@dataclass(frozen=True)
class Row:
    """One loss: its colour, its formula and the same with numbers (LaTeX), and a few numbers with their names."""

    title: str
    colour: str
    formula: str
    plugged: str
    numbers: Sequence[tuple[str, str]]


def rows(shown: Iterable[Row]) -> None:
    """A row for each loss: name and numbers at the left, the formula beside them."""
    with present.aside("rows"):
        for row in shown:
            _row(row)


def _row(row: Row) -> None:
    with st.container(border=True):
        said, formula = st.columns([4, 8], vertical_alignment="center")
        with said:
            st.html(f"{_STYLE}<b>{swatch(row.title, row.colour)}</b>")
            with st.container(horizontal=True):
                for name, text in row.numbers:
                    st.metric(name, text)
        formula.latex(_below_each_other(row.formula, row.plugged))


def _below_each_other(formula: str, plugged: str) -> str:
    """Both with L = before them, in lines that may be broken; a sum of two long terms always has two lines.

    So the numbers do not jump into another line when they change.
    """
    *one, last = general = parts(formula)
    numbers = parts(plugged)
    for terms, most in ((general, _LONGER), (numbers, _LONG)):
        if len(one) == 1 and len(last) > most:
            terms[1] = rf"\\ \phantom{{L = {{}}}} {terms[1]}"
    both = rf"L = {' '.join(general)} \\ \phantom{{L}} = {' '.join(numbers)}"
    return _FUNCTION.sub(r" \\allowbreak ", both)


def legend(shown: Iterable[tuple[str, str]]) -> None:
    """Which colour is which loss, in one line: (title, colour) of each."""
    st.html(f"{_STYLE}<div class='loss-legend'>{''.join(f'<span>{swatch(*each)}</span>' for each in shown)}</div>")


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """A table of text; cells made by `swatch` and `share` may be among it."""
    top = "".join(f"<th>{escape(each)}</th>" for each in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>" for cells in lines)
    st.html(f"{_STYLE}<div class='loss-table'><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>")


def swatch(text: str, colour: str) -> str:
    """A cell with a line in the colour of a curve."""
    return f"<span class='loss-swatch' style='--tone:{colour}'></span>{escape(text)}"


def share(part: float, colour: str) -> str:
    """A cell with a bar as long as `part` of 4 em, and the percentage."""
    return f"<span class='loss-share' style='--tone:{colour};width:{4 * part:.2f}em'></span>{percent(part)}"


def with_numbers(formula: Expression, values: dict[str, float]) -> str:
    """LaTeX of the formula with numbers in it; of a case distinction only the case that holds."""
    while formula.root.value == "where":
        condition, *branches = formula.root.arguments
        holds = bool(Expression(formula.text, formula.variables, condition)(**values))
        formula = Expression(formula.text, formula.variables, branches[not holds])
    return formula.latex(values)


def short(value: float) -> str:
    """A number beside a picture: four digits, and no minus before a zero."""
    return number(value) if abs(value) >= 1e-9 else "0"


def with_result(formula: Expression, values: dict[str, float], result: float) -> str:
    """The formula with numbers in it, and what they make."""
    return f"{with_numbers(formula, values)} = {latex.number(0.0 if abs(result) < 1e-9 else result)}"
