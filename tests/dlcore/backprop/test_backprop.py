"""Backpropagation by hand: equal to autograd, to finite differences, and to its own formulas."""

import contextlib
import math
import re
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.backprop import cards, derivatives, gradients, records
from dlcore.backprop.lesson import (
    MAX_EDITS,
    MAX_UPDATES,
    Edit,
    Lesson,
    Trajectory,
    read_edits,
    read_rows,
    sample_set,
)
from dlcore.backprop.network import (
    INITIALISATIONS,
    OUTPUTS,
    Network,
    backward,
    flat,
    forward,
    mean_losses,
    passes,
    start,
    unflat,
    update,
)
from dlcore.backprop.proof import by_difference, proof, widths
from dlcore.errors import DlcoreError, InvalidValue
from dlcore.functions.activations import ACTIVATIONS, activation
from dlcore.functions.losses import LOSSES

F64 = torch.float64
POINTS = torch.cat((torch.linspace(-9, 9, 181, dtype=F64), torch.tensor([-6, -3, -1, 0, 1, 3, 6, 40, -40], dtype=F64)))
DEPTHS = (1, 2, 5)


def outputs(output: str, loss: str) -> int:
    return 3 if output == "softmax" or LOSSES[loss].kind == "classification" else 1


PAIRS = [
    (out, loss) for out in OUTPUTS for loss in gradients.GRADIENTS if gradients.fits(out, loss, outputs(out, loss))
]


def case(hidden: str, output: str, loss: str, depth: int, seed: int = 3):
    """A network with weights, and a batch of five that suits its loss."""
    wide = outputs(output, loss)
    network = Network((2, *[4] * (depth - 1), wide), (*[hidden] * (depth - 1), output), loss)
    generator = torch.Generator().manual_seed(seed)
    parameters = tuple(
        (W, 0.3 * torch.randn(b.shape, generator=generator, dtype=F64)) for W, b in start(network, "xavier", seed)
    )
    X = torch.randn(2, 5, generator=generator, dtype=F64)
    if wide == 3:
        Y = torch.nn.functional.one_hot(torch.tensor([0, 2, 1, 1, 0]), 3).T.to(F64)
    elif LOSSES[loss].kind == "binary":
        Y = torch.tensor([[0.0, 1.0, 1.0, 0.0, 1.0]], dtype=F64)
    else:
        Y = torch.randn(1, 5, generator=generator, dtype=F64)
    return network, parameters, X, Y


@pytest.mark.parametrize("name", derivatives.DERIVATIVES)
def test_the_derivative_of_an_activation_is_autograds_at_kinks_too(name):
    assert (derivatives.of(name, POINTS) - activation(name).derivative(POINTS)).abs().max() < 1e-12


@pytest.mark.parametrize("name", [name for name in derivatives.DERIVATIVES if activation(name).parameters])
def test_the_derivative_follows_the_parameters_of_the_activation(name):
    for each in activation(name).parameters:
        other = {each.name: each.low + 0.75 * (each.high - each.low)}
        right = activation(name).derivative(POINTS, **other)
        assert (derivatives.of(name, POINTS, **other) - right).abs().max() < 1e-10


@pytest.mark.parametrize("name", gradients.GRADIENTS)
def test_the_gradient_of_a_loss_is_autograds(name):
    generator = torch.Generator().manual_seed(1)
    about = LOSSES[name]
    prediction = 3 * torch.randn(3, 40, generator=generator, dtype=F64)
    target = torch.rand(3, 40, generator=generator, dtype=F64)
    if about.takes == "probability":
        prediction = prediction.sigmoid()
    if about.kind == "classification":
        target = target / target.sum(0)
        right = about.gradient(prediction.T, target.T).T
    else:
        right = about.gradient(prediction, target)
    assert (gradients.GRADIENTS[name](prediction, target) - right).abs().max() < 1e-10


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("output", OUTPUTS)
def test_backpropagation_equals_autograd_for_every_activation_loss_and_depth(output, depth):
    hidden = output if output in derivatives.DERIVATIVES else "tanh"
    checked = 0
    for loss in (loss for out, loss in PAIRS if out == output):
        found = proof(*case(hidden, output, loss, depth))
        assert found.autograd_error < 1e-10, loss
        checked += 1
    assert checked >= 3


