"""Looking at codes: neighbours, planes, few labels, anomalies, and what weights draw."""

import math

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.neighbors import KNeighborsClassifier

from dlcore import data
from dlcore.config.run import RunConfig
from dlcore.errors import InvalidValue
from dlcore.inspect import latent
from dlcore.models.autoencoder import build, pixels


def seeded(seed):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def digits():
    return data.load("digits")


@pytest.fixture(scope="module")
def clusters():
    """Three far-off heaps of codes in five dimensions, with their labels."""
    labels = torch.arange(300) % 3
    return 10 * torch.eye(5)[labels] + torch.randn(300, 5, generator=seeded(0)), labels


@pytest.mark.parametrize("preset", ["ae-conv", "cvae"])
def test_batches_change_nothing(preset, digits, monkeypatch):
    model, split = build(RunConfig.of(preset)).eval(), digits.test
    whole = latent.encode(model, split.images, split.labels)
    drawn = latent.decode(model, whole, split.labels)
    monkeypatch.setattr(latent, "BATCH", 50)
    torch.testing.assert_close(latent.encode(model, split.images, split.labels), whole)
    torch.testing.assert_close(latent.decode(model, whole, split.labels), drawn)
    assert drawn.shape == (360, 28, 28)


def test_between_goes_from_one_to_the_other_in_equal_steps():
    first, second = torch.zeros(28, 28), torch.full((28, 28), 2.0)
    steps = latent.between(first, second, 5)
    assert steps[:, 3, 4].tolist() == [0, 0.5, 1, 1.5, 2]
    assert latent.between(torch.tensor([1.0, 2]), torch.tensor([3.0, 2]), 3).tolist() == [[1, 2], [2, 2], [3, 2]]


def test_neighbours_vote_as_in_scikit_learn(digits):
    flat = {name: pixels(split.images).flatten(1) for name, split in (("train", digits.train), ("test", digits.test))}
    own = latent.neighbour_accuracy(flat["train"], digits.train.labels, flat["test"], digits.test.labels)
    reference = KNeighborsClassifier(10).fit(flat["train"], digits.train.labels)
    assert own == pytest.approx(reference.score(flat["test"], digits.test.labels), abs=0.006)


def test_the_nearest_code_to_a_code_is_itself(clusters):
    codes, _ = clusters
    assert latent.nearest(codes, codes, 3)[:, 0].tolist() == list(range(300))
    with pytest.raises(InvalidValue, match="count must be between 1 and 300"):
        latent.nearest(codes, codes, 301)


def test_a_plane_of_wide_codes_is_their_pca(clusters):
    codes, _ = clusters
    plane = latent.plane(codes)
    reference = PCA(2, svd_solver="full").fit(codes)
    np.testing.assert_allclose(plane.points.abs(), np.abs(reference.transform(codes)), atol=1e-3)
    assert plane.kept == pytest.approx(reference.explained_variance_ratio_.sum(), rel=1e-4)
    torch.testing.assert_close(plane.drop(codes), plane.points)
    torch.testing.assert_close(plane.drop(plane.lift(plane.points)), plane.points, atol=1e-4, rtol=1e-4)


def test_a_plane_of_two_numbers_is_the_code():
    codes = torch.randn(50, 2, generator=seeded(1))
    plane = latent.plane(codes, "t-sne")
    assert torch.equal(plane.points, codes)
    assert torch.equal(plane.lift(codes), codes)


def test_t_sne_keeps_heaps_together_and_has_no_way_back(clusters):
    codes, labels = (each[:90] for each in clusters)
    plane = latent.plane(codes, "t-sne")
    assert plane.lift is None
    assert latent.neighbour_accuracy(plane.points, labels, plane.points, labels, 5) == 1.0
    with pytest.raises(InvalidValue, match="method"):
        latent.plane(codes, "umap")


def test_more_labels_help_and_draws_are_balanced(digits):
    train, test = digits.train, digits.test
    flat = pixels(train.images).flatten(1), train.labels, pixels(test.images).flatten(1), test.labels
    few, many = latent.few_labels(*flat, (10, 300), draws=2)
    assert (few.labels, many.labels) == (10, 300)
    assert 0.3 < few.mean < many.mean
    assert many.mean > 0.85
    chosen = latent.balanced(train.labels, 30, seed=4)
    assert train.labels[chosen].bincount().tolist() == [3] * 10
    assert len(chosen.unique()) == 30
    with pytest.raises(InvalidValue, match="counts"):
        latent.few_labels(*flat, (5,))


def test_raw_pixels_are_the_better_baseline(digits):
    flat = [pixels(digits.train.images).flatten(1), digits.train.labels]
    flat += [pixels(digits.test.images).flatten(1), digits.test.labels]
    raw, standardised = (latent.few_labels(*flat, (10,), standardise=each)[0] for each in (False, True))
    assert raw.mean > standardised.mean + 0.05
    assert raw.spread == pytest.approx(math.hypot(raw.deviation, math.sqrt(raw.mean * (1 - raw.mean) / raw.tested)))


def test_the_class_that_fits_best_is_found_without_a_label(digits):
    model = build(RunConfig.of("cvae", model={"code_size": 2})).eval()
    images = digits.test.images[:5]
    each = torch.stack([latent.errors(model, images, torch.full((5,), label)) for label in range(10)])
    assert torch.equal(latent.fitting_classes(model, images), each.argmin(0))


def test_errors_are_mean_squared_and_those_of_each_image(digits):
    model, images = build(RunConfig.of("ae-deep")).eval(), digits.test.images[:7]
    expected = (model(pixels(images)) - pixels(images)).square().flatten(1).mean(1)
    torch.testing.assert_close(latent.errors(model, images), expected)


def test_the_roc_is_scikit_learns():
    usual = torch.randn(200, generator=seeded(2)).round(decimals=1)
    odd = 1 + torch.randn(150, generator=seeded(3)).round(decimals=1)
    found = latent.roc(usual, odd)
    truth, scores = [0] * 200 + [1] * 150, torch.cat((usual, odd)).tolist()
    wrong, right, _ = roc_curve(truth, scores, drop_intermediate=False)
    np.testing.assert_allclose(found.usual, wrong, atol=1e-9)
    np.testing.assert_allclose(found.odd, right, atol=1e-9)
    assert found.area == pytest.approx(roc_auc_score(truth, scores))
    with pytest.raises(InvalidValue, match="usual and odd"):
        latent.roc(usual, odd[:0])


@pytest.mark.parametrize(
    ("preset", "shape"), [("autoencoder", (32, 28, 28)), ("cvae", (400, 28, 28)), ("ae-conv", (16, 4, 4))]
)
def test_filters_are_the_first_layers_weights(preset, shape):
    assert latent.filters(build(RunConfig.of(preset))).shape == shape


def test_strokes_are_what_moving_one_number_changes():
    model = build(RunConfig.of("ae-deep", model={"code_size": 3})).eval()
    code, amounts = torch.tensor([0.1, -2.0, 1.0]), torch.tensor([1.0, 2.0, 0.0])
    strokes = latent.strokes(model, code, amounts)
    moved = model.decode(torch.tensor([[0.1, 0.0, 1.0]])) - model.decode(code[None])
    torch.testing.assert_close(strokes[1], moved[0, 0])
    assert strokes[2].abs().max() < 1e-6


def test_numbers_of_a_code_that_say_nothing_are_not_active():
    codes = torch.randn(200, 3, generator=seeded(5)) * torch.tensor([1.0, 0.02, 0.0])
    assert latent.active(codes) == 1
