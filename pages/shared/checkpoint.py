"""Which of a run's networks is looked at: as it was before it learned, after an epoch, or as it is now."""

import streamlit as st

from dlcore.runs import checkpoints
from dlcore.runs.run import Run
from pages.shared import link, page, session

AGE_SECONDS = 2.0
_NEWEST = "newest"


def titles(run: Run) -> dict[str, str]:
    """The checkpoints that there are now, by their names, the newest last."""
    found = checkpoints.names(session.store().weight_epochs(run.id), run.finished)
    if not run.has_weights:
        found.pop(checkpoints.KEPT)
    return found


def choose(key: str, known: dict[str, str]) -> str:
    """Which of the checkpoints that there are; unless another one was chosen, the newest."""
    newest = list(known)[-1]
    names = {_NEWEST: f"Newest: {known[newest]}", **known}
    chosen = link.choice(
        key, "Network", tuple(names), _NEWEST, names=names, width=280,
        help="The network is saved after each epoch (in long runs, after some of them) and at the end. The untrained "
        "network is made again from the run's seed.",
    )  # fmt: skip
    return newest if chosen == _NEWEST else chosen


def look_again(key: str) -> None:
    """A button that takes what is the newest network by now: pressing it runs again what it stands in."""
    st.button("Look again", icon=":material/refresh:", key=key, help="Show the newest epoch.")


@st.fragment(run_every=AGE_SECONDS)
def age(run_id: str, shown: str) -> None:
    """While a run goes on: which checkpoint is looked at, and whether there is a newer one."""
    with page.sentences():
        newest = list(titles(session.store().readable(run_id)).values())[-1]
        known = f"“{newest}” is available now: press Look again to see it"
        state = "there is nothing newer yet" if newest == shown else known
        st.caption(f"Below: “{shown}”; {state}.")
