"""The settings of recurrent networks and of their data. No torch in here."""

from dataclasses import dataclass

from dlcore.config.fields import DataSection, ModelSection, choice, flag, number
from dlcore.config.fields import text as text_field
from dlcore.config.image_sets import IMAGE_SETS
from dlcore.config.pasted import GAPS, letters, numbers
from dlcore.config.run import RunConfig
from dlcore.errors import InvalidValue
from dlcore.formula.calls import Call

ROWS = ("digits", "mnist", "fashion")
"""Images that are read row by row, from the top."""
CLASSES = ("signals", *ROWS, "recall")
"""One class is told at the end of a sequence."""
SERIES = ("sines", "mackey-glass", "series")
"""The next value is forecast at every step."""
TEXTS = ("topics", "own")
"""The next character is forecast at every step."""
TASKS = (*CLASSES, "adding", *SERIES, *TEXTS)
FORECASTS = (*SERIES, *TEXTS)
_MODULES = {
    "rnn-tanh": "nn.RNN",
    "rnn-relu": "nn.RNN",
    "gru": "nn.GRU",
    "lstm": "nn.LSTM",
    "simple-gated": "dlcore.models.rnn:SimpleGated",
}
CELLS = tuple(_MODULES)
MOST_TEXT = 40_000
MOST_BYTES = 4_000_000_000
BYTES_A_UNIT = 44
"""What one unit of an LSTM keeps of one step of one sequence for the way back, as measured."""


@dataclass(frozen=True)
class SequenceConfig(DataSection):
    """Which sequences, how many, and how hard they are.

    signals: 10 steps of 10 sensors, 10 kinds of signal. digits, mnist, fashion: images read row by row.
    sines, mackey-glass: generated series; series: the one in `text`. adding, recall: long memory.
    topics: the manual that comes with Python; own: the text in `text`.
    """

    name: str = choice("signals", TASKS, "The task: what is read, and what has to be predicted.")
    train_size: int | None = number(
        None, 10, 60_000, "Training sequences to use; empty means all that the task has.", integer=True
    )
    noise: float = number(
        1.0, 0.0, 3.0, "signals: standard deviation of the noise on every value; that of the signals is about 1."
    )
    delay: int = number(
        50, 5, 200, "adding: length of a sequence. recall: steps between the symbol and the question.", integer=True
    )
    window: int = number(64, 4, 256, "Series and texts: length of one training sequence, in steps.", integer=True)
    tau: int = number(17, 6, 40, "mackey-glass: delay of its equation; from 17 on it is chaotic.", integer=True)
    waves: int = number(3, 1, 8, "sines: how many are mixed.", integer=True)
    jitter: float = number(0.0, 0.0, 1.0, "Generated series: standard deviation of the noise; that of the series is 1.")
    text: str = text_field("", MOST_TEXT, "series: numbers or CSV, oldest first. own: the text to learn from.")
    column: str = text_field("", 80, "series: which column of the CSV, by its name; empty: the last one with numbers.")
    gaps: str = choice(
        "ask", GAPS, "series: rows without a number; ask: refused; skip: left out; fill: a straight line over them."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.name == "series":
            numbers(self.text, self.column, self.gaps)
        elif self.name == "own":
            letters(self.text)

    @property
    def names(self) -> tuple[str, ...]:
        return IMAGE_SETS[self.name].labels if self.name in ROWS else ()

    @property
    def written(self) -> str:
        return IMAGE_SETS[self.name].written if self.name in ROWS else self.name


@dataclass(frozen=True)
class RecurrentConfig(ModelSection):
    """What a recurrent network is made of."""

    cell: str = choice("lstm", CELLS, "How a unit computes its next state from the last one.")
    layers: int = number(2, 1, 3, "Recurrent layers, each reading the one below.", integer=True)
    hidden: int = number(128, 1, 512, "Units in each layer.", integer=True)
    bidirectional: bool = flag(False, "Also read backwards; not for forecasts, where the network would see the answer.")
    tbptt: int = number(
        0, 0, 256, "Truncated backpropagation: how many steps gradients flow back; 0: all of them.", integer=True
    )

    residual: bool = flag(False, "Series: forecast the change from the last value instead of the value itself.")

    def stack(self, features: int, dropout: float) -> Call:
        """The recurrent layers, which read steps of so many features."""
        options: dict[str, object] = {} if self.cell == "simple-gated" else {"batch_first": True}
        if self.cell.startswith("rnn-"):
            options["nonlinearity"] = self.cell.removeprefix("rnn-")
        if self.bidirectional:
            options["bidirectional"] = True
        if self.layers > 1 and dropout:
            options["dropout"] = dropout
        layers = Call(_MODULES[self.cell], features, self.hidden, self.layers, **options)
        return Call("dlcore.models.rnn:remembering", layers) if self.cell == "lstm" else layers


def check_memory(data: SequenceConfig, model: RecurrentConfig, batch_size: int) -> None:
    """InvalidValue if one step of training would take more memory than MOST_BYTES."""
    steps = {"signals": 10, "adding": data.delay, "recall": data.delay + 1}
    length = 28 if data.name in ROWS else steps.get(data.name, data.window)
    units = model.hidden * model.layers * (1 + model.bidirectional)
    batch = min(batch_size, data.train_size or batch_size)
    needed = batch * length * units * BYTES_A_UNIT
    if needed > MOST_BYTES:
        raise InvalidValue(
            f"A step on {batch:,} sequences of {length} steps with {units:,} units would take about "
            f"{needed / 1e9:.0f} GB of memory: choose a smaller batch_size, or fewer units or steps."
        )


SequenceRun = RunConfig[SequenceConfig, RecurrentConfig]
