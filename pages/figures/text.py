"""Text as HTML: a colour behind every character, and samples of a network. No streamlit in here."""

import unicodedata
from collections.abc import Sequence
from html import escape

import numpy as np

from dlcore.formula.numbers import fixed

_LEVELS = 10
_SIGNS = {" ": "␣", "\n": "⏎", "\t": "⇥"}

_STRENGTHS = "".join(
    f".letters .{name}{level} {{ background: rgba({colour}, {level / _LEVELS * 0.85:.2f}); }}\n"
    for name, colour in (("n", "47, 127, 208"), ("p", "232, 119, 46"))
    for level in range(1, _LEVELS + 1)
)
STYLE = f"""<style>
.letters {{ font: 16px/1.65 "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre-wrap;
  overflow-wrap: anywhere; }}
.letters i {{ font-style: normal; border-radius: 2px; }}
.letters .end {{ opacity: 0.45; }}
{_STRENGTHS}</style>"""


def coloured(text: str, values: np.ndarray) -> str:
    """`text` with each character on blue where its value is negative and on orange where it is positive.

    values: (characters,), −1 to 1
    """
    levels = np.rint(np.clip(np.nan_to_num(np.asarray(values, dtype=np.float64)), -1, 1) * _LEVELS).astype(int)
    letters = "".join(map(_letter, text, levels.tolist(), np.asarray(values).tolist()))
    return f'{STYLE}<div class="letters">{letters}</div>'


def _letter(character: str, level: int, value: float) -> str:
    look = f"n{-level}" if level < 0 else f"p{level}"
    shown = '<span class="end">⏎</span>\n' if character == "\n" else escape(character)
    return f'<i class="{look}" title="{fixed(value, 2)}">{shown}</i>'


def written(text: str, start: int = 0) -> str:
    """What a network wrote, in the type of a typewriter; its first `start` characters were given to it."""
    given = f'<span style="opacity:0.6">{escape(text[:start])}</span>' if start else ""
    return f'{STYLE}<div class="letters">{given}{escape(text[start:])}</div>'


def visible(character: str) -> str:
    """A character as one can see it: ␣ for a space, ⏎ for the end of a line, the code of those without a picture."""
    if character in _SIGNS:
        return _SIGNS[character]
    return f"U+{ord(character):04X}" if unicodedata.category(character)[0] in "CZM" else character


def visibles(characters: Sequence[str]) -> list[str]:
    """`visible` of each one."""
    return [visible(each) for each in characters]
