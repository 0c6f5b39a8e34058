"""Sequences read step by step: classes, sums, forecasts, texts."""

from dlcore.config.kinds import KINDS, Kind
from dlcore.config.presets import PRESETS, Preset
from dlcore.config.sequences import (
    FORECASTS,
    ROWS,
    SERIES,
    TEXTS,
    RecurrentConfig,
    SequenceConfig,
    SequenceRun,
    check_memory,
)
from dlcore.errors import InvalidValue

EVALUATION_BATCH = 500
SEQUENCES = ("signals", *ROWS, "recall", "adding", "sines", "mackey-glass", "series")
"""What a recurrent network can be trained on, besides texts."""
TRAINING = {"learning_rate": 3e-3, "schedule": "one-cycle", "gradient_clip": 1.0, "epochs": 5}
_CELLS = {"gru": "gru", "lstm": "lstm"}


def _check(config: SequenceRun) -> None:
    check_memory(config.data, config.model, config.training.batch_size)
    if config.model.bidirectional and config.data.name in FORECASTS:
        raise InvalidValue("bidirectional must be off for forecasts: reading backwards, the network sees the answer")
    if config.model.residual and config.data.name not in SERIES:
        raise InvalidValue(f"residual is for forecasts of a series ({', '.join(SERIES)}): switch it off")
    if config.model.bidirectional and config.model.tbptt:
        raise InvalidValue("tbptt must be 0 for a bidirectional network: one half of it reads from the end")


def _named(config: SequenceRun) -> str:
    return "char" if config.data.name in TEXTS else _CELLS.get(config.model.cell, "rnn")


def _summary(config: SequenceRun) -> str:
    return f"{config.model.cell} {config.model.hidden}" + f" × {config.model.layers}" * (config.model.layers > 1)


KIND = KINDS.register(
    Kind(
        name="recurrent",
        title="reads sequences step by step",
        data=SequenceConfig,
        model=RecurrentConfig,
        preset="lstm",
        network="dlcore.models.rnn:build",
        task="dlcore.training.tasks.recurrent.task:SequenceTask",
        script="dlcore.training.tasks.recurrent.script:part",
        unit="sequences",
        headline=("perplexity", "accuracy", "loss"),
        page="recurrent",
        view="pages.parts.recurrent.view:view",
        named=_named,
        summary=_summary,
        check=_check,
        reads_images=lambda config: config.data.name in ROWS,
    )
)

for _name, _title, _cell in (
    ("rnn", "Plain recurrent network", "rnn-tanh"),
    ("gru", "GRU, two layers", "gru"),
    ("lstm", "LSTM, two layers", "lstm"),
):
    PRESETS.register(Preset(_name, _title, KIND.name, SEQUENCES, {"cell": _cell}, TRAINING))
PRESETS.register(
    Preset(
        "char", "LSTM that writes, character by character", KIND.name, TEXTS,
        {"cell": "lstm", "layers": 1, "hidden": 192}, {**TRAINING, "epochs": 6},
    )
)  # fmt: skip
