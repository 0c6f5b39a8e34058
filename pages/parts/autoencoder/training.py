"""What is seen of a run while it goes on: the loss in numbers, originals and reconstructions, and the moving codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from dlcore.config.autoencoders import PIXELS
from dlcore.formula import latex
from dlcore.formula.numbers import percent
from dlcore.runs.run import Run
from pages.figures import autoencoder as figures
from pages.figures import words
from pages.parts.autoencoder import collapse
from pages.parts.autoencoder.pairs import empty_pairs, legend, pairs
from pages.shared import page
from pages.shared.glossary import explain
from pages.shared.plot import Frames, Track, plot
from pages.shared.run_data import learned_from
from pages.shared.run_series import RunSeries
from pages.shared.run_view import component_key

SNAPSHOTS = ("reconstructions", "codes")
SHEET = 24
HEIGHT = 400
NEIGHBOURS = 10
EXACT = 1e-6
"""A squared error per pixel below this is a thousandth of full ink: nobody sees it."""
_NO_BAR = "<style>.st-key-ae_live_codes .player { display: none; }</style>"
"""From one epoch to the next there is nothing to wind back."""


def live(run: Run, seen: RunSeries) -> None:
    """Everything below the charts."""
    left, right = st.columns([6, 5], gap="medium")
    with left:
        _reconstructions(run, seen)
    with right:
        _codes(run, seen)
    _formula(run, seen)
    if run.active and run.last_epoch:
        st.caption("Map, Generate and the other sections at the top show this network as it is now.")


# The loss in numbers.


def _formula(run: Run, seen: RunSeries) -> None:
    last = run.last_epoch
    if last and all(np.isfinite(value) for value in last.validation.values()):
        st.markdown(f"After epoch {last.epoch}, on validation images: {_loss(run, last.validation)}", help=_terms(run))
        st.markdown(against_pca(last.validation, run.config.model.code_size))
        codes = seen.snapshots.get("codes")
        if codes and codes.epoch and (problem := collapse.said(run.config.model, codes.arrays["codes"], _kl(run))):
            st.markdown(problem, help=explain("posterior collapse", "KL divergence", "nat"))
    else:
        st.markdown(
            "The loss says how far the drawing is from the original, pixel by pixel. PCA is shown beside it.",
            help=explain("loss", "latent code", "validation"),
        )
    learned_from(run, "images")


def _terms(run: Run) -> str:
    return explain("latent code", *(("KL divergence", "nat") if run.config.model.variational else ("loss",)))


def _kl(run: Run) -> float:
    return run.last_epoch.validation.get("kl", 0.0) if run.last_epoch else 0.0


def _loss(run: Run, values: dict[str, float]) -> str:
    """The loss as a formula with this moment's numbers."""
    model = run.config.model
    kind = model.reconstruction
    if run.config.model.variational:
        drawn, kl = PIXELS * values[kind], values["kl"]
        parts = drawn, model.beta, kl, drawn + model.beta * kl
        reconstruction, beta, divergence, whole = (latex.number(each) for each in parts)
        return (
            rf"$\underbrace{{{reconstruction}}}_{{\text{{reconstruction}}}} + {beta} \cdot "
            rf"\underbrace{{{divergence}}}_{{\text{{KL}}}} = {whole}$ nats per image"
        )
    formula = {
        "bce": r"-\frac{1}{784}\sum_i \left[ x_i \ln \hat x_i + (1 - x_i) \ln (1 - \hat x_i) \right]",
        "mse": r"\frac{1}{784}\sum_i (\hat x_i - x_i)^2",
    }[kind]
    if not model.sparsity:
        return f"$J = {formula} = {words.loss(values['loss'])}$"
    pull = values["loss"] - values[kind]
    drawn, pulled = words.loss(values[kind]), words.loss(pull)
    return rf"$J = {formula} + {latex.number(model.sparsity)} \cdot \overline{{|z|}} = {drawn} + {pulled}$"


def against_pca(values: dict[str, float], size: int) -> str:
    """How the squared error compares with that of PCA with as many numbers."""
    own, pca = values["mse"], values["pca_mse"]
    return (
        f"Squared error per pixel **{words.loss(own)}**; PCA with {size} numbers {words.loss(pca)}: "
        f"{compared(own, pca)}."
    )


def compared(own: float, pca: float) -> str:
    """An error beside that of PCA, which makes none where a code has as many numbers as the images need."""
    if pca < EXACT:
        return "PCA makes almost no error here"
    if own < pca:
        return f"**{percent(1 - own / pca)} less** than PCA"
    return f"{percent(own / pca - 1)} more than PCA" if own < 2 * pca else f"{words.times(own, pca)} that of PCA"


