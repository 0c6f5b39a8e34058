"""The code that really ran, ready to be pasted."""

import ast
import sys

import streamlit as st

from dlcore.formula.needs import sentence

_PACKAGES = {"PIL": "pillow", "sklearn": "scikit-learn"}
"""What is imported under another name than it is installed by."""


def show_code(script: str, *, label: str = "Show the code", file_name: str = "", note: str = "") -> None:
    """A closed expander with `script` in it, and a download where it has a file name.

    note: what is to be known before it is run, above it
    """
    script = with_needs(script)
    with st.expander(label, icon=":material/code:"):
        if note:
            st.caption(note)
        st.code(script, language="python", wrap_lines=True)
        if file_name:
            st.download_button("Download", script, file_name, "text/x-python", icon=":material/download:")


def with_needs(script: str) -> str:
    """`script` under a comment that says what has to be installed for it; as it is if its head says so already."""
    script = script.strip() + "\n"
    head = script.partition("import ")[0]
    needed = _needed(script)
    return f"# {sentence(needed)}\n{script}" if needed and "pip install" not in head else script


def _needed(script: str) -> list[str]:
    """The packages that `script` imports from outside of Python, by the names that pip knows, in their order."""
    roots: dict[str, None] = {}
    for node in ast.walk(ast.parse(script)):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        roots.update(dict.fromkeys(each.partition(".")[0] for each in names))
    return [_PACKAGES.get(each, each) for each in roots if each not in sys.stdlib_module_names]
