"""One real batch of a run through all eight stages of a step, forwards and back in the browser."""

from pathlib import Path
from typing import Any

import streamlit as st

from dlcore.errors import DlcoreError
from dlcore.runs.run import Run, Unreadable
from pages.shared import address, link, page, present, session

TITLE, KEY = "One batch through all eight stages", "eight_stages"
START = "start"
_OPEN = "1"
_HERE = Path(__file__).parent


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


_component = st.components.v2.component(
    "dlcore_stages",
    html="""<div class="stages" role="group"
        aria-label="The eight stages of one step of training. Arrow keys go forwards and back.">
      <div class="walk"><button type="button" class="back">← Back</button><output></output>
        <button type="button" class="next">Next →</button></div>
      <div class="tabs" role="tablist"></div>
      <section role="tabpanel" aria-live="polite"><h3></h3><p class="words"></p><div class="picture"></div>
        <div class="formulas lines"></div><dl class="numbers"></dl><pre class="code"></pre>
        <a class="more" target="_blank"></a></section>
    </div>""",
    css=_read("stages.css"),
    js=_read("block_picture.js") + _read("stages.js"),
)


def expander(run_id: str) -> None:
    """The section, drawn and computed only while it is open, which the link says."""
    _open()
    page.on_demand(TITLE, ":material/conversion_path:", KEY, lambda: section(run_id))


def presented() -> bool:
    """Whether the section takes the place of the controls and of the run: in presentation mode, if it was open."""
    return _open() and present.on()


def _open() -> bool:
    """Whether it is open, agreed on with the link."""
    address.remember([KEY])
    if (linked := address.once(KEY)) is not None:
        st.session_state[KEY] = linked == [_OPEN]
    opened = bool(st.session_state.get(KEY))
    address.write(KEY, [_OPEN] if opened else [])
    return opened


def section(run_id: str) -> None:
    """Which step, and the step itself in eight frames."""
    with page.sentences():
        run = session.store().run(run_id)
        if isinstance(run, Unreadable):
            page.problem(run.problem)
            return
        names = steps(run)
        chosen = link.choice(
            "stage_step", "Step", tuple(names), START, names=names, width=330,
            help="The store keeps the network after its epochs (in long runs, of some of them). What it was before the "
            "first step follows from the run's seed.",
        )  # fmt: skip
        with st.spinner("Doing this step again, and reading the validation images before and after it"):
            shown = _frames(run, run_id, chosen, run.state)
        _component(key="stages", data={"token": f"{run_id} {chosen}", "frames": shown, "presented": present.on()})


def steps(run: Run) -> dict[str, str]:
    """The steps that can be walked through, by the checkpoint that they start from."""
    start = run.started_record
    each = start.steps_per_epoch if start else 0
    epochs = session.store().weight_epochs(run.id)
    later = {
        f"epoch-{epoch}": f"Step {epoch * each + 1:,}, the first after epoch {epoch:,}"
        for epoch in epochs
        if each and epoch * each < run.step
    }
    return {START: "Step 1, the first of all", **later}


@st.cache_data(max_entries=16, show_spinner=False)
def _frames(_run: Run, run_id: str, name: str, state: str) -> list[dict[str, Any]]:
    """What the browser needs. name: of a checkpoint, see `steps`; state: of the run, as what it recorded grows"""
    # torch takes seconds when the server is fresh
    from dlcore.runs import checkpoints
    from dlcore.training.records import Changed
    from dlcore.training.script import Ran
    from dlcore.training.stage_lines import stage_lines
    from dlcore.training.walk import walk
    from pages.parts.train.stages_frames import frames

    store, run, start = session.store(), _run, _run.started_record
    step = 0 if name == START or not start else int(name.removeprefix("epoch-")) * start.steps_per_epoch
    weights = None
    if name != START:
        weights = checkpoints.load(store, run_id, name).state_dict()
    elif run.config.start:
        weights = _begun_with(run)
    changes = [each for _, each in store.records(run_id) if isinstance(each, Changed) and each.step <= step]
    precision = start.precision if start else "auto"
    examples = store.examples(run_id) if run.config.data.brought else None
    seen = walk(run.config, step, weights, precision=precision, changes=changes, examples=examples)
    columns, rows, _ = store.curve(run_id, step)
    recorded = float(rows[0, columns.index("loss")]) if len(rows) and rows[0, 0] == seen.step else None
    ran = Ran(precision=precision if start else "fp32", data=run.data, threads=run.threads)
    labels = start.labels if start and start.labels else run.config.data.names
    drawable = run_id if run.has_weights else ""
    return frames(run.config, seen, stage_lines(run.config, ran), labels, drawable, recorded)


def _begun_with(run: Run):
    """The weights of the run that this one started from."""
    from dlcore.models import files

    try:
        return files.load(session.store().weights(run.config.start))[0].state_dict()
    except DlcoreError as error:
        raise type(error)(
            f"This run began with the weights of another one, which cannot be had any more ({error}): "
            "choose a later step."
        ) from error
