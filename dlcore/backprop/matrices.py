"""Matrices of one update as LaTeX, their numbers asked for one by one."""

from collections.abc import Callable, Sequence

MAX_COLUMNS = 4
"""Samples that a matrix shows; of more it shows the first two and the last."""

Cell = Callable[[str, bool], str]
"""LaTeX of the number at a place; in parentheses if it is negative and the second argument is true."""


def column(name: str, rows: int, cell: Cell) -> str:
    """A column of the sample being looked at."""
    return _bracketed([[cell(f"{name}.{row}.s", False)] for row in range(rows)])


def vector(name: str, rows: int, cell: Cell) -> str:
    """A column that all samples share, such as the biases."""
    return _bracketed([[cell(f"{name}.{row}", False)] for row in range(rows)])


def matrix(name: str, rows: int, columns: int, cell: Cell, *, turned: bool = False) -> str:
    """(rows, columns), or its transpose."""
    table = [[cell(f"{name}.{row}.{column}", False) for column in range(columns)] for row in range(rows)]
    return _bracketed(list(zip(*table, strict=True)) if turned else table)


def batch(name: str, rows: int, m: int, cell: Cell, *, turned: bool = False) -> str:
    """(rows, m) with a column for each sample; of many samples the first two and the last."""
    shown = range(m) if m <= MAX_COLUMNS else (0, 1, m - 1)
    table = [[cell(f"{name}.{row}.{sample}", False) for sample in shown] for row in range(rows)]
    if m > MAX_COLUMNS:
        table = [[*row[:2], r"\cdots", row[2]] for row in table]
    if not turned:
        return _bracketed(table)
    return _bracketed(
        [tuple(r"\vdots" if each == r"\cdots" else each for each in row) for row in zip(*table, strict=True)]
    )


def jacobian(layer: int, rows: int, cell: Cell) -> str:
    """∂a_i/∂z_k of softmax, row k, column i, for the sample being looked at."""
    return _bracketed(
        [
            [
                rf"{cell(f'A.{layer}.{i}.s', False)} ({int(i == k)} - {cell(f'A.{layer}.{k}.s', False)})"
                for i in range(rows)
            ]
            for k in range(rows)
        ]
    )


def _bracketed(table: Sequence[Sequence[str]]) -> str:
    if len(table) == 1 and len(table[0]) == 1:
        return rf"\left[{table[0][0]}\right]"
    return r"\begin{bmatrix}" + r" \\ ".join(" & ".join(row) for row in table) + r"\end{bmatrix}"
