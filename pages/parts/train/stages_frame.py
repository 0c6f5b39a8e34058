"""What all frames of the eight stages have in common."""

import math
from typing import Any
from urllib.parse import urlencode

from dlcore.formula.numbers import number
from dlcore.inspect.stages import Values

SHOWN = 12
"""Images of the batch that are shown."""
Frame = dict[str, Any]
"""title, words; picture: what stages.js draws, by its kind; lines: formulas as symbols, numbers and value;
numbers: pairs of label and value; code: lines of the script; link."""


def histogram(label: str, values: Values, note: str) -> Frame:
    most = int(values.counts.max()) or 1
    return {
        "label": label,
        "counts": [round(int(each) / most, 3) for each in values.counts],
        "least": number(values.least, 3),
        "most": number(values.most, 3),
        "said": note,
    }


def share_of(value: float, most: float) -> float:
    """Of the longest bar; 0 where one of them is no number."""
    share = value / most if most else 0.0
    return share if math.isfinite(share) else 0.0


def written(shape: tuple[int, ...]) -> str:
    return " × ".join(f"{each:,}" for each in shape)


def linked(page: str, label: str, **query: str) -> dict[str, str]:
    return {"label": label, "href": f"{page}?{urlencode(query)}" if query else page}
