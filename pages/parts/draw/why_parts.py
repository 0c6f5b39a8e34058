"""The parts of the section Why, below one another, and the code that ran."""

import streamlit as st

from dlcore.errors import DlcoreError
from dlcore.use.classifier import NO_NUMBERS
from pages.parts.draw import why_change, why_neighbours, why_pixels
from pages.parts.draw.board import Board
from pages.parts.draw.why_cards import EXPERIMENTS, Shown, bring
from pages.parts.draw.why_question import Question
from pages.parts.draw.why_script import script
from pages.shared.code_view import show_code
from pages.shared.experiments import try_this


def parts(board: Board) -> None:
    """What takes longest, to read the training images once for each network, comes last."""
    question = Question.of(board)
    if question.reading.reason == NO_NUMBERS:
        st.markdown("The scores of this network are no numbers, so there is nothing to explain: train it again.")
        return
    found = why_pixels.show(question)
    try:
        known = why_neighbours.known(question)
    except DlcoreError as error:
        known = why_neighbours.Known(None, str(error))
    alike, changed, rest = st.container(), st.container(), st.container()
    with changed:
        turned = why_change.show(question, known)
    with alike:
        why_neighbours.show(question, known)
    with rest:
        try_this(EXPERIMENTS, Shown(found, turned), why_pixels.PICTURE, bring)
        _what_is_going_on()
        show_code(script(question, found, known, turned), label="Show the code of these pictures")


def _what_is_going_on() -> None:
    with st.expander("What is going on", icon=":material/help:"):
        st.markdown(
            "- **Saliency** is the gradient of the score with respect to each pixel (Simonyan and others, 2013).\n"
            "- **Integrated gradients** average this gradient on the way from blank paper to the drawing, and multiply "
            "it by the ink. Their sum is what the drawing adds to the score of blank paper (Sundararajan and others, "
            "2017).\n"
            "- **Grad-CAM** adds up the maps of a layer, each times the mean gradient of the score with respect to it, "
            "and keeps what is positive (Selvaraju and others, 2017).\n"
            "- **Occlusion** covers one place after the other and reads the drawing again (Zeiler and Fergus, 2014).\n"
            "- **Most alike** are the training images for which the last hidden layer gives the nearest numbers: all "
            "that the last layer knows of an image.\n"
            "- **The change** is a counterfactual explanation (Wachter and others, 2018). The search begins with "
            "training images of the other class, and lets their pixels go back to the drawing, those that matter least "
            "first.\n\n"
            "The four ways often disagree, since each answers another question. None shows a reason as people have one."
        )
