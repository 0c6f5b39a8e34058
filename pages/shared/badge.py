"""The badge in the sidebar: where training runs, and how busy it is."""

import streamlit as st

from pages.shared import page, session


def badge() -> None:
    """Device and precision as the supervisor reported them, and the queue, as they are when the page runs.

    It does not poll: Streamlit loses what a run of the page has sent if a fragment's request arrives in the moment when
    that run ends, so a timer would now and then swallow a visitor's click.
    """
    with page.sentences():
        queue = session.store().queue()
        device = f"{queue.device} · {queue.precision}" if queue.device else "starting…"
        waiting = f", {queue.queued} waiting" if queue.queued else ""
        busy = f"{queue.running} of {queue.max_running} running{waiting}"
        st.caption(
            f":material/memory: {page.plain(device)}  \n:material/stacks: {busy}",
            help="Where networks are trained on this machine, and how many runs it trains at once. "
            "Others wait their turn.",
        )
