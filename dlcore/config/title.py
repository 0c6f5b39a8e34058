"""What a run is called unless its owner says otherwise. No torch in here."""

from dataclasses import fields

from dlcore.config.run import RunConfig
from dlcore.formula.numbers import plain

LENGTH = 80
"""Of a title, in characters."""
_MOST = 3
"""Settings that a title names."""
_QUIET = ("name", "epochs", "seed", "precision", "text")
"""Settings that it does not mention: the list of runs has a place of its own for most of them."""
_SHORT_NAMES = {"learning_rate": "rate", "batch_size": "batch", "train_size": "images"}


def title(config: RunConfig, wanted: str = "") -> str:
    """Network, data, and what is out of the ordinary for this kind of network.

    wanted: the data set that was asked for, if that of the config stands in for it
    """
    usual = RunConfig.of(config.preset or config.about.preset)
    parts = ((getattr(config, name), getattr(usual, name)) for name in ("data", "training", "model"))
    changed = [
        f"{_SHORT_NAMES.get(each.name, each.name).replace('_', ' ')} {_short(getattr(now, each.name))}"
        for now, then in parts
        for each in fields(now)
        if not each.metadata.get("structure")
        and each.name not in _QUIET
        and getattr(now, each.name) != getattr(then, each.name)
    ]
    more = [f"{len(changed) - _MOST} more"] if len(changed) > _MOST else []
    data = "own images" if config.data.brought else config.data.name
    if wanted not in ("", config.data.name):
        data = f"{data} in place of {wanted}"
    return ", ".join([f"{config.summary} on {data}", *changed[:_MOST], *more])[:LENGTH]


def _short(value: object) -> str:
    if isinstance(value, tuple):
        return "+".join(value) or "off"
    if isinstance(value, str):
        return value if len(value) <= 20 else f"{value[:19]}…"
    return plain(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
