"""Small line pictures in SVG. They take the colour of the text around them where none is given."""

from collections.abc import Sequence


def svg(label: str, width: float, height: float, *parts: str) -> str:
    """A picture with its description for those who cannot see it."""
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{label}" fill="none" '
        f'font-family="inherit">{"".join(parts)}</svg>'
    )


def line(points: Sequence[Sequence[float]], colour: str, width: float, more: str = "") -> str:
    """Connected points."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return (
        f'<polyline points="{path}" stroke="{colour}" stroke-width="{width:g}" stroke-linecap="round" '
        f'stroke-linejoin="round" {more}/>'
    )


def dot(x: float, y: float, radius: float, colour: str, more: str = "") -> str:
    """A filled circle."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{colour}" {more}/>'


def text(x: float, y: float, words: str, colour: str, more: str = "") -> str:
    """Words at a place."""
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="17" fill="{colour}" {more}>{words}</text>'


def frame(x: float, y: float, side: float) -> str:
    """A square with rounded corners."""
    return f'<rect x="{x}" y="{y}" width="{side}" height="{side}" rx="8" stroke="currentColor" opacity="0.3"/>'


def arrow(x: float, y: float, length: float) -> str:
    """An arrow to the right."""
    end = x + length
    return line([(x, y), (end, y)], "currentColor", 3) + line(
        [(end - 8, y - 8), (end, y), (end - 8, y + 8)], "currentColor", 3
    )


def pixels(rows: Sequence[str], x: float, y: float, side: float) -> str:
    """Square pixels from rows of hexadecimal digits, 0 = paper, f = ink."""
    count = len(rows)
    squares = "".join(
        f'<rect x="{i % count}" y="{i // count}" width="1.02" height="1.02" opacity="{int(level, 16) / 15:.2f}"/>'
        for i, level in enumerate("".join(rows))
        if level != "0"
    )
    return f'<g transform="translate({x:g} {y:g}) scale({side / count:.4f})" fill="currentColor">{squares}</g>'
