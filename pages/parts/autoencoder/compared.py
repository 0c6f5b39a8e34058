"""Several autoencoders side by side: the same images as each of them draws them, and where their codes lie."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dlcore.formula.numbers import percent
from dlcore.runs.run import Run
from pages.figures import autoencoder as figures
from pages.parts.autoencoder.pairs import legend, pairs
from pages.parts.autoencoder.training import NEIGHBOURS, against_pca, axes, class_names, same_class
from pages.shared import page
from pages.shared.plot import plot
from pages.shared.run_view import component_key
from pages.shared.side_by_side import latest, side_by_side

_HEIGHT = 320
_ROWS = {"original": "original", "drawn": "drawn from the code"}


def compared(runs: Sequence[Run]) -> None:
    """Reconstructions of the same validation images, and the codes of many."""
    side_by_side(runs, _column)


def _column(run: Run) -> None:
    sheet, names = latest(run, "reconstructions"), class_names(run)
    if sheet is None:
        return
    if run.last_epoch:
        st.markdown(against_pca(run.last_epoch.validation, run.config.model.code_size))
    st.html(legend(list(_ROWS), _ROWS))
    drawn = {"original": sheet.arrays["images"], "drawn": sheet.arrays["outputs"]}
    pairs(component_key("compared-pairs", run), drawn, [names[label] for label in sheet.arrays["labels"]])
    codes = latest(run, "codes")
    if codes is None:
        return
    labels = codes.arrays["labels"]
    same = percent(same_class(codes.arrays["codes"], labels))
    told = ", which the encoder was given" if run.config.model.conditional else ""
    st.markdown(f"Of the {NEIGHBOURS} nearest codes, **{same}** show the same class{told}.")
    plane = np.asarray(codes.arrays["plane"])[None]
    figure = figures.cloud(plane, labels, names, axes=axes(run.config.model.code_size), dark=page.is_dark())
    plot(component_key("compared-codes", run), figure, height=_HEIGHT, file_name="codes",
         alt="The codes of validation images as points, coloured by class")  # fmt: skip
