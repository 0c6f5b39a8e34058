"""Entry: `streamlit run app.py`."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages.shared import address, heap, page, present, reader, session
from pages.shared.badge import badge
from pages.shared.contents import CONTENTS, Entry
from pages.shared.scroll import start_at_top

st.set_page_config(
    page_title="See deep learning work",
    page_icon=str(Path(__file__).parent / "pages" / "shared" / "icon.png"),
    layout="wide",
)


def at(entry: Entry) -> StreamlitPage:
    """A page of the contents."""
    return st.Page(entry.file, title=entry.title, icon=f":material/{entry.icon}:", url_path=entry.name)


home = st.Page("pages/home.py", title="Home", icon=":material/home:", url_path="", default=True)
chosen = st.navigation({"": [home], **{part: [at(each) for each in pages] for part, pages in CONTENTS.items()}})
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
