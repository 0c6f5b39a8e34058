"""Texts and series of the visitor's own: pasted, uploaded, or an example to begin with."""

import streamlit as st

from dlcore.config.fields import setting
from dlcore.config.pasted import GAPS
from dlcore.config.sequences import SequenceConfig
from pages.parts.recurrent.field import field, forget
from pages.shared import address
from pages.shared.settings import Settings

PASSENGERS = (
    112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135, 125, 149, 170, 170, 158, 133, 114,
    140, 145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166, 171, 180, 193, 181, 183, 218, 230, 242, 209, 191,
    172, 194, 196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201, 204, 188, 235, 227, 234, 264, 302, 293, 259,
    229, 203, 229, 242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278, 284, 277, 317, 313, 318, 374, 413, 405,
    355, 306, 271, 306, 315, 301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336, 340, 318, 362, 348, 363, 435, 491,
    505, 404, 359, 310, 337, 360, 342, 406, 396, 420, 472, 548, 559, 463, 407, 362, 405, 417, 391, 419, 461, 472, 535,
    622, 606, 508, 461, 390, 432,
)  # fmt: skip
"""Thousands of airline passengers a month, 1949 to 1960: Box and Jenkins, Time Series Analysis, 1976, series G."""


def passengers() -> str:
    """The example as CSV."""
    rows = (f"{1949 + place // 12}-{place % 12 + 1:02d},{count}" for place, count in enumerate(PASSENGERS))
    return "\n".join(["month,passengers", *rows])


def series(settings: Settings) -> None:
    """A field for numbers or CSV."""
    field(settings, "series", "Numbers or CSV, oldest first", "1.2\n1.5\n1.1\n…", ("csv", "txt", "tsv"))
    st.button(
        "Airline passengers, 1949 to 1960", icon=":material/flight:", key="rnn_example", type="tertiary",
        help="An example: monthly totals (Box and Jenkins, 1976).", on_click=_put_example, args=(settings,),
    )  # fmt: skip
    rule = setting(SequenceConfig, "column")
    key = settings.key("column")
    st.text_input("Column", key=key, placeholder="the last one", help=rule["help"])
    names = {"ask": "Ask me", "skip": "Skip them", "fill": "Fill them"}
    st.selectbox(
        "Rows without a number", GAPS, format_func=names.get,
        help="Skip: such rows are left out. Fill: they get values on a straight line between the numbers before and "
        "after.",
        **address.one(settings.key("gaps"), address.Known.named(GAPS), "ask"),
    )  # fmt: skip


def text(settings: Settings) -> None:
    """A field for a text to learn from."""
    field(settings, "own", "Text to learn from", "Paste a poem, a program, a list of names…", ("txt", "md", "py"))


def _put_example(settings: Settings) -> None:
    """A callback: the example, with windows, batches and epochs that fit its length, and its trend left to the data."""
    values = {
        "text": passengers(), "column": "passengers", "window": 24, "batch_size": 16, "epochs": 200, "residual": True,
    }  # fmt: skip
    st.session_state.update({settings.key(name): value for name, value in values.items()})
    forget(settings, "series")
