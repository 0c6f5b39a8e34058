"""The words, numbers and signs of an expression as people write it, each with its place. No torch.

>>> [token.text for token in tokens("2·x² − 7·10⁻²⁶")]
['2', '*', 'x', '**', '2', '-', '7e-26']
"""

import re
import unicodedata
from dataclasses import dataclass

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ˣʸᶻᵃᵇᶜᵘᵛʷˢᵗⁿ", "0123456789+-()xyzabcuvwstn")
_SIGNS = {
    **dict.fromkeys("−–—‐‑‒﹣－", "-"),
    **dict.fromkeys("·×⋅∙•∗✕⁎＊\u2062", "*"),
    **dict.fromkeys("÷∕⁄／", "/"),
    **dict.fromkeys("[{", "("),
    **dict.fromkeys("]}", ")"),
    **dict.fromkeys("∣｜", "|"),
    "^": "**", "˄": "**", "≤": "<=", "⩽": "<=", "≥": ">=", "⩾": ">=", "∕": "/", "＋": "+", "√": "sqrt",
}  # fmt: skip
_UNSEEN = "\u200b\u200c\u200d\u2060\u2061\u2063\u2064\ufeff\u00ad"
"""Characters without width that come along when formulas are copied; a function's own invisible sign is one."""
_TEX = {
    **dict.fromkeys(("cdot", "times", "ast"), "*"),
    **dict.fromkeys(("dfrac", "tfrac"), "frac"),
    **{"div": "/", "vert": "|", "lvert": "|", "rvert": "|", "le": "<=", "leq": "<=", "ge": ">=", "geq": ">="},
    **{"lbrace": "(", "rbrace": ")", "sigma": "sigmoid", "infty": "∞", "pm": "±"},
}
"""Commands of LaTeX; the others are words without their backslash."""
_TIGHT = "\u00a0\u2009\u202f\u2007\u2008"
"""Spaces between groups of digits."""
_UP = f"[{''.join(map(chr, _RAISED))}]"
_TOKEN = re.compile(
    rf"""(?P<space>[\s{_UNSEEN}]+)
    |(?P<power>(?:(?P<digits>\d+(?:\.\d+)?)[ ]?[·⋅×][ ]?|(?<![\d.,]))10(?P<exponent>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))
    |(?P<number>(?:[0-9]{{1,3}}(?:[{_TIGHT}][0-9]{{3}})+(?:\.[0-9]+)?
        |[0-9０-９]+(?:_[0-9]+)*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+−]?[0-9]+)?)
    |(?P<raised>{_UP}+)
    |\\(?:operatorname|mathrm)\{{(?P<named>\w+)\}}
    |\\log_\{{(?P<base>2|10)\}}
    |(?P<skip>\\(?:left|right|[,;:!\s]|quad)(?![A-Za-z]))
    |(?P<tex>\\[A-Za-z]+)
    |(?P<part>[¼-¾⅐-⅞↉])
    |(?P<pi>[π𝜋])
    |(?P<word>(?:(?!{_UP}|[π𝜋])[^\W\d])(?:(?!{_UP}|[π𝜋])\w)*(?:\.[A-Za-z_]\w*)*)
    |(?P<sign>\*\*|<=|>=|==|!=|:=|.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """kind: number, word, or sign; text: as Python writes it; [start, end): its place in what was typed

    spaced: whether there is a space before it; raised: whether it stands, or ends, a raised exponent
    """

    kind: str
    text: str
    start: int
    end: int
    spaced: bool = False
    raised: bool = False


def tokens(text: str) -> list[Token]:
    """All that stands in a text. A raised exponent is ** with the exponent in parentheses, if it is more than one."""
    found: list[Token] = []
    spaced = False
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind in ("space", "skip"):
            spaced = spaced or any(each not in _UNSEEN for each in match[0])
            continue
        if kind == "raised":
            found += _exponent(match[0], match.start())
        else:
            found += _plain(kind, match, spaced)
        spaced = False
    return found


def _plain(kind: str, match: re.Match[str], spaced: bool) -> list[Token]:
    start, end = match.span()
    if match["power"] is not None:
        exponent = match["exponent"].translate(_RAISED)
        return [Token("number", f"{match['digits'] or '1'}e{exponent}", start, end, spaced)]
    if kind == "number":
        return [Token("number", _number(match[0]), start, end, spaced)]
    if kind in ("named", "base", "tex"):
        word = match["named"] or (f"log{match['base']}" if match["base"] else match[0][1:])
        word = _TEX.get(word, word)
        return [Token("word" if word.isalnum() else "sign", word, start, end, spaced)]
    if kind in ("pi", "word"):
        word = "pi" if kind == "pi" else unicodedata.normalize("NFKC", match[0])
        return [Token("word", word, start, end, spaced)]
    whole = unicodedata.normalize("NFKC", match[0])
    if kind == "part":  # such as ½
        above, _, below = whole.partition("⁄")
        parts = [("sign", "("), ("number", above), ("sign", "/"), ("number", below), ("sign", ")")]
        return [Token(each, said, start, end, spaced) for each, said in parts]
    sign = _SIGNS.get(match[0]) or (whole if len(whole) == 1 else match[0])
    return [Token("word" if sign == "sqrt" else "sign", _SIGNS.get(sign, sign), start, end, spaced)]


def _number(text: str) -> str:
    """Digits as Python takes them: without spaces, and without zeros before a whole number."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("−", "-")
    return text.lstrip("0") or "0" if text.isdigit() else text


def _exponent(text: str, start: int) -> list[Token]:
    plain = text.translate(_RAISED)
    inner = [Token(each.kind, each.text, start + each.start, start + each.end, raised=True) for each in tokens(plain)]
    end = start + len(text)
    power = Token("sign", "**", start, start, raised=True)
    if len(inner) == 1:
        return [power, *inner]
    return [power, Token("sign", "(", start, start), *inner, Token("sign", ")", end, end, raised=True)]
