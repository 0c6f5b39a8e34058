"""What each layer of the network makes of the drawing, down to one value of one map."""

import streamlit as st

from pages.parts.draw.board import Board
from pages.shared import layers


def section(board: Board) -> None:
    """The maps of all layers, for the drawing as the network sees it."""
    if board.drawn is None:
        st.caption("Draw something and see what becomes of it, layer by layer.")
        return
    import torch  # whoever gets here has waited for it already

    layers.section("draw-layers", board.classifier, torch.as_tensor(board.drawn.image)[None])