SMOOTH = [name for name in derivatives.DERIVATIVES if activation(name).smoothness == "smooth"]
SMOOTH_LOSSES = ("mse", "bce", "focal", "brier", "bce-logits", "focal-logits", "sigmoid-mse", "cross-entropy", "kl")


@pytest.mark.parametrize("hidden", SMOOTH)
@pytest.mark.parametrize("loss", SMOOTH_LOSSES)
def test_backpropagation_equals_finite_differences_where_there_is_no_kink(hidden, loss):
    output = {"probability": "sigmoid", "logits": "softmax"}.get(LOSSES[loss].takes, "linear")
    assert proof(*case(hidden, output, loss, 3)).difference_error < 1e-7


@pytest.mark.parametrize(
    "hidden", [name for name in derivatives.DERIVATIVES if activation(name).smoothness in ("kink", "once")]
)
def test_the_gradient_check_holds_between_the_kinks(hidden):
    network, parameters, X, Y = case(hidden, "linear", "mse", 3)
    Z, _ = passes(network, parameters, X)
    kinks = torch.tensor([-3.0, -1.0, 0.0, 1.0, 3.0, 6.0], dtype=F64)
    assert min((z[..., None] - kinks).abs().min() for z in Z[:-1]) > 1e-4, "this case lies on a kink: take another seed"
    assert proof(network, parameters, X, Y).difference_error < 1e-7


def test_softmax_with_cross_entropy_has_the_gradient_a_minus_y_also_where_probabilities_vanish():
    network, parameters, X, Y = case("tanh", "softmax", "cross-entropy", 1)
    far = tuple((2000 * W, b) for W, b in parameters)
    passed = forward(network, far, X, Y)
    back = backward(network, far, (passed.Z, passed.A), Y)
    assert back.shortcut
    assert torch.equal(back.delta[0], passed.A[-1] - Y)
    assert proof(network, far, X, Y).autograd_error < 1e-10


FAR = (1.0, 30.0, 300.0, 600.0, 700.0, 750.0, 1e3, 1e6)
"""Gaps between logits: from 690 on a probability is below what floats can divide by, from 745 on it is 0."""


@pytest.mark.parametrize("gap", FAR)
@pytest.mark.parametrize("name", gradients.GRADIENTS)
def test_the_gradient_of_a_loss_is_autograds_however_sure_the_prediction_is(name, gap):
    about = LOSSES[name]
    if about.kind == "classification":
        Z = torch.tensor([[0.0, -gap, gap, 0.0], [-gap, 0.0, 0.0, gap / 2], [-gap, -gap, -gap, -gap]], dtype=F64)
        Y = torch.tensor([[0.0, 1.0, 0.5, 0.2], [1.0, 0.0, 0.5, 0.3], [0.0, 0.0, 0.0, 0.5]], dtype=F64)
        right = about.gradient(Z.T, Y.T).T
    else:
        Z = torch.tensor([[gap, -gap]], dtype=F64)
        Z = Z.sigmoid() if about.takes == "probability" else Z
        Y = torch.tensor([[0.0, 1.0]], dtype=F64)
        right = about.gradient(Z, Y)
    torch.testing.assert_close(gradients.GRADIENTS[name](Z, Y), right, rtol=1e-9, atol=1e-12)
    if gap >= 700 and name == "focal-classes":
        assert right[0, 0].item() == pytest.approx(1.0)


@pytest.mark.parametrize("far", [700, 2000, 1e5])
@pytest.mark.parametrize("name", [name for name in gradients.GRADIENTS if gradients.fits("softmax", name, 3)])
def test_softmax_hands_on_the_gradient_of_every_loss_where_probabilities_vanish(name, far):
    network, parameters, X, Y = case("tanh", "softmax", name, 1)
    parameters = tuple((far * W, b) for W, b in parameters)
    assert proof(network, parameters, X, Y).autograd_error < 1e-10


def test_the_shortcut_is_what_the_jacobian_gives():
    network, parameters, X, Y = case("tanh", "softmax", "cross-entropy", 2)
    passed = forward(network, parameters, X, Y)
    asked = gradients.of_loss("softmax", "cross-entropy", passed.A[-1], Y)
    assert (derivatives.through_softmax(passed.A[-1], asked) - (passed.A[-1] - Y)).abs().max() < 1e-14


def test_the_finite_difference_is_best_in_between():
    errors = dict(widths(*case("tanh", "sigmoid", "bce", 2)))
    assert min(errors, key=errors.get) not in (1e-1, 1e-13)
    assert min(errors[1e-1], errors[1e-13]) > 100 * min(errors.values())


