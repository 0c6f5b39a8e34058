"""Training autoencoders on their page, as a visitor does, and the figures that are drawn of them."""

import contextlib
import io
from functools import partial

import numpy as np
import pytest

from dlcore.config.run import RunConfig
from dlcore.formula.numbers import number
from pages.figures import autoencoder as figures
from pages.figures.words import loss
from pages.parts.autoencoder import collapse, training
from tests.pages.visits import ME, button, trained, visited, words

DATA, TRAINING = {"name": "digits", "train_size": 100}, {"epochs": 2, "batch_size": 50}


@pytest.fixture
def visit(store):
    return partial(visited, "pages/autoencoder.py", ME)


def learned(store, preset, model=None):
    return trained(store, RunConfig.of(preset, DATA, TRAINING, "cpu", model))


def test_every_network_is_shown_with_its_size(visit):
    app = visit()
    assert "50,992" in words(app)
    for name in ("ae-deep", "ae-conv", "vae", "cvae"):
        app.segmented_control(key="ae_preset").set_value(name).run()
        assert f"{RunConfig.of(name).model.parameters:,}" in words(app)
    app.select_slider(key="ae_code_size").set_value(2).run()
    assert "639,188 parameters to learn" in words(app).replace("**", "")


def test_only_variational_ones_have_a_beta(visit):
    app = visit()
    assert "ae_beta" not in [each.key for each in app.select_slider]
    assert "ae_sparsity" in [each.key for each in app.select_slider]
    app.segmented_control(key="ae_preset").set_value("vae").run()
    assert "ae_sparsity" not in [each.key for each in app.select_slider]
    assert app.select_slider(key="ae_beta").value == 1.0


def test_a_link_restores_the_controls_and_they_decide_the_run(visit, store):
    link = {"ae_preset": "vae", "ae_code_size": "5", "ae_hidden": "64,32", "ae_beta": "4", "ae_corruption": "noise"}
    app = visit(**link, ae_corruption_amount="0.45", ae_epochs="3", ae_data="fashion")
    button(app, "Start training").click().run()
    config = store.runs(ME)[0].config
    assert (config.preset, config.data.name, config.training.epochs) == ("vae", "fashion", 3)
    assert (config.model.code_size, config.model.sizes, config.model.beta) == (5, (64, 32), 4.0)
    assert (config.model.corruption, config.model.corruption_amount) == ("noise", 0.45)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("code_size", "1000", "code_size must be between 2 and 128"),
        ("corruption", "blur", "corruption must be one of none, noise, masking"),
        ("preset", "gan", "preset must be one of"),
    ],
)
def test_what_a_link_gets_wrong_is_named(visit, name, value, said):
    app = visit(**{f"ae_{name}": value})
    assert said in words(app)
    assert "Start training" in [each.label for each in app.button]


def test_layers_that_cannot_be_built_are_one_sentence(visit, store):
    app = visit()
    app.text_input(key="ae_hidden").set_value("a hundred").run()
    button(app, "Start training").click().run()
    assert "hidden must be at most 3 numbers" in words(app)
    assert store.runs(ME) == []


@pytest.mark.parametrize(
    ("preset", "model", "measured"),
    [
        ("autoencoder", {"sparsity": 0.1, "corruption": "masking"}, "Silent code"),
        ("cvae", {"code_size": 2}, "ELBO, nats"),
    ],
)
def test_a_finished_run_shows_what_was_measured_against_pca(visit, store, preset, model, measured):
    run = learned(store, preset, model)
    app = visit(run=run.id)
    shown = {each.label: each.value for each in app.metric}
    size = run.config.model.code_size
    assert shown["BCE per pixel"] == loss(run.finished.test["bce"])
    assert shown[f"MSE of PCA-{size}"] == loss(run.finished.test["pca_mse"])
    assert measured in shown
    assert "360 test images of digits" in words(app)
    assert any(f"<b>{run.last_epoch.validation['loss']:.4f}</b>" in each.proto.body for each in app.get("html"))
    assert "PCA draws better here" in words(app)
    assert "The codes of 180 images, after epoch 2" in words(app)
    assert ("what it reads" in words(app)) == (run.config.model.corruption != "none")


def test_the_film_shows_the_codes_of_every_epoch(visit, store):
    run = learned(store, "ae-deep")
    app = visit(run=run.id)
    button(app, "Play how the codes found their places").click().run()
    assert not app.exception
    assert "Play how the codes found their places" not in [each.label for each in app.button]


def test_the_script_that_is_shown_runs_and_prints_the_figures(visit, store):
    run = learned(store, "vae", {"code_size": 2, "hidden": "32"})
    script = next(each.value for each in visit(run=run.id).code if "import torch" in each.value)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(script, "script.py", "exec"), {"__name__": "__main__"})
    assert f"mse {run.finished.test['mse']:.6f}" in output.getvalue().splitlines()[-1]


