"""Lines by gradient descent: the article's numbers, the closed form, the bound on the step, and dlcore's training."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.config.training import TrainingConfig
from dlcore.descent.line_training import MOST_STEPS, train
from dlcore.descent.regression import Bowl, Recipe, Settings, batches, descend
from dlcore.errors import InvalidValue


def test_the_articles_example_can_be_had_again():
    np.random.seed(0)
    x = np.linspace(-1, 1, 100)
    y = 2 * x + 1 + 0.33 * np.random.randn(100)
    w = b = 0.0
    for _ in range(1000):
        error = w * x + b - y
        w, b = w - 0.01 * (error * x).mean(), b - 0.01 * error.mean()

    assert all(np.array_equal(ours, theirs) for ours, theirs in zip(Recipe().points(), (x, y), strict=True))
    found = descend(x, y)
    np.testing.assert_allclose(found.line(), (w, b), rtol=1e-13)
    assert found.steps == 1000
    np.testing.assert_allclose(found.line(), (1.88625160616407, 1.0196926218233795), rtol=1e-12)
    assert found.predict(0.5) == pytest.approx(1.9628184249054144, rel=1e-12)
    assert found.predict(1.5) == pytest.approx(3.8490700310694840, rel=1e-12)
    assert found.bowl.loss(w, b) == pytest.approx(0.05561407132606532, rel=1e-12)
    np.testing.assert_allclose(found.bowl.minimum, (1.9509410673384513, 1.0197366451263803), rtol=1e-12)


def test_loss_gradient_and_curvature_are_those_of_autograd():
    x, y = Recipe(low=-1, high=4, seed=3).points()
    bowl = Bowl(x, y)

    def loss(theta):
        return (theta[0] * torch.tensor(x) + theta[1] - torch.tensor(y)).square().sum() / (2 * len(x))

    theta = torch.tensor([0.7, -1.2], dtype=torch.float64, requires_grad=True)
    loss(theta).backward()
    assert bowl.loss(0.7, -1.2) == pytest.approx(loss(theta).item())
    np.testing.assert_allclose(bowl.gradient(0.7, -1.2), theta.grad, rtol=1e-12)
    np.testing.assert_allclose(bowl.hessian, torch.func.hessian(loss)(theta.detach()), rtol=1e-12)
    np.testing.assert_allclose(bowl.gradient(*bowl.minimum), (0, 0), atol=1e-12)


@pytest.mark.parametrize("recipe", [Recipe(), Recipe(low=0, high=5), Recipe(low=3, high=4, noise=1)])
def test_descent_goes_on_just_below_the_bound_and_diverges_just_above(recipe):
    x, y = recipe.points()
    bound = Bowl(x, y).bound
    below = descend(x, y, Settings(learning_rate=0.98 * bound, epochs=2000))
    above = descend(x, y, Settings(learning_rate=1.02 * bound, epochs=5000))
    losses = below.bowl.loss(below.w, below.b)
    assert not below.diverged
    assert (np.diff(losses) <= 1e-12).all()
    assert above.diverged
    assert above.steps < 5000


def test_scaling_rounds_the_bowl_and_finds_the_same_line_sooner():
    x, y = Recipe(low=5, high=15).points()
    plain = descend(x, y, Settings(learning_rate=0.01, epochs=300))
    scaled = descend(x, y, Settings(learning_rate=0.5, epochs=300, scaling="standardise"))
    assert plain.bowl.condition > 100
    assert scaled.bowl.condition == pytest.approx(1)
    exact = Bowl(x, y).minimum
    np.testing.assert_allclose(scaled.line(), exact, rtol=1e-9)
    assert abs(plain.line()[1] - exact[1]) > 0.1


@pytest.mark.parametrize("batch_size", [1, 7, 30, 99, 100, 500])
def test_every_epoch_sees_every_point_once(batch_size):
    chosen = Settings(batch_size=batch_size, epochs=3, seed=4)
    order = batches(100, chosen)
    assert len(order) == 3 * -(-100 // min(batch_size, 100))
    for epoch in np.split(np.concatenate(order), 3):
        assert sorted(epoch) == list(range(100))


def test_a_step_follows_the_gradient_of_its_own_batch():
    x, y = Recipe(low=0, high=3).points()
    chosen = Settings(batch_size=8, epochs=2, start_w=0.3, start_b=-2)
    found = descend(x, y, chosen)
    for step, batch in enumerate(batches(100, chosen)):
        own = Bowl(x[batch], y[batch]).gradient(found.w[step], found.b[step])
        np.testing.assert_allclose(found.gradients[step], own, rtol=1e-9, atol=1e-12)
        moved = found.w[step + 1] - found.w[step], found.b[step + 1] - found.b[step]
        np.testing.assert_allclose(moved, -0.01 * found.gradients[step], rtol=1e-7, atol=1e-15)


@pytest.mark.parametrize(
    "chosen",
    [
        Settings(),
        Settings(batch_size=1, epochs=5),
        Settings(batch_size=32, epochs=50, scaling="standardise", learning_rate=0.3),
        Settings(learning_rate=2.5, epochs=100),
    ],
)
def test_dlcores_own_training_takes_the_same_way(chosen):
    x, y = Recipe(high=3).points()
    ours, theirs = descend(x, y, chosen), train(x, y, chosen)
    assert theirs.steps == ours.steps
    assert theirs.diverged == ours.diverged
    np.testing.assert_allclose(theirs.w, ours.w, rtol=1e-7 if ours.diverged else 1e-12, atol=1e-12)
    np.testing.assert_allclose(theirs.b, ours.b, rtol=1e-7 if ours.diverged else 1e-12, atol=1e-12)


def test_training_takes_any_optimizer_and_schedule_and_stops_in_time():
    x, y = Recipe().points()
    adam = train(x, y, Settings(learning_rate=0.05, epochs=400), TrainingConfig(optimizer="adam", schedule="cosine"))
    np.testing.assert_allclose(adam.line(), adam.bowl.minimum, atol=1e-3)
    assert adam.rates[0] == 0.05
    assert adam.rates[-1] < 1e-5
    assert train(x, y, Settings(batch_size=1, epochs=100)).steps == MOST_STEPS


def test_points_on_one_vertical_line_leave_a_valley_of_minima():
    x, y = np.full(5, 2.0), np.arange(5.0)
    found = descend(x, y, Settings(learning_rate=0.1, scaling="standardise"))
    assert Bowl(x, y).condition == float("inf")
    assert found.predict(2.0) == pytest.approx(2.0)
    assert descend(x, y, Settings(learning_rate=0.1)).predict(2.0) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Recipe(low=2, high=1), "Largest x must be at least 0.1 above Smallest x, got 1 and 2"),
        (lambda: Recipe(count=1), "count must be between 2 and 500"),
        (lambda: Settings(learning_rate=float("nan")), "learning_rate must be a number"),
        (lambda: descend([1.0], [1.0]), "Points must be 2 to 1,000 pairs"),
        (lambda: descend([1.0, float("inf")], [1.0, 2.0]), "Every x and y"),
        (lambda: descend(*Recipe().points(), Settings(batch_size=1, epochs=5000)), "Epochs must be at most 1,000"),
    ],
)
def test_what_cannot_be_used_is_named(wrong, says):
    with pytest.raises(InvalidValue, match=says):
        wrong()


numbers = st.floats(-1e4, 1e4)


@settings(max_examples=60)
@given(
    points=st.lists(st.tuples(numbers, numbers), min_size=2, max_size=40),
    rate=st.floats(1e-6, 10),
    batch=st.integers(1, 50),
    scaling=st.sampled_from(["off", "standardise"]),
)
def test_any_points_give_a_finite_path(points, rate, batch, scaling):
    x, y = np.array(points).T
    found = descend(x, y, Settings(learning_rate=rate, batch_size=batch, scaling=scaling, epochs=50))
    assert np.isfinite(found.w[:-1]).all()
    assert np.isfinite(found.b[:-1]).all()
    assert found.diverged or np.isfinite(found.w[-1])
    assert np.isfinite(found.bowl.minimum).all()
