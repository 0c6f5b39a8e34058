"""Questions to predict: their answers, beside a loop without torch.optim."""

import pytest
import torch

from dlcore.descent.questions import ANSWERS, STEPS, question
from dlcore.errors import InvalidValue

SOME = range(1, 21)


@pytest.fixture(scope="module")
def asked():
    return [question(number) for number in SOME]


def test_the_answers_are_what_a_plain_loop_does(asked):
    for each in asked:
        theta = torch.tensor(each.start, dtype=torch.float64)
        velocity, momentum = torch.zeros_like(theta), each.racer.settings.get("momentum", 0.0)
        path = [theta]
        for _ in range(STEPS):
            velocity = momentum * velocity + each.objective.gradient(path[-1])
            path.append(path[-1] - each.racer.rate * velocity)
        width = max(high - low for low, high in each.objective.bounds)
        late = torch.stack(path[-50:])
        if each.answer == "diverges":
            assert not late[-1].norm() < 50 * width
        elif each.answer == "arrives":
            assert (late[-1] - torch.tensor(each.minimum, dtype=torch.float64)).norm() < 0.01 * width
        else:
            assert late.norm(dim=1).max() < 5 * width
            assert late.diff(dim=0).norm(dim=1).min() > 0.001 * width


def test_the_limit_decides(asked):
    for each in asked:
        assert (each.factor < 1) == (each.answer == "arrives"), each.number
        hessian = each.objective.hessian(torch.tensor(each.minimum, dtype=torch.float64))
        steepest = torch.linalg.eigvalsh(hessian).max().item()
        momentum = each.racer.settings.get("momentum", 0.0)
        assert each.limit == pytest.approx(2 * (1 + momentum) / steepest)
        assert f"{each.limit:.4g}" in each.reason


def test_all_answers_occur_and_a_number_is_always_the_same_question(asked):
    assert {each.answer for each in asked} == set(ANSWERS)
    again = question(7)
    assert (again.racer.rate, again.start, again.answer) == (asked[6].racer.rate, asked[6].start, asked[6].answer)


@pytest.mark.parametrize("number", [0, -1, 10_000])
def test_only_numbers_that_there_are(number):
    with pytest.raises(InvalidValue, match="question must be between"):
        question(number)
