"""Questions on backpropagation, with answers from the network or the expression that is shown."""

from itertools import pairwise

from dlcore.backprop.lesson import Moment, Trajectory
from dlcore.backprop.proof import Proof
from dlcore.formula.graph import Graph
from dlcore.formula.numbers import coordinates, fixed, number
from pages.shared.experiments import Answer, Experiment, Reply

_THIS_NETWORK = "Exact for this network and these samples, apart from rounding."
_ONE_START = "Exact for this start. From another one (the seed) the same thing takes another number of updates."
Walk = tuple[Trajectory, Moment]

# The network.


def _fades(shown: Walk) -> Reply:
    first, last = (shown[1].back.delta[layer].square().mean().sqrt().item() for layer in (0, -1))
    return Answer(
        f"δ has a typical size of {number(last, 3)} in the output layer and {number(first, 3)} in layer 1: "
        f"{number(first / last, 2)} times as much. Each sigmoid on the way takes at least three quarters.",
        _THIS_NETWORK,
        right=0 if first / last > 0.1 else 1 if first / last > 1e-3 else 2,
    )


def _dead(shown: Walk) -> Reply:
    back, highest = shown[1].back, shown[1].passed.Z[0][1].max().item()
    size = max(back.dW[0][1].abs().max().item(), back.db[0][1].abs().max().item())
    return Answer(
        f"The largest gradient of its weights and bias is {number(size, 3)}. Its z is {number(highest, 3)} at most, "
        "where ReLU's slope is 0, so that no update can bring it back.",
        _THIS_NETWORK,
        right=0 if size == 0 else 1,
    )


def _learned(shown: Walk) -> Reply:
    path, moment = shown
    if moment.done < 1:
        return Answer("No update has been made yet: set “Updates done” to 300.", _ONE_START)
    losses = path.losses(moment.done)
    falls = [before - after for before, after in pairwise(losses)]
    X, Y = path.lesson.samples()
    said = path.outputs(moment.parameters, X)[0].tolist()
    corners = ", ".join(
        f"{coordinates(X[:, place].tolist())} {fixed(says, 3)} for {number(Y[0, place].item())}"
        for place, says in enumerate(said)
    )
    return Answer(
        f"The loss falls fastest at update {falls.index(max(falls)) + 1}, and from {number(losses[0], 3)} to "
        f"{number(losses[-1], 3)} in all. The outputs after {moment.done} updates, beside the targets: {corners}.",
        _ONE_START,
    )


def _alike(shown: Walk) -> Reply:
    W, b = shown[1].parameters[0]
    apart = max((each - each[:1]).abs().max().item() for each in (W, b))
    return Answer(
        f"After {shown[1].done} updates the units of layer 1 differ by {number(apart, 2)} at most. Equal units compute "
        "the same and get the same gradient, so that they stay equal: a start has to be random.",
        _THIS_NETWORK,
        right=1 if apart < 1e-9 else 0,
    )


# The proof, and expressions.


def _agree(found: Proof) -> Reply:
    layer = [place for place, name in enumerate(found.names) if name[1] == 1]
    return Answer(
        f"By hand and by autograd they differ by {number(found.autograd_error, 2)} at most, from the finite difference "
        f"by {number(found.difference_error, 2)}, over {len(found.names)} parameters. The largest gradient of layer 1 "
        f"is {number(found.by_hand[layer].abs().max().item(), 3)}.",
        _THIS_NETWORK,
        right=0 if found.autograd_error < 1e-9 else 1,
    )


def _summed(graph: Graph) -> Reply:
    x = next(place for place, each in enumerate(graph.vertices) if each.symbol == "x")
    parts = [
        (each.gradient or 0.0) * partial
        for each in graph.vertices
        for source, partial in zip(each.arguments, each.partials, strict=True)
        if source == x
    ]
    return Answer(
        f"{' + '.join(number(each, 3) for each in parts)} = {number(graph.gradient('x'), 3)}, one for "
        "each place in which x is used.",
        right=0,
    )


