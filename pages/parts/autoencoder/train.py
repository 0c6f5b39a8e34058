"""The section Train: controls beside the panel of a run."""

import streamlit as st

from pages.parts.autoencoder import controls
from pages.parts.autoencoder.cards import EXPERIMENTS
from pages.shared import page
from pages.shared.run_desk import RunDesk
from pages.shared.sample_sheet import sample_sheet


def section() -> None:
    """Start a run, watch it, and compare it with earlier ones."""
    desk = RunDesk("autoencoder")
    run_id = desk.open()
    left, stage = st.columns([3, 9], gap="medium")
    with left.container(key="controls"):
        place = controls.first()
        desk.start_button()
        controls.more(place)
    with stage.container(key="stage"):
        if run_id:
            desk.panel(run_id, below=_next_images)
        else:
            _images()
    desk.try_this(EXPERIMENTS, run_id)
    desk.list(run_id)
    _what_is_going_on()


def _next_images() -> None:
    page.on_demand("The images of the next run", ":material/photo_library:", "next_images", _images)


def _images() -> None:
    """What it would be trained on."""
    with page.sentences():
        config = controls.SETTINGS.read(st.session_state)
        sample_sheet(config.data, config.training.seed)


def _what_is_going_on() -> None:
    with st.expander("What is going on", icon=":material/help:"):
        st.markdown(
            "The **encoder** squeezes the 784 pixels of an image into a **code** of a few numbers. The **decoder** "
            "sees nothing but the code and has to draw the image again. Nobody tells what the images show: the image "
            "itself is the target. What survives the bottleneck is what matters for drawing.\n\n"
            "**Denoising** ones read a spoiled image and have to draw the clean one. In **sparse** ones most numbers "
            "of a code are pulled to zero. A **variational** autoencoder gives a small cloud of codes for each image "
            "and draws from a random point of it; the **KL divergence** keeps these clouds near the middle, so that "
            "every place in the code draws something, and new images can be drawn from random codes. It is trained on "
            "the **ELBO**, a lower bound on how likely it finds the images: minus reconstruction minus KL.\n\n"
            "**PCA** is the best linear way to squeeze and draw again, with no training at all: the line to beat."
        )
