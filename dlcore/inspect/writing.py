"""Text from a network that learned to forecast characters: what comes next, how it goes on, which unit does what."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from dlcore.config.sequences import TEXTS, SequenceConfig
from dlcore.data import text
from dlcore.data.sequences import SHARES
from dlcore.data.text import Alphabet
from dlcore.errors import InvalidValue
from dlcore.formula.numbers import between
from dlcore.inspect.unroll import trace
from dlcore.models.rnn import Recurrent, State

MOST_PROMPT = 1_000
MOST_WRITTEN = 2_000
MOST_READ = 1_000
TEMPERATURES = (0.05, 5.0)


def next_characters(model: Recurrent, prompt: str, temperature: float = 1.0) -> list[tuple[str, float]]:
    """Every character with its probability of coming next, most likely first.

    prompt: text, of which the last 1,000 characters are read; an empty one counts as a line that begins
    """
    answer, _ = _advance(model, _encoded(model, prompt), None)
    shares = distribution(answer[0], temperature)
    order = shares.argsort(descending=True, stable=True)
    characters = _alphabet(model).characters
    return [(characters[number], shares[number].item()) for number in order.tolist() if number]


def continuation(model: Recurrent, prompt: str, count: int = 240, temperature: float = 1.0, seed: int = 0) -> str:
    """`count` characters that follow the prompt, drawn one by one; the same for the same seed.

    temperature: below 1 it plays safe, above 1 it dares
    """
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_WRITTEN:
        raise InvalidValue(f"count must be a whole number from 1 to {MOST_WRITTEN:,}, got {count!r}: try 240")
    return continuations(model, prompt, count, (temperature,), seed)[0]


def continuations(model: Recurrent, prompt: str, count: int, temperatures: Sequence[float], seed: int) -> list[str]:
    """As `continuation`, at several temperatures side by side."""
    generators = [torch.Generator().manual_seed(seed) for _ in temperatures]
    encoded = _encoded(model, prompt)
    answer, state = _advance(model, encoded.expand(len(temperatures), -1), None)
    written = []
    for _ in range(count):
        drawn = [
            torch.multinomial(distribution(each, temperature), 1, generator=generator)
            for each, temperature, generator in zip(answer, temperatures, generators, strict=True)
        ]
        written.append(torch.stack(drawn))
        answer, state = _advance(model, written[-1], state)
    return [_alphabet(model).decode(row) for row in torch.cat(written, dim=1)]


def distribution(answer: Tensor, temperature: float) -> Tensor:
    """Probabilities (A,) on the CPU from logits (A,); none for the mark that stands for unknown characters.

    Of a network that diverged, whose logits are no numbers, the others are taken to be equal.
    """
    low, high = TEMPERATURES
    real = isinstance(temperature, int | float) and not isinstance(temperature, bool) and math.isfinite(temperature)
    if not real or not low <= temperature <= high:
        raise InvalidValue(f"temperature must be {between(low, high)}, got {temperature!r}: try 0.8")
    scaled = answer.double().nan_to_num().clamp(-1e30, 1e30) / temperature
    scaled[0] = -torch.inf
    return scaled.softmax(0)


@torch.inference_mode()
def activations(model: Recurrent, content: str) -> Tensor:
    """float32 (T, layers, H): hidden states after every character of a text, of which the first 1,000 are read."""
    return trace(model, _alphabet(model).encode(content[:MOST_READ])).states.transpose(0, 1)


def unseen(config: SequenceConfig, count: int) -> str:
    """Up to `count` characters from the test part of a text: from where a line or a word begins, and ends with one."""
    content = text.corpus(config)
    part = content[round(len(content) * sum(SHARES[TEXTS])) :]
    for end in ("\n", " "):
        begin = part.find(end) + 1
        if 0 < begin <= len(part) // 2:
            part = part[begin:].lstrip()
            break
    words = part[:count].rpartition(" ")[0]
    return f"{words} " if len(words) > count // 2 else part[:count]


def _alphabet(model: Recurrent) -> Alphabet:
    """Of a network that forecasts characters; InvalidValue for any other."""
    if model.alphabet is None:
        raise InvalidValue("this network did not learn to write: choose one that was trained on a text")
    return model.alphabet


def _encoded(model: Recurrent, prompt: str) -> Tensor:
    """int64 (1, T)."""
    return _alphabet(model).encode(prompt[-MOST_PROMPT:] or "\n")[None]


@torch.inference_mode()
def _advance(model: Recurrent, numbers: Tensor, state: State | None) -> tuple[Tensor, State]:
    """Logits (N, A) of what follows numbers (N, T), and the state after them."""
    training = model.training
    model.eval()
    answer, state = model.advance(numbers.to(model.output.weight.device), state)
    model.train(training)
    return answer[:, -1].float().cpu(), state
