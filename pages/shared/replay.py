"""Going back in a run: which of its moments is shown. It can be played and scrubbed, and is part of the link."""

from bisect import bisect_right
from dataclasses import replace
from pathlib import Path

import streamlit as st

from dlcore.runs.run import Run
from dlcore.runs.store import Store
from pages.shared import address, present
from pages.shared.plot import PLAYER, PLAYER_CSS
from pages.shared.run_series import RunSeries
from pages.shared.run_view import component_key

LINK = "at"
_NEWEST = -1

_component = st.components.v2.component(
    "dlcore_replay",
    html='<div class="replay"></div>',
    css=PLAYER_CSS,
    js=PLAYER + Path(__file__).with_name("replay.js").read_text(encoding="utf-8"),
)


def moment(run: Run) -> int | None:
    """The step at which a run is shown, None for the newest; from the link at the start of a visit."""
    state, key = st.session_state, _key(run.id)
    if (linked := address.once(LINK)) is not None:
        state[key] = int(linked[0]) if linked and linked[0].isdecimal() and len(linked[0]) < 16 else None
    at = state.get(key)
    return None if at is None or at >= run.step else at


def shown(run: Run, seen: RunSeries, store: Store, at: int | None) -> tuple[Run, RunSeries]:
    """The run as it was at that step, and what was known of it then."""
    if at is None:
        return run, seen
    past = seen.until(at, store)
    last = past.epochs[max(past.epochs)] if past.epochs else None
    per_epoch = run.started_record.steps_per_epoch if run.started_record else 1
    then = replace(
        run, step=at, epoch=-(-at // per_epoch), last_epoch=last, finished=None, seconds_left=None,
        samples_per_second=None,
    )  # fmt: skip
    return then, past


def bar(run: Run, moments: list[int], at: int | None) -> None:
    """The slider over the moments of a run, with its buttons; nothing while there is one moment only."""
    address.write(LINK, [] if at is None else [str(at)])
    if len(moments) < 2 or not run.started_record:
        return
    key = component_key("replay", run)

    def moved() -> None:
        step = st.session_state[key].get("step")
        if isinstance(step, int | float) and step == int(step):
            st.session_state[_key(run.id)] = None if step == _NEWEST else int(step)

    frame = len(moments) - 1 if at is None else max(0, bisect_right(moments, at) - 1)
    labels = [_said(step, run.started_record.steps_per_epoch) for step in moments[:-1]]
    newest = "now" if run.active else "the end"
    _component(key=key, data={"steps": [*moments[:-1], _NEWEST], "labels": [*labels, newest], "frame": frame},
               on_step_change=moved)  # fmt: skip
    apart = round((moments[-1] - moments[0]) / (len(moments) - 1))
    now = (
        "Shown is the newest" if at is None else f"Shown is how it was {_said(at, run.started_record.steps_per_epoch)}"
    )
    with present.aside("replay"):
        st.caption(
            f"**Replay**: of {run.step:,} steps {len(moments)} moments are kept, about {apart:,} steps apart. {now}."
        )


def _said(step: int, per_epoch: int) -> str:
    if step == 0:
        return "before training"
    epoch, rest = divmod(step, per_epoch)
    return f"at step {step:,}, in epoch {epoch + 1}" if rest else f"at step {step:,}, after epoch {epoch}"


def _key(run_id: str) -> str:
    return f"_replay_{run_id}"
