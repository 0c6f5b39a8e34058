"""The settings of a run as controls. Limits and help come from dlcore; every value is part of the page's link."""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cached_property
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dlcore.config.fields import checked, setting
from dlcore.config.image_sets import IMAGE_SETS
from dlcore.config.images import AUGMENTATIONS
from dlcore.config.network_text import parse
from dlcore.config.optimizers import OPTIMIZERS
from dlcore.config.presets import PRESETS
from dlcore.config.run import RunConfig, is_text
from dlcore.errors import DlcoreError, InvalidValue
from dlcore.formula.numbers import number, plain
from pages.shared import address, own_images
from pages.shared.glossary import explained

OPTIMIZER_HELP = (
    "The rule that turns gradients into steps. sgd: straight down the slope. momentum, nesterov: also keep part of "
    "the last step. adagrad, rmsprop, adam, adamw: a separate step length for every weight."
)
RATES = (*(float(f"{digit}e{power}") for power in range(-6, 1) for digit in (1, 2, 3, 4, 5, 7)), 10.0)
BATCHES = tuple(2**power for power in range(13))


class Settings:
    """The controls of one training page, under the keys prefix + name of the setting; the data set's key is `data`.

    start: the config that an untouched page describes
    prefix: tells the controls of one page from those of another
    """

    def __init__(self, start: RunConfig, prefix: str = "") -> None:
        self.start, self.prefix = start, prefix

    @cached_property
    def _places(self) -> dict[str, tuple[str, type, str]]:
        """Setting → the part of the config where its value belongs, the class of that part, and its name there."""
        parts = {name: type(getattr(self.start, name)) for name in ("data", "training", "model")}
        found = {each.name: (part, kind, each.name) for part, kind in parts.items() for each in fields(kind)
                 if not each.metadata.get("structure")}  # fmt: skip
        found.pop("name")
        return {**found, "data": ("data", parts["data"], "name"), "device": ("", RunConfig, "device")}

    def key(self, name: str) -> str:
        """The key of the control for a setting."""
        return self.prefix + name

    # From the controls to a config and back.

    def read(self, state: Mapping[str, Any]) -> RunConfig:
        """The config that the controls in `state` describe; InvalidValue if dlcore does not take it."""
        parts: dict[str, dict[str, Any]] = {"data": {}, "training": {}, "model": {}, "": {}}
        for name, (part, _, field) in self._places.items():
            if self.key(name) in state:
                parts[part][field] = state[self.key(name)]
        if "augment" in parts["data"]:
            parts["data"]["augment"] = tuple(parts["data"]["augment"] or ())
        whole = parts.pop("")
        if parts["data"].get("name") == "own":
            labels, examples = own_images.settings(state)
            parts["data"] |= labels
            whole |= examples
        return RunConfig.of(state.get(self.key("preset"), self.start.preset), **whole, **parts)

    def values(self, config: RunConfig) -> dict[str, Any]:
        """What the controls have to show for `config`."""
        found = {name: getattr(getattr(config, part) if part else config, field)
                 for name, (part, _, field) in self._places.items()}  # fmt: skip
        found = {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}
        found["preset"] = config.network or self.start.preset
        return {self.key(name): value for name, value in found.items()}

    def show(self, config: RunConfig) -> None:
        """Set the controls to `config`. For callbacks: before the controls are drawn."""
        st.session_state.update(self.values(config))

    @property
    def chosen(self) -> str:
        """The preset that the page shows, or the text of a network, which need not fit."""
        return st.session_state.get(self.key("preset"), self.start.preset)

    @property
    def usual(self) -> RunConfig:
        """The chosen network with every setting where nobody changed it; an untouched page's where it does not fit."""
        try:
            return RunConfig.of(self.chosen)
        except InvalidValue:
            return self.start

    def standard(self, name: str) -> Any:
        """The value of a setting where nobody changed it: it depends on the preset."""
        part, _, field = self._places[name]
        usual = self.start if self.chosen == self.start.preset else self.usual
        return getattr(getattr(usual, part) if part else usual, field)

    # The link.

    def link_problems(self) -> list[str]:
        """A sentence for each setting in the link that cannot be used, with what is used instead.

        Call it before the controls are drawn, since they drop what they cannot use from the link.
        """
        found = []
        for key in st.query_params:
            name = key.removeprefix(self.prefix)
            if key.startswith(self.prefix) and (name in self._places or name == "preset"):
                try:
                    self._linked(name)
                except InvalidValue as error:
                    wrong = str(error).split(": try ")[0]
                    used = self._cut_off(name)
                    instead = "The default" if used is None else used
                    found.append(f"The link was not understood: {wrong}. {instead} is used instead.")
        return found

    def _linked(self, name: str) -> Any:
        """The value of a setting in the link, as dlcore takes it; InvalidValue if it does not."""
        key = self.key(name)
        raw = st.query_params[key]
        if name == "preset":
            return self._network(raw)
        _, section, field = self._places[name]
        rule = setting(section, field)
        if name == "augment":
            return section(augment=tuple(st.query_params.get_all(key))).augment
        if "flag" in rule:
            return checked(section, field, {"true": True, "false": False}.get(raw.lower(), raw))
        if "low" not in rule:
            return checked(section, field, raw)
        return None if raw == "" and rule["default"] is None else checked(section, field, _number(raw))

    def _cut_off(self, name: str) -> int | None:
        """What Streamlit makes of a number in the link where only whole ones will do; None if it has no use for it."""
        if name not in self._places:
            return None
        _, section, field = self._places[name]
        rule, value = setting(section, field), address.number(st.query_params[self.key(name)])
        return int(value) if rule.get("integer") and rule["low"] <= value <= rule["high"] else None

    def _network(self, raw: str) -> str:
        """A preset of this page's kind, or the text of a network, which need not fit."""
        known = [each for each in PRESETS if PRESETS[each].kind == self.start.kind]
        if raw in known:
            return raw
        if not self.start.reads_images or not is_text(raw):
            raise InvalidValue(f"preset must be one of {', '.join(known)} on this page, got {raw[:40]!r}")
        return parse(raw).text

    def linked_network(self) -> str | None:
        """The network in the link, None if there is none that can be read."""
        return self._usable("preset")

    def _usable(self, name: str) -> Any:
        if self.key(name) not in st.query_params:
            return None
        try:
            return self._linked(name)
        except InvalidValue:
            return self._cut_off(name)

    # Single controls.

    def number(
        self,
        name: str,
        label: str,
        *,
        step: float | None = None,
        form: str | None = None,
        empty: str = "",
        disabled: bool = False,
    ) -> float | None:
        """A number within dlcore's limits; where its default is None it may be left empty, which `empty` explains."""
        _, section, field = self._places[name]
        rule = setting(section, field)
        kind = int if rule["integer"] else float
        default = self.standard(name)
        return st.number_input(
            label,
            min_value=kind(rule["low"]),
            max_value=kind(rule["high"]),
            value=None if default is None else kind(default),
            step=kind(1 if step is None else step),
            format=form or ("%d" if rule["integer"] else "%g"),
            placeholder=empty or None,
            help=explained(label, rule["help"]),
            disabled=disabled,
            **address.typed(self.key(name)),
        )

    def scale(self, name: str, label: str, stops: Iterable[float]) -> float:
        """A slider over `stops`, to which a valid value from the link or from a run is added."""
        _, section, field = self._places[name]
        key, default = self.key(name), self.standard(name)
        more = st.session_state.setdefault(f"_{key}_stops", [])
        linked = self._usable(name)
        for candidate in (default, st.session_state.get(key), linked):
            if candidate is not None and candidate not in (*stops, *more):
                more.append(candidate)
        options = sorted((*stops, *more))
        known = address.Known.numbers(options, "{:g}".format)
        if linked is not None:
            known = address.Known(known.texts, {**known.also, st.query_params[key]: linked})
        bound, tip = address.one(key, known, default), setting(section, field)["help"]
        return st.select_slider(label, options, format_func=number, help=explained(label, tip), **bound)

    def choice(self, name: str, label: str, *, help: str = "", disabled: bool = False) -> str:
        """One of the allowed values in a drop-down list, under the name that the link and the command line use too."""
        _, section, field = self._places[name]
        rule = setting(section, field)
        bound = address.one(self.key(name), address.Known.named(rule["allowed"]), self.standard(name))
        return st.selectbox(label, rule["allowed"], help=help or rule["help"], disabled=disabled, **bound)

    def flag(self, name: str, label: str, *, disabled: bool = False) -> bool:
        """On or off."""
        _, section, field = self._places[name]
        tip = setting(section, field)["help"]
        return st.toggle(label, self.standard(name), help=tip, disabled=disabled, **address.typed(self.key(name)))

    def network(self, names: Iterable[str]) -> DeltaGenerator:
        """Which preset; returns the place for `describe`."""
        names = tuple(names)
        default = self.start.preset if self.start.preset in names else names[0]
        st.segmented_control(
            "Network", names, required=True, width="stretch", on_change=self.follow,
            help="The layers, from the input to the output.",
            **address.one(self.key("preset"), address.Known.named(names), default),
        )  # fmt: skip
        return st.container()

    def describe(self, place: DeltaGenerator) -> None:
        """The layers and the number of parameters that the controls describe, once all of them have been drawn."""
        with contextlib.suppress(DlcoreError):  # the control that is wrong says so
            config = self.read(st.session_state)
            place.caption(f"{config.about.summary(config)}  \n**{config.model.parameters:,}** parameters to learn")

    def follow(self) -> None:
        """A callback: another preset brings its own model and its own way to be trained."""
        usual = self.usual
        values = self.values(usual)
        chosen = PRESETS[usual.preset] if usual.preset else None
        for name in (*chosen.model, *chosen.training) if chosen else ():
            if name in self._places:
                st.session_state[self.key(name)] = values[self.key(name)]

    def data_set(self, names: Iterable[str], label: str = "Images", help: str = "") -> str:
        """Which data set."""
        names = tuple(names)
        return st.segmented_control(
            label, names, required=True, width="stretch",
            **address.one(self.key("data"), address.Known.named(names), self.standard("data")),
            help=help or "  \n".join(f"{name}: {IMAGE_SETS[name].title}." for name in names),
        )  # fmt: skip

    # Groups of controls.

    def essentials(self) -> None:
        """The three that matter most."""
        self.number("epochs", "Epochs")
        self.scale("learning_rate", "Learning rate", RATES)
        self.scale("batch_size", "Batch size", BATCHES)

    def optimizer(self) -> None:
        """How gradients become steps."""
        with st.expander("Optimizer", icon=":material/trending_down:"):
            optimizer = self.choice("optimizer", "Optimizer", help=OPTIMIZER_HELP)
            self.number("momentum", "Momentum", step=0.05, disabled=not OPTIMIZERS[optimizer].momentum)
            self.choice("schedule", "Schedule of the learning rate")
            self.number("gradient_clip", "Gradient clipping", step=0.5)

    def regularisation(self, *, smoothing: bool = True) -> None:
        """What keeps a network from learning its data by heart."""
        with st.expander("Against overfitting", icon=":material/shield:"):
            self.number("weight_decay", "Weight decay", step=0.001)
            own = self.usual.model.dropout
            self.number("dropout", "Dropout", step=0.1, empty=f"the network's own: {plain(own)}")
            if smoothing:
                self.number("label_smoothing", "Label smoothing", step=0.05)
            self.number("early_stopping", "Early stopping, epochs of patience")

    def images(self) -> None:
        """How the images of a classifier are made fewer and harder."""
        with st.expander("More or less data", icon=":material/photo_library:"):
            self.number("train_size", "Training images", step=100, empty="all")
            self.number("copies", "Copies of each, in an epoch")
            self.number("imbalance", "Imbalance", step=0.1)
            self.number("label_noise", "Label noise", step=0.1)
            _, section, field = self._places["augment"]
            bound = address.several(self.key("augment"), address.Known.named(AUGMENTATIONS), [])
            tip = setting(section, field)["help"]
            st.pills("Augmentation", AUGMENTATIONS, selection_mode="multi", help=tip, **bound)
            self.number("outliers", "Teach it to doubt: share of other things", step=0.05)

    def machine(self) -> None:
        """Where a run happens, and from which seed."""
        with st.expander("Seed and machine", icon=":material/memory:"):
            self.number("seed", "Seed")
            self.choice("precision", "Precision")
            self.choice("device", "Device")


IMAGES = Settings(RunConfig.of())
"""The controls of the Train page."""


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
