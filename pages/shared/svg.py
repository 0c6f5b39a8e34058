"""Line pictures in SVG that follow the theme by themselves, through Streamlit's CSS variables and currentColor."""

import streamlit as st

_component = st.components.v2.component(
    "dlcore_svg",
    html='<div class="picture"></div>',
    css="""
    .picture { color: var(--st-text-color); }
    .picture svg { display: block; width: 100%; height: auto; max-height: calc(8rem * var(--fit, 9)); }
    """,
    js="""
    export default function ({ data, parentElement }) {
      const picture = parentElement.querySelector(".picture");
      if (picture.markup !== data.svg) picture.innerHTML = picture.markup = data.svg;
    }
    """,
)


def svg(key: str, markup: str) -> None:
    """Show `markup`, an <svg> made by our own code: it is not sanitised, so words of users have no place in it."""
    _component(key=key, data={"svg": markup})
