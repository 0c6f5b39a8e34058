"""Entry: `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

from pages.shared import page, reader, session
from pages.shared.badge import badge
from pages.shared.scroll import start_at_top

st.set_page_config(
    page_title="See deep learning work",
    page_icon=str(Path(__file__).parent / "pages" / "shared" / "icon.png"),
    layout="wide",
)

chosen = st.navigation(
    [
        st.Page("pages/home.py", title="Home", icon=":material/home:", url_path="", default=True),
        st.Page("pages/train.py", title="Train", icon=":material/model_training:", url_path="train"),
        st.Page("pages/draw.py", title="Draw", icon=":material/draw:", url_path="draw"),
    ]
)
page.entered()
session.remember_owner()
status = st.sidebar.container()
with status:
    start_at_top(chosen.url_path)
chosen.run()
with status:
    badge()
reader.warm_up()
