"""What remains when a run has ended: what went wrong, what was measured, and what can be done with it."""

import csv
import io
from dataclasses import replace

import streamlit as st

from dlcore.runs.run import Run
from dlcore.training.config import LOWEST_RATE
from dlcore.training.records import Changed
from pages.shared import page, session, words
from pages.shared.code_view import show_code
from pages.shared.run_view import View


def results(run: Run, view: View) -> None:
    """The end of a run, for its owner and for anybody who has the link."""
    if run.state in ("diverged", "failed"):
        _went_wrong(run, view)
    view.ended(run)
    _onward(run, view)


def _went_wrong(run: Run, view: View) -> None:
    page.problem(run.message or (run.finished.message if run.finished else f"This run is {run.state}."))
    if run.state == "diverged":
        training = run.config.training
        smaller = max(training.learning_rate / 10, LOWEST_RATE)
        st.button(
            f"Set the learning rate to {words.short(smaller)}",
            icon=":material/south_east:",
            on_click=view.settings.show,
            args=(replace(run.config, training=replace(training, learning_rate=smaller)),),
        )


def _onward(run: Run, view: View) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if run.has_weights:
            if run.config.reads_images and st.button(
                "Draw for this model", type="primary", icon=":material/draw:", key=f"draw_{run.id}"
            ):
                st.switch_page("pages/draw.py", query_params={"run": run.id})
            st.download_button(
                "Weights",
                data=lambda: session.store().weights(run.id),
                file_name=f"{run.config.preset}-{run.id}.safetensors",
                mime="application/octet-stream",
                icon=":material/download:",
                help="The kept model as one safetensors file; dlcore's CLI and the Draw page read it.",
                on_click="ignore",
            )
        if run.step:
            st.download_button(
                "Curve",
                data=lambda: curve_csv(run.id),
                file_name=f"{run.config.preset}-{run.id}.csv",
                mime="text/csv",
                icon=":material/download:",
                help="Every recorded step as CSV.",
                on_click="ignore",
            )
        st.button(
            "Use these settings again",
            icon=":material/replay:",
            key=f"again_{run.id}",
            on_click=view.settings.show,
            args=(run.config,),
            help="Sets the controls to this run's settings, to change one and start anew.",
        )
    _code_and_link(run, view)


def _code_and_link(run: Run, view: View) -> None:
    with st.expander("Link to this run", icon=":material/link:"):
        st.code(f"{st.context.url or ''}?run={run.id}", language=None)
    with page.sentences():
        script = view.script(run) + _not_repeated(run)
        show_code(script, file_name=f"train_{run.config.preset.replace('-', '_')}.py")


def _not_repeated(run: Run) -> str:
    """Comments on what a visitor did to the run while it went on, which its script does not do again."""
    changes = [record for _, record in session.store().records(run.id) if isinstance(record, Changed)]
    told = [f"{each.setting} became {each.value:g} after step {each.step}" for each in changes]
    if run.state in ("stopped", "interrupted"):
        told.append(f"the run ended after step {run.step}")
    if not told:
        return ""
    lines = "".join(f"#   {each}\n" for each in told)
    return f"\n# By hand, while it ran; this script goes through all epochs without it:\n{lines}"


def curve_csv(run_id: str) -> str:
    """All recorded steps of a run: a header, then a line each."""
    columns, rows, _ = session.store().curve(run_id)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([int(row[0]), int(row[1]), *(f"{value:.6g}" for value in row[2:])] for row in rows.tolist())
    return out.getvalue()
