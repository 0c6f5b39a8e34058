"""Files that the server hands to the browser, whatever path the app is reached under."""

import streamlit as st


def addresses(path: str) -> list[str]:
    """Where the browser may find a file, to try in turn: under the server's base path, or a proxy's that is stripped.

    path: from the root of the app, such as app/static/name.js
    """
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    under = f"/{base}/{path}" if base else f"/{path}"
    return list(dict.fromkeys((under, path, f"../{path}")))
