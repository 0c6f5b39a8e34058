"""What each layer of a run's network sees, with the weights that it had at the moment that is shown."""

from typing import TYPE_CHECKING

import streamlit as st

from dlcore.runs.run import Run
from pages.shared import checkpoint, layer_view, page, session

if TYPE_CHECKING:
    from dlcore.use.classifier import Classifier


def section(run: Run, at: int | None) -> None:
    """The layers at the newest checkpoint that is not beyond step `at`."""
    titles = checkpoint.titles(run)
    name = _name(run, at, list(titles))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(page.plain(f"With the weights: {titles[name]}."))
        if run.active:
            checkpoint.look_again("train_look_again")
    layer_view.look(f"layers-{run.id}", _classifier(run.id, name), run.id)


def _name(run: Run, at: int | None, names: list[str]) -> str:
    """Of the checkpoints, which begin with the one before training."""
    if at is None or run.started_record is None:
        return names[-1]
    done = at // run.started_record.steps_per_epoch
    kept = [each for each in names if each.startswith("epoch-") and int(each.removeprefix("epoch-")) <= done]
    return kept[-1] if kept else names[0]


@st.cache_resource(max_entries=16, show_spinner=False)
def _classifier(run_id: str, name: str) -> "Classifier":
    from dlcore.runs import checkpoints
    from dlcore.use.classifier import Classifier

    store = session.store()
    if name != checkpoints.START:
        return Classifier.load(checkpoints.weights(store, run_id, name))
    run = store.readable(run_id)
    labels = run.started_record.labels if run.started_record else ()
    return Classifier.untrained(run.config, labels)
