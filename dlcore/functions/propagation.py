"""A batch of signals through many layers and the gradient back through them, for real, and what theory predicts.

Every layer computes z = W·a and a = f(z), optionally with a norm before f and with a skip connection around it. The
gradient that comes back is that of a loss whose gradient at the last layer is random with norm 1, so that what is
measured at the first layers is the doing of the layers alone. Numbers are float64; where a signal leaves even its
range, up to 10³⁰⁸, nothing can be measured: NaN or infinity.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional, init

from dlcore.errors import InvalidValue
from dlcore.formula.numbers import number, scientific
from dlcore.functions.activations import SATURATION, Activation, activation

MAX_DEPTH, MAX_WIDTH, MAX_BATCH = 50, 512, 512
FRAME = 3.0
"""Histograms of activations go from -FRAME to FRAME: the input has a standard deviation of 1."""
BINS = 61
ALARM = 100.0
"""A signal or gradient that grew or shrank by more than this factor on its way is called exploding or vanishing."""
_TINY = 1e-300
ALIKE = 0.995
"""Samples whose activations have a larger cosine than this count as looking the same."""


@dataclass(frozen=True)
class Initialisation:
    """How weights start. `gain` is the variance of one weight, times the number of inputs."""

    name: str
    title: str
    latex: str
    fill: Callable[..., Tensor]
    gain: Callable[[int], float]
    source: str


_ALL = (
    Initialisation("xavier", "Xavier (Glorot)", r"\mathcal{U}\left(\pm\sqrt{\tfrac{6}{n_{in}+n_{out}}}\right)",
                   init.xavier_uniform_, lambda n: 1.0, "Glorot & Bengio 2010"),
    Initialisation("he", "He (Kaiming)", r"\mathcal{N}\left(0,\ \tfrac{2}{n_{in}}\right)",
                   init.kaiming_normal_, lambda n: 2.0, "He et al. 2015, arXiv:1502.01852"),
    Initialisation("lecun", "LeCun", r"\mathcal{N}\left(0,\ \tfrac{1}{n_{in}}\right)",
                   lambda w, generator: init.normal_(w, 0.0, w.shape[1] ** -0.5, generator=generator),
                   lambda n: 1.0, "LeCun et al. 1998, Efficient BackProp"),
    Initialisation("orthogonal", "Orthogonal", r"W W^{\top} = I",
                   init.orthogonal_, lambda n: 1.0, "Saxe, McClelland & Ganguli 2014, arXiv:1312.6120"),
    Initialisation("small", "Small normal", r"\mathcal{N}\left(0,\ 0.01^2\right)",
                   lambda w, generator: init.normal_(w, 0.0, 0.01, generator=generator),
                   lambda n: 1e-4 * n, "a habit of early networks, as in AlexNet"),
    Initialisation("large", "Too large", r"\mathcal{N}\left(0,\ 1\right)",
                   lambda w, generator: init.normal_(w, 0.0, 1.0, generator=generator),
                   lambda n: float(n), "numbers drawn without a thought"),
)  # fmt: skip
INITIALISATIONS: dict[str, Initialisation] = {each.name: each for each in _ALL}

NORMS: dict[str, Callable[[Tensor], Tensor]] = {
    "none": lambda z: z,
    "batch": lambda z: functional.batch_norm(z, None, None, training=True),
    "layer": lambda z: functional.layer_norm(z, z.shape[1:]),
}
"""What is done to z before the activation: batch norm is Ioffe & Szegedy 2015, layer norm Ba, Kiros & Hinton 2016."""


@dataclass(frozen=True)
class Setting:
    """A stack of `depth` layers of `width` units, before any training."""

    activation: str = "relu"
    init: str = "he"
    depth: int = 20
    width: int = 64
    norm: str = "none"
    skip: bool = False
    batch: int = 128
    seed: int = 0

    def __post_init__(self) -> None:
        activation(self.activation)
        for name, allowed in (("init", INITIALISATIONS), ("norm", NORMS)):
            if getattr(self, name) not in allowed:
                raise InvalidValue(f"{name} must be one of {', '.join(allowed)}, got {getattr(self, name)!r}")
        limits = {
            "depth": (1, MAX_DEPTH, 20),
            "width": (2, MAX_WIDTH, 64),
            "batch": (2, MAX_BATCH, 128),
            "seed": (0, 10**6, 0),
        }
        for name, (low, high, usual) in limits.items():
            value = getattr(self, name)
            if type(value) is not int or not low <= value <= high:
                raise InvalidValue(
                    f"{name} must be a whole number between {low} and {high}, got {value!r}: try {usual}"
                )

    @property
    def function(self) -> Activation:
        return activation(self.activation)


@dataclass(frozen=True)
class Signal:
    """What was measured in every layer; tensors (depth,) unless said otherwise, float64; not finite where nothing was.

    rms: root mean square of the activations; variance: their variance over units and samples
    saturated: share of activations whose |f'| is below SATURATION
    dead: share of units that are saturated for every sample of the batch
    gradient: norm of ∂L/∂z, where the gradient that enters the last layer has norm 1
    weight_gradient: norm of ∂L/∂W
    similarity: mean cosine between the activations of two samples; 1: the layer tells nothing apart any more
    histogram: (depth, BINS) share of activations in equal bins from -FRAME to FRAME
    """

    setting: Setting
    rms: Tensor
    variance: Tensor
    saturated: Tensor
    dead: Tensor
    gradient: Tensor
    weight_gradient: Tensor
    similarity: Tensor
    histogram: Tensor


def propagate(setting: Setting) -> Signal:
    """Send a batch of standard normal inputs through the layers and a gradient back. Equal settings, equal numbers."""
    weights, pre, post = _forward(setting)
    back = _backward(post[-1], [*pre, *weights], _generator(setting.seed + 1))
    with torch.no_grad():
        signals = torch.stack(post)
    inputs = torch.stack(pre).detach()
    steep = setting.function.derivative(inputs).abs()
    flat = torch.where(inputs.isfinite(), (steep < SATURATION).double(), math.nan)
    return Signal(
        setting,
        rms=_rms(signals),
        variance=signals.var((1, 2), correction=0),
        saturated=flat.mean((1, 2)),
        dead=flat.amin(1).mean(1),
        gradient=torch.stack([each.norm() for each in back[: setting.depth]]),
        weight_gradient=torch.stack([each.norm() for each in back[setting.depth :]]),
        similarity=_similarity(signals),
        histogram=torch.stack([torch.histc(each, BINS, -FRAME, FRAME) / each.numel() for each in signals]),
    )


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _forward(setting: Setting) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
    """Weights, what goes into the activation, and what leaves the layer, for each layer."""
    generator = _generator(setting.seed)
    signal = torch.randn(setting.batch, setting.width, generator=generator, dtype=torch.float64)
    fill, norm, function = INITIALISATIONS[setting.init].fill, NORMS[setting.norm], setting.function
    weights, pre, post = [], [], []
    for _ in range(setting.depth):
        weight = fill(torch.empty(setting.width, setting.width, dtype=torch.float64), generator=generator)
        z = norm(signal @ weight.requires_grad_().T)
        signal = signal + function(z) if setting.skip else function(z)
        weights.append(weight)
        pre.append(z)
        post.append(signal)
    return weights, pre, post


def _backward(last: Tensor, sources: list[Tensor], generator: torch.Generator) -> tuple[Tensor, ...]:
    """The gradient in each of `sources` when one of norm 1 in a random direction enters at `last`."""
    upstream = torch.randn(last.shape, generator=generator, dtype=last.dtype)
    if not last.requires_grad:
        return tuple(torch.zeros_like(each) for each in sources)
    return torch.autograd.grad(last, sources, upstream / upstream.norm(), materialize_grads=True)


def _rms(signals: Tensor) -> Tensor:
    """Root mean square of each layer, (layers,), from (layers, batch, width), without an overflow of squares."""
    largest = signals.abs().amax((1, 2))
    return largest * (signals / largest[:, None, None].clamp_min(_TINY)).square().mean((1, 2)).sqrt()


def _similarity(signals: Tensor) -> Tensor:
    """Mean cosine between different samples, (layers,), from (layers, batch, width)."""
    scaled = signals / signals.abs().amax(2, keepdim=True).clamp_min(_TINY)
    directions = functional.normalize(scaled, dim=2, eps=_TINY)
    batch = signals.shape[1]
    return (directions.sum(1).square().sum(1) - directions.square().sum((1, 2))) / (batch * (batch - 1))


@dataclass(frozen=True)
class Verdict:
    """kind: healthy, vanishing or exploding; evidence: the sentence with the numbers that say so."""

    kind: str
    evidence: str
    back: float
    forth: float


def judge(signal: Signal) -> Verdict:
    """Healthy if neither the signal nor the gradient changed by more than a factor ALARM on the way through.

    back: gradient at the first layer over that at the last; forth: rms of the last layer over the input's, which is 1
    """
    lost = [layer for layer, size in enumerate(signal.rms.tolist(), 1) if not math.isfinite(size)]
    forth = math.inf if lost else float(signal.rms[-1])
    first, last = float(signal.gradient[0]), float(signal.gradient[-1])
    back = first / last if last else 0.0
    if max(back, forth) > ALARM or not math.isfinite(back + forth):
        kind = "exploding"
    elif min(back, forth) < 1 / ALARM:
        kind = "vanishing"
    else:
        kind = "healthy"
    return Verdict(kind, _lost(signal, lost[0]) if lost else _evidence(signal, back, forth), back, forth)


def _lost(signal: Signal, layer: int) -> str:
    said = f"At layer {layer} the signal is too large for any number of 64 bits: beyond 10³⁰⁸. "
    said += "From there on nothing can be measured."
    return said if signal.gradient.isfinite().any() else f"{said} No gradient comes back from there, so none is drawn."


def _evidence(signal: Signal, back: float, forth: float) -> str:
    depth, spread = signal.setting.depth, float(signal.variance[-1].sqrt())
    said = f"The signal at layer {depth} is {compared(forth)} the input by root mean square"
    said += f", with a spread σ of {short(spread)}." if math.isfinite(spread) else "."
    if depth > 1 and math.isfinite(back):
        rate = f", a factor of {number(back ** (1 / (depth - 1)), 2)} per layer" if back > 0 else ""
        said = f"The gradient at layer 1 is {compared(back)} at layer {depth}{rate}. {said}"
    elif depth > 1:
        said = f"The gradient at layer 1 is too large for any number of 64 bits: beyond 10³⁰⁸. {said}"
    if float(signal.similarity[-1]) > ALIKE:
        said += " Different inputs look the same there."
    return said


def compared(factor: float) -> str:
    """A finite factor in words: '3.2 times larger than', '10⁸ times smaller than', 'about as large as'."""
    if factor == 0:
        return "infinitely smaller than"
    size = factor if factor >= 1 else 1 / factor
    if size < 1.05:
        return "about as large as"
    return f"{number(size, 2)} times {'larger' if factor > 1 else 'smaller'} than"


def short(value: float, *, power: bool | None = None) -> str:
    """A size in few characters: '0.21', '9·10⁻²⁴'. power: whether as a power of ten; by default where 0.0… is long."""
    if not math.isfinite(value):
        return "too large"
    handy = is_handy(value) if power is None else not power
    return number(value, 2) if handy else scientific(value)


def is_handy(value: float) -> bool:
    """Whether a size can be written without a power of ten."""
    return value == 0 or 1e-3 <= value < 1e3 or not math.isfinite(value)


def textbook(function: Activation) -> str:
    """The initialisation that is usually advised for an activation: its name in INITIALISATIONS."""
    if function.name == "selu":
        return "lecun"
    low, high = function.output_range
    return "he" if math.isinf(high) and not math.isinf(low) else "xavier"


def remedies(setting: Setting) -> list[Setting]:
    """Changes that might make `setting` healthy, mildest first: the start, a norm, skip connections, the activation."""
    usual = replace(setting, init=textbook(setting.function))
    found = [usual, *(replace(setting, init=name) for name in ("he", "xavier", "orthogonal"))]
    found += [replace(usual, norm="batch"), replace(usual, norm="layer"), replace(usual, norm="batch", skip=True)]
    found += [replace(setting, activation="relu", init="he"), replace(setting, activation="tanh", init="xavier")]
    return [each for each in dict.fromkeys(found) if each != setting]


def cure(setting: Setting) -> Setting | None:
    """The first of the remedies that measures as healthy; None if there is none."""
    return next((each for each in remedies(setting) if judge(propagate(each)).kind == "healthy"), None)


def changes(old: Setting, new: Setting) -> str:
    """What is different, in words: 'He (Kaiming) initialisation and batch norm'."""
    words = []
    if new.activation != old.activation:
        words.append(new.function.title)
    if new.init != old.init:
        words.append(f"{INITIALISATIONS[new.init].title} initialisation")
    if new.norm != old.norm:
        words.append("no norm" if new.norm == "none" else f"{new.norm} norm")
    if new.skip != old.skip:
        words.append("skip connections" if new.skip else "no skip connections")
    return ", ".join(words[:-1]) + (" and " if len(words) > 1 else "") + words[-1] if words else "nothing"
