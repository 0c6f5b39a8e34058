"""Bringing a part of the page into view when a button far from it has changed it."""

import streamlit as st

_MOVE = """
export default function({ data, parentElement }) {
  const before = parentElement.dlcoreScroll;
  parentElement.dlcoreScroll = data.count;
  if (before === undefined || before === data.count) return;
  const target = document.querySelector(`.st-key-${data.target}`);
  if (!target) return;
  const top = target.getBoundingClientRect().top;
  if (top >= 0 && top < window.innerHeight / 2) return;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  target.style.scrollMarginTop = "5rem";
  target.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
}
"""
_component = st.components.v2.component("dlcore_scroll", js=_MOVE)


_TOP = """
export default function({ data }) {
  if (window.dlcorePage === data.page) return;
  const first = window.dlcorePage === undefined;
  window.dlcorePage = data.page;
  if (!first) document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0, behavior: "instant" });
}
"""
_top = st.components.v2.component("dlcore_scroll_top", js=_TOP)


def show(target: str) -> None:
    """For callbacks: scroll to the container with this key, unless its top is in the upper half of the window."""
    counts = st.session_state.setdefault("_scroll", {})
    counts[target] = counts.get(target, 0) + 1


def scroll_target(target: str) -> None:
    """Draw once on a page that calls `show`: it takes no room."""
    count = st.session_state.get("_scroll", {}).get(target, 0)
    _component(key=f"scroll-{target}", data={"target": target, "count": count}, height=1)


def start_at_top(page: str) -> None:
    """Have a page that was just opened start at its top, however far the one before it was scrolled."""
    _top(key="scroll-top", data={"page": page}, height=1)
