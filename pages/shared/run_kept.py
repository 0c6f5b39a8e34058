"""Which weights a run has kept, what they reach, and what can be done with them."""

from collections.abc import Mapping

import streamlit as st

from dlcore.runs.run import Run
from dlcore.training.records import Finished, Moment
from pages.figures import words
from pages.shared import page
from pages.shared.trained import last_of


def sentence(done: Finished) -> str:
    """Which weights the test figures are of, with a space before it; empty where that is not known."""
    if done.best:
        return f" The model has the best weights, {done.best.said}: those with the lowest validation loss."
    return f" The weights of epoch {done.best_epoch} were kept." if done.best_epoch else ""


def kept(run: Run) -> None:
    """Best and last weights, each with its place in the run and its figures, where they are two."""
    done, start = run.finished, run.started_record
    if not (done and start and done.best and done.last and run.has_last):
        return
    sizes = {name: f"{start.sizes.get(name, 0):,} {name} {run.config.about.unit}" for name in ("validation", "test")}
    rows = "".join(_row(*each) for each in (("**Best**, the model", done.best), ("**Last**", done.last)))
    st.markdown(f"| Weights | From | {sizes['validation']} | {sizes['test']} |\n|:--|:--|:--|:--|\n{rows}")


def _row(title: str, moment: Moment) -> str:
    return f"| {title} | {moment.said} | {_figures(moment.validation)} | {_figures(moment.test)} |\n"


def _figures(values: Mapping[str, float]) -> str:
    shown = [f"loss {words.loss(values['loss'])}"] if "loss" in values else []
    if "accuracy" in values:
        shown.append(f"accuracy {words.share(values['accuracy'])}")
    return page.plain(", ".join(shown)) or "–"


def draw_buttons(run: Run) -> None:
    """The ways to the Draw page, for a network that tells images apart."""
    if not (run.has_weights and run.config.reads_images):
        return
    names = {run.id: "Draw for this model"}
    if run.has_last:
        names = {run.id: "Draw for the best weights", last_of(run.id): "Draw for the last"}
    for name, label in names.items():
        look = "primary" if name == run.id else "secondary"
        if st.button(label, type=look, icon=":material/draw:", key=f"draw_{name}"):
            st.switch_page("pages/draw.py", query_params={"run": name})
