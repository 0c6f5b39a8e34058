"""The code that really ran, ready to be pasted."""

import streamlit as st


def show_code(script: str, *, label: str = "Show the code", file_name: str = "") -> None:
    """A closed expander with `script` in it, and a download where it has a file name."""
    with st.expander(label, icon=":material/code:"):
        st.code(script.strip() + "\n", language="python", wrap_lines=True)
        if file_name:
            st.download_button("Download", script, file_name, "text/x-python", icon=":material/download:")
