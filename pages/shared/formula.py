"""Formulas as MathML, for pictures that put numbers into them in the browser."""

import re
from functools import lru_cache

_NUMBER = re.compile(r"\\(p?)num\{(\d+)\}")
_CASES = re.compile(r"<mo[^>]*>&#x0007B;</mo><mtable>")
_MATRIX = re.compile(r"<mo>&#x000(?:5B|28);</mo><mtable(>.*?</mtable>)<mo>&#x000(?:5D|29);</mo>")
_MARK = re.compile(r"<mtext>@(p?)(\d+)@</mtext>")


@lru_cache(maxsize=512)
def mathml(latex: str) -> str:
    r"""LaTeX as MathML. \num{3} becomes a place for the number 3; \pnum{3} one with parentheses if it is negative.

    The brackets of matrices and cases are drawn by player.css: without a font for mathematics browsers do not stretch
    them.
    """
    from latex2mathml.converter import convert

    marked = _NUMBER.sub(r"\\text{@\1\2@}", latex)
    formula = _CASES.sub('<mtable class="cases">', _MATRIX.sub(r'<mtable class="matrix"\1', convert(marked)))
    return _MARK.sub(lambda m: f'<mn data-n="{m[2]}"{" data-wrapped" if m[1] else ""}></mn>', formula)
