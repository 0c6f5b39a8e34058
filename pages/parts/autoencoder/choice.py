"""Which autoencoder the sections after the training look into: a bundled one, or one that was trained here."""

from dataclasses import dataclass

import streamlit as st

from dlcore.config.image_sets import IMAGE_SETS
from dlcore.data import Dataset, load
from dlcore.runs import checkpoints
from dlcore.runs.run import Run
from dlcore.use.autoencoder import TrainedAutoencoder, bundled
from pages.figures import words
from pages.shared import checkpoint, link, present, session
from pages.shared.chooser import Chooser


@dataclass(frozen=True)
class Choice:
    """name: of a bundled autoencoder, or a run's id and checkpoint: hashable, for caches and keys

    code: a line of Python that loads it, for the code view
    data: the images to show it: those it was trained on, else the embedded digits in their place (see `notice` of it)
    """

    name: str
    title: str
    autoencoder: TrainedAutoencoder
    code: str
    data: Dataset


def choose() -> Choice:
    """Let the visitor choose; what cannot be used is named in a sentence."""
    with present.aside("choice"):
        name, title = _CHOOSER.choose(bundled(), _open)
        at = "" if name in bundled() else _moment(name)
    autoencoder = _open(name, at)
    data = images(autoencoder.config.data.name)
    return Choice(f"{name} {at}".strip(), title, autoencoder, _code(name, at), data)


def _moment(run_id: str) -> str:
    """The checkpoint of a run that is looked at; while the run goes on, there is a newer one every now and then."""
    run = session.store().readable(run_id)
    titles = checkpoint.titles(run)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = checkpoint.choose("ae_checkpoint", titles)
        if run.active:
            checkpoint.look_again("ae_refresh")
    if run.active:
        checkpoint.age(run_id, titles[name])
    return name


def _code(name: str, at: str) -> str:
    if name in bundled():
        return f"autoencoder = TrainedAutoencoder.load({name!r})"
    if at == checkpoints.START:
        return f"autoencoder = TrainedAutoencoder.untrained(Store().readable({name!r}).config)"
    kept = {checkpoints.KEPT: "", checkpoints.LAST: ", last=True"}.get(at, f", {at.removeprefix('epoch-')}")
    return f"autoencoder = TrainedAutoencoder.load(Store().weights({name!r}{kept}))"


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


def _open(name: str, at: str = "") -> TrainedAutoencoder:
    """A bundled autoencoder, or that of a run at a checkpoint; without one, at the newest that there is."""
    if name in bundled():
        return _bundled(name)
    return _trained(name, at or list(checkpoint.titles(session.store().readable(name)))[-1])


@st.cache_resource(max_entries=4, show_spinner=False)
def _bundled(name: str) -> TrainedAutoencoder:
    return TrainedAutoencoder.load(name)


@st.cache_resource(max_entries=16, show_spinner=False)
def _trained(run_id: str, at: str) -> TrainedAutoencoder:
    store = session.store()
    if at == checkpoints.START:
        return TrainedAutoencoder.untrained(store.readable(run_id).config)
    return TrainedAutoencoder.load(checkpoints.weights(store, run_id, at))


def _refusal(run: Run) -> str:
    if run.config.kind != "autoencoder":
        return f"The run {run.title!r} did not train an autoencoder."
    if run.has_weights or run.last_epoch:
        return ""
    return f"The run {run.title!r} has no saved network yet: wait until its first epoch ends."


def _title(run: Run) -> str:
    error = run.finished.test.get("mse") if run.finished else None
    state = f"{run.state}, epoch {run.epoch}" if error is None else f"squared error {words.loss(error)}"
    return f"{run.title}, {state}"


_CHOOSER = Chooser(
    "_ae_choice", "Which autoencoder?", "The one that comes with the app, or one that you trained.", ("autoencoder",),
    _refusal, _title,
)  # fmt: skip
