"""Train a network on images and watch it learn."""

import streamlit as st

from dlcore.config.image_sets import IMAGE_SETS
from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.errors import DlcoreError
from pages.shared import page, scroll
from pages.shared.experiments import try_this
from pages.shared.run_desk import RunDesk, RunExperiment
from pages.shared.sample_sheet import sample_sheet
from pages.shared.settings import IMAGES as settings

NETWORKS = ("mlp", "cnn-64", "cnn-128")


def _config(preset: str, data: dict | None = None, **training) -> RunConfig:
    return RunConfig.of(preset, data=DataConfig(**(data or {})), training=TrainingConfig(**training))


EXPERIMENTS = (
    RunExperiment(
        "Learn by heart",
        "What happens when there are only 60 images to learn from? Watch the two loss curves part.",
        (_config("mlp", {"train_size": 60}, epochs=60, batch_size=16, dropout=0.0),),
    ),
    RunExperiment(
        "Steps too long",
        "What happens when every step is a thousand times too long? Watch the loss jump instead of fall.",
        (_config("cnn-64", optimizer="momentum", learning_rate=1.0),),
    ),
    RunExperiment(
        "Wrong labels",
        "Can it learn if 40 % of the labels are wrong? Compare training with validation accuracy.",
        (_config("cnn-64", {"label_noise": 0.4}, epochs=15),),
    ),
    RunExperiment(
        "MLP or CNN?",
        "Which one learns digits better with fewer parameters? Both train, and are compared below.",
        (_config("mlp", epochs=8), _config("cnn-64", epochs=8)),
    ),
)


DESK = RunDesk("image")


def _controls() -> None:
    place = settings.network(NETWORKS)
    settings.data_set(IMAGE_SETS)
    settings.essentials()
    DESK.start_button()
    settings.optimizer()
    settings.regularisation()
    settings.images()
    settings.machine()
    settings.describe(place)


def _sheet() -> None:
    try:
        config = settings.read(st.session_state)
    except DlcoreError as error:
        page.problem(error)
        return
    sample_sheet(config.data, config.training.seed)


def _next_images() -> None:
    page.on_demand("The images of the next run", ":material/photo_library:", "images", _sheet)


page.guard()
page.header("Train", "Watch a network learn to tell images apart: the loss falls, and its mistakes become fewer.")
run_id = DESK.open()
controls, stage = st.columns([3, 9], gap="medium")
with controls.container(key="controls"):
    _controls()
with stage.container(key="stage"):
    if run_id:
        DESK.panel(run_id, below=_next_images)
    else:
        _sheet()

try_this(EXPERIMENTS, DESK.experiment, action="Run it")

DESK.list(run_id)

with st.expander("What is going on", icon=":material/help:"):
    st.markdown(
        "A **batch** of images goes through the network, which gives each class a probability. The **loss** is high "
        "where the true class got little. Its **gradient** says for each parameter which way is up, and the optimizer "
        "steps the other way: the **learning rate** is the length of that step. One **epoch** is one pass over all "
        "training images. **Validation** images are never trained on: where training goes on improving and validation "
        "does not, the network learns its images by heart. That is **overfitting**. The **test** images are looked at "
        "once, at the end."
    )

scroll.scroll_target("stage")
scroll.scroll_target("problems")
