"""What is said of runs: rates, times, losses, shares. Numbers are written as everywhere, by dlcore.formula.numbers."""

import math
import time

from dlcore.config.image_sets import IMAGE_SETS
from dlcore.formula.numbers import fixed, number, percent

MOST_TIMES = 1_000
METRICS = {
    "loss": "loss", "accuracy": "accuracy", "perplexity": "perplexity", "mse": "squared error", "bce": "cross-entropy",
    "kl": "KL divergence", "silent": "silent share of the code",
}  # fmt: skip
"""What is measured of a run, in words; not what simple rules reach beside it (naive, linear, pca_mse)."""


def rate(value: float | None) -> str:
    """Samples per second: 850, 2.1 k, 1.3 M; a dash if unknown."""
    if value is None:
        return "–"
    if value >= 1e6:
        return f"{value / 1e6:.1f} M"
    return f"{value / 1e3:.1f} k" if value >= 1e3 else f"{value:.0f}"


def duration(seconds: float | None) -> str:
    """8 s, 1 min 05 s, 25 min, 2 h 10 min; a dash if unknown."""
    if seconds is None:
        return "–"
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if 600 <= whole < 3600:
        return f"{whole / 60:.0f} min"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def ago(moment: float, now: float | None = None) -> str:
    """How long ago a Unix time was: just now, 5 min ago, 3 h ago, 2 days ago."""
    minutes = max(0.0, (time.time() if now is None else now) - moment) / 60
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes:.0f} min ago"
    if minutes < 60 * 36:
        return f"{minutes / 60:.0f} h ago"
    return f"{minutes / 60 / 24:.0f} days ago"


def short(value: float) -> str:
    """Up to three digits: 0.001, 2·10⁻⁵."""
    return number(value, 3)


def loss(value: float | None) -> str:
    """0.1234, 0.00123, 4.36·10⁻⁵, 5.69·10¹¹; a dash if unknown. What is small does not become 0.0000."""
    if value is None:
        return "–"
    return fixed(value, 4) if 0.01 <= value < 1000 else short(value)


def times(value: float, other: float) -> str:
    """How many times as large: 0.82 times, 3.5 times; beyond a thousand the exact factor says nothing more."""
    factor = value / other if other > 0 else math.inf
    return f"{number(factor, 3)} times" if factor <= MOST_TIMES else f"more than {MOST_TIMES:,} times"


def share(value: float | None) -> str:
    """98.3 %; a dash if unknown."""
    return "–" if value is None else percent(value)


def dataset(name: str) -> str:
    """The name of a data set as its authors write it."""
    return IMAGE_SETS[name].written if name in IMAGE_SETS else name
