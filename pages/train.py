"""Train a network on images and watch it learn."""

import streamlit as st

from dlcore.config.image_sets import IMAGE_SETS
from dlcore.errors import DlcoreError
from pages.parts.train import network, own, stages
from pages.parts.train.cards import EXPERIMENTS
from pages.shared import own_images, page, present
from pages.shared.run_desk import RunDesk
from pages.shared.sample_sheet import sample_sheet
from pages.shared.settings import IMAGES as settings

DESK = RunDesk("image")


def _controls() -> None:
    place = network.choose(settings)
    if settings.data_set(IMAGE_SETS) == own.NAME:
        own.upload()
    settings.essentials()
    DESK.start_button()
    settings.optimizer()
    settings.regularisation()
    settings.images()
    settings.machine()
    settings.describe(place)


def _sheet() -> None:
    if st.session_state.get(settings.key("data")) == own.NAME and not own.shown():
        return
    try:
        config = settings.read({**st.session_state, settings.key("preset"): settings.usual.network})
    except DlcoreError as error:
        page.problem(error)
        return
    sample_sheet(config.data, config.training.seed, own_images.data(config))


def _below(run_id: str) -> None:
    stages.expander(run_id)
    page.on_demand("Network for the next run", ":material/account_tree:", "network", lambda: network.build(settings))
    page.on_demand("Images for the next run", ":material/photo_library:", "images", _sheet)


page.guard()
page.header("Train", "Watch a network learn to tell images apart: its loss falls, and it makes fewer mistakes.")
run_id = DESK.open()
if run_id and stages.presented():
    stages.section(run_id)
else:
    controls, stage = st.columns([3, 9], gap="medium")
    with controls.container(key="controls"):
        _controls()
    with stage.container(key="stage"):
        if run_id:
            DESK.panel(run_id, below=lambda: _below(run_id))
        else:
            network.build(settings)
            with present.aside("sheet"):
                _sheet()

DESK.try_this(EXPERIMENTS, run_id)

DESK.list(run_id)

with st.expander("What is going on", icon=":material/help:"):
    st.markdown(
        "A **batch** of images goes through the network, which gives each class a probability. The **loss** is high "
        "where the true class received a low one. For each parameter, the **gradient** tells which way the loss "
        "rises, and the optimizer steps the other way; the **learning rate** sets how far. One **epoch** is one pass "
        "over all training images. The network is never trained on the **validation** images: when training still "
        "improves but validation does not, it is learning its images by heart. That is **overfitting**. The **test** "
        "images are used once, at the end."
    )
