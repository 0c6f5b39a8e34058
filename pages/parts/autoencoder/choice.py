"""Which autoencoder the sections after the training look into: a bundled one, or one that was trained here."""

from dataclasses import dataclass

import streamlit as st

from dlcore.data import Dataset, load, mnist
from dlcore.errors import DlcoreError, RunNotFound
from dlcore.models.presets import preset
from dlcore.runs.run import Run
from dlcore.trained_autoencoder import TrainedAutoencoder, bundled
from pages.shared import link, page, session, words

_CHOICE, _WIDGET = "_ae_choice", "_ae_choice_widget"


@dataclass(frozen=True)
class Choice:
    """name: of a bundled autoencoder, or the id of a run: hashable, for caches and keys

    data: the images to show it: those it was trained on, else the embedded digits in their place (see `notice` of it)
    """

    name: str
    title: str
    autoencoder: TrainedAutoencoder
    data: Dataset

    @property
    def code(self) -> str:
        """A line of Python that loads it, for the code view."""
        if self.name in bundled():
            return f"autoencoder = TrainedAutoencoder.load({self.name!r})"
        return f"autoencoder = TrainedAutoencoder.load(Store().weights({self.name!r}))"


def choose() -> Choice:
    """Let the visitor choose. `?run=ID` in the link chooses too; what cannot be used is named in a sentence."""
    options = _options()
    default = next(iter(options))
    wanted = link.wanted_run(_CHOICE, default)
    try:
        if wanted not in options:
            options[wanted] = _title(_finished(wanted))
        _load(wanted)
        link.name_run(_CHOICE, wanted, default)
    except DlcoreError as error:
        page.problem(f"{error} The one that comes with the app is used instead.")
        st.session_state.pop(_CHOICE, None)
        wanted = default
    st.session_state[_WIDGET] = wanted
    st.selectbox(
        "Which autoencoder?",
        options,
        format_func=lambda key: options.get(key, key),
        key=_WIDGET,
        on_change=link.run_chosen,
        args=(_CHOICE, _WIDGET, default),
        help="The one that comes with the app, or any that you trained.",
    )
    autoencoder = _load(wanted)
    return Choice(wanted, options[wanted], autoencoder, images(autoencoder.config.data.name))


def choose_class(choice: Choice, key: str, label: str) -> int | None:
    """The class that a conditional autoencoder is told; None for all others."""
    if not choice.autoencoder.conditional:
        return None
    titles = choice.autoencoder.labels
    options = tuple(map(str, range(len(titles))))
    named = dict(zip(options, titles, strict=True))
    return int(link.choice(key, label, options, "0", names=named, look="segmented"))


@st.cache_resource(max_entries=3, show_spinner="Reading the images")
def images(name: str) -> Dataset:
    """The data set called `name` if it is on this machine, else the embedded digits with a notice. Never a download."""
    if name == "digits" or mnist.on_disk(name):
        return load(name)
    notice = f"{words.dataset(name)} is not on this machine: the embedded digits are shown instead."
    return Dataset(**{**vars(load("digits")), "notice": notice})


def _load(name: str) -> TrainedAutoencoder:
    return _bundled(name) if name in bundled() else _trained(name)


@st.cache_resource(max_entries=4, show_spinner=False)
def _bundled(name: str) -> TrainedAutoencoder:
    return TrainedAutoencoder.load(name)


@st.cache_resource(max_entries=16, show_spinner=False)
def _trained(run_id: str) -> TrainedAutoencoder:
    return TrainedAutoencoder.load(session.store().weights(run_id))


def _options() -> dict[str, str]:
    """Every choice with its title: bundled ones first, then this visitor's runs, newest first."""
    options = {name: f"{name}, comes with the app" for name in bundled()}
    try:
        runs = session.store().runs(session.owner())
    except DlcoreError as error:
        page.problem(error)
        return options
    return options | {run.id: _title(run) for run in runs if run.has_weights and _kind(run) == "autoencoder"}


def _finished(run_id: str) -> Run:
    run = session.store().run(run_id)
    if _kind(run) != "autoencoder":
        raise RunNotFound(f"The run {run.title!r} trained no autoencoder.")
    if not run.has_weights:
        raise RunNotFound(f"The run {run.title!r} has no trained network yet: let it finish first.")
    return run


def _kind(run: Run) -> str:
    return preset(run.config.preset).kind


def _title(run: Run) -> str:
    error = run.finished.test.get("mse") if run.finished else None
    return run.title if error is None else f"{run.title}, squared error {error:.4f}"
