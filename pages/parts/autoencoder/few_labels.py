"""The section Few labels: what the code knows of the classes, though nobody told."""

import streamlit as st
import torch
from torch import Tensor

from dlcore.config.autoencoders import PIXELS
from dlcore.formula.numbers import number, percent
from dlcore.inspect import latent
from pages.figures import latent as figures
from pages.parts.autoencoder.choice import Choice
from pages.parts.autoencoder.codes import COUNT, images_line, names, opened, script, unseen, untold
from pages.parts.autoencoder.few_labels_cards import EXPERIMENTS, Shown
from pages.parts.autoencoder.gallery import gallery
from pages.shared import address, link, page, present
from pages.shared.code_view import show_code
from pages.shared.experiments import try_this
from pages.shared.plot import plot

_POOL, _DRAWS, _HEIGHT = 3_000, (3, 5, 10), 430
_CODES, _PIXELS = "on the codes", "on the pixels"


def section(choice: Choice) -> None:
    """Accuracy of a linear classifier on codes and on pixels, by the number of labels that it saw."""
    opened(choice)
    _board(choice)
    _what_is_going_on(choice)


@address.fragment
def _board(choice: Choice) -> None:
    left, right = st.columns([8, 4], gap="large")
    with right:
        draws = link.stops("ae_draws", "Repetitions", _DRAWS, 5, form=str,
                           help="Chance decides which images have labels, so the experiment is repeated this many "
                           "times.")  # fmt: skip
        count = link.stops("ae_labels", "Labelled images", latent.FEW, 10, form=str)
        numbers = st.container()
    with left:
        st.markdown(
            f"**A linear classifier trained on a few labels, tested on {COUNT} images.** Error bars: one standard "
            f"deviation, from the choice of the labelled images and of the test images."
        )
        place = st.empty()
        with place.container(height=_HEIGHT, border=False):
            curves = _curves(choice, draws)
        with place.container(height=_HEIGHT, border=False, key="fixed_few"):
            plot(
                "ae_few", figures.few(latent.FEW, _lines(curves), page.is_dark()), height=_HEIGHT - 10,
                alt="Accuracy against the number of labels, on codes and on pixels", file_name="few-labels",
            )  # fmt: skip
    with numbers:
        _numbers(choice, curves, latent.FEW.index(count))
    st.download_button(
        "Download the table", _table(curves), "few-labels.csv", "text/csv", icon=":material/download:", key="ae_csv",
        on_click="ignore",
    )  # fmt: skip
    show_code(_script(choice, draws))
    try_this(EXPERIMENTS, Shown(_lines(curves), latent.FEW.index(count), int(count), draws, COUNT), "ae_few")


def _curves(choice: Choice, draws: int) -> dict[str, list[latent.FewLabels]]:
    """The accuracy for each number of labels; the first time it takes seconds."""
    jobs = [(kind, count) for kind in (_CODES, _PIXELS) for count in latent.FEW]
    bar = st.progress(0.0, "Training linear classifiers")
    found = []
    for done, (kind, count) in enumerate(jobs):
        bar.progress(done / len(jobs), f"Training linear classifiers {kind}, with {count} labels")
        found.append(_accuracy(choice.name, choice.data.name, kind, count, draws, choice))
    return {_CODES: found[: len(latent.FEW)], _PIXELS: found[len(latent.FEW) :]}


@st.cache_data(max_entries=256, show_spinner=False)
def _accuracy(name: str, data: str, kind: str, count: int, draws: int, _choice: Choice) -> latent.FewLabels:
    pool, test = _features(name, data, kind, _choice)
    labels = _choice.data.train.labels[:_POOL], unseen(_choice).labels
    return latent.few_labels(pool, labels[0], test, labels[1], (count,), draws=draws, standardise=kind != _PIXELS)[0]


@st.cache_resource(max_entries=6, show_spinner=False)
def _features(name: str, data: str, kind: str, _choice: Choice) -> tuple[Tensor, Tensor]:
    """Of images that may have a label, and of those to test on."""
    train, test = _choice.data.train[torch.arange(min(_POOL, len(_choice.data.train)))], unseen(_choice)
    if kind == _PIXELS:
        return tuple(each.images.flatten(1).float() / 255 for each in (train, test))
    return tuple(_choice.autoencoder.encode(each.images, untold(_choice, each.images)) for each in (train, test))


