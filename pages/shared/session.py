"""Who is here, and the store of runs they share: neither needs an account."""

import re
import secrets
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from dlcore.runs import Run, Store

_COOKIE = "dlcore_owner"
_SHAPE = re.compile(r"[0-9a-f]{32}")

_SET_COOKIE = """
export default function({ data }) {
  const secure = window.location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${data.name}=${data.value}; path=/; max-age=31536000; SameSite=Lax${secure}`;
}
"""
_cookie = st.components.v2.component("dlcore_cookie", js=_SET_COOKIE)


@st.cache_resource(show_spinner=False)
def store() -> "Store":
    """The store of runs, shared by all visitors, with its supervisor started."""
    from dlcore.runs import Store, ensure_supervisor  # half a second, which the first page need not wait for

    opened = Store()
    ensure_supervisor(opened)
    return opened


def runs(kind: str) -> "list[Run]":
    """This visitor's runs of a kind, newest first, without those that this program cannot read."""
    from dlcore.runs import Run

    return [run for run in store().runs(owner(), kind=kind) if isinstance(run, Run)]


def owner() -> str:
    """The anonymous id of this browser: 32 hex digits, kept in a cookie so that "my runs" outlive the session.

    Where cookies are blocked the id lasts as long as the session.
    """
    if "_owner" not in st.session_state:
        known = st.context.cookies.get(_COOKIE, "")
        st.session_state["_owner"] = (
            known if isinstance(known, str) and _SHAPE.fullmatch(known) else secrets.token_hex(16)
        )
    return st.session_state["_owner"]


def remember_owner() -> None:
    """Keep the id in the browser's cookie. app.py calls this once per run of a page."""
    _cookie(key="_cookie", data={"name": _COOKIE, "value": owner()}, height=1)
