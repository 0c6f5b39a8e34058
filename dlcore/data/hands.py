"""Digits as many hands write them, as pen strokes made up from a few habits each. No torch in here.

What MNIST, which American clerks and pupils wrote, has too little of: zeros with a slash, ones with a long flag, fours
in two strokes that barely meet, fives whose roof lies apart, crossed sevens, and digits of seven segments.
"""

from collections.abc import Callable

import numpy as np

from dlcore.data.skeletons import smooth

Random = np.random.Generator
Drawing = list[np.ndarray]
"""Polylines (points, 2) on a unit square, y down; strokes may reach beyond it."""

SEGMENTED = 0.07
"""Share of digits that are made of seven segments."""

SEGMENTS = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg")
"""Which segments each digit lights: a on top, then clockwise, g in the middle."""
ENDS = {
    "a": ((0, 0), (1, 0)), "b": ((1, 0), (1, 1)), "c": ((1, 1), (1, 2)), "d": ((1, 2), (0, 2)), "e": ((0, 2), (0, 1)),
    "f": ((0, 1), (0, 0)), "g": ((0, 1), (1, 1)),
}  # fmt: skip


def digit(label: int, random: Random) -> Drawing:
    """One way of writing the digit `label`."""
    if random.random() < SEGMENTED:
        return segments(label, gap=random.uniform(0, 0.25), width=random.uniform(0.4, 0.65))
    return [stroke + random.normal(0, 0.006, stroke.shape) for stroke in _WRITERS[label](random)]


def segments(label: int, *, gap: float, width: float) -> Drawing:
    """The digit `label` on a display of seven segments. gap: at each end of a segment, as a share of its length"""
    lines = [np.array(ENDS[name], float) * (width, 0.5) for name in SEGMENTS[label]]
    return [np.linspace(start + (end - start) * gap, end + (start - end) * gap, 9) for start, end in lines]


def _zero(random: Random) -> Drawing:
    wide, start = random.uniform(0.22, 0.48), random.uniform(-160, -20)
    turn = random.choice((-1, 1)) * random.uniform(335, 400)
    drawing = [_arc(0.5, 0.5, wide, 0.5, start, start + turn, drift=random.normal(0, 0.05))]
    kind = random.random()
    if kind < 0.4:
        lean = random.choice((1, 1, 1, -1)) * random.uniform(0.5, 1.3) * wide
        low, high = random.uniform(0.4, 1.5, 2)
        steep = random.uniform(0.25, 0.5)
        drawing.append(_line((0.5 - lean * low, 0.5 + steep * low), (0.5 + lean * high, 0.5 - steep * high)))
    elif kind < 0.46:
        drawing.append(_line((0.5, random.uniform(0.4, 0.5)), (0.5, random.uniform(0.5, 0.6))))
    return drawing


def _one(random: Random) -> Drawing:
    lean, bend = random.normal(0.03, 0.1), random.normal(0, 0.03)
    top, foot = np.array((0.5 + lean, 0.0)), np.array((0.5 - lean, 1.0))
    stem = _curve(top, _by((top + foot) / 2, bend, 0), foot)
    drawing = [stem]
    if random.random() < 0.8:
        flag = _flag(random, top)
        apart = random.random() < 0.25
        drawing = [flag + random.normal(0, 0.03, 2), stem] if apart else [np.concatenate([flag, stem])]
    if random.random() < 0.25:
        left, right = random.uniform(0.12, 0.45, 2)
        drawing.append(_line(_by(foot, -left, random.normal(0, 0.02)), _by(foot, right, random.normal(0, 0.02))))
    return drawing


def _flag(random: Random, top: np.ndarray) -> np.ndarray:
    """From its free end up to the stem: short ones may lie nearly flat, long ones fall, or they would be roofs."""
    length = random.uniform(0.12, 0.55)
    flattest = np.interp(length, (0.2, 0.35, 0.45, 0.55), (3, 8, 14, 23))
    angle = np.radians(random.uniform(flattest, 65))
    end = top + length * np.array((-np.cos(angle), np.sin(angle)))
    across = np.array((-np.sin(angle), -np.cos(angle)))
    if random.random() < 0.3 and length < 0.4:
        hook = _by(end, random.uniform(-0.01, 0.04), random.uniform(0.04, 0.12))
        return _curve(hook, end, (end + top) / 2 + across * random.uniform(0, 0.08), top)
    return _curve(end, (end + top) / 2 + across * random.normal(0.02, 0.04), top)


