"""A drawing as a short text, for links and for the browser's own storage. canvas_text.js writes it; here it is read.

"1" for this format, and the bytes of all strokes in base64url without padding. A stroke is the number of its points,
and for each of them the steps to the right and down from the point before it, also from one stroke to the next; the
first starts at 0, 0. A step is in 256ths of the sheet's side, its sign folded into the lowest bit (0, −1, 1, −2 … as 0,
1, 2, 3 …). All are varints: seven bits a byte, the lowest first, the eighth bit set in all bytes but the last.
"""

import base64
import binascii
import re
from collections.abc import Iterator

from dlcore.errors import UnreadableImage
from pages.shared.examples import UNITS

LONGEST = 1500
"""Characters that a drawing takes at most."""
GRID = 256
FARTHEST = 2 * GRID
"""Steps to the right or down, and half as many to the left or up, that a pen may be away from the sheet's corner."""
_DAMAGED = "a part of it is missing or was changed."


def strokes(text: str) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The strokes that a text stands for: polylines of (x, y) in 0…UNITS, y down.

    UnreadableImage says what is wrong with the text, as the end of a sentence.
    """
    if len(text) > LONGEST:
        raise UnreadableImage(f"it is longer than the {LONGEST:,} characters that a drawing takes.")
    if not re.fullmatch("1[A-Za-z0-9_-]+", text):
        raise UnreadableImage("it is no drawing, or one of a newer version of this page.")
    numbers, found = list(_numbers(_bytes(text[1:]))), []
    x = y = place = 0
    while place < len(numbers):
        count, first = numbers[place], place + 1
        place = first + 2 * count
        if not count or place > len(numbers):
            raise UnreadableImage(_DAMAGED)
        points = []
        for right, down in zip(numbers[first:place:2], numbers[first + 1 : place : 2], strict=True):
            x, y = x + _signed(right), y + _signed(down)
            if not (-GRID <= x <= FARTHEST and -GRID <= y <= FARTHEST):
                raise UnreadableImage(_DAMAGED)
            points.append((x * UNITS / GRID, y * UNITS / GRID))
        found.append(tuple(points))
    return tuple(found)


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise UnreadableImage(_DAMAGED) from error


def _numbers(data: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in data:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield number
            number = shift = 0
        elif shift == 14:  # no number of a drawing needs more than two bytes
            break
    if shift:
        raise UnreadableImage(_DAMAGED)


def _signed(number: int) -> int:
    return -(number + 1 >> 1) if number & 1 else number >> 1
