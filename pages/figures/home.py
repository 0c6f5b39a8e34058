"""The pictures of the home page: small, and drawn from real things. No streamlit in here."""

from collections.abc import Sequence

import numpy as np

from pages.figures.sketch import arrow, dot, frame, line, pixels, svg, text

TRAINING_LOSS = (
    *(2.289, 2.223, 2.068, 1.710, 1.305, 0.815, 0.616, 0.567, 0.392, 0.272, 0.293, 0.242, 0.223, 0.189, 0.159),
    *(0.118, 0.143, 0.103, 0.165, 0.107, 0.090, 0.061, 0.089, 0.081, 0.083, 0.111, 0.063, 0.045, 0.072, 0.051),
    *(0.043, 0.047, 0.041, 0.025, 0.040, 0.033, 0.049, 0.076, 0.033, 0.058, 0.027, 0.019, 0.042, 0.043, 0.025),
    *(0.020, 0.034, 0.053, 0.056, 0.026, 0.011, 0.019, 0.027, 0.025, 0.025, 0.021, 0.018, 0.009, 0.011, 0.016),
)
"""Means over four steps each of `python -m dlcore train cnn-64 --data digits --epochs 12 --seed 0`."""
VALIDATION_ACCURACY = (0.711, 0.894, 0.894, 0.944, 0.939, 0.967, 0.961, 0.967, 0.961, 0.950, 0.983, 0.978)
"""After each epoch of the same run."""

SEVEN = (
    "0000000000000000000000000000",
    "0000000000000000000000000000",
    "0000000000000000000000000000",
    "0000000000000000000000000000",
    "0000000000000000000000000000",
    "0000000000000000000000000000",
    "0000000000000000000000000000",
    "000000ceeeeeeeeeeeeeec000000",
    "000000ceeeeeeeeeeeeffd000000",
    "0000001333333333334de6000000",
    "0000000000000000007fb1000000",
    "000000000000000002de50000000",
    "000000000000000008fb10000000",
    "00000000000000002de500000000",
    "00000000000000008fa100000000",
    "0000000001111113de5000000000",
    "000000019bbbbbbcfeba20000000",
    "00000002defffffffffe40000000",
    "00000000344445cfa44310000000",
    "00000000000004ee300000000000",
    "0000000000001af9000000000000",
    "0000000000004ed3000000000000",
    "000000000001af80000000000000",
    "000000000004ed30000000000000",
    "00000000001bf800000000000000",
    "00000000004ed200000000000000",
    "00000000004d7000000000000000",
    "0000000000000000000000000000",
)
"""What `dlcore.data.ink` makes of a crossed seven: 28 rows of 28 pixels, 0 = paper, f = ink."""

WIDTH, HEIGHT = 480, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 20, 394, 24, 188


def training(loss_colour: str, accuracy_colour: str) -> str:
    """The loss that falls and the accuracy that rises, as an SVG."""
    loss = _curve(TRAINING_LOSS, 2.4)
    accuracy = _curve((0.1, *VALIDATION_ACCURACY), 1.0)
    end_x, end_y = accuracy[-1]
    dots = "".join(dot(x, y, 4, accuracy_colour) for x, y in accuracy[1:])
    return svg(
        "A real training run: the loss falls from 2.3 to 0.02, the validation accuracy rises to 98 %",
        WIDTH,
        HEIGHT,
        line([(_LEFT, _BOTTOM), (_RIGHT, _BOTTOM)], "currentColor", 1, "opacity='0.35'"),
        line(loss, loss_colour, 4),
        line(accuracy, accuracy_colour, 4, "stroke-dasharray='9 7'"),
        dots,
        text(end_x + 12, end_y + 4, "accuracy", accuracy_colour),
        text(end_x + 12, loss[-1][1] - 6, "loss", loss_colour),
        text((_LEFT + _RIGHT) / 2, _BOTTOM + 22, "240 steps", "currentColor", "text-anchor='middle' opacity='0.7'"),
    )


def reading(strokes: Sequence[Sequence[Sequence[float]]], pen: float) -> str:
    """The drawing of a crossed seven, the 28×28 pixels that are made of it, and the digit, as an SVG.

    strokes: of the seven, on a 280×280 canvas; pen: their width
    """
    side, gap = 146, 54
    drawn = "".join(line(stroke, "currentColor", pen) for stroke in strokes)
    second = side + gap
    return svg(
        "A drawn 7, the 28 by 28 pixels that the network sees, and the answer 7",
        WIDTH,
        HEIGHT,
        frame(2, 35, side),
        f'<g transform="translate(2 35) scale({side / 280:.4f})">{drawn}</g>',
        arrow(side + 14, 110, gap - 24),
        frame(second, 35, side),
        pixels(SEVEN, second, 35, side),
        arrow(second + side + 12, 110, gap - 24),
        f'<text x="{second + side + gap + 34}" y="150" font-size="118" font-weight="700" text-anchor="middle" '
        'fill="currentColor">7</text>',
    )


def _curve(values: Sequence[float], top: float) -> list[tuple[float, float]]:
    xs = np.linspace(_LEFT, _RIGHT, len(values))
    return [(x, _BOTTOM - (_BOTTOM - _TOP) * value / top) for x, value in zip(xs, values, strict=True)]
