"""The settings of a run as controls. Limits and help come from dlcore; every value is part of the page's link."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any

import streamlit as st

from dlcore.errors import InvalidValue
from dlcore.models.presets import PRESETS, preset
from dlcore.training.config import AUGMENTATIONS, USES_MOMENTUM, DataConfig, RunConfig, TrainingConfig, checked, setting

LINKED = "query-params"

OPTIMIZER_HELP = (
    "The rule that turns gradients into steps. sgd: straight down the slope. momentum, nesterov: keep some of the last "
    "step. adagrad, rmsprop, adam, adamw: a step length of its own for every weight."
)
RATES = (*(float(f"{digit}e{power}") for power in range(-6, 1) for digit in (1, 2, 3, 4, 5, 7)), 10.0)
BATCHES = tuple(2**power for power in range(13))

_PLACES = {
    **{each.name: (TrainingConfig, each.name) for each in fields(TrainingConfig)},
    **{each.name: (DataConfig, each.name) for each in fields(DataConfig) if each.name != "name"},
    "data": (DataConfig, "name"),
    "device": (RunConfig, "device"),
}
"""Key of a control (and of the link's parameter) → where its value belongs."""


def read(state: Mapping[str, Any]) -> RunConfig:
    """The config that the controls in `state` describe; InvalidValue if dlcore does not take it."""

    def section(kind: type) -> dict[str, Any]:
        return {name: state[key] for key, (place, name) in _PLACES.items() if place is kind and key in state}

    data, whole = section(DataConfig), section(RunConfig)
    data["augment"] = tuple(data.get("augment") or ())
    if "preset" in state:
        whole["preset"] = state["preset"]
    return RunConfig(data=DataConfig(**data), training=TrainingConfig(**section(TrainingConfig)), **whole)


def values(config: RunConfig) -> dict[str, Any]:
    """What the controls have to show for `config`."""
    parts = {DataConfig: config.data, TrainingConfig: config.training, RunConfig: config}
    found = {key: getattr(parts[place], name) for key, (place, name) in _PLACES.items()}
    return {**found, "preset": config.preset, "augment": list(config.data.augment)}


def show(config: RunConfig) -> None:
    """Set the controls to `config`. For callbacks: before the controls are drawn."""
    st.session_state.update(values(config))


def link_problems() -> list[str]:
    """A sentence for each setting in the link that cannot be used, with what is used instead.

    Call it before the controls are drawn, since they drop what they cannot use from the link.
    """
    found = []
    for key in st.query_params:
        if key in _PLACES or key == "preset":
            try:
                _linked(key)
            except InvalidValue as error:
                found.append(f"The link was not understood: {error}. The default is used instead.")
    return found


def _linked(key: str) -> Any:
    """The value of a setting in the link, as dlcore takes it; InvalidValue if it does not."""
    raw = st.query_params[key]
    if key == "preset":
        return preset(raw).name
    section, name = _PLACES[key]
    if key == "augment":
        return DataConfig(augment=tuple(st.query_params.get_all(key))).augment
    if "allowed" in setting(section, name):
        return checked(section, name, raw)
    if raw == "" and setting(section, name)["default"] is None:
        return None
    return checked(section, name, _number(raw))


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def number(
    key: str, label: str, *, step: float | None = None, form: str | None = None, empty: str = "", disabled: bool = False
) -> float | None:
    """A number within dlcore's limits; where its default is None it may be left empty, which `empty` explains."""
    section, name = _PLACES[key]
    rule = setting(section, name)
    kind = int if rule["integer"] else float
    default = rule["default"]
    return st.number_input(
        label,
        min_value=kind(rule["low"]),
        max_value=kind(rule["high"]),
        value=None if default is None else kind(default),
        step=kind(1 if step is None else step),
        format=form or ("%d" if rule["integer"] else "%g"),
        placeholder=empty or None,
        help=rule["help"],
        disabled=disabled,
        key=key,
        bind=LINKED,
    )


def scale(key: str, label: str, stops: Iterable[float], form: Callable[[float], str] = "{:g}".format) -> float:
    """A slider over `stops`, to which a valid value from the link or from a run is added."""
    section, name = _PLACES[key]
    rule = setting(section, name)
    memory = f"_{key}_stops"
    more = st.session_state.setdefault(memory, [])
    for candidate in (st.session_state.get(key), _usable(key)):
        if candidate is not None and candidate not in (*stops, *more):
            more.append(candidate)
    return st.select_slider(
        label, sorted((*stops, *more)), value=rule["default"], format_func=form, help=rule["help"], key=key, bind=LINKED
    )


def _usable(key: str) -> float | None:
    if key not in st.query_params:
        return None
    try:
        return _linked(key)
    except InvalidValue:
        return None


def choice(key: str, label: str, *, help: str = "") -> str:
    """One of the allowed values in a drop-down list, under the name that the link and the command line use too."""
    section, name = _PLACES[key]
    rule = setting(section, name)
    options = rule["allowed"]
    default = options.index(rule["default"])
    return st.selectbox(label, options, index=default, help=help or rule["help"], key=key, bind=LINKED)


def network(names: Iterable[str]) -> str:
    """Which preset, with its layers and its number of parameters."""
    names = tuple(names)
    default = RunConfig().preset
    chosen = st.segmented_control(
        "Network", names, default=default if default in names else names[0], required=True, key="preset", bind=LINKED,
        width="stretch", help="The layers, from the image to one number per class.",
    )  # fmt: skip
    about = PRESETS[chosen]
    st.caption(f"{about.layers}  \n**{about.parameters:,}** parameters to learn")
    return chosen


def data_set(names: Iterable[str]) -> str:
    """Which data set."""
    rule = setting(DataConfig, "name")
    return st.segmented_control(
        "Images", tuple(names), default=rule["default"], required=True,
        key="data", bind=LINKED, width="stretch",
        help="digits: 1,797 handwritten digits that come with the app. mnist: 70,000 handwritten digits. "
        "fashion: 70,000 pieces of clothing, in the same format.",
    )  # fmt: skip


def essentials() -> None:
    """The three that matter most."""
    number("epochs", "Epochs")
    scale("learning_rate", "Learning rate", RATES)
    scale("batch_size", "Batch size", BATCHES)


def rest() -> None:
    """All others, in expanders, each with a default that works."""
    with st.expander("Optimizer", icon=":material/trending_down:"):
        optimizer = choice("optimizer", "Optimizer", help=OPTIMIZER_HELP)
        number("momentum", "Momentum", step=0.05, disabled=optimizer not in USES_MOMENTUM)
        choice("schedule", "Schedule of the learning rate")
        number("gradient_clip", "Gradient clip", step=0.5)
    with st.expander("Against overfitting", icon=":material/shield:"):
        number("weight_decay", "Weight decay", step=0.001)
        standard = PRESETS[st.session_state["preset"]].dropout if "preset" in st.session_state else 0.0
        number("dropout", "Dropout", step=0.1, empty=f"the network's own: {standard:g}")
        number("label_smoothing", "Label smoothing", step=0.05)
        number("early_stopping", "Early stopping, epochs of patience")
    with st.expander("More or less data", icon=":material/photo_library:"):
        number("train_size", "Training images", step=100, empty="all")
        number("imbalance", "Imbalance", step=0.1)
        number("label_noise", "Label noise", step=0.1)
        st.pills(
            "Augmentation", AUGMENTATIONS, selection_mode="multi", key="augment", bind=LINKED,
            help=setting(DataConfig, "augment")["help"],
        )  # fmt: skip
        number("outliers", "Teach it doubt: share of non-digits", step=0.05)
    with st.expander("Seed and machine", icon=":material/memory:"):
        number("seed", "Seed")
        choice("precision", "Precision")
        choice("device", "Device")


def title(config: RunConfig) -> str:
    """What a run is called unless its owner says otherwise: the network, the data, and what is out of the ordinary."""
    usual, now = values(RunConfig(preset=config.preset)), values(config)
    names = {"learning_rate": "rate", "batch_size": "batch", "train_size": "images"}
    quiet = ("preset", "data", "epochs", "seed", "device", "precision")
    changed = [
        f"{names.get(key, key).replace('_', ' ')} {_short(value)}"
        for key, value in now.items()
        if value != usual[key] and key not in quiet
    ]
    more = [f"{len(changed) - 3} more"] if len(changed) > 3 else []
    return ", ".join([f"{config.preset} on {config.data.name}", *changed[:3], *more])


def _short(value: object) -> str:
    if isinstance(value, list):
        return "+".join(value) or "off"
    return f"{value:g}" if isinstance(value, int | float) else str(value)
