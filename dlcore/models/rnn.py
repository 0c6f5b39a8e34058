"""Recurrent networks: torch's own RNN, GRU and LSTM, and a simple gated cell that is written out."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from dlcore.config.image_sets import IMAGE_SETS
from dlcore.config.sequences import FORECASTS, ROWS, TEXTS, SequenceConfig, SequenceRun
from dlcore.data import memory, signals, text

State = Tensor | tuple[Tensor, Tensor]
"""h, or (h, c) of an LSTM; each (layers · directions, N, units)."""
CHARACTER_SIZE = 64
"""Numbers that stand for one character."""
SMALL_SIDE = 8
"""Rows and columns of the embedded digits as they are read: they were 8×8 images."""


class SimpleGated(nn.Module):
    """The simplest gated cell, with the interface of `nn.GRU`.

        α_t = σ(V x_t + R h_{t−1} + d)
        h̃_t = tanh(W x_t + U h_{t−1} + b)
        h_t = α_t h̃_t + (1 − α_t) h_{t−1}

    weight_ih_lK stacks W and V, weight_hh_lK stacks U and R, bias_lK stacks b and d; `_reverse` reads backwards.
    inputs: (N, T, F) → outputs (N, T, directions · H), state (layers · directions, N, H)
    """

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, dropout: float = 0.0, bidirectional: bool = False
    ) -> None:
        super().__init__()
        self.hidden_size, self.num_layers, self.dropout = hidden_size, num_layers, dropout
        self.bidirectional = bidirectional
        self.directions = ("", "_reverse") if bidirectional else ("",)
        bound = hidden_size**-0.5
        for layer in range(num_layers):
            size = input_size if layer == 0 else hidden_size * len(self.directions)
            for way in self.directions:
                for name, shape in (("weight_ih", (size,)), ("weight_hh", (hidden_size,)), ("bias", ())):
                    weight = torch.empty(2 * hidden_size, *shape).uniform_(-bound, bound)
                    self.register_parameter(f"{name}_l{layer}{way}", nn.Parameter(weight))

    def forward(self, inputs: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        count = self.num_layers * len(self.directions)
        if state is None:
            state = inputs.new_zeros(count, len(inputs), self.hidden_size)
        last, place = [], 0
        for layer in range(self.num_layers):
            if layer and self.dropout:
                inputs = functional.dropout(inputs, self.dropout, self.training)
            read = []
            for way in self.directions:
                outputs = self._read(inputs.flip(1) if way else inputs, state[place], f"l{layer}{way}")
                last.append(outputs[:, -1])
                read.append(outputs.flip(1) if way else outputs)
                place += 1
            inputs = torch.cat(read, dim=2)
        return inputs, torch.stack(last)

    def _read(self, inputs: Tensor, hidden: Tensor, name: str) -> Tensor:
        weight_ih, weight_hh, bias = (getattr(self, f"{each}_{name}") for each in ("weight_ih", "weight_hh", "bias"))
        outputs = []
        for seen in functional.linear(inputs, weight_ih, bias).unbind(1):
            candidate, alpha = (seen + functional.linear(hidden, weight_hh)).chunk(2, dim=1)
            hidden = torch.lerp(hidden, candidate.tanh(), alpha.sigmoid())
            outputs.append(hidden)
        return torch.stack(outputs, dim=1)


def remembering(lstm: nn.LSTM) -> nn.LSTM:
    """Open the forget gates: with a bias of 1 an LSTM remembers before it learns what to forget.

    Gers, Schmidhuber and Cummins 2000; Jozefowicz, Zaremba and Sutskever 2015. Keras does the same.
    """
    for name, parameter in lstm.named_parameters():
        if name.startswith("bias_ih"):
            nn.init.ones_(parameter.data[lstm.hidden_size : 2 * lstm.hidden_size])
    return lstm


class Recurrent(nn.Module):
    """Recurrent layers between what a task shows and what it asks for.

    Called, it answers what the task asks: at the end of the sequence (N, outputs), or, where the next value or
    character is forecast, at every step (N, T, outputs).
    inputs: float32 (N, T, F); images float32 (N, 1, 28, 28) as `pixels.normalise` makes them; int64 (N, T) of a text

    alphabet: of a text, else None
    """

    def __init__(self, config: SequenceRun) -> None:
        super().__init__()
        self.config = config
        self.rows = config.data.name in ROWS
        self.forecasts = config.data.name in FORECASTS
        self.alphabet = text.alphabet(config.data) if config.data.name in TEXTS else None
        features, outputs = sizes(config.data, self.alphabet)
        model = config.model
        if self.alphabet:
            self.embedding = nn.Embedding(features, CHARACTER_SIZE)
            features = CHARACTER_SIZE
        self.layers = model.stack(features, config.dropout).make()
        self.dropout = nn.Dropout(config.dropout)
        self.output = nn.Linear(model.hidden * (1 + model.bidirectional), outputs)

    def forward(self, inputs: Tensor) -> Tensor:
        steps = self.read(inputs)
        outputs = self.states(steps)
        return self.answer(outputs, steps) if self.forecasts else self.answer(self.last(outputs), steps[:, -1])

    def read(self, inputs: Tensor) -> Tensor:
        """Steps (N, T, F) as the first layer sees them."""
        if self.alphabet:
            return self.embedding(inputs)
        if not self.rows:
            return inputs
        if self.config.data.name == "digits":
            inputs = functional.avg_pool2d(inputs[:, :, 2:-2, 2:-2], 24 // SMALL_SIDE)
        return inputs.squeeze(1)

    def states(self, steps: Tensor) -> Tensor:
        """Hidden states (N, T, directions · H) of the last layer for steps (N, T, F).

        While it trains with truncated backpropagation, gradients end where a piece of `tbptt` steps begins; the pieces
        are counted from the end.
        """
        most, length = self.config.model.tbptt, steps.shape[1]
        if not (most and self.training and length > most):
            return self.layers(steps)[0]
        state, parts = None, []
        for piece in steps.split([length % most or most, *[most] * ((length - 1) // most)], dim=1):
            outputs, state = self.layers(piece, detached(state))
            parts.append(outputs)
        return torch.cat(parts, dim=1)

    def last(self, outputs: Tensor) -> Tensor:
        """What each direction knows (N, directions · H) once it has read everything."""
        if not self.config.model.bidirectional:
            return outputs[:, -1]
        ahead, back = outputs.chunk(2, dim=2)
        return torch.cat((ahead[:, -1], back[:, 0]), dim=1)

    def answer(self, hidden: Tensor, read: Tensor) -> Tensor:
        """Outputs (…, outputs) of hidden states (…, directions · H) after the last step that was read (…, F)."""
        outputs = self.output(self.dropout(hidden))
        return read + outputs if self.config.model.residual else outputs

    def advance(self, inputs: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Read on from `state`: answers (N, T, outputs) after every step, and the state at the end.

        For networks that read forwards only; what backwards reading needs is not there yet.
        """
        steps = self.read(inputs)
        outputs, state = self.layers(steps, state)
        return self.answer(outputs, steps), state


def detached(state: State | None) -> State | None:
    """The same state, through which no gradient flows."""
    if isinstance(state, tuple):
        return state[0].detach(), state[1].detach()
    return None if state is None else state.detach()


def sizes(config: SequenceConfig, alphabet: text.Alphabet | None = None) -> tuple[int, int]:
    """Features of a step, and outputs, of the networks for a task."""
    match config.name:
        case "signals":
            return signals.SENSORS, len(signals.SIGNALS)
        case "digits":
            return SMALL_SIDE, len(IMAGE_SETS["digits"].labels)
        case "mnist" | "fashion":
            return 28, len(IMAGE_SETS[config.name].labels)
        case "recall":
            return memory.RECALL_FEATURES, len(memory.SYMBOLS)
        case "adding":
            return memory.ADDING_FEATURES, 1
    return (1, 1) if alphabet is None else (len(alphabet), len(alphabet))


def build(config: SequenceRun) -> Recurrent:
    """The network of `config`."""
    return Recurrent(config)
