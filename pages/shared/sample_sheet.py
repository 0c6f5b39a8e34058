"""A look at the training images before training: as the network will get them, loaded without holding the page up."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from dlcore.config.images import DataConfig
from dlcore.data.own.examples import digest
from dlcore.errors import DlcoreError
from pages.figures.sheet import empty_sheet, sheet
from pages.shared import page, present

IMAGES = 32
POLL_SECONDS = 0.3


@dataclass(frozen=True)
class Sample:
    """Some training images and the facts about their set."""

    name: str
    notice: str
    images: np.ndarray
    """uint8 (n, 28, 28)"""
    captions: tuple[str, ...]
    marked: tuple[bool, ...]
    descriptions: tuple[str, ...]
    counts: tuple[int, ...]
    """Training images of each class."""
    labels: tuple[str, ...]
    sizes: dict[str, int]


class Job:
    """A sample on its way."""

    def __init__(self, pool: ThreadPoolExecutor, data: DataConfig, seed: int, examples: bytes | None) -> None:
        self.news = ("Opening the data", 0.0)
        self.future: Future[Sample] = pool.submit(take, data, seed, self._progress, examples)

    def _progress(self, what: str, share: float) -> None:
        self.news = (what, share)


@st.cache_resource(show_spinner=False)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(2, thread_name_prefix="samples")


@st.cache_resource(show_spinner=False, max_entries=32)
def _job(data: DataConfig, seed: int, digest: str, _examples: bytes | None) -> Job:
    return Job(_pool(), data, seed, _examples)


def sample_sheet(data: DataConfig, seed: int, examples: bytes | None = None) -> None:
    """Draw the sheet; while its data are being loaded, hold its place and say how far that is.

    examples: the images that the run is to bring along, if they are its data
    """
    job = _job(data, seed, digest(examples) if examples else "", examples)
    wait([job.future], timeout=0.2)
    st.fragment(_draw, run_every=None if job.future.done() else POLL_SECONDS)(job, job.future.done())


def _draw(job: Job, was_done: bool) -> None:
    if not job.future.done():
        what, share = job.news
        st.progress(min(max(share, 0.0), 1.0), text=page.plain(what))
        st.html(empty_sheet(IMAGES))
        return
    if not was_done:
        st.rerun()
    try:
        sample = job.future.result()
    except DlcoreError as error:
        _job.clear()
        page.problem(error)
        return
    _facts(sample)
    st.html(sheet(sample.images, sample.captions, sample.marked, sample.descriptions))
    with present.aside("counts"):
        _counts(sample)


def _facts(sample: Sample) -> None:
    if sample.notice:
        page.problem(sample.notice)
    sizes = sample.sizes
    noise = " Framed: labels made wrong by noise." if any(sample.marked) else ""
    st.markdown(
        f"**What the network will see**: {len(sample.images)} of {sizes['train']:,} training images. Set aside: "
        f"{sizes['validation']:,} for validation, {sizes['test']:,} for the test at the end.{noise}"
    )


def _counts(sample: Sample) -> None:
    from pages.figures import training as figures

    st.caption("Training images of each class")
    figure = figures.class_counts(sample.counts, sample.labels, dark=page.is_dark())
    st.plotly_chart(figure, theme=None, key="class_counts", config={"displayModeBar": False})


def take(data: DataConfig, seed: int, progress=None, examples: bytes | None = None) -> Sample:
    """A sample of the training split that `data` describes. Needs no Streamlit: it runs in a thread of its own."""
    import torch

    from dlcore.data import load
    from dlcore.data.prepare import training_split

    dataset = load(data.name, progress=progress, examples=examples)
    noisy = training_split(dataset, data, seed)
    clean = training_split(dataset, replace(data, label_noise=0.0), seed)
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(len(noisy), generator=generator)[:IMAGES]
    labels, true = noisy.labels[chosen], clean.labels[chosen]
    images = _augmented(noisy.images[chosen], labels, data.augment, generator, progress)
    names = dataset.labels
    captions, marked, said = zip(
        *(_words(names, int(a), int(b)) for a, b in zip(labels, true, strict=True)), strict=True
    )
    strange = _strange(data, seed)
    count = len(strange)
    return Sample(
        name=dataset.name,
        notice=dataset.notice,
        images=np.concatenate([images, strange])[-IMAGES:],
        captions=(*captions, *["none"] * count)[-IMAGES:],
        marked=(*marked, *[False] * count)[-IMAGES:],
        descriptions=(*said, *["generated, none of the classes: it teaches the network to doubt"] * count)[-IMAGES:],
        counts=tuple(torch.bincount(noisy.labels, minlength=len(names)).tolist()),
        labels=names,
        sizes={"train": len(noisy), "validation": len(dataset.validation), "test": len(dataset.test)},
    )


def _words(names: Sequence[str], label: int, true: int) -> tuple[str, bool, str]:
    """Caption, whether it is marked, description."""
    if label == true:
        return names[label], False, f"labelled {names[label]}"
    return f"✗ {names[label]}", True, f"labelled {names[label]} because of noise, really {names[true]}"


def _augmented(images, labels, kinds: tuple[str, ...], generator, progress) -> np.ndarray:
    if kinds:
        from dlcore.data.augment import Augment

        images = Augment(kinds, generator, progress)(images.float().div(255), labels).mul(255).round().byte()
    return images.squeeze(1).numpy()


def _strange(data: DataConfig, seed: int) -> np.ndarray:
    """A few things that are none of the classes, in the share in which each batch will hold them."""
    count = round(IMAGES * data.outliers)
    if not count:
        return np.empty((0, 28, 28), dtype=np.uint8)
    from dlcore.data.outliers import outliers

    return np.asarray(outliers(count, seed)).reshape(count, 28, 28)
