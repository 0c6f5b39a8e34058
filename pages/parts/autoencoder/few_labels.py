"""The section Few labels: what the code knows of the classes, though nobody told."""

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from dlcore.inspect import latent
from pages.figures import latent as figures
from pages.parts.autoencoder.choice import Choice
from pages.parts.autoencoder.codes import COUNT, images_line, names, opened, script, told, unseen
from pages.parts.autoencoder.gallery import gallery
from pages.shared import address, link, page
from pages.shared.code_view import show_code
from pages.shared.experiments import Experiment, try_this
from pages.shared.plot import plot

_POOL, _DRAWS, _HEIGHT = 3_000, (3, 5, 10), 430
_CODES, _PIXELS = "on the codes", "on the pixels"


def section(choice: Choice) -> None:
    """Accuracy of a linear classifier on codes and on pixels, by the number of labels that it saw."""
    opened(choice)
    _board(choice)
    try_this(
        [
            Experiment("One of each", "What can be learned from one labelled image of each class?", {"ae_labels": 10}),
            Experiment("Plenty", "Do pixels catch up when there are 500 labels?", {"ae_labels": 500}),
            Experiment("Was it luck?", "Ten draws instead of five: does the order stay?", {"ae_draws": 10}),
        ]
    )
    _what_is_going_on(choice)


@address.fragment
def _board(choice: Choice) -> None:
    left, right = st.columns([8, 4], gap="large")
    with right:
        draws = link.stops("ae_draws", "Draws of the labelled images", _DRAWS, 5, form=str,
                           help="Which images have labels is left to chance, so it is done several times.")  # fmt: skip
        count = link.stops("ae_labels", "Labelled images", latent.FEW, 10, form=str)
        numbers = st.container()
    with left:
        st.markdown(
            f"**A linear classifier that saw a few labels, tested on {COUNT} images.** Bars: deviation over the draws."
        )
        place = st.empty()
        with place.container(height=_HEIGHT, border=False):
            curves = _curves(choice, draws)
        with place.container(height=_HEIGHT, border=False):
            plot(
                "ae_few", figures.few(latent.FEW, curves, page.is_dark()), height=_HEIGHT - 10,
                alt="Accuracy against the number of labels, on codes and on pixels", file_name="few-labels",
            )  # fmt: skip
    with numbers:
        _numbers(choice, curves, latent.FEW.index(count))
    st.download_button(
        "Download the table", _table(curves), "few-labels.csv", "text/csv", icon=":material/download:", key="ae_csv",
        on_click="ignore",
    )  # fmt: skip
    show_code(_script(choice, draws))


def _curves(choice: Choice, draws: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Mean and deviation of the accuracy for each number of labels; the first time it takes seconds."""
    jobs = [(kind, count) for kind in (_CODES, _PIXELS) for count in latent.FEW]
    bar = st.progress(0.0, "Teaching linear classifiers")
    found = []
    for done, (kind, count) in enumerate(jobs):
        bar.progress(done / len(jobs), f"Teaching linear classifiers {kind}, with {count} labels")
        found.append(_accuracy(choice.name, choice.data.name, kind, count, draws, choice))
    scores = np.array(found).reshape(2, len(latent.FEW), 2)
    return {kind: (each[:, 0], each[:, 1]) for kind, each in zip((_CODES, _PIXELS), scores, strict=True)}


@st.cache_data(max_entries=256, show_spinner=False)
def _accuracy(name: str, data: str, kind: str, count: int, draws: int, _choice: Choice) -> tuple[float, float]:
    pool, test = _features(name, data, kind, _choice)
    labels = _choice.data.train.labels[:_POOL], unseen(_choice).labels
    found = latent.few_labels(pool, labels[0], test, labels[1], (count,), draws=draws)[0]
    return found.mean, found.deviation


@st.cache_resource(max_entries=6, show_spinner=False)
def _features(name: str, data: str, kind: str, _choice: Choice) -> tuple[Tensor, Tensor]:
    """Of images that may have a label, and of those to test on."""
    train, test = _choice.data.train[torch.arange(min(_POOL, len(_choice.data.train)))], unseen(_choice)
    if kind == _PIXELS:
        return tuple(each.images.flatten(1).float() / 255 for each in (train, test))
    return tuple(_choice.autoencoder.encode(each.images, told(_choice, each.labels)) for each in (train, test))


def _numbers(choice: Choice, curves: dict[str, tuple[np.ndarray, np.ndarray]], at: int) -> None:
    count = latent.FEW[at]
    for kind, size in ((_CODES, choice.autoencoder.code_size), (_PIXELS, 784)):
        mean, deviation = (each[at] for each in curves[kind])
        st.metric(f"{count} labels, {kind} ({size} numbers)", f"{mean:.1%}", f"± {deviation:.1%}",
                  delta_color="off", delta_arrow="off")  # fmt: skip
    ahead = curves[_CODES][0][at] - curves[_PIXELS][0][at]
    st.markdown(
        f"With {count} labels the {'code is' if ahead > 0 else 'pixels are'} **{100 * abs(ahead):.0f} points** ahead."
    )
    labels, titles = choice.data.train.labels[:_POOL], names(choice)
    chosen = latent.balanced(labels, 10, 0)
    st.markdown("The first draw of ten labelled images:")
    gallery(
        "ae_labelled",
        [choice.data.train.images[each, 0].numpy() for each in chosen],
        captions=[titles[labels[each]] for each in chosen],
        size=56,
    )


def _table(curves: dict[str, tuple[np.ndarray, np.ndarray]]) -> str:
    rows = [
        f"{count},{kind},{mean:.4f},{deviation:.4f}"
        for kind, (means, deviations) in curves.items()
        for count, mean, deviation in zip(latent.FEW, means, deviations, strict=True)
    ]
    return "\n".join(["labels,features,accuracy,deviation", *rows]) + "\n"


def _what_is_going_on(choice: Choice) -> None:
    with st.expander("What is going on", icon=":material/help:"):
        st.markdown(
            "Labels are dear, images are cheap. The autoencoder saw many images without a label and squeezed what "
            "makes them different into a few numbers. If the classes lie apart in its code, a **linear classifier** "
            "(logistic regression) needs few labelled images to find them. On raw pixels it has to find out from "
            "those few images alone which pixels matter. With many labels pixels often win: they hold everything, "
            "and a code of two numbers does not."
            + (
                " This autoencoder is told the class, so its code has no need to keep it: do not expect much, and "
                "note that its codes here were made with the true class."
                if choice.autoencoder.conditional
                else ""
            )
        )


def _script(choice: Choice, draws: int) -> str:
    pair = ("train.labels", "labels") if choice.autoencoder.conditional else ("", "")
    encoded = [f"autoencoder.encode({each}{', ' + told if told else ''})"
               for each, told in zip(("train.images", "images"), pair, strict=True)]  # fmt: skip
    body = f"""{images_line(choice)}
train = found.train[torch.arange(min({_POOL}, len(found.train)))]
on_codes = {encoded[0]}, {encoded[1]}
on_pixels = tuple(each.flatten(1).float() / 255 for each in (train.images, images))
for name, (known, test) in {{"codes": on_codes, "pixels": on_pixels}}.items():
    for each in latent.few_labels(known, train.labels, test, labels, draws={draws}):
        print(name, each.labels, f"{{each.mean:.1%}} ± {{each.deviation:.1%}}")"""
    return script(choice, body, "import torch", "from dlcore import data", "from dlcore.inspect import latent")