def test_a_stack_of_networks_is_computed_like_each_of_them():
    network, parameters, X, Y = case("gelu", "softmax", "focal-classes", 3)
    other = start(network, "he", 9)
    both = mean_losses(network, torch.stack((flat(parameters), flat(other))), X, Y).tolist()
    assert both == pytest.approx([forward(network, each, X, Y).J for each in (parameters, other)], abs=1e-14)
    again = unflat(network, flat(other))
    assert all(
        torch.equal(a, b) for pair, mine in zip(again, other, strict=True) for a, b in zip(pair, mine, strict=True)
    )


def test_an_update_goes_downhill_by_the_learning_rate():
    network, parameters, X, Y = case("tanh", "linear", "mse", 2)
    passed = forward(network, parameters, X, Y)
    back = backward(network, parameters, (passed.Z, passed.A), Y)
    after = update(parameters, back, 0.01)
    assert torch.equal(after[0][0], parameters[0][0] - 0.01 * back.dW[0])
    assert forward(network, after, X, Y).J < passed.J


def test_a_network_takes_only_what_is_derived_by_hand(monkeypatch):
    monkeypatch.setitem(ACTIVATIONS, "bent", replace(activation("tanh"), name="bent"))
    monkeypatch.setitem(LOSSES, "odd", replace(LOSSES["mse"], name="odd"))
    for activations, loss in ((("bent", "linear"), "mse"), (("tanh", "bent"), "mse"), (("tanh", "linear"), "odd")):
        with pytest.raises(InvalidValue, match="is not written by hand: use one of"):
            Network((2, 3, 1), activations, loss)


@pytest.mark.parametrize(
    ("units", "activations", "loss", "said"),
    [
        ((2,), (), "mse", "1 to 5 layers"),
        ((2, *[3] * 6), ("tanh",) * 6, "mse", "1 to 5 layers"),
        ((2, 9, 1), ("tanh", "linear"), "mse", "layer 1 must have 1 to 8 units, got 9"),
        ((0, 1), ("linear",), "mse", "the input must have 1 to 8 units"),
        ((2, 2.5, 1), ("tanh", "linear"), "mse", "got 2.5"),
        ((2, 1), ("tanh", "linear"), "mse", "1 layers need 1 activations, got 2"),
        ((2, 3, 1), ("softmax", "linear"), "mse", "activation must be one of"),
        ((2, 1), ("swish",), "mse", "activation must be one of"),
        ((2, 1), ("linear",), "log", "loss must be one of"),
        ((2, 1), ("tanh",), "bce", "try the output sigmoid"),
        ((2, 1), ("linear",), "cross-entropy", "at least 2"),
        ((2, 2), ("softmax",), "bce-logits", "try the loss cross-entropy"),
    ],
)
def test_an_impossible_network_is_a_sentence(units, activations, loss, said):
    with pytest.raises(InvalidValue, match=re.escape(said)):
        Network(units, activations, loss)


def lesson(**other) -> Lesson:
    network = other.pop("network", Network((2, 3, 1), ("tanh", "sigmoid"), "bce"))
    X, Y = sample_set("xor", network.units[-1] > 1)
    return Lesson(**{"network": network, "X": X, "Y": Y, "rate": 2.0, "seed": 1, **other})


def test_xor_is_learned():
    path = Trajectory(lesson(network=Network((2, 4, 1), ("tanh", "sigmoid"), "bce")))
    said = path.outputs(path.parameters(500), torch.tensor([[0.0, 0, 1, 1], [0, 1, 0, 1]], dtype=F64))
    assert said.round().tolist() == [[0, 1, 1, 0]]
    assert path.losses(500)[-1] < 0.1
    assert path.losses(0)[0] > 0.6


def test_units_that_start_alike_stay_alike():
    W, _ = Trajectory(lesson(initial="equal")).parameters(200)[0]
    assert torch.equal(W[0], W[1])
    assert torch.equal(W[0], W[2])


def test_the_trajectory_is_the_same_whichever_way_it_is_asked_for():
    one, other = Trajectory(lesson()), Trajectory(lesson())
    one.parameters(30)
    for done in (0, 7, 30):
        assert torch.equal(flat(one.parameters(done)), flat(other.parameters(done)))
    moment = other.moment(7)
    assert torch.equal(flat(moment.after), flat(one.parameters(8)))
    assert pytest.approx(one.losses(30)[7], abs=1e-12) == moment.passed.J