def _two(random: Random) -> Drawing:
    u = random.uniform
    head = [(u(0.02, 0.2), u(0.12, 0.35)), (u(0.25, 0.45), u(-0.02, 0.06)), (u(0.7, 0.85), u(0.05, 0.2))]
    body = [(u(0.65, 0.8), u(0.35, 0.5)), (u(0.35, 0.5), u(0.65, 0.78))]
    corner, end = (u(0, 0.15), u(0.9, 1.0)), (u(0.75, 1.1), u(0.88, 1.05))
    if random.random() < 0.45:
        return [np.concatenate([_curve(*head, *body, corner), _line(corner, end)])]
    loop = [(u(0.15, 0.3), u(0.9, 1.0)), (u(0, 0.1), u(0.85, 0.95)), (u(0.1, 0.25), u(0.72, 0.82))]
    return [_curve(*head, *body, *loop, (u(0.5, 0.6), u(0.86, 0.96)), end)]


def _three(random: Random) -> Drawing:
    u = random.uniform
    middle = (u(0.25, 0.5), u(0.4, 0.52))
    lower = [(u(0.65, 0.9), u(0.52, 0.65)), (u(0.7, 0.95), u(0.72, 0.85)), (u(0.4, 0.55), u(0.95, 1.03)),
             (u(0, 0.15), u(0.8, 0.97))]  # fmt: skip
    kind = random.random()
    if kind < 0.25:
        high = u(-0.03, 0.06)
        roof = _line((u(0, 0.15), high), (u(0.7, 0.9), u(0, 0.05)))
        return [np.concatenate([roof, _line(roof[-1], middle), _curve(middle, *lower)])]
    upper = [(u(0, 0.2), u(0.08, 0.25)), (u(0.35, 0.5), u(-0.02, 0.04)), (u(0.65, 0.85), u(0.1, 0.28))]
    if kind < 0.45:
        loop = [(u(0.25, 0.35), u(0.48, 0.55)), (u(0.3, 0.4), u(0.38, 0.44))]
        return [_curve(*upper, middle, *loop, *lower)]
    return [np.concatenate([_curve(*upper, middle), _curve(middle, *lower)])]


def _four(random: Random) -> Drawing:
    u = random.uniform
    if random.random() < 0.25:
        top, bar = (u(0.55, 0.75), 0.0), u(0.6, 0.75)
        stem = u(0.55, 0.75)
        return [
            np.concatenate([_line((stem, 1.0), top), _line(top, (0.0, bar)), _line((0.0, bar), (u(0.85, 1.1), bar))])
        ]
    corner = np.array((u(0, 0.1), u(0.45, 0.7)))
    start = (u(0.1, 0.5), u(-0.05, 0.15))
    end = (u(0.62, 1.05), corner[1] + random.normal(0, 0.05))
    if random.random() < 0.6:
        first = np.concatenate([_line(start, corner), _line(corner, end)])
    else:
        first = _curve(start, _by(corner, 0, -u(0.1, 0.2)), _by(corner, 0.12, u(0, 0.06)), end)
    at, lean = u(0.55, 0.8), random.normal(0.03, 0.07)
    top = u(-0.1, 0.25) if random.random() < 0.6 else u(0.2, corner[1] - 0.08)
    bottom = u(0.85, 1.05) if random.random() < 0.7 else u(corner[1] + 0.15, 0.95)
    stem = _curve((at + lean, top), (at + random.normal(0, 0.02), (top + bottom) / 2), (at - lean, bottom))
    return [np.concatenate([first, stem])] if random.random() < 0.05 else [first, stem]


def _five(random: Random) -> Drawing:
    u = random.uniform
    top = np.array((u(0.15, 0.35), u(-0.02, 0.06)))
    corner = np.array((u(0.05, 0.25), u(0.36, 0.48)))
    belly = [(u(0.4, 0.55), u(0.3, 0.42)), (u(0.75, 0.92), u(0.5, 0.66)), (u(0.68, 0.85), u(0.82, 0.93)),
             (u(0.35, 0.5), u(0.95, 1.02)), (u(0, 0.12), u(0.82, 0.97))]  # fmt: skip
    body = np.concatenate([_line(top, corner), _curve(corner, *belly)])
    if random.random() < 0.15:
        body = _curve((u(0.6, 0.8), u(0, 0.05)), _by(top, 0, 0.05), corner, *belly)
        return [body]
    roof_end = _by(top, u(0.35, 0.75), u(-0.1, 0.06))
    if random.random() < 0.4:
        return [np.concatenate([_line(roof_end, top), body])]
    apart = np.array((u(-0.05, 0.25), u(-0.14, 0.05)))
    return [body, _line(top + apart, roof_end + apart * (u(0.3, 1), 1))]


