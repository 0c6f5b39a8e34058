"""The kinds of run that there are: all that is to be known of each, in one entry. No torch in here.

A kind is a package in dlcore/training/tasks: importing it registers its Kind and its presets, and imports no torch.
What needs torch, or lies on a higher floor, is named as `module:name` and imported when it is wanted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dlcore.config.fields import DataSection, ModelSection
from dlcore.config.registry import Registry
from dlcore.formula.calls import Name

if TYPE_CHECKING:
    from dlcore.config.run import RunConfig


@dataclass(frozen=True)
class Kind:
    """What runs of one kind are made of, and who does what for them.

    title: what its networks do, for a sentence that begins with "a network that"
    data, model: the sections of the config; data has a `name`, model a `dropout`
    preset: the one that an untouched page begins with
    network: builds the network of a config, an nn.Module
    task: makes the task of a config, see dlcore.training.task.Task
    script: writes the kind's part of a script, see dlcore.training.script.Part
    unit: what a sample is called, in the plural
    headline: the metrics that tell how well a run did, in the order of preference
    page: the page, by its name, on which such runs are watched; view: from a run's id, or none, to what it shows
    named: the preset whose name describes a config, "" if none does; summary: what it is, in a line
    check: raises InvalidValue where settings contradict each other
    fitted: the settings of a preset's model, for data with other classes than it was made for
    reads_images: whether a trained network tells images of 28×28 pixels apart, so that it can read drawings
    """

    name: str
    title: str
    data: type[DataSection]
    model: type[ModelSection]
    preset: str
    network: str
    task: str
    script: str
    unit: str
    headline: tuple[str, ...]
    page: str
    view: str
    named: "Callable[[RunConfig[Any, Any]], str]"
    summary: "Callable[[RunConfig[Any, Any]], str]"
    check: "Callable[[RunConfig[Any, Any]], None]" = lambda config: None
    fitted: "Callable[[Mapping[str, Any], DataSection], Mapping[str, Any]]" = lambda model, data: model
    reads_images: "Callable[[RunConfig[Any, Any]], bool]" = lambda config: False

    def find(self, what: str) -> Any:
        """The thing behind `network`, `task`, `script` or `view`."""
        return Name(getattr(self, what)).make()


KINDS: Registry[Kind] = Registry("kind", "dlcore.training.tasks")
