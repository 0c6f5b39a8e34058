"""Bringing a part of the page into view when a button far from it has changed it."""

import streamlit as st

_MOVE = """
const ROOM = 72;  // for Streamlit's bar at the top of the page
const PATIENCE = 4000;  // milliseconds in which what is above the target may still grow or shrink once it is there

function bring(keys, count) {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  let begun = performance.now();
  let moving = 0, last = NaN, stopped = false;
  const stop = () => { stopped = true; };
  const acts = ["wheel", "touchstart", "pointerdown", "keydown"];
  for (const act of acts) window.addEventListener(act, stop, { capture: true, passive: true });
  const look = () => {
    const now = performance.now();
    if (stopped || count !== window.dlcoreBrought || now - begun > PATIENCE) {
      for (const act of acts) window.removeEventListener(act, stop, { capture: true });
      return;
    }
    requestAnimationFrame(look);
    const target = keys.map((key) => document.querySelector(`.st-key-${key}`)).find(Boolean);
    if (!target) {
      begun = now;
      return;
    }
    const { top, bottom } = target.getBoundingClientRect();
    const there = Math.abs(top - ROOM) < 3 || (top >= ROOM && bottom <= window.innerHeight);
    if (there || (now - moving < 600 && top !== last)) {  // seen, or on its way
      last = top;
      return;
    }
    last = top;
    if (now - moving < 150) return;
    const smooth = !calm && !moving;
    moving = now;
    target.style.scrollMarginTop = `${ROOM}px`;
    target.scrollIntoView({ block: "start", behavior: smooth ? "smooth" : "instant" });
  };
  requestAnimationFrame(look);
}

export default function({ data }) {
  const before = window.dlcoreBrought ?? 0;
  window.dlcoreBrought = data.count;
  if (data.count > before) bring(data.targets, data.count);
}
"""
_component = st.components.v2.component("dlcore_scroll", js=_MOVE)
_ASKED = "_scroll"


_TOP = """
export default function({ data }) {
  if (window.dlcorePage === data.page) return;
  const first = window.dlcorePage === undefined;
  window.dlcorePage = data.page;
  if (!first) document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0, behavior: "instant" });
}
"""
_top = st.components.v2.component("dlcore_scroll_top", js=_TOP)


def show(*targets: str) -> None:
    """For callbacks: bring the first element with one of these keys into view, unless all of it is in the window."""
    count, _ = st.session_state.get(_ASKED, (0, ()))
    st.session_state[_ASKED] = (count + 1, targets)


def follow() -> None:
    """Draw once on a page whose callbacks call `show`, where it runs again after them: it takes no room."""
    count, targets = st.session_state.get(_ASKED, (0, ()))
    _component(key="scroll", data={"targets": list(targets), "count": count}, height=1)


def start_at_top(page: str) -> None:
    """Have a page that was just opened start at its top, however far the one before it was scrolled."""
    _top(key="scroll-top", data={"page": page}, height=1)
