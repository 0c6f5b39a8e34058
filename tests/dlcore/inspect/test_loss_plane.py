"""The loss on a plane through a network's weights."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn import functional

from dlcore import data
from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.data.pixels import normalise
from dlcore.errors import InvalidValue
from dlcore.inspect import loss_plane
from dlcore.models.initial import initial

CONFIG = RunConfig.of("mlp", DataConfig(train_size=60), TrainingConfig(epochs=4, batch_size=16))


@pytest.fixture(scope="module")
def path():
    """Five networks, some steps of plain gradient descent apart."""
    model = initial(CONFIG).requires_grad_(True)
    split = data.load("digits").train[torch.arange(60)]
    images, optimizer = normalise(split.images), torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    weights = [loss_plane.flat(model)]
    for step in range(1, 17):
        optimizer.zero_grad()
        functional.cross_entropy(model(images), split.labels).backward()
        optimizer.step()
        if step % 4 == 0:
            weights.append(loss_plane.flat(model))
    titles = tuple(f"After {4 * each} steps" for each in range(len(weights)))
    return loss_plane.Path(CONFIG, titles, torch.stack(weights), model.requires_grad_(False))


@pytest.fixture(scope="module")
def samples():
    return loss_plane.sample(data.load("digits"), CONFIG, "validation", 100)


def own_loss(model, samples):
    with torch.no_grad():
        return functional.cross_entropy(model(normalise(samples.images)), samples.labels).item()


@pytest.mark.parametrize("make", [loss_plane.path_plane, None], ids=["path", "random"])
def test_the_centre_of_the_plane_has_exactly_the_loss_of_the_network(path, samples, make):
    plane = make(path.weights) if make else loss_plane.random_plane(path.model, 3)
    probe = loss_plane.Probe(path.model, samples)
    assert probe(plane.point(0.5, 0.5)) != own_loss(path.model, samples)
    assert probe(plane.point(0.0, 0.0)) == own_loss(path.model, samples)


def test_probing_leaves_the_network_alone(path, samples):
    before = loss_plane.flat(path.model)
    loss_plane.Probe(path.model, samples)(torch.zeros_like(before))
    assert torch.equal(loss_plane.flat(path.model), before)


@pytest.mark.parametrize("chosen", [(0, 4), (0, 2, 4)], ids=["two", "three"])
def test_up_to_three_checkpoints_lie_in_their_plane(path, chosen):
    weights = path.weights[list(chosen)]
    plane = loss_plane.path_plane(weights)
    assert plane.share(weights) == pytest.approx(1.0, abs=1e-6)
    for point, there in zip(plane.project(weights), weights, strict=True):
        assert torch.allclose(plane.point(*point.tolist()), there, atol=1e-6)
    assert plane.project(weights)[-1].tolist() == [0.0, 0.0]


def test_no_other_plane_through_the_end_shows_more_of_the_path(path):
    best = loss_plane.path_plane(path.weights)
    points = best.project(path.weights)
    exact = torch.linalg.svdvals((path.weights[:-1] - path.weights[-1]).double()).square()
    assert best.share(path.weights) == pytest.approx((exact[:2].sum() / exact.sum()).item(), abs=1e-6)
    assert best.share(path.weights) > loss_plane.random_plane(path.model, 0).share(path.weights)
    assert points[0, 0] < 0 < points[0, 1]
    assert torch.allclose(best.directions @ best.directions.T, torch.eye(2), atol=1e-5)


@pytest.mark.parametrize("network", ["mlp", "cnn-64"])
def test_each_filter_of_a_random_direction_is_as_long_as_the_networks_own(network):
    model = initial(RunConfig.of(network))
    plane = loss_plane.random_plane(model, 7)
    sizes = [each.numel() for each in model.parameters()]
    for parameter, parts in zip(model.parameters(), plane.directions.split(sizes, 1), strict=True):
        if parameter.dim() < 2:
            assert not parts.any()
            continue
        own = parameter.flatten(1)
        first, second = (part.view_as(own) for part in parts)
        assert torch.allclose(first.norm(dim=1), own.norm(dim=1), rtol=1e-5)
        assert torch.allclose(second.norm(dim=1), own.norm(dim=1), rtol=1e-5)
        cosine = (first * second).sum(1) / own.norm(dim=1) ** 2
        assert cosine.abs().max() < 1e-5


def test_a_seed_is_a_plane():
    model = initial(CONFIG)
    one, same, other = (loss_plane.random_plane(model, seed).directions for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.allclose(one, other)


def test_the_grid_has_the_loss_of_each_of_its_points(path, samples):
    plane, probe = loss_plane.random_plane(path.model, 0), loss_plane.Probe(path.model, samples)
    shares = []
    a, b = loss_plane.symmetric(1.0, 5)[0], np.array([-0.5, 0.0, 0.25])
    found = loss_plane.evaluate(probe, plane, a, b, progress=shares.append)
    assert found.complete
    assert found.losses.shape == (3, 5)
    assert found.losses[1, 2] == own_loss(path.model, samples)
    for row, column in ((0, 0), (2, 1), (1, 4)):
        assert found.losses[row, column] == probe(plane.point(a[column], b[row]))
    assert shares[-1] == 1.0
    assert all(one <= other for one, other in pairwise(shares))


def test_a_grid_that_takes_too_long_is_coarser_but_whole(path, samples):
    plane, probe = loss_plane.random_plane(path.model, 0), loss_plane.Probe(path.model, samples)
    found = loss_plane.evaluate(probe, plane, *loss_plane.symmetric(1.0, 13), max_seconds=0.0)
    assert not found.complete
    assert found.losses.shape == (4, 4)
    assert np.isfinite(found.losses).all()
    assert found.a.tolist() == pytest.approx([-1, -1 / 3, 1 / 3, 1])


def test_the_course_tells_the_loss_of_the_networks_from_that_of_their_shadows(path, samples):
    plane, probe = loss_plane.path_plane(path.weights), loss_plane.Probe(path.model, samples)
    found = loss_plane.course(probe, plane, path.weights)
    assert found.losses[-1] == found.shown[-1] == own_loss(path.model, samples)
    assert found.losses[0] == probe(path.weights[0])
    assert found.shown[1] == probe(plane.point(*found.points[1].tolist()))
    a, b = loss_plane.around(found.points, 9)
    assert a[0] < found.points[:, 0].min() < found.points[:, 0].max() < a[-1]
    assert b[0] < found.points[:, 1].min() < found.points[:, 1].max() < b[-1]


def test_samples_are_the_same_each_time_and_of_the_runs_own_data():
    digits = data.load("digits")
    one, same = (loss_plane.sample(digits, CONFIG, "validation", 50) for _ in range(2))
    assert torch.equal(one.images, same.images)
    assert len(loss_plane.sample(digits, CONFIG, "training", 512)) == 60
    assert len(loss_plane.sample(digits, CONFIG, "validation", 512)) == 180
    with pytest.raises(InvalidValue, match="validation, training"):
        loss_plane.sample(digits, CONFIG, "test", 5)


@pytest.mark.parametrize("weights", [torch.ones(1, 5), torch.ones(3, 5)])
def test_weights_that_do_not_move_have_no_plane(weights):
    with pytest.raises(InvalidValue, match="path"):
        loss_plane.path_plane(weights)
