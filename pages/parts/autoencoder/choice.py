"""Which autoencoder the sections after the training look into: a bundled one, or one that was trained here."""

from dataclasses import dataclass

import streamlit as st

from dlcore.config.image_sets import IMAGE_SETS
from dlcore.data import Dataset, load
from dlcore.runs.run import Run
from dlcore.use.autoencoder import TrainedAutoencoder, bundled
from pages.figures import words
from pages.shared import link, trained
from pages.shared.chooser import Chooser, unfinished


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
        return f"autoencoder = TrainedAutoencoder.load({trained.source(self.name)})"


def choose() -> Choice:
    """Let the visitor choose; what cannot be used is named in a sentence."""
    name, title = _CHOOSER.choose(bundled(), _load)
    autoencoder = _load(name)
    return Choice(name, title, autoencoder, images(autoencoder.config.data.name))


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
    if IMAGE_SETS[name].ready():
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
    return TrainedAutoencoder.load(trained.weights(run_id))


def _refusal(run: Run) -> str:
    if run.config.kind != "autoencoder":
        return f"The run {run.title!r} trained no autoencoder."
    return unfinished(run)


def _title(run: Run) -> str:
    error = run.finished.test.get("mse") if run.finished else None
    return run.title if error is None else f"{run.title}, squared error {error:.4f}"


_CHOOSER = Chooser(
    "_ae_choice", "Which autoencoder?", "The one that comes with the app, or any that you trained.", ("autoencoder",),
    _refusal, _title, lasts=True,
)  # fmt: skip
