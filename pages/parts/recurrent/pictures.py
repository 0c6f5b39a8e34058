"""One sequence in one picture: what comes in, what is remembered, what is said, at the same steps."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dlcore.config.run import RunConfig
from dlcore.config.sequences import CLASSES, ROWS, SERIES, TEXTS
from dlcore.data.memory import SYMBOLS
from pages.figures import panels as heat
from pages.figures import text as texts

FEATURES = {
    "signals": tuple(str(each) for each in range(1, 11)),
    "recall": (*SYMBOLS, "mark", "ask"),
    "adding": ("number", "mark"),
}


NAMED_SHARE = 1.3
"""Of the room, for ten rows that each have a name at the axis."""
_HEIGHTS = {**dict.fromkeys(("signals", "recall"), 740), **dict.fromkeys(ROWS, 400), **dict.fromkeys(TEXTS, 420)}


def height(config: RunConfig) -> int:
    """Of `steps`, in pixels, so that every row that is named has room for its name."""
    return _HEIGHTS.get(config.data.name, 520)


def hidden_panel(
    states: np.ndarray, share: float = 1.0, title: str = "hidden state", width: int | None = None
) -> heat.Panel:
    """states: (steps, units), which may be the first of `width`"""
    most = max(1.0, float(np.abs(states).max(initial=0.0)))
    units = states.shape[1]
    shown = f"{units} of {width} units" if width and width > units else f"{units} units"
    return heat.Panel(f"{title}, {shown}" if units > 1 else title, states, "signed", most, share=share, said="state")


def input_panel(config: RunConfig, inputs: np.ndarray) -> heat.Panel | None:
    """inputs: (steps, features); there is none of a text, whose characters stand at the axis."""
    name = config.data.name
    if name in TEXTS:
        return None
    if name in ROWS:
        return heat.Panel("the image", inputs - inputs.min(), "ink", said="ink")
    if name in SERIES:
        return heat.Panel("what comes in", inputs, "signed", share=0.25)
    if name == "signals":
        return heat.Panel("what the sensors measure", inputs, "signed", names=FEATURES[name], share=NAMED_SHARE)
    share = 0.4 if name == "adding" else NAMED_SHARE
    return heat.Panel("what comes in", inputs, "magnitude", 1.0, FEATURES[name], share)


def answer_panel(config: RunConfig, answers: np.ndarray | None, labels: Sequence[str]) -> heat.Panel | None:
    """answers: (steps, outputs), what the network would say if the sequence ended there."""
    if answers is None or config.data.name in (*SERIES, *TEXTS):
        return None
    if config.data.name in CLASSES:
        title = "probability" if config.data.name in ROWS else "probability of each class"
        share = 1.0 if config.data.name in ROWS else NAMED_SHARE
        return heat.Panel(title, answers, "magnitude", 1.0, labels, share, said="probability")
    return heat.Panel("the answer so far", answers, "magnitude", 2.0, ("",), 0.25, said="answer")


def steps(
    config: RunConfig,
    inputs: np.ndarray,
    states: np.ndarray | None,
    answers: np.ndarray | None = None,
    labels: Sequence[str] = (),
    *,
    cursor: bool = False,
    dark: bool,
) -> go.Figure:
    """inputs: (steps, features), or code points (steps,) of a text; states: (steps, units); see `answer_panel`."""
    rows = config.data.name in ROWS
    width = config.model.hidden * (1 + config.model.bidirectional)
    memory = None if states is None else hidden_panel(states, 1.8 if rows else 1.2, width=width)
    said = answer_panel(config, answers, labels)
    order = (input_panel(config, inputs), said, memory) if rows else (input_panel(config, inputs), memory, said)
    names = characters(inputs) if config.data.name in TEXTS else ()
    return heat.panels(
        [each for each in order if each is not None],
        step_title="row" if rows else "character" if names else "step",
        step_names=names, downwards=rows, cursor=cursor, dark=dark,
    )  # fmt: skip


def characters(codes: np.ndarray) -> list[str]:
    """Code points as one can see them."""
    return [texts.visible(chr(each)) for each in np.asarray(codes).tolist()]


def decoded(codes: np.ndarray) -> str:
    """The text of code points."""
    return "".join(map(chr, np.asarray(codes).tolist()))
