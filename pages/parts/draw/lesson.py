"""What corrected copies have learned and what they have forgotten, on the test images of what they knew before."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dlcore.config import teaching
from dlcore.config.run import RunConfig
from dlcore.errors import DlcoreError
from dlcore.formula.numbers import percent
from dlcore.inspect import forgetting
from dlcore.inspect.certainty import Counted
from dlcore.inspect.forgetting import Change
from dlcore.runs.run import Run
from pages.figures import forgetting as figures
from pages.shared import address, page, reader, session, short_run
from pages.shared.glossary import explain
from pages.shared.plot import plot

LESSON = "lesson"
_NEW = "_lesson_new"


@dataclass(frozen=True)
class Taught:
    """The corrections of a run: how many of them are read right before and after; refused: called none of the classes
    afterwards although they are read right."""

    count: int
    before: int
    after: int
    refused: int


def way(config: RunConfig) -> str:
    """How a run was corrected, in words."""
    return figures.WITH if teaching.rehearsed(config) else figures.WITHOUT


def open_lesson(run_id: str) -> None:
    """For callbacks: show this one."""
    st.session_state[_NEW] = run_id


def show() -> None:
    """The lessons of this visitor, or that of the link, of which one is shown."""
    with page.sentences():
        known = _lessons()
        if not known:
            return
        if (new := st.session_state.pop(_NEW, None)) is not None:
            st.session_state[LESSON] = next((first for first, runs in known.items() if _has(runs, new)), new)
        st.divider()
        names = {first: _title(runs) for first, runs in known.items()}
        bound = address.one(LESSON, address.Known.named(known), next(iter(known)), always=True)
        chosen = st.selectbox("Lesson", tuple(known), format_func=lambda each: names.get(each, each), **bound)
        _one(known[chosen])


def _has(runs: Sequence[Run], run_id: str) -> bool:
    return any(each.id == run_id for each in runs)


def _lessons() -> dict[str, list[Run]]:
    """Runs that were started together, by the id of the first of them, the newest lesson first."""
    mine = [run for run in session.runs("image") if run.config.data.corrected]
    found: dict[str, list[Run]] = {}
    for run in sorted(mine, key=lambda each: each.created):
        found.setdefault(run.group or run.id, []).append(run)
    lessons = {runs[0].id: runs for runs in reversed(found.values())}
    linked = st.query_params.get(LESSON)
    if linked and linked not in lessons:
        lessons |= _linked(linked)
    return lessons


def _linked(run_id: str) -> dict[str, list[Run]]:
    """The lesson of somebody else, by its link."""
    try:
        run = session.store().readable(run_id)
        together = session.store().runs(group=run.group) if run.group else [run]
    except DlcoreError as error:
        page.problem(error)
        return {}
    runs = [each for each in together if isinstance(each, Run) and each.config.data.corrected]
    return {run_id: sorted(runs, key=lambda each: each.created)} if runs else {}


def _title(runs: Sequence[Run]) -> str:
    return runs[0].title.removesuffix(f", {way(runs[0].config)}")


def _one(runs: Sequence[Run]) -> None:
    short_run.watch("lesson", runs)
    for run in runs:
        if bad := short_run.ended_badly(run):
            page.problem(f"{way(run.config).capitalize()}: {bad}")
            _on_train(run, "Open it on Train")
    done = [run for run in runs if run.finished and run.finished.confusion and run.has_weights]
    found = [(run, change) for run in done if (change := _changes(run))]
    if not found:
        return
    if notice := found[0][0].started_record and found[0][0].started_record.notice:
        page.problem(notice)
    for column, (run, changes) in zip(st.columns(len(found), gap="large"), found, strict=True):
        with column:
            _learned(run, changes)
    _figure(found)
    with st.expander("All classes in numbers", icon=":material/table:"):
        st.markdown(_table(found))


def _changes(run: Run) -> tuple[Change, ...]:
    """Each class of the test images before and after; empty where it is not known."""
    before = session.store().snapshot(run.id, forgetting.BEFORE, 0)
    return forgetting.changes(before.arrays["confusion"], run.finished.confusion) if before else ()


def _learned(run: Run, changes: Sequence[Change]) -> None:
    """What it learned and forgot, in numbers, and what can be done with it."""
    name = way(run.config)
    st.markdown(f"**{name.capitalize()}**", help=explain("rehearsal"))
    taught = corrections(run.id)
    before = forgetting.together([each.before for each in changes])
    after = forgetting.together([each.after for each in changes])
    left, right = st.columns(2)
    left.metric(
        "Corrections read right", f"{taught.after} of {taught.count}", f"before: {taught.before} of {taught.count}",
        delta_color="off", delta_arrow="off",
    )  # fmt: skip
    right.metric(
        "Test images read right", percent(after.share), f"before: {percent(before.share)}", delta_color="off",
        delta_arrow="off", help=explain("test"),
    )  # fmt: skip
    st.markdown(_sentence(run, changes, taught))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Let it read", icon=":material/draw:", key=f"read_{run.id}", on_click=reader.use, args=(run.id,),
                  help="Use this copy for the canvas above.")  # fmt: skip
        _on_train(run, "Curves, code and files")


def _on_train(run: Run, label: str) -> None:
    st.page_link(page.of_kind(run.kind), label=label, icon=":material/monitoring:", query_params={"run": run.id})


def _sentence(run: Run, changes: Sequence[Change], taught: Taught) -> str:
    """What was forgotten, and where: as sure as the numbers are."""
    labels = run.started_record.labels
    clear = [place for place, each in enumerate(changes) if each.clear and each.by < 0]
    place = forgetting.worst(changes)
    said = []
    if place is None:
        said.append("No class is read worse than before.")
    else:
        worst, label = changes[place], page.plain(labels[place])
        numbers = f"{percent(worst.before.share)} → {percent(worst.after.share)} of {worst.before.count:,} images"
        if not clear:
            said.append(f"No class has clearly suffered; the largest loss is at **{label}**, {numbers}.")
        else:
            count = "one class" if len(clear) == 1 else f"{len(clear)} of {len(changes)} classes"
            said.append(f"It clearly forgot something of **{count}**, most of **{label}**: {numbers}.")
    if taught.refused:
        said.append(
            f"{taught.refused} of the corrections get the right class, but a score so low that they still count as "
            "none of the classes."
        )
    return " ".join(said)


def _figure(found: Sequence[tuple[Run, Sequence[Change]]]) -> None:
    run, labels = found[0][0], found[0][0].started_record.labels
    data = page.plain(teaching.original(run.config))
    st.markdown(
        f"**What it still knows**: the {run.started_record.sizes['test']:,} test images of {data}, by class. "
        "The line leads from before to after.",
        help=explain("recall"),
    )
    series = [(way(run.config), changes) for run, changes in found]
    plot(
        f"lesson-{run.id.replace('_', '.')}", figures.recalls(series, labels, dark=page.is_dark()),
        height=figures.height(len(labels)),
        alt="The share of each class of the test images read right, before and after",
        file_name="forgetting",
    )  # fmt: skip


def _table(found: Sequence[tuple[Run, Sequence[Change]]]) -> str:
    labels = found[0][0].started_record.labels
    head = "".join(f" {way(run.config)} |" for run, _ in found)
    lines = [f"| Class | Test images | before |{head}", f"|:--|--:|--:|{'--:|' * len(found)}"]
    for place, label in enumerate(labels):
        first = found[0][1][place].before
        after = "".join(
            f" {_share(each[place].after)}{' *' if each[place].clear else ''} |".replace("*", "\\*")
            for _, each in found
        )
        lines.append(f"| {page.plain(label)} | {first.count:,} | {_share(first)} |{after}")
    return "\n".join([*lines, "", "\\* clearly different: the 95 % intervals of before and after do not overlap"])


def _share(known: Counted) -> str:
    return percent(known.share) if known.count else "–"


@st.cache_data(max_entries=64, show_spinner=False)
def corrections(run_id: str) -> Taught:
    """How its corrections are read by the network that a run began with, and by the one that it ended with."""
    from dlcore.data.own.corrections import Corrections
    from dlcore.use.classifier import Classifier

    store = session.store()
    found = Corrections.read(store.examples(run_id) or b"")
    before, after = (Classifier.load(each).read(found.images) for each in (store.start(run_id), store.weights(run_id)))
    right = [reading.digit == label for reading, label in zip(after, found.labels, strict=True)]
    return Taught(
        count=len(found.labels),
        before=sum(reading.digit == label for reading, label in zip(before, found.labels, strict=True)),
        after=sum(right),
        refused=sum(fits and not reading.is_digit for fits, reading in zip(right, after, strict=True)),
    )
