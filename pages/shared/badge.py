"""The badge in the sidebar: where training runs, and how busy it is."""

import streamlit as st

from dlcore.errors import DlcoreError
from pages.shared import page, session

SECONDS = 4.0


def badge() -> None:
    """Device and precision as the supervisor reported them, and the queue.

    It polls only until the supervisor has reported: Streamlit loses what a run of the page has sent if a fragment's
    request arrives in the moment when that run ends, so timers that always tick would now and then empty a page.
    """
    try:
        known = bool(session.store().queue().device)
    except DlcoreError as error:
        page.problem(error)
        return
    st.fragment(_show, run_every=None if known else SECONDS)()


def _show() -> None:
    try:
        queue = session.store().queue()
    except DlcoreError as error:
        page.problem(error)
        return
    device = f"{queue.device} · {queue.precision}" if queue.device else "starting…"
    waiting = f", {queue.queued} waiting" if queue.queued else ""
    busy = f"{queue.running} of {queue.max_running} running{waiting}"
    st.caption(
        f":material/memory: {page.plain(device)}  \n:material/stacks: {busy}",
        help="Where networks are trained on this machine, and how many runs it trains at once. Others wait their turn.",
    )
