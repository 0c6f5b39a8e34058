"""Train a network on images and watch it learn."""

from dataclasses import dataclass

import streamlit as st

from dlcore.errors import DlcoreError
from dlcore.models.presets import IMAGE_SETS
from dlcore.training.config import DataConfig, RunConfig, TrainingConfig
from pages.shared import page, scroll, session
from pages.shared.experiments import try_this
from pages.shared.image_view import IMAGE_VIEW
from pages.shared.run_list import run_list
from pages.shared.run_panel import run_panel
from pages.shared.sample_sheet import sample_sheet
from pages.shared.settings import IMAGES as settings

NETWORKS = ("mlp", "cnn-64", "cnn-128")
_RUN, _PROBLEMS = "_train_run", "_train_problems"


@dataclass(frozen=True)
class Experiment:
    """One click: runs to start, and the question that they answer."""

    title: str
    question: str
    runs: tuple[RunConfig, ...]


def _config(preset: str, data: dict | None = None, **training) -> RunConfig:
    return RunConfig(preset=preset, data=DataConfig(**(data or {})), training=TrainingConfig(**training))


EXPERIMENTS = (
    Experiment(
        "Learn by heart",
        "What happens when there are only 60 images to learn from? Watch the two loss curves part.",
        (_config("mlp", {"train_size": 60}, epochs=60, batch_size=16, dropout=0.0),),
    ),
    Experiment(
        "Steps too long",
        "What happens when every step is a thousand times too long? Watch the loss jump instead of fall.",
        (_config("cnn-64", optimizer="momentum", learning_rate=1.0),),
    ),
    Experiment(
        "Wrong labels",
        "Can it learn if 40 % of the labels are wrong? Compare training with validation accuracy.",
        (_config("cnn-64", {"label_noise": 0.4}, epochs=15),),
    ),
    Experiment(
        "MLP or CNN?",
        "Which one learns digits better with fewer parameters? Both train, and are compared below.",
        (_config("mlp", epochs=8), _config("cnn-64", epochs=8)),
    ),
)


def _open(run_id: str) -> None:
    st.session_state[_RUN] = run_id
    st.query_params["run"] = run_id
    scroll.show("stage")


def _start(*configs: RunConfig) -> None:
    """A callback: queue these runs, or the one that the controls describe, and show the last."""
    st.session_state[_PROBLEMS] = []
    try:
        for config in configs or (settings.read(st.session_state),):
            run_id = session.store().submit(config, session.owner(), settings.title(config))
            if len(configs) > 1:
                st.session_state[f"compare_{run_id}"] = True
            _open(run_id)
    except DlcoreError as error:
        st.session_state[_PROBLEMS] = [str(error)]
        scroll.show("controls")


def _experiment(chosen: Experiment) -> None:
    settings.show(chosen.runs[-1])
    _start(*chosen.runs)


def _chosen_run() -> str | None:
    """The run in the link, else the one that this visitor looked at last."""
    linked = st.query_params.get("run")
    if linked:
        st.session_state[_RUN] = linked
    elif st.session_state.get(_RUN):
        st.query_params["run"] = st.session_state[_RUN]
    return st.session_state.get(_RUN)


def _leave() -> None:
    st.session_state[_RUN] = None
    st.query_params.pop("run", None)


def _controls() -> None:
    settings.network(NETWORKS)
    settings.data_set(IMAGE_SETS)
    settings.essentials()
    st.button(
        "Start training", type="primary", icon=":material/play_arrow:", width="stretch", on_click=_start, key="start"
    )
    for problem in st.session_state.get(_PROBLEMS, []):
        page.problem(problem)
    settings.optimizer()
    settings.regularisation()
    settings.images()
    settings.machine()


def _sheet() -> None:
    try:
        config = settings.read(st.session_state)
    except DlcoreError as error:
        page.problem(error)
        return
    sample_sheet(config.data, config.training.seed)


page.guard()
page.header("Train", "Watch a network learn to tell images apart: the loss falls, and its mistakes become fewer.")
if found := settings.link_problems():
    st.session_state[_PROBLEMS] = found
try:
    if notice := session.store().notice:
        page.problem(notice)
except DlcoreError as error:
    page.problem(error)
    st.stop()

run_id = _chosen_run()
controls, stage = st.columns([3, 9], gap="medium")
with controls.container(key="controls"):
    _controls()
with stage.container(key="stage"):
    if run_id:
        run_panel(run_id, session.owner(), IMAGE_VIEW)
        images = st.expander(
            "The images of the next run", icon=":material/photo_library:", on_change="rerun", key="images"
        )
        if images.open:
            with images:
                _sheet()
        st.button("Close this run", icon=":material/close:", type="tertiary", on_click=_leave)
    else:
        _sheet()

try_this(EXPERIMENTS, _experiment, action="Run it")

run_list(session.owner(), _open, run_id, kind="image")

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
scroll.scroll_target("controls")
