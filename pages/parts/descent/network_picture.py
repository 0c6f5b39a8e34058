"""The loss on a plane through a network's weights, computed once for all visitors."""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dlcore import data as sets
from dlcore.inspect import loss_plane
from dlcore.inspect.loss_plane import Course, Path, Slice
from dlcore.runs import checkpoints
from dlcore.use.classifier import bundled
from pages.shared import own_images, reader, session

MOST_KEPT = 24


@dataclass(frozen=True)
class Setup:
    """All that a picture depends on. epochs: those of the run's networks that are kept; () for a bundled network."""

    choice: str
    epochs: tuple[int, ...]
    ended: bool
    plane: str
    seed: int
    reach: float
    split: str
    count: int
    images: int
    data: str

    @property
    def source(self) -> str:
        """The run whose own images are its data, if they are."""
        return self.choice if self.data == "own" else ""


@dataclass(frozen=True)
class Picture:
    """What is shown. course, titles, share: None and empty for a network without a path; samples: images used."""

    found: Slice
    course: Course | None
    titles: tuple[str, ...]
    share: float | None
    centre: float
    samples: int


def kept(choice: str) -> tuple[tuple[int, ...], bool]:
    """The epochs of a run whose networks are kept, and whether there is one of its end; nothing for a bundled one."""
    if choice in bundled():
        return (), True
    store = session.store()
    return tuple(store.weight_epochs(choice)), store.run(choice).has_weights


@st.cache_resource(max_entries=2, show_spinner="Opening the networks of this run")
def opened(run_id: str, epochs: tuple[int, ...], ended: bool) -> Path:
    return checkpoints.path(session.store(), run_id)


@st.cache_resource(max_entries=2, show_spinner="Opening the images")
def _images(name: str, choice: str) -> sets.Dataset:
    return own_images.dataset(name, choice)


@st.cache_resource(show_spinner=False)
def _shelf() -> dict[Setup, Picture]:
    """Pictures that were computed: for all visitors, the oldest of too many leaves."""
    return {}


def picture(setup: Setup) -> Picture:
    """From the shelf, or computed with a bar that tells how far it is."""
    shelf = _shelf()
    if (known := shelf.get(setup)) is None:
        bar = st.empty()
        known = shelf[setup] = _compute(setup, bar)
        bar.empty()
        while len(shelf) > MOST_KEPT:
            shelf.pop(next(iter(shelf)), None)
    return known


def forget(setup: Setup) -> None:
    """Compute this picture anew when it is wanted again."""
    _shelf().pop(setup, None)


def _compute(setup: Setup, bar: DeltaGenerator) -> Picture:
    if setup.choice in bundled():
        classifier = reader.load(setup.choice)
        config, model, path = classifier.config, classifier.model, None
    else:
        path = opened(setup.choice, setup.epochs, setup.ended)
        config, model = path.config, path.model
    samples = loss_plane.sample(_images(setup.data, setup.source), config, setup.split, setup.images)
    probe = loss_plane.Probe(model, samples)
    own = setup.plane == "path"
    plane = loss_plane.path_plane(path.weights) if own else loss_plane.random_plane(model, setup.seed)
    course = None if path is None else loss_plane.course(probe, plane, path.weights)
    axes = loss_plane.around(course.points, setup.count) if own else loss_plane.symmetric(setup.reach, setup.count)
    total = setup.count**2
    found = loss_plane.evaluate(
        probe, plane, *axes,
        progress=lambda done: bar.progress(done, f"The loss at {round(done * total):,} of {total:,} points"),
    )  # fmt: skip
    share = None if path is None else plane.share(path.weights)
    titles = () if path is None else path.titles
    return Picture(found, course, titles, share, probe(plane.origin), len(samples))