def test_batches_take_the_samples_in_turn():
    each = lesson(batch=3)
    assert [each.taken(done) for done in range(3)] == [[0, 1, 2], [3, 0, 1], [2, 3, 0]]
    assert lesson().taken(5) == [0, 1, 2, 3]


def test_a_number_set_by_hand_holds_from_its_update_on():
    edits = (Edit(0, ("W", 1, 2, 1), 0.25), Edit(2, ("b", 2, 1), -3.0), Edit(0, ("X", 1, 2), 0.5))
    path = Trajectory(lesson(edits=edits))
    assert path.parameters(0)[0][0][1, 0] == 0.25
    assert path.parameters(2)[1][1][0, 0] == -3.0
    assert path.parameters(1)[1][1][0, 0] != -3.0
    assert path.moment(0).X[1, 0] == 0.5


def test_edits_survive_being_written():
    edits = (Edit(0, ("W", 1, 2, 1), 0.25), Edit(100, ("b", 2, 1), -3e-5))
    assert read_edits(" ".join(map(str, edits))) == edits


@pytest.mark.parametrize("text", ["W1.1.1=2", "0:W1.1=2", "0:b1.1=nan", "0:b1.1=--", "x" * 3000])
def test_what_is_no_edit_is_a_sentence(text):
    with pytest.raises(InvalidValue, match="an edit is written"):
        read_edits(text)


def test_a_number_too_large_to_be_set_is_a_sentence():
    with pytest.raises(InvalidValue, match="within ±1e6, got -1e300"):
        read_edits("0:b1.1=-1e300")


def test_too_many_edits_and_edits_of_another_network_are_sentences():
    with pytest.raises(InvalidValue, match=f"up to {MAX_EDITS}"):
        read_edits(" ".join(["0:b1.1=1"] * (MAX_EDITS + 1)))
    for name in (("W", 3, 1, 1), ("W", 1, 4, 1), ("b", 2, 2), ("X", 5, 1), ("Y", 1, 2)):
        with pytest.raises(InvalidValue, match="no place for the edit"):
            lesson(edits=(Edit(0, name, 1.0),))


def test_a_step_that_is_too_long_is_a_sentence_with_a_shorter_one():
    X, Y = sample_set("sine", False)
    wild = Lesson(Network((1, 3, 1), ("squared-relu", "linear"), "mse"), X, Y, rate=100.0)
    with pytest.raises(InvalidValue, match="Try the learning rate 10"):
        Trajectory(wild).parameters(200)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"rate": 0}, "learning_rate must be between"),
        ({"rate": math.nan}, "learning_rate must be between"),
        ({"batch": -1}, "a batch must have"),
        ({"initial": "random"}, "initialisation must be one of"),
        ({"seed": -1}, "seed must be a whole number"),
        ({"X": ()}, "there must be 1 to 32 samples"),
        ({"X": ((0.0, 1e9),), "Y": ((1.0,),)}, "use numbers within"),
        ({"X": ((0.0,),), "Y": ((1.0,),)}, "sample 1 must have 2 input values"),
        ({"Y": ((2.0,),) * 4}, "targets from 0 to 1"),
    ],
)
def test_an_impossible_lesson_is_a_sentence(values, said):
    with pytest.raises(InvalidValue, match=re.escape(said)):
        lesson(**values)


@pytest.mark.parametrize("done", [-1, MAX_UPDATES + 1, 1.5])
def test_absurd_numbers_of_updates_are_a_sentence(done):
    with pytest.raises(InvalidValue, match="updates must be between"):
        Trajectory(lesson()).parameters(done)


def test_a_course_is_made_of_the_very_moments():
    X, Y = sample_set("xor", False)
    network = Network((2, 3, 2, 1), ("tanh", "gelu", "sigmoid"), "bce")
    path = Trajectory(Lesson(network, X, Y, 2.0, 3, edits=read_edits("2:W1.1.1=0.5 0:X2.1=0.25")))
    course = path.course(9, [1, 2, 3])
    assert len(course.losses) == len(course.parameters) == 10
    for done in range(10):
        there = path.moment(done)
        assert torch.equal(course.parameters[done], flat(there.parameters))
        assert course.losses[done].item() == path.losses(done)[-1]
        answers = passes(network, there.parameters, path.lesson.samples()[0][:, [1, 2, 3]])[1][1:]
        for found, wanted in zip(course.answers, answers, strict=True):
            assert torch.allclose(found[done], wanted, rtol=0, atol=1e-15)