def _silent(graph: Graph) -> Reply:
    found = {each.symbol: graph.gradient(each.symbol) for each in graph.vertices if each.kind == "name"}
    none = [name for name, gradient in found.items() if gradient == 0]
    rest = ", ".join(f"{name} {number(each, 3)}" for name, each in found.items() if each)
    return Answer(
        f"{' and '.join(none) or 'None of them'} gets none: a weight's gradient is the error times the input that it "
        f"multiplies, and y is 0. The others: {rest}.",
        right=1 if none == ["b"] else None,
    )


def _five(graph: Graph) -> Reply:
    left = graph.gradient("x")
    return Answer(
        f"{number(left, 3)} of it. Each sigmoid passes at most ¼, so that five pass at most {number(0.25**5, 3)}.",
        right=0 if left > 0.01 else 1 if left > 1e-4 else 2,
    )


def _fresh(layers: int = 2, units: int = 3, activation: str = "tanh", **more: object) -> dict[str, object]:
    """Values of all controls of a network; `units` are those of layer 1."""
    hidden = range(1, layers)
    return {
        "bp_section": "network", "bp_data": "xor", "bp_layers": layers, "bp_out": "sigmoid", "bp_loss": "bce",
        "bp_rate": 0.5, "bp_batch": 0, "bp_start": "xavier", "bp_seed": 1, "bp_edits": "", "bp_done": 0,
        **{f"bp_u{layer}": units if layer == 1 else 3 for layer in hidden},
        **{f"bp_a{layer}": activation for layer in hidden}, **more,
    }  # fmt: skip


_FREE = ("bp_done", "bp_seed")
NETWORK = (
    Experiment(
        "The gradient fades",
        "Five layers of sigmoids: how much of the gradient is left when it reaches layer 1? Step back and watch.",
        _fresh(5, activation="sigmoid"),
        answer=_fades,
        free=_FREE,
        choices=("More than a tenth", "More than a thousandth", "Less than that"),
    ),
    Experiment(
        "A dead unit",
        "A ReLU whose bias is far below zero is silent for every sample: what gradient does it get?",
        _fresh(activation="relu", bp_start="he", bp_edits="0:b1.2=-5"),
        answer=_dead,
        free=_FREE,
        choices=("None", "A small one"),
    ),
    Experiment(
        "XOR is learned",
        "Where does the loss fall fastest, and which output does each corner get after 300 updates?",
        _fresh(units=4, bp_rate=2.0, bp_done=300),
        answer=_learned,
        free=_FREE,
    ),
    Experiment(
        "All weights alike",
        "If all units of a layer start the same, do they ever become different? Look after 100 updates.",
        _fresh(bp_start="equal", bp_done=100),
        answer=_alike,
        free=_FREE,
        choices=("Yes", "No"),
    ),
)
PROOF = (
    Experiment(
        "Deep sigmoids",
        "The gradients of the first layer are tiny here. Do the three ways to get them still agree?",
        _fresh(5, activation="sigmoid", bp_section="proof"),
        answer=_agree,
        free=("bp_seed",),
        choices=("Yes", "No"),
    ),
    Experiment(
        "After 300 updates",
        "Does the proof hold for a network that has learned, too?",
        _fresh(units=4, bp_section="proof", bp_rate=2.0, bp_done=300),
        answer=_agree,
        free=_FREE,
        choices=("Yes", "No"),
    ),
)
GRAPH = (
    Experiment(
        "Used twice",
        "x leads to the result in more than one way. How do the gradients that come back to it combine?",
        {"bp_section": "graph", "bp_expr": "x*x + x"}, answer=_summed,
        choices=("They are added", "They are multiplied", "The larger one counts"),
    ),
    Experiment(
        "A neuron",
        "Two weights, a bias and a tanh, and y is 0: which of a, b and c gets no gradient at all?",
        {"bp_section": "graph", "bp_expr": "tanh(a*x + b*y + c)", "bp_v_y": 0.0}, answer=_silent,
        choices=("a", "b", "c"),
    ),
    Experiment(
        "Five sigmoids",
        "How much of the gradient is left behind five sigmoids?",
        {"bp_section": "graph", "bp_expr": "sigmoid(sigmoid(sigmoid(sigmoid(sigmoid(x)))))"}, answer=_five,
        choices=("More than 1 %", "More than a ten-thousandth", "Less than that"),
    ),
)  # fmt: skip
