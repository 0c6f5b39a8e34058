"""Numbers and times as a person reads them."""

import time


def minus(value: float, form: str = "g") -> str:
    """A number in Python's format `form`, with a real minus, and none before a zero."""
    return f"{value:z{form}}".replace("-", "−")


def ten_to(exponent: int) -> str:
    """A power of ten: 10⁻⁷."""
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def number(value: float, digits: int = 4) -> str:
    """A number of up to `digits` digits, with a real minus: 1.609, −5, 3.2·10⁻⁷, −10¹²; inf and nan as they are."""
    digit, _, exponent = f"{value:z.{digits}g}".partition("e")
    if exponent:
        power = ten_to(int(exponent))
        digit = {"1": power, "-1": f"-{power}"}.get(digit, f"{digit}·{power}")
    return digit.replace("-", "−")


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
    """Up to three digits: 0.001, 2e-5."""
    return f"{value:.3g}".replace("e-0", "e-").replace("e+", "e").replace("e0", "e")


def loss(value: float | None) -> str:
    """0.1234, 5.69e11; a dash if unknown."""
    if value is None:
        return "–"
    return f"{value:.4f}" if value < 1000 else short(value)


def share(value: float | None) -> str:
    """98.3 %; a dash if unknown."""
    return "–" if value is None else f"{100 * value:.1f} %"


def dataset(name: str) -> str:
    """The name of a data set as its authors write it."""
    return {"digits": "scikit-learn's digits", "mnist": "MNIST", "fashion": "Fashion-MNIST"}.get(name, name)
