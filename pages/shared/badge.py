"""The badge in the sidebar: where training runs, and how busy it is."""

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import page, session

if TYPE_CHECKING:
    from dlcore.runs.run import Queue

SECONDS = 4.0


def badge() -> None:
    """Device and precision as the supervisor reported them, and the queue.

    It polls only until the supervisor has reported: Streamlit loses what a run of the page has sent if a fragment's
    request arrives in the moment when that run ends, so timers that always tick would now and then empty a page.
    """
    with page.sentences():
        queue = session.store().queue()
        if queue.device:
            _show(queue)
        else:
            st.fragment(_poll, run_every=SECONDS)()


def _poll() -> None:
    with page.sentences():
        _show(session.store().queue())


def _show(queue: "Queue") -> None:
    device = f"{queue.device} · {queue.precision}" if queue.device else "starting…"
    waiting = f", {queue.queued} waiting" if queue.queued else ""
    busy = f"{queue.running} of {queue.max_running} running{waiting}"
    st.caption(
        f":material/memory: {page.plain(device)}  \n:material/stacks: {busy}",
        help="Where networks are trained on this machine, and how many runs it trains at once. Others wait their turn.",
    )