def _six(random: Random) -> Drawing:
    u = random.uniform
    left, high = u(0, 0.12), u(0.42, 0.62)
    start = (u(0.35, 0.8), u(-0.03, 0.06))
    loop = [(u(0.3, 0.45), u(0.97, 1.03)), (u(0.68, 0.82), u(0.82, 0.92)), (u(0.65, 0.82), high + u(0.08, 0.2)),
            (u(0.4, 0.5), high)]  # fmt: skip
    close = [(left + u(0.02, 0.25), high + u(0.1, 0.25))]
    close += [] if random.random() < 0.6 else [(left + u(0.05, 0.15), u(0.85, 0.95))]
    return [_curve(start, (u(0.15, 0.3), u(0.25, 0.35)), (left, u(0.6, 0.75)), *loop, *close)]


def _seven(random: Random) -> Drawing:
    u = random.uniform
    right, left = np.array((u(0.75, 0.95), u(-0.04, 0.06))), np.array((u(0.0, 0.15), u(-0.04, 0.1)))
    foot = np.array((u(0.15, 0.6), 1.0))
    roof = _curve(left, _by((left + right) / 2, 0, random.normal(0, 0.025)), right)
    stem = _curve(right, _by((right + foot) / 2, random.normal(-0.03, 0.05), 0), foot)
    if random.random() < 0.2:
        roof = np.concatenate([_line(_by(left, u(-0.04, 0.04), u(0.08, 0.22)), left), roof])
    drawing = [np.concatenate([roof, stem])] if random.random() < 0.8 else [roof, stem]
    if random.random() < 0.45:
        middle = right + (foot - right) * u(0.35, 0.62)
        reach, rise = u(0.12, 0.36, 2), random.normal(0.02, 0.05)
        drawing.append(_line(_by(middle, -reach[0], rise), _by(middle, reach[1], -rise)))
    return drawing


def _eight(random: Random) -> Drawing:
    u = random.uniform
    waist = u(0.4, 0.52)
    if random.random() < 0.35:
        upper, lower = u(0.2, 0.36), u(0.26, 0.42)
        start = u(0, 360)
        return [
            _arc(0.5 + random.normal(0, 0.04), waist / 2, upper, waist / 2, start, start + u(345, 380)),
            _arc(0.5, (1 + waist) / 2, lower, (1 - waist) / 2, -90 + u(-40, 40), 270 + u(-25, 30)),
        ]
    start = (u(0.6, 0.85), u(0.05, 0.22))
    down = [(u(0.4, 0.55), u(-0.02, 0.04)), (u(0.08, 0.25), u(0.15, 0.28)), (0.5, waist)]
    belly = [(u(0.75, 0.9), u(0.65, 0.8)), (u(0.42, 0.55), u(0.97, 1.03)), (u(0.1, 0.25), u(0.7, 0.85))]
    return [_curve(start, *down, *belly, (u(0.42, 0.58), waist + u(-0.04, 0.06)), (u(0.65, 0.85), u(0.02, 0.28)))]


def _nine(random: Random) -> Drawing:
    u = random.uniform
    right, low = u(0.68, 0.85), u(0.42, 0.58)
    loop = [(right, u(0.08, 0.25)), (u(0.4, 0.55), u(-0.03, 0.04)), (u(0, 0.12), u(0.15, 0.32)), (u(0.25, 0.45), low)]
    back = (right - u(0, 0.04), u(0.15, 0.32))
    kind = random.random()
    if kind < 0.5:
        foot = (u(0.35, 0.8), u(0.97, 1.03))
        return [np.concatenate([_curve(*loop, back), _curve(back, (u(0.6, 0.8), 0.65), foot)])]
    tail = [(right - u(0, 0.06), u(0.55, 0.7)), (u(0.5, 0.65), u(0.9, 1.0)), (u(0.02, 0.35), u(0.85, 1.0))]
    return [_curve(*loop, back, *tail)]


_WRITERS: tuple[Callable[[Random], Drawing], ...] = (
    _zero, _one, _two, _three, _four, _five, _six, _seven, _eight, _nine,
)  # fmt: skip


def _by(point: np.ndarray, x: float, y: float) -> np.ndarray:
    """What lies x to the right of a point, and y below it."""
    return point + np.array((x, y))


def _curve(*points: object) -> np.ndarray:
    return smooth(np.array(points, float))


def _line(start: object, end: object) -> np.ndarray:
    return np.linspace(np.array(start, float), np.array(end, float), 6)


def _arc(x: float, y: float, wide: float, high: float, start: float, end: float, drift: float = 0.0) -> np.ndarray:
    """Part of an ellipse, angles in degrees; with `drift` its end does not meet its start."""
    angle, grown = np.radians(np.linspace(start, end, 30)), 1 + np.linspace(-drift, drift, 30)
    return np.stack([x + wide * grown * np.cos(angle), y + high * grown * np.sin(angle)], axis=1)
