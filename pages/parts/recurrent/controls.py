"""What is to be learned, by which network: the controls of the page, from the task down to the seed."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dlcore.config.fields import setting
from dlcore.config.presets import PRESETS
from dlcore.config.run import RunConfig
from dlcore.config.sequences import CLASSES, FORECASTS, ROWS, SERIES, TEXTS, SequenceConfig
from dlcore.errors import DlcoreError
from pages.parts.recurrent import own
from pages.shared import address, session
from pages.shared.glossary import explain
from pages.shared.settings import Settings

OWN = {
    "noise": ("signals",), "delay": ("adding", "recall"), "window": FORECASTS, "tau": ("mackey-glass",),
    "waves": ("sines",), "jitter": ("sines", "mackey-glass"), "text": ("series", "own"), "column": ("series",),
    "gaps": ("series",),
    "residual": SERIES,
}  # fmt: skip
"""Settings that belong to some data sets only."""


class SequenceSettings(Settings):
    """Settings of which those that do not belong to the chosen data set stay at their defaults."""

    def read(self, state: Mapping[str, Any]) -> RunConfig:
        data = state.get(self.key("data"), self.start.data.name)
        foreign = {self.key(name) for name, sets in OWN.items() if data not in sets}
        own = (key for key in state if key.startswith(self.prefix) and key not in foreign)
        return super().read({key: state[key] for key in own})


SETTINGS = SequenceSettings(RunConfig.of("lstm"), prefix="rnn_")
NETWORKS = ("rnn", "gru", "lstm")
_DATA, _PRESET, _TASK = SETTINGS.key("data"), SETTINGS.key("preset"), SETTINGS.key("task")
_FOLLOWED, _LAST = "_rnn_followed", "_rnn_last_data"


@dataclass(frozen=True)
class Task:
    """What a network can be asked to do.

    data: the sets that it can be learned from
    model, training: settings that suit it, where they differ from those of the presets
    """

    title: str
    data: tuple[str, ...]
    about: str
    model: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)


TASKS = {
    "signals": Task("Classify signals", ("signals",), "10 sensors, 10 steps: which of 10 kinds of signal is it?"),
    "rows": Task("Read digits row by row", ROWS, "One row of pixels at a time, from the top: which digit is it?"),
    "forecast": Task(
        "Forecast a series", SERIES, "What is the next value? And the one after it, and so on?",
        {"layers": 1, "hidden": 64, "residual": True}, {"epochs": 10},
    ),
    "memory": Task(
        "Long memory", ("adding", "recall"), "Something from long ago decides the answer at the end.",
        {"layers": 1, "hidden": 64}, {"epochs": 8, "learning_rate": 1e-2},
    ),
    "text": Task("Write text", TEXTS, "Which character comes next?"),
}  # fmt: skip

DATA_NAMES = {
    "signals": "signals", "digits": "digits", "mnist": "MNIST", "fashion": "Fashion", "sines": "sines",
    "mackey-glass": "chaos", "series": "yours", "adding": "adding", "recall": "recall",
    "topics": "Python's manual", "own": "yours",
}  # fmt: skip

_ABOUT_DATA = (
    "sines: a mixture of waves. chaos: the Mackey–Glass series, from a model of blood cells (1977). yours: numbers "
    "that you paste or upload."
)
_ABOUT = {
    "rows": "digits: 1,797 handwritten digits that come with the app. MNIST: 70,000 handwritten digits. "
    "Fashion: 70,000 pieces of clothing.",
    "forecast": _ABOUT_DATA,
    "memory": "adding: two numbers in a long sequence are marked, and the answer at the end is their sum (Hochreiter "
    "and Schmidhuber, 1997). recall: a symbol is shown, then noise, and the answer at the end is that symbol.",
    "text": "Python's manual: the text of Python's own help(). yours: what you paste or upload.",
}


def config_for(task: str, data: str = "", preset: str = "lstm") -> RunConfig:
    """A run of `task` with settings that suit it."""
    wanted = TASKS[task]
    chosen = "char" if task == "text" else preset
    return RunConfig.of(chosen, {"name": data or wanted.data[0]}, dict(wanted.training), model=dict(wanted.model))


def task_of(data: str) -> str:
    """The task to which a data set belongs."""
    return next(name for name, task in TASKS.items() if data in task.data)


def follow(run_id: str | None) -> None:
    """Have the controls show the settings of a run that was just opened, unless the link says what they are to show."""
    fresh = SETTINGS.key("epochs") not in st.session_state
    if run_id and (_DATA not in st.query_params if fresh else run_id != st.session_state.get(_FOLLOWED)):
        with contextlib.suppress(DlcoreError):
            config = session.store().readable(run_id).config
            SETTINGS.show(config)
            st.session_state[_LAST] = config.data.name
    st.session_state[_FOLLOWED] = run_id


def choose_task() -> str:
    """The row of tasks at the top of the page. The data set is what the link carries; the task follows from it."""
    data = _data()
    st.session_state[_TASK] = task_of(data)
    if task_of(data) == "text":
        st.session_state[_PRESET] = "char"
    elif st.session_state.get(_PRESET) == "char":
        st.session_state[_PRESET] = "lstm"
    chosen = st.segmented_control(
        "Task", tuple(TASKS), format_func=lambda name: TASKS[name].title, required=True, key=_TASK, width="stretch",
        label_visibility="collapsed", on_change=_other_task,
    )  # fmt: skip
    st.caption(TASKS[chosen].about)
    return chosen


def _data() -> str:
    """The data set of the controls; on arrival, when the link has none yet, the one that was last shown here.

    The controls do not know it then: where a timer ticked on the page that was left, Streamlit sets them back.
    """
    state, linked = st.session_state, st.query_params
    if _DATA not in linked and _LAST in state:
        state[_DATA] = state[_LAST]
    first = PRESETS["char"].data[0] if linked.get(_PRESET) == "char" else SETTINGS.start.data.name
    address.one(_DATA, address.Known.named(setting(SequenceConfig, "name")["allowed"]), first, always=True)
    state[_LAST] = state[_DATA]
    return state[_DATA]


def _other_task() -> None:
    """A callback: another task brings its own data, and settings that suit it."""
    task = st.session_state[_TASK]
    preset = SETTINGS.chosen if SETTINGS.chosen in NETWORKS else "lstm"
    SETTINGS.show(config_for(task, preset=preset))
    st.session_state.pop(SETTINGS.key("text"))


def controls(task: str) -> DeltaGenerator:
    """Network and data, the settings that matter most; returns the place for what is said about the network."""
    network(task)
    place = st.container()
    data = _data_set(task)
    _data_settings(data)
    SETTINGS.essentials()
    return place


def more_controls(task: str) -> None:
    """What most visitors leave as it is."""
    data = st.session_state[_DATA]
    with st.expander("Network", icon=":material/hub:"):
        _structure(data)
    with st.expander("More or less data", icon=":material/timeline:"):
        SETTINGS.number("train_size", "Training sequences", step=100, empty="all")
        if data in FORECASTS:
            SETTINGS.number("window", "Steps of one training sequence", step=8)
    SETTINGS.optimizer()
    SETTINGS.regularisation(smoothing=data in CLASSES)
    SETTINGS.machine()


def network(task: str) -> None:
    """Which kind of cell: as a preset, or, where there is one preset only, as a setting of it."""
    if task == "text":
        SETTINGS.choice("cell", "Cell")
        return
    st.segmented_control(
        "Network", NETWORKS, required=True, width="stretch", on_change=_other_network,
        **address.one(_PRESET, address.Known.named(NETWORKS), SETTINGS.start.preset),
        help="How a unit computes its next state from the last one. The formulas are at the end of the page.\n\n"
        + explain("hidden state", "gate"),
    )  # fmt: skip


def _other_network() -> None:
    """A callback: another network has another cell; everything else stays, so that the two can be compared."""
    st.session_state[SETTINGS.key("cell")] = PRESETS[SETTINGS.chosen].model["cell"]


def _data_set(task: str) -> str:
    options = TASKS[task].data
    if len(options) > 1:
        st.segmented_control(
            "Data", options, format_func=DATA_NAMES.get, required=True, width="stretch",
            help=_ABOUT.get(task), **address.held(_DATA),
        )  # fmt: skip
    return st.session_state[_DATA]


def _data_settings(data: str) -> None:
    """The controls that only this data set has."""
    match data:
        case "signals":
            SETTINGS.scale("noise", "Noise", [each / 10 for each in range(31)])
        case "sines":
            SETTINGS.scale("waves", "Waves", range(1, 9))
            SETTINGS.scale("jitter", "Noise", [each / 20 for each in range(21)])
        case "mackey-glass":
            tau = setting(SequenceConfig, "tau")
            SETTINGS.scale("tau", "Delay τ", range(tau["low"], tau["high"] + 1))
            SETTINGS.scale("jitter", "Noise", [each / 20 for each in range(21)])
        case "adding" | "recall":
            SETTINGS.scale("delay", "Steps to remember", (5, 10, 20, 30, 40, 50, 75, 100, 150, 200))
        case "series":
            own.series(SETTINGS)
        case "own":
            own.text(SETTINGS)


def _structure(data: str) -> None:
    if data not in TEXTS:
        SETTINGS.choice("cell", "Cell")
    SETTINGS.number("layers", "Layers")
    SETTINGS.number("hidden", "Units in each layer", step=16)
    if data in SERIES:
        SETTINGS.flag("residual", "Forecast the change from the last value")
    SETTINGS.flag("bidirectional", "Read backwards as well", disabled=data in FORECASTS)
    SETTINGS.number("tbptt", "Truncate backpropagation after this many steps (0: never)", step=8)
