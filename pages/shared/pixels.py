"""Pictures of the same pixels side by side: one pointer, or the arrow keys, reads all of them at once."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from pages.figures.pixels import Panel, packed
from pages.shared import page
from pages.shared.numbers import NUMBERS

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "dlcore_pixels",
    html='<div class="pixels" role="group" tabindex="0"><div class="panels"></div><output class="said"></output></div>',
    css=(_HERE / "pixels.css").read_text(encoding="utf-8"),
    js=NUMBERS + "".join((_HERE / f"{name}.js").read_text(encoding="utf-8") for name in ("layer_pictures", "pixels")),
)


def pixels(key: str, panels: Sequence[Panel], alt: str) -> None:
    """Draw the panels. alt: what they show, for those who do not see them"""
    _component(key=key, data={"panels": packed(panels), "alt": alt, "dark": page.is_dark()})
