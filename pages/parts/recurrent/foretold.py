"""How far and how well a series can be foretold: the valid prediction time, and why a naive rule may be ahead."""

import numpy as np
import streamlit as st
import torch

from dlcore.config.run import RunConfig
from dlcore.formula.numbers import number
from dlcore.inspect import forecasts
from dlcore.inspect.horizon import STARTS, TOLERANCE, Horizon, holds, horizon
from dlcore.inspect.recurrent import dataset
from dlcore.runs import checkpoints
from dlcore.runs.run import Run
from pages.figures import words
from pages.shared import session
from pages.shared.glossary import explain

MANY = 0.2
"""The share of values beyond the training range from which on a series is said to have a trend."""
MEANT = (
    f"{explain('valid prediction time')}\n\nA forecast is off when its error exceeds {number(TOLERANCE)} standard "
    f"deviations of the series. Measured from up to {STARTS} starts, spread evenly over the test part; half of the "
    f"forecasts hold longer."
)


def one_forecast(truth: np.ndarray, free: np.ndarray, deviation: float) -> str:
    """How long a single free-running forecast holds. truth, free: (N,), NaN where there is none"""
    known = np.isfinite(truth) & np.isfinite(free)
    if not known.any() or not deviation:
        return ""
    pair = (torch.from_numpy(np.asarray(each, dtype=np.float64)[known])[None] for each in (truth, free))
    steps, count = int(holds(*pair, deviation)), int(known.sum())
    held = f"all {count} steps" if steps == count else f"{steps} of {count} steps"
    return f"free-running, it holds for **{held}** (off by no more than {number(TOLERANCE)} standard deviations)"


def foretold(run: Run) -> None:
    """The valid prediction time of a trained network, beside that of the linear model."""
    found = _horizon(run.id)
    if found is None:
        return
    left, right = st.columns([1, 3], vertical_alignment="center")
    left.metric("Valid prediction time", f"{_median(found.steps, found.most)} steps", help=MEANT)
    low, high = (_quantile(found.steps, share) for share in (0.25, 0.75))
    right.markdown(
        f"This is how many steps the network can forecast, fed its own forecasts, before it is off by more than "
        f"{number(TOLERANCE)} standard deviations: the median over {len(found.steps)} starts in the test part. The "
        f"middle half lies between {low} and {high}. The linear model manages {_median(found.linear, found.most)}."
    )


def _quantile(steps: torch.Tensor, share: float) -> str:
    return number(torch.quantile(steps.double(), share).item(), 3)


def _median(steps: torch.Tensor, most: int) -> str:
    middle = torch.quantile(steps.double(), 0.5).item()
    return f"at least {most}" if middle >= most else number(middle, 3)


@st.cache_data(max_entries=16, show_spinner="Forecasting from many places")
def _horizon(run_id: str) -> Horizon | None:
    store = session.store()
    model = checkpoints.load(store, run_id, checkpoints.KEPT)
    return horizon(model, dataset(store.readable(run_id).config))


def why(config: RunConfig, part: str, error: float) -> str:
    """Why a network can lose against a naive forecast: a trend that leads out of what it learned from, a season.

    part: validation or test, on which the network has this mean squared error; empty where there is neither
    """
    out, season = _beyond(config, part), _seasonal(config)
    said = ""
    if out.outside > MANY * out.count:
        meets = "also starts from the last value, but meets" if config.model.residual else "has to forecast"
        said = (
            f"{out.outside} of the {out.count} {part} values lie outside the range that it learned from, "
            f"{number(out.low)} to {number(out.high)}: the series has a trend. A naive forecast follows wherever it "
            f"leads; "
            f"the network {meets} values that it has never seen."
        )
        if not config.model.residual:
            said += " Under “Network”, let it forecast the change instead."
    if season and (rule := getattr(season, part)) < error:
        said += (
            f" The changes of this series repeat every {season.lag} steps: the last value plus the change "
            f"{season.lag} steps earlier has an error of {words.loss(rule)}, less than the network's. That is the "
            f"rule to beat."
        )
    return said.strip()


@st.cache_data(max_entries=16, show_spinner=False)
def _beyond(config: RunConfig, part: str) -> forecasts.Beyond:
    return forecasts.beyond(dataset(config), part)


@st.cache_data(max_entries=16, show_spinner=False)
def _seasonal(config: RunConfig) -> forecasts.Seasonal | None:
    return forecasts.seasonal(dataset(config))
