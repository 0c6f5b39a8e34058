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
    page.on_demand("Images for the next run", ":material/photo_library:", "next_images", _images)


def _images() -> None:
    """What it would be trained on."""
    with page.sentences():
        config = controls.SETTINGS.read(st.session_state)
        sample_sheet(config.data, config.training.seed)


def _what_is_going_on() -> None:
    with st.expander("What is going on", icon=":material/help:"):
        st.markdown(
            "The **encoder** squeezes the 784 pixels of an image into a **code** of a few numbers. The **decoder** "
            "sees nothing but the code and has to draw the image again. No labels are needed: the image itself is the "
            "target. What survives the bottleneck is what matters for drawing.\n\n"
            "A **denoising** autoencoder reads a corrupted image and has to draw the clean one. In a **sparse** one, "
            "most numbers of a code are pulled towards zero. A **variational** autoencoder gives a small cloud of "
            "codes for each image "
            "and draws from a random point of it; the **KL divergence** keeps these clouds near the middle. Every "
            "place between them then draws something sensible, so random codes give new images. Training maximises "
            "the **ELBO**, a lower bound on the log-likelihood of the images: minus the reconstruction loss, minus "
            "the KL divergence.\n\n"
            "**PCA** is the best linear way to squeeze images and draw them again, and needs no training steps: the "
            "baseline to beat."
        )
