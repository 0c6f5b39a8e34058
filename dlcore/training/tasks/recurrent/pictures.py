"""What can be watched while a recurrent network learns: arrays by name, see `dlcore.training.tasks.recurrent.task`."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict

import numpy as np
import torch
from torch import Tensor

from dlcore.config.sequences import CLASSES, SERIES
from dlcore.data.sequences import Batch, SequenceSet
from dlcore.errors import InvalidValue
from dlcore.inspect import forecasts, writing
from dlcore.inspect.recurrent import answers, gradient_by_distance
from dlcore.inspect.unroll import trace
from dlcore.models.rnn import Recurrent

SAMPLES = 12
UNITS = 128
WRITTEN = 240
SAMPLE_TEMPERATURES = (0.4, 0.7, 1.0)
PROMPT_LENGTH = 80

Arrays = dict[str, np.ndarray]


def pictures(model: Recurrent, data: SequenceSet, fixed: Batch) -> Iterator[tuple[str, Arrays]]:
    """Names and arrays; fixed: the same validation samples each time."""
    yield "hidden", _hidden(model, fixed)
    if not model.layers.bidirectional:
        found = gradient_by_distance(model, fixed.inputs, fixed.targets)
        yield "gradients", _arrays(asdict(found))
    name = model.config.data.name
    if name in CLASSES:
        steps = model.read(fixed.inputs)
        yield (
            "reading",
            _arrays({"inputs": steps, "labels": fixed.targets, "probabilities": answers(model, fixed.inputs)}),
        )
    elif name == "adding":
        outputs = answers(model, fixed.inputs).squeeze(2)
        yield "adding", _arrays({"inputs": fixed.inputs, "targets": fixed.targets, "outputs": outputs})
    elif name in SERIES:
        yield "forecast", _forecast(model, data)
    else:
        yield "samples", _samples(model, data)
        yield "next", _next(model, data)


def _hidden(model: Recurrent, fixed: Batch) -> Arrays:
    sample = fixed.inputs[0]
    seen = trace(model, sample)
    inputs = model.alphabet.code_points(sample) if model.alphabet else seen.steps
    return _arrays({"states": seen.states[:, :, :UNITS], "inputs": inputs})


def _forecast(model: Recurrent, data: SequenceSet) -> Arrays:
    horizon = min(200, data.bounds[1] - data.bounds[0])
    return _arrays(asdict(forecasts.forecast(model, data, horizon=horizon)))


def prompt_of(model: Recurrent, data: SequenceSet) -> str:
    """The end of the first line of the validation text that is long enough, cut where a word begins."""
    if model.alphabet is None:
        raise InvalidValue("this network reads no text, so it cannot continue one")
    held = model.alphabet.decode(data.values[data.bounds[0] : data.bounds[0] + PROMPT_LENGTH])
    return held[: held.rfind(" ") + 1] or held


def _samples(model: Recurrent, data: SequenceSet) -> Arrays:
    prompt = prompt_of(model, data)
    seed = model.config.training.seed
    texts = writing.continuations(model, prompt, WRITTEN, SAMPLE_TEMPERATURES, seed)
    codes = torch.stack([_codes(each) for each in texts])
    return _arrays({"codes": codes, "temperatures": torch.tensor(SAMPLE_TEMPERATURES), "prompt": _codes(prompt)})


def _next(model: Recurrent, data: SequenceSet) -> Arrays:
    prompt = prompt_of(model, data)
    likely = writing.next_characters(model, prompt)
    codes = torch.tensor([ord(character) for character, _ in likely], dtype=torch.int32)
    return _arrays(
        {"prompt": _codes(prompt), "codes": codes, "probabilities": torch.tensor([share for _, share in likely])}
    )


def _codes(text: str) -> Tensor:
    return torch.tensor([ord(character) for character in text], dtype=torch.int32)


def _arrays(found: Mapping[str, Tensor | int]) -> Arrays:
    return {name: torch.as_tensor(each).detach().cpu().numpy() for name, each in found.items()}
