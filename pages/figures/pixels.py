"""Pictures of 28×28 pixels with signed values over them, as the browser draws them. No streamlit in here."""

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcore.formula.numbers import number


@dataclass(frozen=True)
class Panel:
    """One picture and what is said of it.

    image: uint8 (28, 28), 0 = paper
    values: float32 (28, 28) over it, blue below 0 and orange above; None for the image alone
    said: the number that belongs to the picture; text: what it can tell
    missing: why there is no picture, in its place
    """

    title: str
    said: str = ""
    text: str = ""
    image: np.ndarray | None = None
    values: np.ndarray | None = None
    missing: str = ""


def packed(panels: Sequence[Panel]) -> list[dict[str, Any]]:
    """What the browser needs of each picture."""
    return [_packed(panel) for panel in panels]


def _packed(panel: Panel) -> dict[str, Any]:
    top = peak(panel.values)
    return {
        "title": panel.title,
        "said": panel.said,
        "text": panel.text,
        "missing": panel.missing,
        "image": None if panel.image is None else _array(panel.image.astype(np.uint8)),
        "values": None if panel.values is None else _array(np.nan_to_num(panel.values).astype(np.float32)),
        "top": top,
        "low": number(-top, 3) if panel.values is not None and (panel.values < 0).any() else "0",
        "high": number(top, 3),
    }


def peak(values: np.ndarray | None) -> float:
    """The largest absolute value that is a number; 0 if there is none."""
    found = 0.0 if values is None else float(np.abs(np.nan_to_num(values)).max(initial=0.0))
    return found if math.isfinite(found) else 0.0


def _array(array: np.ndarray) -> dict[str, Any]:
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
    return {"type": array.dtype.name, "shape": list(array.shape), "bytes": data}
