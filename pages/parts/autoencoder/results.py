"""What remains of a run that has ended: what was measured, and how its codes found their places."""

import math
from itertools import pairwise

import numpy as np
import streamlit as st

from dlcore.config.autoencoders import PIXELS
from dlcore.formula.numbers import number, percent
from dlcore.runs.run import Run
from pages.figures import autoencoder as figures
from pages.figures import words
from pages.parts.autoencoder import collapse
from pages.parts.autoencoder.training import axes, class_names, scatter
from pages.shared import page, run_kept, session
from pages.shared.glossary import explain
from pages.shared.run_view import component_key

SAMPLE = 500
HELP = {
    "BCE per pixel": "Binary cross-entropy per pixel, in nats: what the network is trained on, unless you chose mse.",
    "MSE per pixel": "Mean squared error, where black is 0 and white is 1.",
    "KL, nats": explain("KL divergence", "nat"),
    "ELBO, nats": explain("ELBO", "nat"),
    "Silent code": "The share of the code's numbers that are smaller than a hundredth of the largest one.",
}


def ended(run: Run) -> None:
    """Figures on the test split, and the film of the codes."""
    done = run.finished
    if done and "mse" in done.test and math.isfinite(done.test["mse"]):
        _measured(run)
    if run.has_weights:
        _film(run)


def _measured(run: Run) -> None:
    done, start, size = run.finished, run.started_record, run.config.model.code_size
    test = done.test
    st.markdown("**Measured once, on test images that played no part in training**")
    cells = {
        "BCE per pixel": words.loss(test["bce"]),
        "MSE per pixel": words.loss(test["mse"]),
        f"MSE of PCA-{size}": words.loss(test["pca_mse"]),
    }
    if run.config.model.variational:
        cells["KL, nats"] = number(test["kl"], 3)
        cells["ELBO, nats"] = number(-PIXELS * test["bce"] - test["kl"])
    else:
        cells["Silent code"] = percent(test["silent"])
    for column, (label, value) in zip(st.columns(len(cells)), cells.items(), strict=True):
        column.metric(label, value, help=HELP.get(label))
    images = f"{start.sizes['test']:,} test images of {start.data}" if start else "Test images"
    kept = run_kept.sentence(done)
    st.markdown(
        f"{page.plain(images)}.{kept} Training took {words.duration(done.train_seconds)} for {done.samples:,} images. "
        f"{why(run)}"
    )


def why(run: Run) -> str:
    """Why it draws better than PCA, or why not."""
    test, config = run.finished.test, run.config
    if test["mse"] < test["pca_mse"]:
        told = ", and it is given the class, which PCA is not" if config.model.conditional else ""
        return (
            "It beats PCA, which can only add up fixed pictures; here the pictures can change with the code, and "
            f"pixels stay between 0 and 1{told}."
        )
    codes = session.store().snapshot(run.id, "codes")
    if config.model.variational and codes and not collapse.used(codes.arrays["codes"]):
        kl = number(test["kl"], 3)
        collapsed = f"this code has collapsed (KL {kl} nats per image) and says nothing about the image"
        return f"PCA draws better here: {collapsed}."
    reasons = []
    if config.model.variational:
        reasons.append("its code is deliberately noisy, so that nearby codes give similar drawings")
    if config.data.name == "digits":
        reasons.append("these digits are enlarged from 8×8 pixels, so 64 numbers are enough for PCA to be perfect")
    if config.model.reconstruction == "bce":
        reasons.append(
            "it was trained on cross-entropy, while PCA has the smallest squared error of all linear methods"
        )
    reasons.append("it could still improve with more epochs, while PCA has nothing left to learn")
    return f"PCA draws better here: {'; '.join(reasons)}."


@st.fragment
def _film(run: Run) -> None:
    """The codes of the same images at every kept epoch, as a film."""
    key = f"ae_film_{run.id}"
    if st.session_state.get(key) is None:
        st.button(
            "Play how the codes found their places",
            icon=":material/movie:",
            key=f"ae_show_film_{run.id}",
            on_click=lambda: st.session_state.update({key: True}),
        )
        return
    with page.sentences():
        epochs, planes, labels = history(run.id)
        names = class_names(run)
        directions = axes(run.config.model.code_size)
        figure = figures.cloud(planes, labels, names, axes=directions, dark=page.is_dark(), legend=True)
        said = [f"epoch {epoch}" if epoch else "untrained" for epoch in epochs]
        path, moments = _slowed(planes, said)
        scatter(component_key("film", run), figure, path, labels, len(names), bar=True, labels=moments, fps=20)


def _slowed(planes: np.ndarray, said: list[str], between: int = 10) -> tuple[np.ndarray, list[str]]:
    """Planes (T, N, 2) with pictures in between, and the label of each picture."""
    parts = [figures.glide(*pair, between + 1)[:-1] for pair in pairwise(planes)]
    labels = [word for word in said[:-1] for _ in range(between)]
    return np.concatenate([*parts, planes[-1:]]).astype(np.float32), [*labels, said[-1]]


@st.cache_data(max_entries=8, show_spinner="Loading the network of every epoch")
def history(run_id: str) -> tuple[list[int], np.ndarray, np.ndarray]:
    """Epochs, the plane of the same validation images at each of them (T, N, 2), and their labels (N,)."""
    import torch

    from dlcore import data
    from dlcore.inspect import latent
    from dlcore.models.autoencoder import pixels
    from dlcore.runs import checkpoints
    from dlcore.training.tasks.autoencoders.task import PCA, turned

    store = session.store()
    run = store.readable(run_id)
    validation = data.load(run.started_record.data).validation
    sample = validation[torch.arange(min(SAMPLE, len(validation)))]
    epochs = [0, *store.weight_epochs(run_id)]
    goal = PCA.of(sample.images, 2).codes(pixels(sample.images))
    planes = []
    for epoch in epochs:
        model = checkpoints.load(store, run_id, f"epoch-{epoch}" if epoch else checkpoints.START)
        codes = latent.encode(model, sample.images, sample.labels)
        planes.append(codes if codes.shape[1] == 2 else turned(codes, goal))
    return epochs, torch.stack(planes).numpy(), sample.labels.numpy()