def _lines(curves: dict[str, list[latent.FewLabels]]) -> dict[str, tuple[list[float], list[float]]]:
    return {kind: ([each.mean for each in curve], [each.spread for each in curve]) for kind, curve in curves.items()}


def _numbers(choice: Choice, curves: dict[str, list[latent.FewLabels]], at: int) -> None:
    count = latent.FEW[at]
    for kind, size in ((_CODES, choice.autoencoder.code_size), (_PIXELS, PIXELS)):
        found = curves[kind][at]
        st.metric(f"{count} labels, {kind} ({size} numbers)", percent(found.mean), f"± {percent(found.spread)}",
                  delta_color="off", delta_arrow="off")  # fmt: skip
    st.markdown(verdict(curves[_CODES][at], curves[_PIXELS][at]))
    if choice.autoencoder.conditional:
        st.caption(
            "Not a fair comparison: this autoencoder was trained with all labels. The codes here were made without "
            "them: each image got the class with which it is drawn best."
        )
    with present.aside("labelled"):
        _labelled(choice)


def _labelled(choice: Choice) -> None:
    labels, titles = choice.data.train.labels[:_POOL], names(choice)
    chosen = latent.balanced(labels, 10, 0)
    st.markdown("The first set of ten labelled images:")
    gallery(
        "ae_labelled",
        [choice.data.train.images[each, 0].numpy() for each in chosen],
        captions=[titles[labels[each]] for each in chosen],
        size=56,
    )


def verdict(codes: latent.FewLabels, pixels: latent.FewLabels) -> str:
    """Which of the two is ahead, if chance does not explain it."""
    points, images = 100 * abs(codes.mean - pixels.mean), round(abs(codes.mean - pixels.mean) * codes.tested)
    far = f"{number(points, 2)} percentage points, {images} of {codes.tested} images"
    if not codes.differs(pixels):
        return f"With {codes.labels} labels, there is **no clear difference** ({far}): the error bars overlap."
    return (
        f"With {codes.labels} labels, the **{'code is' if codes.mean > pixels.mean else 'pixels are'} ahead** by {far}."
    )


def _table(curves: dict[str, list[latent.FewLabels]]) -> str:
    rows = [
        f"{each.labels},{kind},{each.mean:.4f},{each.deviation:.4f},{each.spread:.4f}"
        for kind, curve in curves.items()
        for each in curve
    ]
    return "\n".join(["labels,features,accuracy,deviation over draws,spread", *rows]) + "\n"


def _what_is_going_on(choice: Choice) -> None:
    with st.expander("What is going on", icon=":material/help:"):
        st.markdown(
            "Labels are expensive, images are cheap. The autoencoder saw many images without labels and squeezed what "
            "makes them different into a few numbers. If the classes are separate in its code, a **linear "
            "classifier** (logistic regression) needs only a few labelled images to find them. On raw pixels, it has "
            "to learn from those few images alone which pixels matter. With many labels, pixels often win: they "
            "contain everything, and a code of two numbers does not.\n\n"
            "The pixels are used as they are, from 0 to 1, since standardising them gives worse results. The numbers "
            "of the code have no natural scale and are standardised."
            + (
                " This autoencoder is given the class, so its code does not need to contain it: do not expect much."
                if choice.autoencoder.conditional
                else ""
            )
        )


def _script(choice: Choice, draws: int) -> str:
    told = ", latent.fitting_classes(autoencoder.model, {0})" if choice.autoencoder.conditional else ""
    encoded = [f"autoencoder.encode({each}{told.format(each)})" for each in ("train.images", "images")]
    body = f"""{images_line(choice)}
train = found.train[torch.arange(min({_POOL}, len(found.train)))]
on_codes = {encoded[0]}, {encoded[1]}
on_pixels = tuple(each.flatten(1).float() / 255 for each in (train.images, images))
for name, (known, test) in {{"codes": on_codes, "pixels": on_pixels}}.items():
    found = latent.few_labels(known, train.labels, test, labels, draws={draws}, standardise=name == "codes")
    for each in found:
        print(name, each.labels, f"{{each.mean:.1%}} ± {{each.spread:.1%}}")"""
    return script(choice, body, "import torch", "from dlcore import data", "from dlcore.inspect import latent")
