"""Why a network answers so: which pixels count, which training images are alike, what would change the answer."""

import streamlit as st

from pages.parts.draw.board import Board


def section(board: Board) -> None:
    """The parts below one another; each is computed once for a drawing and a choice."""
    if board.drawn is None:
        st.caption(
            "Draw something and see which of its pixels the answer depends on, which training images the network finds "
            "most alike, and what would have to change for another answer."
        )
        return
    from pages.parts.draw.why_parts import parts  # torch: whoever gets here has waited for it already

    parts(board)