@pytest.mark.parametrize(
    ("title", "check"),
    [
        ("Two numbers or sixteen?", lambda runs: {run.config.model.code_size for run in runs} == {2, 16}),
        ("Repair the damage", lambda runs: runs[0].config.model.corruption == "masking"),
        ("A map without holes", lambda runs: runs[0].config.model.code_size == 2),
        ("Too much order", lambda runs: runs[0].config.model.beta == 32.0),
    ],
)
def test_an_experiment_is_one_click_and_shows_in_the_controls(visit, store, title, check):
    app = visit()
    app.button(key=f"try_{title}").click().run()
    assert not app.exception
    assert check(store.runs(ME))
    assert app.segmented_control(key="ae_preset").value == store.runs(ME)[0].config.preset


def test_points_glide_from_where_they_were_to_where_they_are():
    before, now = np.zeros((4, 2), np.float32), np.full((4, 2), 2.0, np.float32)
    path = figures.glide(before, now, 5)
    assert path.shape == (5, 4, 2)
    np.testing.assert_allclose(path[[0, 2, 4], 0, 0], [0, 1, 2], atol=1e-6)
    assert (np.diff(path[:, 0, 0]) > 0).all()


def test_a_cloud_has_a_trace_for_each_class_and_room_for_all_moments():
    planes = np.array([[[0, 0], [1, 1], [9, -3]], [[0, 1], [2, 2], [3, 3]]], np.float32)
    labels = np.array([0, 2, 2])
    figure = figures.cloud(planes, labels, ("a", "b", "c"), axes=("x", "y"), dark=True)
    assert [len(trace.x) for trace in figure.data] == [1, 0, 2]
    assert [each.text for each in figure.layout.annotations] == ["<b>a</b>", "<b>c</b>"]
    assert not figures.cloud(planes, labels, "abc", axes=("x", "y"), dark=False, legend=True).layout.annotations
    low, high = figure.layout.xaxis.range
    assert low < 0
    assert high > 9
    moving = figures.by_class(planes, labels, 3)
    assert [(trace, x.shape) for trace, x, _ in moving] == [(0, (2, 1)), (2, (2, 2))]


def test_a_collapsed_posterior_is_named_with_its_divergence(visit, store):
    training = {**TRAINING, "epochs": 6}
    run = trained(store, RunConfig.of("vae", DATA, training, "cpu", {"code_size": 4, "beta": 100.0}))
    said = words(visit(run=run.id))
    assert "Posterior collapse" in said
    assert f"the KL divergence is {number(run.last_epoch.validation['kl'], 3)} nats per image" in said
    assert "none of the 4 numbers of the code tells one image from another" in said
    assert "this code has collapsed" in said
    assert "enlarged from 8×8" not in said


def test_numbers_of_the_code_that_have_collapsed_are_counted():
    model = RunConfig.of("vae", model={"code_size": 3}).model
    codes = np.random.default_rng(0).normal(size=(100, 3)) * [1, 1, 0]
    assert "**2 of the 3 numbers of the code are in use**" in collapse.said(model, codes, 6.6)
    assert collapse.said(model, codes[:, :2].repeat(2, 1)[:, :3], 6.6) == ""


def test_the_network_that_is_described_is_the_one_of_the_controls(visit):
    app = visit(ae_preset="vae", ae_code_size="2", ae_hidden="128, 64")
    said = words(app)
    assert "784 → 128 → 64 → distribution over codes of 2 → 64 → 128 → 784 sigmoid" in said
    assert "codes of 20" not in said
    assert "218,644" in said


@pytest.mark.parametrize(
    ("own", "pca", "said"),
    [
        (0.01, 1e-9, "PCA makes almost no error here"),
        (0.01, 0.02, "**50.0\u00a0% less** than PCA"),
        (0.03, 0.02, "50.0\u00a0% more than PCA"),
        (0.5, 1e-5, "more than 1,000 times that of PCA"),
        (0.06, 0.01, "6 times that of PCA"),
    ],
)
def test_an_error_beside_one_that_is_almost_nothing_is_no_absurd_number(own, pca, said):
    assert training.compared(own, pca) == said


def test_two_runs_that_are_compared_are_drawn_side_by_side(visit, store):
    runs = [learned(store, "ae-deep", {"code_size": size}) for size in (2, 3)]
    app = visit()
    for run in runs:
        app.checkbox(key=f"compare_{run.id}").check().run()
    assert not app.exception
    assert "What they have learned, side by side" in words(app)
    offered = app.segmented_control(key="compare_by").options
    assert offered == ["loss", "squared error", "cross-entropy", "silent share of the code"]
    assert words(app).count("nearest codes") == 2
