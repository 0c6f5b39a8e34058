"""What remains when a run has ended: its test result, its mistakes, and what can be done with it."""

import csv
import io
import math
from dataclasses import replace

import streamlit as st

from dlcore.runs.run import Run
from dlcore.training.script import export
from pages.shared import page, session, settings, theme, words
from pages.shared.code_view import show_code


def results(run: Run) -> None:
    """The end of a run, for its owner and for anybody who has the link."""
    done = run.finished
    if run.state in ("diverged", "failed"):
        _went_wrong(run)
    if done and "accuracy" in done.test:
        _test(run)
    if done and done.confusion:
        _mistakes(run)
    _onward(run)


def _went_wrong(run: Run) -> None:
    page.problem(run.message or (run.finished.message if run.finished else f"This run is {run.state}."))
    if run.state == "diverged":
        training = run.config.training
        smaller = max(training.learning_rate / 10, 1e-6)
        st.button(
            f"Set the learning rate to {words.short(smaller)}",
            icon=":material/south_east:",
            on_click=settings.show,
            args=(replace(run.config, training=replace(training, learning_rate=smaller)),),
        )


def _test(run: Run) -> None:
    done, start = run.finished, run.started_record
    count = sum(map(sum, done.confusion)) or (start.sizes.get("test", 0) if start else 0)
    data = start.data if start else run.config.data.name
    left, right = st.columns([1, 3], vertical_alignment="center")
    left.metric("Test accuracy", f"{100 * done.test['accuracy']:.2f} %")
    kept = f" The weights of epoch {done.best_epoch} were kept." if done.best_epoch else ""
    loss = f", test loss {done.test['loss']:.4f}" if math.isfinite(done.test.get("loss", math.nan)) else ""
    right.markdown(
        f"Measured once, on the {count:,} images of the test split of {data}, which played no part in training{loss}."
        f"{kept} Training took {done.train_seconds:,.1f} s for {done.samples:,} images."
    )


def _mistakes(run: Run) -> None:
    from pages.figures import training as figures

    labels = (
        run.started_record.labels if run.started_record else [str(each) for each in range(len(run.finished.confusion))]
    )
    dark = theme.is_dark()
    left, right = st.columns([3, 2])
    with left:
        st.markdown("**What was read as what**, right answers in grey")
        figure = figures.confusion(run.finished.confusion, labels, dark=dark)
        st.plotly_chart(figure, theme=None, key=f"confusion_{run.id}", config=theme.CHART_CONFIG)
    with right:
        st.markdown("**Recall**: read right, by class")
        figure = figures.recall(run.finished.confusion, labels, dark=dark)
        st.plotly_chart(figure, theme=None, key=f"recall_{run.id}", config=theme.CHART_CONFIG)


def _onward(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if run.has_weights:
            if st.button("Draw for this model", type="primary", icon=":material/draw:", key=f"draw_{run.id}"):
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
            on_click=settings.show,
            args=(run.config,),
            help="Sets the controls to this run's settings, to change one and start anew.",
        )
    _code_and_link(run)


def _code_and_link(run: Run) -> None:
    with st.expander("Link to this run", icon=":material/link:"):
        st.code(f"{st.context.url or ''}?run={run.id}", language=None)
    with page.sentences():
        precision = run.started_record.precision if run.started_record else "fp32"
        show_code(export(run.config, precision=precision), file_name=f"train_{run.config.preset.replace('-', '_')}.py")


def curve_csv(run_id: str) -> str:
    """All recorded steps of a run: a header, then a line each."""
    columns, rows, _ = session.store().curve(run_id)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([int(row[0]), int(row[1]), *(f"{value:.6g}" for value in row[2:])] for row in rows.tolist())
    return out.getvalue()
