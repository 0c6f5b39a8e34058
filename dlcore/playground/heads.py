"""What the end of a network is for: how its numbers are scored and read. Exported scripts carry the source of these.

outputs: float32 (N, K) of the last layer; targets: float32 (N,), the number of a class or a value
"""

import torch
from torch import Tensor
from torch.nn import functional


def values_squared(outputs: Tensor, targets: Tensor) -> Tensor:
    """The mean squared error of one value."""
    return functional.mse_loss(outputs[:, 0], targets)


def two_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    """The cross-entropy of two classes, of which the sigmoid gives the probability of class 1."""
    return functional.binary_cross_entropy_with_logits(outputs[:, 0], targets)


def two_squared(outputs: Tensor, targets: Tensor) -> Tensor:
    """The squared distance of tanh from −1 for class 0, and from 1 for class 1."""
    return functional.mse_loss(torch.tanh(outputs[:, 0]), 2 * targets - 1)


def many_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    """The cross-entropy of the softmax."""
    return functional.cross_entropy(outputs, targets.long())


def many_squared(outputs: Tensor, targets: Tensor) -> Tensor:
    """The squared distance of the softmax from 1 for the class itself and 0 for the others (Brier, 1950)."""
    wanted = functional.one_hot(targets.long(), outputs.shape[1]).to(outputs.dtype)
    return (torch.softmax(outputs, 1) - wanted).square().sum(1).mean()


def r_squared(outputs: Tensor, targets: Tensor) -> Tensor:
    """1 − the squared error in relation to that of the mean; 0 where all targets are equal."""
    spread = (targets - targets.mean()).square().sum()
    return 1 - (outputs[:, 0] - targets).square().sum() / spread if spread > 0 else spread


def two_right(outputs: Tensor, targets: Tensor) -> Tensor:
    """The share of points on their side of 0."""
    return ((outputs[:, 0] > 0) == (targets > 0.5)).float().mean()


def many_right(outputs: Tensor, targets: Tensor) -> Tensor:
    """The share of points whose class has the largest output."""
    return (outputs.argmax(1) == targets.long()).float().mean()


def answers(outputs: Tensor, kind: str, loss: str) -> Tensor:
    """What is drawn of the outputs: values and two classes in −1 … 1, (N, 1), or probabilities of the classes, (N, K).

    kind: as `task` says; loss: the name of the loss, which decides between sigmoid and tanh for two classes
    """
    if kind == "values":
        return outputs.clamp(-1, 1)
    if kind == "two":
        return torch.tanh(outputs if loss == "squared" else outputs / 2)  # 2 σ(z) − 1 = tanh(z / 2)
    return torch.softmax(outputs, 1)


def _pull_values(outputs: Tensor, targets: Tensor) -> Tensor:
    return (outputs - targets[:, None]).mul_(2 / len(outputs))


def _pull_two_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    return outputs.sigmoid().sub_(targets[:, None]).div_(len(outputs))


def _pull_two_squared(outputs: Tensor, targets: Tensor) -> Tensor:
    answers = outputs.tanh()
    by_answers = (answers - (2 * targets[:, None] - 1)).mul_(2 / len(outputs))
    return torch.ops.aten.tanh_backward(by_answers, answers)


def _pull_many_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    share = 1 / len(outputs)
    return _less(torch.log_softmax(outputs, 1).exp_().mul_(share), targets, share)


def _pull_many_squared(outputs: Tensor, targets: Tensor) -> Tensor:
    answers = torch.softmax(outputs, 1)
    by_answers = _less(answers, targets, 1.0).mul_(2 / len(outputs))
    return answers * (by_answers - (answers * by_answers).sum(1, keepdim=True))


def _less(answers: Tensor, targets: Tensor, amount: float) -> Tensor:
    """Answers (N, K) with that of the class itself made less by an amount."""
    return answers.scatter_add(1, targets.long()[:, None], answers.new_full((len(answers), 1), -amount))


LOSSES = {
    ("values", "squared"): values_squared,
    ("two", "entropy"): two_entropy,
    ("two", "squared"): two_squared,
    ("many", "entropy"): many_entropy,
    ("many", "squared"): many_squared,
}
"""By what is learned and the name of the loss."""
PULLS = {
    ("values", "squared"): _pull_values,
    ("two", "entropy"): _pull_two_entropy,
    ("two", "squared"): _pull_two_squared,
    ("many", "entropy"): _pull_many_entropy,
    ("many", "squared"): _pull_many_squared,
}
"""The gradient of each loss by the outputs, (N, K), by hand: equal to autograd's in a test."""
SCORES = {"values": r_squared, "two": two_right, "many": many_right}


def task(classes: int) -> str:
    """What is learned: values, two classes, or many."""
    return "values" if classes == 0 else "two" if classes == 2 else "many"
