"""Formulas as MathML, for pictures that put numbers into them in the browser."""

import re
from functools import lru_cache

_NUMBER = re.compile(r"\\(p?)num\{(\d+)\}")
_CASES = re.compile(r"<mo[^>]*>&#x0007B;</mo><mtable>")
_MATRIX = re.compile(r"<mo>&#x000(?:5B|28);</mo><mtable(>.*?</mtable>)<mo>&#x000(?:5D|29);</mo>")
_TOKEN = re.compile(r"\\(?:begin|end|left|right)\b|\\.|[{}()\[\]]| (?:[=+-]|\\quad) ")
_NESTS = {"{": 1, "}": -1, r"\begin": 1, r"\end": -1, r"\left": 1, r"\right": -1, "(": 1, ")": -1, "[": 1, "]": -1}
_FIRST_SIGN = re.compile(r"^(<math[^>]*><mrow>)<mo>(?=&#x0(?:002B|2212);)")
_PRIME = re.compile(r"<msup>(<mi>[^<]*</mi>)<mi>(&#x0203[234];)</mi></msup>")
"""A letter with primes, which most fonts draw high up already."""
_FUNCTION = re.compile(r"(</(?:mn|mi|mrow|mtext)>)(<mi>(?:ln|log|exp|sin|cos|tanh|max|min)</mi>)")
"""The name of a function after a factor."""
_MARK = re.compile(r"<mtext>@(p?)(\d+)@</mtext>")


@lru_cache(maxsize=512)
def mathml(latex: str) -> str:
    r"""LaTeX as MathML. \num{3} becomes a place for the number 3; \pnum{3} one with parentheses if it is negative.

    Browsers do not break lines inside of a formula, so what follows a sign is a formula of its own.
    The brackets of matrices and cases are drawn by player.css: without a font for mathematics browsers do not stretch
    them.
    """
    first, *others = map(_converted, parts(latex))
    return "<wbr>".join([first, *(_FIRST_SIGN.sub(r'\1<mo form="infix">', each) for each in others)])


def parts(latex: str) -> list[str]:
    """The parts of a formula, from one =, +, − or wide space to the next that stands in no brackets of any kind."""
    cuts, depth = [0], 0
    for token in _TOKEN.finditer(latex):
        if token[0][0] == " " and not depth and latex[cuts[-1] : token.start()].strip():
            cuts.append(token.start())
        depth += _NESTS.get(token[0], 0)
    return [latex[start:end].strip() for start, end in zip(cuts, [*cuts[1:], None], strict=True)]


def _converted(latex: str) -> str:
    from latex2mathml.converter import convert

    marked = _NUMBER.sub(r"\\text{@\1\2@}", latex)
    formula = _CASES.sub('<mtable class="cases">', _MATRIX.sub(r'<mtable class="matrix"\1', convert(marked)))
    formula = _PRIME.sub(r"<mrow>\1<mi>\2</mi></mrow>", formula)
    formula = _MARK.sub(lambda m: f'<mn data-n="{m[2]}"{" data-wrapped" if m[1] else ""}></mn>', formula)
    return _FUNCTION.sub(r'\1<mspace width="0.17em"></mspace>\2', formula)
