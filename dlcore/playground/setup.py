"""All that a network in the plane and its training follow from, as one value. No torch.

>>> setup = Setup(problem="spiral", network="dense 8, tanh, dense 8, tanh", optimizer="adam")
>>> setup.described(setup.points()).text
'dense 8, tanh, dense 8, tanh, dense 1'
"""

import base64
import binascii
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from dlcore.config.block import Block
from dlcore.config.blocks.activation import Activation
from dlcore.config.blocks.dense import Dense
from dlcore.config.blocks.dropout import Dropout
from dlcore.config.fields import Section, choice, number, text
from dlcore.config.network import Network
from dlcore.config.network_text import parse
from dlcore.config.optimizers import OPTIMIZERS
from dlcore.config.schedules import SCHEDULES
from dlcore.config.training import LOWEST_RATE, TrainingConfig
from dlcore.errors import InvalidValue
from dlcore.functions.activations import ACTIVATIONS
from dlcore.playground import own
from dlcore.playground.features import FEATURES
from dlcore.playground.problems import MOST_CLASSES, PROBLEMS, Points, mixed

MOST_LAYERS, MOST_UNITS = 6, 16
LOSSES = ("entropy", "squared")
PENALTIES = ("none", "l1", "l2")
MOST_UPDATES = 100_000
NETWORK = "dense 4, tanh, dense 2, tanh"
RULE = "x2 > 2*sin(x1)"


@dataclass(frozen=True)
class Setup(Section):
    """One experiment.

    features: what the network is given, names of FEATURES
    start: the weights to begin with, float32 in base64, as `kept` writes them; empty: those of the seed
    """

    problem: str = choice("circle", PROBLEMS, "What is to be learned.")
    points_made: int = number(500, 4, 2000, "Points for training and test together.", integer=True)
    noise: float = number(0.0, 0.0, 50.0, "How far points stray, in percent.")
    share: float = number(50.0, 10.0, 90.0, "Points to learn from, in percent; the network is tested on the others.")
    classes: int = number(2, 2, MOST_CLASSES, "Classes to be told apart.", integer=True)
    data_seed: int = number(0, 0, 99_999, "Another seed draws other points.", integer=True)
    rule: str = text(RULE, 400, "A comparison in x1 and x2, or a formula whose value is learned.")
    own: str = text("", own.MOST_TEXT, "Two numbers and a class, or a value, for each point.")
    features: tuple[str, ...] = field(default=("x1", "x2"), metadata={"help": "What the network is given of a point."})
    network: str = text(NETWORK, 2000, "The hidden layers, from the features to the output.")
    loss: str = choice("entropy", LOSSES, "What training makes smaller.")
    optimizer: str = choice("sgd", OPTIMIZERS, "The rule that turns gradients into steps.")
    learning_rate: float = number(0.1, LOWEST_RATE, 10.0, "How far one step goes.")
    schedule: str = choice("constant", SCHEDULES, "How the learning rate changes over the run.")
    momentum: float = number(0.9, 0.0, 0.999, "Share of the last step that is kept.")
    batch_size: int = number(10, 1, 2000, "Points whose mean gradient decides one update.", integer=True)
    penalty: str = choice("none", PENALTIES, "What large weights cost.")
    penalty_rate: float = number(0.001, 0.0, 10.0, "By how much that cost is multiplied.")
    seed: int = number(0, 0, 99_999, "Another seed draws other first weights and other batches.", integer=True)
    updates: int = number(20_000, 1, MOST_UPDATES, "Where training ends; schedules are stretched to it.", integer=True)
    start: str = text("", 40_000, "Weights to begin with.")

    def __post_init__(self) -> None:
        super().__post_init__()
        names = tuple(each for each in FEATURES if each in self.features)
        if unknown := [each for each in self.features if each not in FEATURES]:
            raise InvalidValue(f"features must be some of {', '.join(FEATURES)}, got {str(unknown[0])[:40]!r}")
        if not names:
            raise InvalidValue("the network needs at least one feature: switch x1 or x2 on")
        object.__setattr__(self, "features", names)
        object.__setattr__(self, "network", ", ".join(each.text for each in hidden(self.network)))

    @property
    def training(self) -> TrainingConfig:
        """The part that dlcore's optimizers read."""
        return TrainingConfig(
            optimizer=self.optimizer, learning_rate=self.learning_rate, schedule=self.schedule, momentum=self.momentum,
            batch_size=self.batch_size, seed=self.seed,
        )  # fmt: skip

    def points(self) -> Points:
        """The points of the problem; DlcoreError says why there are none."""
        if self.problem == "own":
            return own.read(self.own, self.share / 100)
        if self.problem == "rule":
            return own.ruled(self.rule, self.points_made, self.noise / 100, self.share / 100, self.data_seed)
        chosen = PROBLEMS[self.problem]
        assert chosen.shape is not None
        classes = 0 if chosen.numbers else self.classes if chosen.many else 2
        chance = np.random.default_rng(self.data_seed)
        points, targets = chosen.shape(self.points_made, self.noise / 100, classes, chance)
        return mixed(points, targets, self.share / 100, self.data_seed, classes)

    def described(self, points: Points) -> Network:
        """The whole network: the hidden layers, and an output for the value, the two classes, or each class."""
        outputs = points.classes if points.classes > 2 else 1
        return Network((*hidden(self.network), Dense(outputs)))


@lru_cache(maxsize=256)
def hidden(written: str) -> tuple[Block, ...]:
    """The blocks of the hidden layers; InvalidValue where there is something else than this page can draw."""
    if not written.strip(" ,"):
        return ()
    blocks = parse(written).blocks
    for each in blocks:
        if not isinstance(each, Dense | Activation | Dropout):
            raise InvalidValue(f"{each.text} has no place here: use dense, activations such as tanh, and dropout")
        if isinstance(each, Activation) and ACTIVATIONS[each.function].learned:
            raise InvalidValue(f"{each.text} learns its own shape, which cannot be drawn here: try leaky-relu")
    dense = [each for each in blocks if isinstance(each, Dense)]
    if len(dense) > MOST_LAYERS:
        raise InvalidValue(f"there may be up to {MOST_LAYERS} hidden layers, these are {len(dense)}: take some away")
    if wide := next((each for each in dense if each.units > MOST_UNITS), None):
        raise InvalidValue(f"a hidden layer may have up to {MOST_UNITS} units, {wide.text} has more")
    if blocks and not isinstance(blocks[0], Dense):
        raise InvalidValue(f"the hidden layers must begin with a dense layer, not with {blocks[0].text}")
    return blocks


def kept(weights: np.ndarray) -> str:
    """Weights float32 (P,) as a text for a link."""
    return base64.urlsafe_b64encode(np.asarray(weights, dtype="<f4").tobytes()).decode("ascii").rstrip("=")


def weights(text: str) -> np.ndarray:
    """The weights of such a text, float32 (P,); InvalidValue if it is none."""
    try:
        found = np.frombuffer(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), dtype="<f4")
    except (ValueError, binascii.Error):
        found = np.array([np.nan])
    if not np.isfinite(found).all():
        raise InvalidValue("the weights in the link are damaged: those of the seed have to do")
    return found.copy()
