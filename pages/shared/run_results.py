"""What remains when a run has ended: what went wrong, what was measured, and what can be done with it."""

from dataclasses import replace

import streamlit as st

from dlcore.config.run import RunConfig
from dlcore.config.training import LOWEST_RATE
from dlcore.formula.numbers import plain
from dlcore.runs.run import Run
from dlcore.training.records import Changed
from dlcore.training.script import Ran, export
from pages.figures import words
from pages.shared import own_images, page, session
from pages.shared.code_view import show_code
from pages.shared.run_files import downloads
from pages.shared.run_kept import draw_buttons, kept
from pages.shared.run_view import View

_UNTIL = "This no longer holds once something was done by hand: the script does not repeat it, but lists it at its end."


def results(run: Run, view: View) -> None:
    """The end of a run, for its owner and for anybody who has the link."""
    if run.state in ("diverged", "failed"):
        _went_wrong(run, view)
    view.ended(run)
    kept(run)
    _onward(run, view)


def _went_wrong(run: Run, view: View) -> None:
    page.problem(run.message or (run.finished.message if run.finished else f"This run is {run.state}."))
    if run.state == "diverged":
        training = run.config.training
        smaller = max(training.learning_rate / 10, LOWEST_RATE)
        st.button(
            f"Set the learning rate to {words.short(smaller)}",
            icon=":material/south_east:",
            on_click=_show,
            args=(run, view, replace(run.config, training=replace(training, learning_rate=smaller))),
        )


def _show(run: Run, view: View, config: RunConfig) -> None:
    """A callback: set the controls to a config on the data of a run."""
    own_images.take_over(run.id, config)
    view.settings.show(config)


def _onward(run: Run, view: View) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        draw_buttons(run)
        downloads(run)
        if run.config.data.corrected:
            st.page_link("pages/draw.py", label="What it learned and forgot", icon=":material/school:",
                         query_params={"draw_section": "teach", "lesson": run.id})  # fmt: skip
        else:
            st.button(
                "Use these settings again",
                icon=":material/replay:",
                key=f"again_{run.id}",
                on_click=_show,
                args=(run, view, run.config),
                help="Sets the controls to this run's settings, so that you can change one and start again.",
            )
    _code_and_link(run)


def _code_and_link(run: Run) -> None:
    with st.expander("Link to this run", icon=":material/link:"):
        st.code(f"{st.context.url or ''}?run={run.id}", language=None)
    with page.sentences():
        start = run.started_record
        ran = Ran(start.precision, start.data, run.threads, start.device) if start else Ran()
        by_hand = _not_repeated(run)
        script = export(run.config, ran) + by_hand
        note = f"{ran.promise} {_UNTIL}" if by_hand else ran.promise
        show_code(script, file_name=f"train_{run.config.name.replace('-', '_')}.py", note=note)


def _not_repeated(run: Run) -> str:
    """Comments on what a visitor did to the run while it went on, which its script does not do again."""
    changes = [record for _, record in session.store().records(run.id) if isinstance(record, Changed)]
    told = [f"{each.setting} became {plain(each.value)} after step {each.step}" for each in changes]
    if run.state in ("stopped", "interrupted"):
        told.append(f"the run ended after step {run.step}")
    if not told:
        return ""
    lines = "".join(f"#   {each}\n" for each in told)
    return f"\n# Done by hand while it ran; this script runs all epochs without it:\n{lines}"
