"""Forecasts of a series beside the truth, one step ahead and free-running, and two baselines to beat."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from dlcore.data.sequences import SequenceSet, Windows
from dlcore.errors import InvalidValue
from dlcore.models.rnn import Recurrent

MOST_HORIZON = 500
BATCH = 512
MOST_SEASON, SEASON_SAVES = 400, 0.5
"""Lags that are tried, and the part of the naive error below which a series is said to have a season."""


@dataclass(frozen=True)
class Linear:
    """The next value as a weighted sum of the last p, fitted by least squares. weights: (p,), oldest first."""

    weights: Tensor
    bias: float

    @classmethod
    def fit(cls, values: Tensor, lags: int) -> "Linear":
        """Fit to a series (M,)."""
        pieces = values.double().unfold(0, lags + 1, 1)
        table = torch.cat((pieces[:, :-1], torch.ones(len(pieces), 1, dtype=torch.float64)), dim=1)
        found = torch.linalg.lstsq(table, pieces[:, -1:], driver="gelsd").solution.squeeze(1)
        return cls(found[:-1], found[-1].item())

    def one_step(self, values: Tensor, start: int, end: int) -> Tensor:
        """Forecasts of values[start:end], each from the true values before it; NaN where there are too few."""
        lags = len(self.weights)
        first = max(start, lags)
        pieces = values.double()[first - lags : end - 1].unfold(0, lags, 1)
        found = torch.full((end - start,), torch.nan, dtype=torch.float64)
        found[first - start :] = pieces @ self.weights + self.bias
        return found.float()

    def free(self, values: Tensor, start: int, count: int) -> Tensor:
        """`count` values from `start` on, each from the forecasts before it."""
        known = values[start - len(self.weights) : start].double().tolist()
        weights = self.weights.tolist()
        for _ in range(count):
            recent = known[-len(weights) :]
            value = self.bias + sum(weight * each for weight, each in zip(weights, recent, strict=True))
            known.append(max(-1e6, min(1e6, value)))
        return torch.tensor(known[len(weights) :])


def linear(data: SequenceSet) -> Linear:
    """The linear baseline of a series: from as many values as the network has seen at least when it counts."""
    return Linear.fit(data.values[: data.bounds[0]].cpu(), max(1, data.warm_up))


def baselines(data: SequenceSet) -> dict[str, dict[str, float]]:
    """Mean squared errors, standardised, of the naive forecast (nothing changes) and of the linear one, by split."""
    values, rule = data.values.cpu(), linear(data)
    found = {}
    for name, start, end in (("validation", *data.bounds), ("test", data.bounds[1], len(values))):
        truth = values[start:end]
        naive = (truth - values[start - 1 : end - 1]).square().mean().item()
        found[name] = {"naive": naive, "linear": (truth - rule.one_step(values, start, end)).square().mean().item()}
    return found


@dataclass(frozen=True)
class Seasonal:
    """Change by the value before what the series changed by one season ago: x̂_t = x_{t−1} + x_{t−lag} − x_{t−lag−1}.

    lag: steps of a season; validation, test: mean squared errors, standardised
    """

    lag: int
    validation: float
    test: float


def seasonal(data: SequenceSet) -> Seasonal | None:
    """The season whose changes come again best in the training part; None where that is no better than "no change"."""
    change = data.values.cpu().double().diff()
    known = change[: data.bounds[0] - 1]
    lags = range(2, min(MOST_SEASON, len(known) // 3) + 1)
    errors = {lag: (known[lag:] - known[:-lag]).square().mean().item() for lag in lags}
    naive = known.square().mean().item()
    least = min(errors.values(), default=math.inf)
    if least > SEASON_SAVES * naive:
        return None
    lag = next(lag for lag in lags if errors[lag] <= 1.1 * least + 0.01 * naive)  # not one of its multiples
    parts = (data.bounds, (data.bounds[1], len(data.values)))
    found = ((change[a - 1 : b - 1] - change[a - 1 - lag : b - 1 - lag]).square().mean().item() for a, b in parts)
    return Seasonal(lag, *found)


@dataclass(frozen=True)
class Beyond:
    """How many of the values of a part lie outside of what a network learned from, and that range in its own units."""

    outside: int
    count: int
    low: float
    high: float


def beyond(data: SequenceSet, part: str = "test") -> Beyond:
    """Whether a trend leads out of the training part of a series. part: validation or test"""
    values = data.values.cpu().double()
    ends = {"validation": data.bounds, "test": (data.bounds[1], len(values))}[part]
    known, held = values[: data.bounds[0]], values[slice(*ends)]
    low, high = known.min(), known.max()
    units = ((end * data.deviation + data.mean).item() for end in (low, high))
    return Beyond(int(((held < low) | (held > high)).sum()), len(held), *units)


@dataclass(frozen=True)
class Forecast:
    """A stretch of a series in its own units, each float32 (N,), NaN where there is none.

    time: int64 (N,), place in the whole series; start: place from which `free` and `linear_free` feed on themselves
    """

    time: Tensor
    start: int
    truth: Tensor
    one_step: Tensor
    free: Tensor
    naive: Tensor
    linear: Tensor
    linear_free: Tensor


def forecast(model: Recurrent, data: SequenceSet, start: int | None = None, horizon: int = 200) -> Forecast:
    """Forecast `horizon` values from `start` on, and, one step ahead, also the stretch of one window before it.

    start: place in the series, None: where the validation part begins. It may be the end of the series: then there is
    no truth beside the free forecast. Raises InvalidValue for a start without a window before it.
    """
    window, length = window_of(data), len(data.values)
    start = data.bounds[0] if start is None else start
    for name, value, low, high in (("start", start, window, length), ("horizon", horizon, 1, MOST_HORIZON)):
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise InvalidValue(f"{name} must be a whole number from {low} to {high}, got {value!r}")
    values, rule = data.values.cpu(), linear(data)
    begin, end, until = start - window, start + horizon, min(start + horizon, length)
    known = until - begin
    rows = {name: torch.full((end - begin,), torch.nan) for name in ("truth", "one_step", "naive", "linear")}
    rows["truth"][:known] = values[begin:until]
    rows["one_step"][:known] = one_step(model, data, begin, until)
    rows["naive"][max(0, 1 - begin) : known] = values[max(begin, 1) - 1 : until - 1]
    rows["linear"][:known] = rule.one_step(values, begin, until)
    before = torch.full((window,), torch.nan)
    rows["free"] = torch.cat((before, free_run(model, data, start, horizon)))
    rows["linear_free"] = torch.cat((before, rule.free(values, start, horizon)))
    own = {name: (row.double() * data.deviation + data.mean).float() for name, row in rows.items()}
    return Forecast(torch.arange(begin, end), start, **own)


def foretold(truth: Tensor, free: Tensor, start: int, threshold: float) -> int:
    """How many steps a free-running forecast is right: those before its error first exceeds `threshold`.

    truth, free: (N,), of which `free` feeds on itself from index `start` on; NaN where there is no truth
    """
    off = (truth[start:] - free[start:]).abs()
    beyond = (off > threshold).nonzero()
    return int(beyond[0]) if len(beyond) else int(off.isfinite().sum())


@torch.inference_mode()
def one_step(model: Recurrent, data: SequenceSet, start: int, end: int) -> Tensor:
    """Standardised forecasts of values[start:end], each from the window of true values before it; NaN before those."""
    window = window_of(data)
    first = max(start, window)
    found = torch.full((end - start,), torch.nan)
    if first >= end:
        return found
    training = model.training
    model.eval()
    device = model.output.weight.device
    pieces = data.values.to(device)[first - window : end - 1].unfold(0, window, 1).unsqueeze(2)
    found[first - start :] = torch.cat([model(part)[:, -1, 0] for part in pieces.split(BATCH)]).float().cpu()
    model.train(training)
    return found


@torch.inference_mode()
def free_run(model: Recurrent, data: SequenceSet, start: int, count: int) -> Tensor:
    """`count` standardised values from `start` on: the network reads one window of the truth, then what it said."""
    return run_on(model, data.values[start - window_of(data) : start][None], count)[0]


@torch.inference_mode()
def run_on(model: Recurrent, known: Tensor, count: int) -> Tensor:
    """float32 (S, count): `count` values that follow each of S pieces (S, T) of the truth, forecast from forecasts."""
    training = model.training
    model.eval()
    answer, state = model.advance(known.to(model.output.weight.device)[:, :, None])
    said = [answer[:, -1:]]
    for _ in range(count - 1):
        answer, state = model.advance(said[-1], state)
        said.append(answer)
    model.train(training)
    return torch.cat(said, dim=1)[:, :, 0].float().cpu()


def window_of(data: SequenceSet) -> int:
    """Steps that are read before a forecast."""
    if not isinstance(data.train, Windows):
        raise InvalidValue("forecasts are made of a series: choose a network that was trained on one")
    return data.train.length
