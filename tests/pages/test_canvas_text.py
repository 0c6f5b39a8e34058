"""The text of a drawing in links and in the browser's storage, read with care."""

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore.errors import UnreadableImage
from pages.shared import canvas_text
from pages.shared.canvas_text import GRID, LONGEST
from pages.shared.examples import UNITS

place = st.integers(-GRID, 2 * GRID)
drawings = st.lists(st.lists(st.tuples(place, place), min_size=1, max_size=12), min_size=1, max_size=12)


def varint(number: int) -> bytes:
    low, rest = number & 127, number >> 7
    return bytes([low | 128]) + varint(rest) if rest else bytes([low])


def written(strokes: list[list[tuple[int, int]]]) -> str:
    """Strokes on the grid, in the words of the module's docstring."""
    data, last = b"", (0, 0)
    for stroke in strokes:
        data += varint(len(stroke))
        for point in stroke:
            steps = (now - before for now, before in zip(point, last, strict=True))
            data += b"".join(varint(2 * step if step >= 0 else -2 * step - 1) for step in steps)
            last = point
    return "1" + base64.urlsafe_b64encode(data).decode().rstrip("=")


@given(drawings)
def test_every_drawing_on_the_grid_is_read_as_it_was_written(drawing):
    scaled = tuple(tuple((x * UNITS / GRID, y * UNITS / GRID) for x, y in stroke) for stroke in drawing)
    assert canvas_text.strokes(written(drawing)) == scaled


@given(st.one_of(st.text(max_size=60), st.from_regex("1[A-Za-z0-9_-]{0,60}", fullmatch=True)))
def test_any_text_is_strokes_on_the_grid_or_a_sentence(text):
    with contextlib.suppress(UnreadableImage):
        found = canvas_text.strokes(text)
        assert found
        assert all(stroke for stroke in found)
        assert all(-UNITS <= each <= 2 * UNITS for stroke in found for point in stroke for each in point)


@given(drawings, st.data())
def test_half_a_text_is_another_drawing_at_most(drawing, data):
    whole = written(drawing)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    with contextlib.suppress(UnreadableImage):
        assert len(canvas_text.strokes(cut)) <= len(drawing)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no drawing"),
        ("1", "no drawing"),
        ("2AQICAA", "newer version"),
        ("1<script>alert(1)</script>", "no drawing"),
        ("1AQIC\n", "no drawing"),
        ("1AQI", "missing or was changed"),
        ("1A", "missing or was changed"),
        ("1AA", "missing or was changed"),
        (written([[(2 * GRID + 1, 0)]]), "missing or was changed"),
        (written([[(0, -GRID - 1)]]), "missing or was changed"),
        ("1" + base64.urlsafe_b64encode(b"\x01\xff\xff\xff\x7f\x00").decode().rstrip("="), "missing or was changed"),
        ("1" + "A" * LONGEST, "1,500 characters"),
        ("1" * 5_000_000, "1,500 characters"),
    ],
)
def test_what_is_no_drawing_is_a_sentence(text, says):
    with pytest.raises(UnreadableImage, match=says):
        canvas_text.strokes(text)
