"""What the browser is sent: the network as formulas and shapes, the points, and the moments of its course."""

import base64
import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.formula.expression import Expression, parse
from dlcore.formula.node import Node
from dlcore.formula.numbers import number
from dlcore.playground import heads
from dlcore.playground.course import Stretch
from dlcore.playground.features import FEATURES
from dlcore.playground.layers import layers
from dlcore.playground.problems import Points
from dlcore.playground.setup import Setup
from dlcore.playground.training import Moment


def token(setup: Setup) -> str:
    """A short name for a setup."""
    return hashlib.blake2b(repr(setup).encode(), digest_size=8).hexdigest()


def network(setup: Setup, points: Points) -> dict[str, Any]:
    """Everything but the moments."""
    task = heads.task(points.classes)
    return {
        "features": [
            {"name": each.name, "title": each.title, "formula": tree(each.formula), "on": each.name in setup.features}
            for each in FEATURES.values()
        ],
        "layers": [
            {
                "units": each.dense.units,
                "name": ", ".join(block.text for block in each.activations) or "linear",
                "formulas": [_activation(block) for block in each.activations],
                "dropout": each.dropout,
            }
            for each in layers(setup.network)
        ],
        "task": task,
        "loss": "squared" if task == "values" else setup.loss,
        "classes": points.classes,
        "names": list(points.names) or [str(each) for each in range(points.classes)],
        "points": packed(np.column_stack((points.points, points.targets))),
        "train": points.train,
        "batches": -(-points.train // min(setup.batch_size, points.train)),
        "updates": setup.updates,
    }


def stretch(found: Stretch, setup: Setup) -> dict[str, Any]:
    """Moments, packed as float32."""
    rows = found.moments
    return {
        "updates": [each.update for each in rows],
        "weights": packed([each.weights for each in rows]),
        "figures": packed([(*each.losses, *each.scores) for each in rows]),
        "pulls": packed([each.gradients for each in rows]),
        "ended": found.ended,
        "lost": _lost(rows[-1], setup) if found.lost else "",
    }


def _lost(last: Moment, setup: Setup) -> str:
    """Why there is nothing more to come, and what to do."""
    return (
        f"Training has diverged: by update {last.update:,} the loss is no longer a number, because the steps grew "
        f"longer and longer. A learning rate of {number(setup.learning_rate)} is too large here: try a tenth of it."
    )


def tree(formula: Expression) -> Any:
    """An expression as nested lists: a number, the place of a variable as text, or [operation, *arguments]."""
    return _node(formula.root, {name: str(place) for place, name in enumerate(formula.variables)})


def _node(node: Node, places: dict[str, str]) -> Any:
    if node.kind == "number":
        return node.number
    if node.kind == "name":
        return places[node.word]
    return [node.word, *(_node(each, places) for each in node.arguments)]


def _activation(block: Any) -> Any:
    chosen = block.BY_WORD[block.function]
    names = [each.name for each in chosen.parameters]
    values = chosen.checked(dict(zip(names, block.values, strict=False)))
    root = chosen.formula.root.replaced({name: parse(repr(value), ()).root for name, value in values.items()})
    return _node(root, {"x": "0"})


def packed(values: Sequence[Any] | np.ndarray) -> str:
    """Little-endian float32 in base64."""
    return base64.b64encode(np.asarray(values, dtype="<f4").tobytes()).decode("ascii")
