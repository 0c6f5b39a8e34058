"""A run is a value: all that decides it, frozen and validated. No torch in here."""

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Generic, Self

from typing_extensions import TypeVar

from dlcore.config.fields import DataSection, ModelSection, Section, choice, part, text
from dlcore.config.image_sets import IMAGE_SETS
from dlcore.config.kinds import KINDS, Kind
from dlcore.config.migration import VERSION, upgraded
from dlcore.config.presets import PRESETS
from dlcore.config.training import TrainingConfig
from dlcore.errors import InvalidValue
from dlcore.machine import DEVICES

D = TypeVar("D", bound=DataSection, default=DataSection, covariant=True)
M = TypeVar("M", bound=ModelSection, default=ModelSection, covariant=True)
LONGEST_SUMMARY = 48


@dataclass(frozen=True)
class RunConfig(Section, Generic[D, M]):
    """Everything that decides a run: with the same device it gives the same curve again.

    data and model are sections of the run's kind, see dlcore.config.kinds; given as plain JSON they are built here, and
    None stands for their defaults. `RunConfig.of` starts from a network's name or text.
    """

    kind: str = choice("image", KINDS, "What is learned: images, sequences, codes.")
    data: D = part("What is learned from.")  # noqa: RUF009
    model: M = part("The network.")  # noqa: RUF009
    training: TrainingConfig = part("How it is trained.")  # noqa: RUF009
    device: str = choice("auto", DEVICES, "Where it runs.")
    group: str = text("", 32, "The group of runs that it belongs to, such as a sweep.")
    start: str = text("", 32, "The run, or the bundled network, whose weights it starts from.")
    examples: str = text("", 64, "SHA-256 of the examples of its own: its data set, or corrections.")

    def __post_init__(self) -> None:
        super().__post_init__()
        sections = {"data": self.about.data, "model": self.about.model, "training": TrainingConfig}
        for name, section in sections.items():
            value = getattr(self, name)
            if not isinstance(value, section):
                object.__setattr__(self, name, section.from_dict({} if value is None else value))
        if self.examples and not re.fullmatch(r"[0-9a-f]{64}", self.examples):
            raise InvalidValue(f"examples must be 64 hexadecimal digits, got {self.examples[:80]!r}")
        self.about.check(self)

    @classmethod
    def of(
        cls,
        network: str = "cnn-64",
        data: Section | Mapping[str, Any] | None = None,
        training: TrainingConfig | Mapping[str, Any] | None = None,
        device: str = "auto",
        model: Section | Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Self:
        """A run of a preset, or of a network that is given as a text; settings take the place of the preset's own.

        Raises InvalidValue, also for data that the preset cannot be trained on.
        """
        kind, usual, sets = _begun(network)

        def merged(name: str, given: Section | Mapping[str, Any] | None) -> Any:
            return given if isinstance(given, Section) else {**usual[name], **(given or {})}

        about, wanted = KINDS[kind], merged("data", data)
        described = wanted if isinstance(wanted, about.data) else about.data.from_dict(wanted)
        if network in PRESETS:
            usual["model"] = about.fitted(usual["model"], described)
        parts = {
            "data": described,
            "training": merged("training", training),
            "model": merged("model", model),
        }
        made = cls(kind=kind, device=device, **parts, **more)
        if made.data.name not in sets:
            raise InvalidValue(f"{network} can be trained on {', '.join(sets)}, got {made.data.name!r}")
        return made

    def on(self, name: str) -> Self:
        """The same run on the data set called `name`, which stands in for its own; itself if it cannot have it."""
        if name == self.data.name:
            return self
        try:
            return replace(self, data=replace(self.data, name=name))
        except InvalidValue:
            return self

    @property
    def about(self) -> Kind:
        """All that is to be known of its kind."""
        return KINDS[self.kind]

    @property
    def preset(self) -> str:
        """The preset that describes its network, "" if none does."""
        return self.about.named(self)

    @property
    def name(self) -> str:
        """A short name for its network: the preset's, or `network`."""
        return self.preset or "network"

    @property
    def network(self) -> str:
        """Its network as `RunConfig.of` takes it: the preset's name, or its blocks as text; "" if it has neither."""
        return self.preset or getattr(self.model, "network", "")

    @property
    def summary(self) -> str:
        """Its network in a few words: the preset's name, or what stands out in it."""
        words = self.preset or self.about.summary(self)
        return words if len(words) <= LONGEST_SUMMARY else f"{words[: LONGEST_SUMMARY - 1]}…"

    @property
    def described(self) -> str:
        """Its network in a line: the title of the preset if it is that network to the last layer, else its layers."""
        usual = self.preset and RunConfig.of(self.preset, self.data, examples=self.examples)
        return PRESETS[self.preset].title if usual and usual.model == self.model else self.about.summary(self)

    @property
    def dropout(self) -> float:
        """The rate in use: the run's own, else the network's."""
        own = self.training.dropout
        return self.model.dropout if own is None else own

    @property
    def brings(self) -> bool:
        """Whether it learns from examples of its own: its whole data set, or corrections beside one."""
        return self.data.brought or self.data.corrected

    @property
    def reads_images(self) -> bool:
        """Whether the trained network tells images of 28×28 pixels apart, so that it can read drawings."""
        return self.about.reads_images(self)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON; `RunConfig.from_dict` builds it again."""
        return {"version": VERSION, **asdict(self)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """From plain JSON of this or an older version; InvalidValue or NewerVersion says why it cannot be read."""
        if not isinstance(values, Mapping):
            raise InvalidValue(f"a run must be an object with settings, got {type(values).__name__}")
        found = upgraded(values)
        del found["version"]
        return super().from_dict(found)


def _begun(network: str) -> tuple[str, dict[str, Mapping[str, Any]], Collection[str]]:
    """Kind, settings and data sets of a preset, or of a text."""
    if isinstance(network, str) and network in PRESETS:
        chosen = PRESETS[network]
        usual = {"data": {"name": next(iter(chosen.data))}, "training": chosen.training, "model": chosen.model}
        return chosen.kind, usual, chosen.data
    if not isinstance(network, str) or not is_text(network):
        raise InvalidValue(
            f"a network must be one of {', '.join(PRESETS)}, or blocks such as "
            f"'conv 8 3x3, relu, flatten, dense 10', got {str(network)[:80]!r}"
        )
    return "image", {"data": {}, "training": {}, "model": {"network": network}}, IMAGE_SETS


def is_text(network: str) -> bool:
    """Whether this is meant as blocks, and not as a name."""
    return bool(re.search(r"[\s,(]", network.strip()))
