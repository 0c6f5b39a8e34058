"""Entry: `streamlit run app.py`."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages.shared import address, heap, page, present, reader, session
from pages.shared.badge import badge
from pages.shared.scroll import start_at_top

st.set_page_config(
    page_title="See deep learning work",
    page_icon=str(Path(__file__).parent / "pages" / "shared" / "icon.png"),
    layout="wide",
)


def at(name: str, title: str, icon: str) -> StreamlitPage:
    """The page in pages/<name>.py, at /<name>."""
    return st.Page(f"pages/{name}.py", title=title, icon=f":material/{icon}:", url_path=name)


chosen = st.navigation(
    {
        "": [st.Page("pages/home.py", title="Home", icon=":material/home:", url_path="", default=True)],
        "Understand": [
            at("activations", "Activations", "show_chart"),
            at("losses", "Losses", "straighten"),
            at("descent", "Gradient descent", "terrain"),
            at("regression", "Linear regression", "scatter_plot"),
            at("backprop", "Backpropagation", "account_tree"),
        ],
        "Train and use": [
            at("train", "Train", "model_training"),
            at("recurrent", "Recurrent networks", "replay"),
            at("autoencoder", "Autoencoders", "compress"),
            at("draw", "Draw", "draw"),
        ],
    }
)
heap.keep_small()
page.entered()
address.keep()
session.remember_owner()
status = st.sidebar.container()
with status:
    start_at_top(chosen.url_path)
    address.one_entry_an_act()
    present.entered()
with address.part():
    chosen.run()
with status:
    badge()
reader.warm_up()
