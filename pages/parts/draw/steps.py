"""Every step between the pen and the 28×28 pixels that the network reads, each of which can be switched off."""

import streamlit as st

from dlcore.data.ink import Ink
from pages.figures import digits
from pages.parts.draw.board import Board
from pages.shared import link

STEPS = {
    "crop": ("Crop", "Crops to the ink, so the position and size of your drawing do not matter."),
    "scale": ("Scale", "Scales the longer side to 20 pixels, as in the images that the network learned from."),
    "smooth": (
        "Smooth",
        "Averages pixels when shrinking. Without it, single pixels are picked and thin lines break up.",
    ),
    "centre": ("Centre", "Moves the ink's centre of mass to the middle."),
}
PICTURES = (("ink", "Your drawing"), ("crop", "Cropped"), ("scale", "Scaled"), ("centre", "What the network sees"))
ALL_ON = {"crop": True, "scale": True, "smooth": True, "centre": True}


def section(board: Board) -> None:
    """Below the pictures: what a recurrent network makes of the rows, one after the other."""
    if board.classifier.config.kind == "recurrent":
        from pages.parts.draw.rows import show_rows  # torch: whoever gets here has waited for it already

        show_rows(board.classifier, board.drawn)


def frame() -> tuple[dict, dict[str, bool]]:
    """A place for each picture, with the switches of its step; returns both."""
    slots, switched = {}, {}
    for column, (step, _) in zip(st.columns(len(PICTURES), gap="medium"), PICTURES, strict=True):
        with column:
            slots[step] = st.empty()
            with st.container(horizontal=True):
                for name in {"ink": (), "scale": ("scale", "smooth")}.get(step, (step,)):
                    label, why = STEPS[name]
                    switched[name] = link.toggle(name, label, True, help=why)
    return slots, switched


def show(slots: dict, drawn: Ink | None, *, first: str = PICTURES[0][1]) -> None:
    """Every step of the way from the drawing to the 28×28 pixels; a step that is off shows the picture before it.

    first: the title of the first picture
    """
    titles = {**dict(PICTURES), "ink": first}
    if drawn is None:
        for name, title in titles.items():
            slots[name].html(digits.picture(None, title, "Waiting for your drawing"))
        return
    steps = {step.name: step for step in drawn.steps}
    image = drawn.image
    for name, title in titles.items():
        step = steps.get(name)
        image = drawn.image if name == "centre" else step.image if step else image
        caption = step.caption if step else "This step is switched off"
        slots[name].html(digits.picture(image, title, caption, faded=step is None and name != "centre"))