def test_own_numbers_are_read():
    assert read_rows("0 1: 1; -1,2e-1 : 0.5") == (((0.0, 1.0), (-1.0, 0.2)), ((1.0,), (0.5,)))
    assert sample_set("own", True, "1 2: 2; 3 4: 0")[1] == ((0.0, 0.0, 1.0), (1.0, 0.0, 0.0))


@given(st.text(alphabet="0123456789 .:;,-e\nx", max_size=60))
def test_whatever_is_typed_as_own_numbers_is_samples_or_a_sentence(text):
    with contextlib.suppress(DlcoreError):
        X, Y = read_rows(text)
        assert len(X) == len(Y) >= 1


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=2),
    st.sampled_from(PAIRS),
    st.sampled_from(list(INITIALISATIONS)),
)
def test_whatever_a_person_sets_gives_numbers_or_a_sentence(row, pair, initial):
    output, loss = pair
    wide = outputs(output, loss)
    network = Network((2, 2, wide), ("gelu", output), loss)
    target = (1.0, *[0.0] * (wide - 1))
    with contextlib.suppress(InvalidValue):
        moment = Trajectory(Lesson(network, (tuple(row),), (target,), initial=initial)).moment(3)
        assert math.isfinite(moment.passed.J)


# The records


def test_the_steps_go_forward_to_the_loss_back_and_to_the_update():
    found = records.steps(Trajectory(lesson()).moment(0))
    assert [(step.kind, step.layer) for step in found] == [
        ("start", 0), ("forward", 1), ("forward", 2), ("loss", 0), ("backward", 2), ("backward", 1), ("update", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "pair", [("sigmoid", "bce"), ("softmax", "cross-entropy"), ("softmax", "mse"), ("linear", "huber")]
)
def test_the_formulas_carry_the_very_numbers(pair):
    output, loss = pair
    network, _, X, Y = case("relu", output, loss, 2)
    rows = tuple(map(tuple, X.T.tolist())), tuple(map(tuple, Y.T.tolist()))
    moment = Trajectory(Lesson(network, *rows)).moment(0)
    found = {step.title: step for step in records.steps(moment, sample=1)}
    shown = found["Backward, layer 2"].numbers
    for value in moment.back.delta[1][:, 1].tolist() + moment.back.dW[1].flatten().tolist():
        assert f"{value:.3g}".split("e")[0] in shown
    assert f"{moment.passed.J:.3g}" in found["The loss"].numbers
    assert r"\begin{bmatrix}" in found["Forward, layer 1"].numbers


def test_a_place_is_read_from_the_values():
    moment = Trajectory(lesson()).moment(0)
    values = records.values(moment)
    assert records.read(values, "W.1.2.0") == moment.parameters[0][0][2, 0]
    assert records.read(values, "dw.2.0.1.3") == pytest.approx(
        (moment.back.delta[1][0, 3] * moment.passed.A[1][1, 3]).item()
    )
    assert records.read(values, "wa.1.2.0.2") == pytest.approx((moment.parameters[0][0][2, 0] * moment.X[0, 2]).item())
    assert sum(records.read(values, f"dw.1.1.0.{s}") for s in range(4)) / 4 == pytest.approx(
        records.read(values, "dW.1.1.0")
    )


def test_every_place_of_every_card_has_a_number():
    network = Network((2, 3, 2), ("relu", "softmax"), "mse")
    X, Y = sample_set("xor", True)
    values = records.values(Trajectory(Lesson(network, X, Y)).moment(0))
    asked = []

    def cell(place, bracket):
        asked.append(place)
        return "1"

    for layer in (1, 2):
        cards.unit(network, layer, 4, cell)
        cards.weight(network, layer, 4, cell)
    cards.entry(network, cell)
    cards.total(network, 4, cell)
    for place in asked:
        if not place.startswith("+"):
            plain = re.sub(r"\b[ijs]\b", "0", place)
            assert isinstance(records.read(values, plain), float), place


def test_a_finite_difference_of_an_impossible_width_is_a_sentence():
    with pytest.raises(InvalidValue, match="h must be between"):
        proof(*case("tanh", "linear", "mse", 1), h=0.0)
    assert by_difference(*case("tanh", "linear", "mse", 1), 1e-6).shape == (3,)
