"""Teach the network: correct a copy of it, or let a new one learn symbols of one's own."""

from pages.parts.draw import corrections, symbols
from pages.parts.draw.board import Board
from pages.shared import link

WAYS = {"correct": "Correct a copy of it", "symbols": "Teach it your own symbols"}


def section(board: Board) -> None:
    """The two ways, of which one is shown."""
    way = link.choice(
        "teach", "What to teach", tuple(WAYS), "correct", names=WAYS, look="segmented", label_visibility="collapsed",
        width="content",
    )  # fmt: skip
    if way == "correct":
        corrections.show(board)
    else:
        symbols.show(board)
