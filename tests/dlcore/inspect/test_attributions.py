"""Which pixels a score depends on: against autograd, finite differences, closed forms and loops."""

import pytest
import torch
from torch import nn

from dlcore import data
from dlcore.config.image_sets import SHAPE
from dlcore.config.network_text import parse
from dlcore.config.run import RunConfig
from dlcore.data.pixels import STD, standardise
from dlcore.errors import InvalidValue
from dlcore.inspect.attributions import PATCHES, gradient, integrated_gradients, occlusion
from dlcore.models.build import build, sequential
from dlcore.use.classifier import Classifier

IMAGES = data.load("digits").test.images
IMAGE = IMAGES[3]
INK = IMAGE[None].double() / 255
SMOOTH = "conv 4 3x3 stride 2, tanh, flatten, dense 12, tanh, dense 10"


def untrained(text=SMOOTH):
    torch.manual_seed(2)
    return sequential(parse(text, SHAPE)).eval()


def recurrent(**model):
    torch.manual_seed(2)
    return build(RunConfig.of("gru", {"name": "mnist"}, model={"hidden": 8, "layers": 1, **model})).eval()


class Line(nn.Module):
    """Scores that are weighted sums of ink, for which all is known."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(10, 784, generator=torch.Generator().manual_seed(1)))

    def forward(self, x):
        return x.flatten(1) @ self.weight.T


def score(model, ink, target):
    return model.double()(standardise(ink))[0, target].item()


@pytest.mark.parametrize(
    "model", [untrained(), recurrent(), recurrent(bidirectional=True)], ids=["cnn", "rows", "both"]
)
def test_a_slope_is_what_finite_differences_say(model):
    slopes = gradient(model, IMAGE, 4)
    steps = torch.zeros_like(INK)
    for row, column in ((14, 14), (7, 12), (20, 9)):
        steps.zero_()[0, 0, row, column] = 1e-5
        measured = (score(model, INK + steps, 4) - score(model, INK - steps, 4)) / 2e-5
        model.float()
        assert slopes[row, column].item() == pytest.approx(measured, rel=1e-3, abs=1e-6)


def test_a_weighted_sum_is_explained_exactly():
    model = Line()
    weights = model.weight.detach()[7].view(28, 28) / STD
    assert torch.allclose(gradient(model, IMAGE, 7), weights, rtol=1e-5)
    shares = integrated_gradients(model, IMAGE, 7)
    assert torch.allclose(shares.values, weights * INK[0, 0].float(), rtol=1e-4, atol=1e-6)
    assert torch.allclose(occlusion(model, IMAGE, 7, 1), weights * INK[0, 0].float(), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("model", [untrained(), recurrent()], ids=["cnn", "rows"])
def test_all_shares_together_are_the_score_less_that_of_paper(model):
    shares = integrated_gradients(model, IMAGE, 4)
    assert shares.score == pytest.approx(score(model, INK, 4), abs=1e-5)
    assert shares.baseline == pytest.approx(score(model, torch.zeros_like(INK), 4), abs=1e-5)
    model.float()
    assert abs(shares.score - shares.baseline) > 1e-3
    assert abs(shares.gap) <= 1e-3 * abs(shares.score - shares.baseline)


@pytest.mark.parametrize("name", ["cnn-64", "mlp"])
def test_the_shares_are_complete_for_networks_with_kinks_too(name):
    model = Classifier.load(name).model
    for image in IMAGES[:4]:
        target = int(model(standardise(image[None].float() / 255)).argmax())
        shares = integrated_gradients(model, image, target, most=5_000)
        assert abs(shares.gap) <= 1e-3 * abs(shares.score - shares.baseline)


def test_more_steps_are_taken_only_where_they_are_needed():
    assert integrated_gradients(Line(), IMAGE, 7).steps == 60
    bent = Classifier.load("cnn-64").model
    few, many = (integrated_gradients(bent, IMAGE, 3, most=most, within=0) for most in (60, 540))
    assert (few.steps, many.steps) == (60, 540)
    shares = (torch.arange(540) + 0.5) / 540
    ink = (shares[:, None, None, None] * INK.float()).requires_grad_(True)
    (slopes,) = torch.autograd.grad(bent(standardise(ink))[:, 3].sum(), ink)
    assert torch.allclose(many.values, slopes.mean(0)[0] * INK[0, 0].float(), atol=1e-4)


@pytest.mark.parametrize("size", PATCHES)
def test_what_is_covered_is_what_a_loop_covers(size):
    model = untrained()
    falls = occlusion(model, IMAGE, 4, size)
    for row, column in ((0, 0), (13, 14), (14, 9), (27, 27), (6, 20), (24, 12)):
        covered = INK.clone()
        for y in range(28):
            for x in range(28):
                if max(abs(y - row), abs(x - column)) <= size // 2:
                    covered[0, 0, y, x] = 0
        expected = score(model, INK, 4) - score(model, covered, 4)
        model.float()
        assert falls[row, column].item() == pytest.approx(expected, abs=1e-5)
    assert falls.abs().max() > 0.01


def test_blank_paper_has_nothing_to_cover_and_nothing_to_share_out():
    blank = torch.zeros(1, 28, 28, dtype=torch.uint8)
    assert not occlusion(untrained(), blank, 0).any()
    shares = integrated_gradients(untrained(), blank, 0)
    assert (shares.total, shares.gap) == (0, 0)


def test_a_network_is_left_as_it_is():
    model = Classifier.load("mlp").model
    before = {name: each.clone() for name, each in model.state_dict().items()}
    gradient(model, IMAGE, 1), integrated_gradients(model, IMAGE, 1), occlusion(model, IMAGE, 1)
    assert all(torch.equal(before[name], each) for name, each in model.state_dict().items())
    assert not any(each.requires_grad for each in model.parameters())


@pytest.mark.parametrize("target", [-1, 10, True])
def test_a_class_that_there_is_not_is_refused(target):
    for ask in (gradient, integrated_gradients, occlusion):
        with pytest.raises(InvalidValue, match="target must be a class from 0 to 9"):
            ask(untrained(), IMAGE, target)


def test_what_is_no_image_and_no_square_is_refused():
    with pytest.raises(InvalidValue, match=r"uint8 \(1, 28, 28\)"):
        gradient(untrained(), IMAGE.float(), 1)
    with pytest.raises(InvalidValue, match="size must be one of 1, 3, 5, 7, 9, got 4"):
        occlusion(untrained(), IMAGE, 1, 4)