# Originals and reconstructions.


def rows(run: Run) -> dict[str, str]:
    """The rows of the sheet with their titles, from top to bottom."""
    read = {"read": "what it reads"} if run.config.model.corruption != "none" else {}
    return {"original": "original", **read, "drawn": "drawn from the code", "PCA": "drawn by PCA"}


def _reconstructions(run: Run, seen: RunSeries) -> None:
    titles, key = rows(run), component_key("pairs", run)
    snapshot = seen.snapshots.get("reconstructions")
    when = _when(snapshot.epoch) if snapshot else "before training"
    total = run.started_record.sizes.get("validation", 0) if run.started_record else 0
    st.markdown(f"**The same sample of {SHEET}{f' of the {total:,}' if total else ''} validation images, {when}**")
    st.html(legend(list(titles), titles))
    if snapshot is None:
        empty_pairs(key, list(titles), SHEET)
        return
    arrays = snapshot.arrays
    sources = {"original": "images", "read": "inputs", "drawn": "outputs", "PCA": "pca"}
    names = class_names(run)
    pairs(key, {row: arrays[sources[row]] for row in titles}, [names[label] for label in arrays["labels"]])


def class_names(run: Run) -> Sequence[str]:
    """Names of the classes of the run's data."""
    return run.started_record.labels if run.started_record else [str(each) for each in range(10)]


def _when(epoch: int) -> str:
    return f"after epoch {epoch}" if epoch else "before training"


# Codes.


@dataclass
class _Cloud:
    """The scatter of one run as it was and as it is. same: share of the nearest codes that have the same class."""

    epoch: int
    before: np.ndarray
    now: np.ndarray
    same: float


def _codes(run: Run, seen: RunSeries) -> None:
    snapshot = seen.snapshots.get("codes")
    if snapshot is None:
        st.markdown("**Where images lie in the code**")
        st.html("<div>One point for each validation image.</div>")
        st.container(height=HEIGHT, border=False)
        return
    cloud = _moved(run, snapshot)
    labels, names, size = snapshot.arrays["labels"], class_names(run), run.config.model.code_size
    st.markdown(f"**The codes of {len(labels):,} images, {_when(snapshot.epoch)}**")
    told = ", which the encoder was given" if run.config.model.conditional else ""
    st.html(f"<div>Of the {NEIGHBOURS} nearest codes, <b>{percent(cloud.same)}</b> show the same class{told}.</div>")
    planes = np.stack([cloud.before, cloud.now])
    figure = figures.cloud(planes, labels, names, axes=axes(size), dark=page.is_dark())
    with st.container(key="ae_live_codes"):
        st.html(_NO_BAR)
        scatter(component_key("codes", run), figure, figures.glide(cloud.before, cloud.now), labels, len(names))


def axes(size: int) -> tuple[str, str]:
    """What the two directions of the scatter are."""
    if size == 2:
        return "first number of the code", "second number"
    return "first principal component", "second"


def scatter(key: str, figure: Any, path: np.ndarray, classes: np.ndarray, count: int, **frames: Any) -> None:
    """The scatter, whose points take their places along `path` (T, N, 2).

    classes: int64 (N,), of `count` classes; frames: of pages.shared.plot.Frames
    """
    tracks = [Track(trace, x=x, y=y, mode="set") for trace, x, y in figures.by_class(path, classes, count)]
    usual = {"fps": 15, "arrive": "play"}
    alt = "The codes of validation images as points, coloured by class"
    film = Frames(len(path), tracks, **{**usual, **frames})
    plot(key, figure, height=HEIGHT, alt=alt, frames=film, file_name="codes")


def _moved(run: Run, snapshot: Any) -> _Cloud:
    key = f"_ae_cloud_{run.id}"
    known: _Cloud | None = st.session_state.get(key)
    if known is None or known.epoch != snapshot.epoch:
        now, codes, labels = (snapshot.arrays[name] for name in ("plane", "codes", "labels"))
        before = known.now if known and known.now.shape == now.shape else now
        known = _Cloud(snapshot.epoch, before, now, same_class(codes, labels))
        st.session_state[key] = known
    return known


def same_class(codes: np.ndarray, labels: np.ndarray) -> float:
    """Share of the 10 nearest other codes (N, k) that have the class of a code."""
    import torch

    from dlcore.inspect import latent

    points, classes = torch.from_numpy(codes), torch.from_numpy(labels)
    near = latent.nearest(points, points, min(NEIGHBOURS + 1, len(points)))[:, 1:]
    return (classes[near] == classes[:, None]).float().mean().item()
