""" "Try this": questions that one click answers."""

from dataclasses import replace

from dlcore.config.run import RunConfig
from pages.parts.recurrent.controls import config_for
from pages.shared.run_desk import RunExperiment


def _with(config: RunConfig, **sections: dict) -> RunConfig:
    """`config` with some settings of its sections changed."""
    return replace(config, **{name: replace(getattr(config, name), **values) for name, values in sections.items()})


def _long(preset: str, delay: int = 50) -> RunConfig:
    return _with(config_for("memory", preset=preset), data={"delay": delay})


EXPERIMENTS = (
    RunExperiment(
        "Three memories",
        "Two numbers of fifty are to be added. Which of the three cells can? Watch the gradients fade.",
        (_long("rnn"), _long("gru"), _long("lstm")),
    ),
    RunExperiment(
        "Chaos",
        "How far can a chaotic series be foretold, when every forecast is fed back in?",
        (config_for("forecast", "mackey-glass"),),
    ),
    RunExperiment(
        "The same waves for ever",
        "Does a network that saw three waves go on with them by itself? Watch the free-running forecast.",
        (config_for("forecast", "sines"),),
    ),
    RunExperiment(
        "Learn to write",
        "What does a network write that has read Python's manual, after one epoch and after six?",
        (config_for("text"),),
    ),
)
