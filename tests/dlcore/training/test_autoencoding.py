"""Training autoencoders, as its consumers see it: numbers, snapshots, resumption, and the script of a run."""

import math

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA as Reference
from torch.nn import functional

from dlcore import data
from dlcore.cli import main
from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.data.prepare import training_split
from dlcore.data.sample import stratified
from dlcore.errors import InvalidValue
from dlcore.models import files
from dlcore.models.autoencoder import kl, pixels
from dlcore.training import checkpoint
from dlcore.training.controls import Controls
from dlcore.training.loop import fit
from dlcore.training.records import Checkpoint, Epoch, Snapshot, Step
from dlcore.training.script import Ran, export
from dlcore.training.task import NO_THRESHOLD
from dlcore.training.tasks.autoencoders.task import PCA, AutoencoderTask

pytestmark = pytest.mark.slow

PRESETS = ("autoencoder", "ae-deep", "ae-conv", "vae", "cvae")
CPU = torch.device("cpu")


def config(preset="ae-deep", *, data=None, training=None, model=None):
    data = {"name": "digits", "train_size": 300, **(data or {})}
    return RunConfig.of(preset, data, {"epochs": 2, "batch_size": 50, **(training or {})}, "cpu", model)


def only(kind, records):
    return [record for record in records if isinstance(record, kind)]


def losses(records):
    return [step.values["loss"] for step in only(Step, records)]


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_learns_the_embedded_digits(preset):
    settings = config(preset, data={"train_size": None}, training={"epochs": 8, "learning_rate": 0.003})
    records = list(fit(settings))
    first, last = only(Epoch, records)[0], only(Epoch, records)[-1]
    assert last.validation["mse"] < 0.8 * first.validation["mse"]
    finished = records[-1]
    assert finished.reason == "completed"
    assert finished.confusion == ()
    model, header = files.load(finished.weights)
    assert header["threshold"] == NO_THRESHOLD
    assert header["measured"]["bce"] == finished.test["bce"]
    if not model.variational:
        test = data.load("digits").test
        drawn = model(pixels(test.images), test.labels)
        assert functional.mse_loss(drawn, pixels(test.images)).item() == pytest.approx(finished.test["mse"], rel=1e-4)


def test_the_loss_is_binary_cross_entropy_per_pixel():
    task = AutoencoderTask(config(), CPU)
    loss, shown = task.loss(torch.arange(40))
    images = pixels(task.train.images[:40])
    drawn = task.model(images)
    by_hand = -(images * drawn.log() + (1 - images) * (1 - drawn).log()).mean()
    assert loss.item() == pytest.approx(by_hand.item(), rel=1e-5)
    assert shown[1].item() == loss.item()
    assert shown[2].item() == pytest.approx((drawn - images).square().mean().item(), rel=1e-5)


def test_squared_error_can_be_descended_instead():
    task = AutoencoderTask(config(model={"reconstruction": "mse"}), CPU)
    loss, shown = task.loss(torch.arange(40))
    assert loss.item() == shown[2].item() != shown[1].item()


def test_the_variational_loss_is_the_negative_elbo_per_pixel():
    task = AutoencoderTask(config("vae", model={"beta": 3.0}), CPU)
    task.generator.manual_seed(7)
    loss, (_, bce, _, shown_kl) = task.loss(torch.arange(40))
    mean, log_variance = task.model.distribution(pixels(task.train.images[:40]))
    divergence = kl(mean, log_variance).mean()
    assert shown_kl.item() == pytest.approx(divergence.item(), rel=1e-5)
    assert loss.item() == pytest.approx((bce + 3.0 * divergence / 784).item(), rel=1e-5)
    noise = torch.randn(mean.shape, generator=torch.Generator().manual_seed(7))
    logits = task.model.logits(mean + (log_variance / 2).exp() * noise)
    images = pixels(task.train.images[:40])
    assert bce.item() == pytest.approx(functional.binary_cross_entropy_with_logits(logits, images).item(), rel=1e-5)


def test_sparsity_pulls_the_code_towards_zero():
    plain, sparse = (
        list(fit(config("autoencoder", training={"epochs": 15}, model={"sparsity": pull})))[-1] for pull in (0.0, 0.3)
    )
    assert sparse.test["silent"] > plain.test["silent"] + 0.1
    task = AutoencoderTask(config("autoencoder", model={"sparsity": 0.5}), CPU)
    loss, shown = task.loss(torch.arange(40))
    code = task.model.encode(pixels(task.train.images[:40]))
    assert loss.item() == pytest.approx(shown[1].item() + 0.5 * code.mean().item(), rel=1e-5)
    assert shown[3].item() == pytest.approx((code <= 0.01 * code.max()).float().mean().item(), abs=1e-6)


@pytest.mark.parametrize("amount", [0.0, 0.4, 1.0])
def test_corruption_is_what_it_says(amount):
    images = torch.full((200, 1, 28, 28), 0.5)
    generator = torch.Generator().manual_seed(0)
    masked = AutoencoderTask(config(model={"corruption": "masking", "corruption_amount": amount}), CPU).corrupt(
        images, generator
    )
    assert (masked == 0).float().mean().item() == pytest.approx(amount, abs=0.01)
    noisy = AutoencoderTask(config(model={"corruption": "noise", "corruption_amount": amount}), CPU).corrupt(
        images, generator
    )
    assert 0 <= noisy.min() <= noisy.max() <= 1
    inside = (noisy > 0) & (noisy < 1)
    expected = math.erf(0.5 / amount / math.sqrt(2)) if amount else 1.0
    assert inside.float().mean().item() == pytest.approx(expected, abs=0.01)


def test_a_denoiser_is_judged_by_the_clean_images():
    settings = config("autoencoder", data={"train_size": None}, training={"epochs": 25, "learning_rate": 0.005},
                      model={"corruption": "masking", "corruption_amount": 0.5})  # fmt: skip
    shot = only(Snapshot, fit(settings))[-2].arrays
    images, inputs, outputs = (shot[name].astype(float) for name in ("images", "inputs", "outputs"))
    assert ((outputs - images) ** 2).mean() < 0.6 * ((inputs - images) ** 2).mean()


def test_pca_is_scikit_learns():
    split = data.load("digits")
    own = PCA.of(split.train.images, 12)
    reference = Reference(12, svd_solver="full").fit(pixels(split.train.images).flatten(1))
    test = pixels(split.test.images)
    expected = reference.inverse_transform(reference.transform(test.flatten(1).numpy()))
    np.testing.assert_allclose(own(test).flatten(1).numpy(), expected, atol=1e-3)


@pytest.mark.parametrize("size", [10, 30, 50, 100, 200])
def test_pca_of_few_images_which_span_no_covariance_is_found(size):
    images = training_split(data.load("digits"), DataConfig(train_size=size), 0).images
    components = PCA.of(images, 64).components
    assert torch.allclose(components @ components.T, torch.eye(64), atol=1e-5)


@pytest.mark.parametrize("preset", ["ae-conv", "ae-deep", "vae"])
def test_snapshots_have_the_documented_shapes(preset):
    settings = config(preset, model={"code_size": 5, "corruption": "noise"})
    reconstructions, codes = (
        [shot for shot in only(Snapshot, fit(settings)) if shot.name == name] for name in ("reconstructions", "codes")
    )
    assert [shot.epoch for shot in reconstructions] == [shot.epoch for shot in codes] == [0, 1, 2]
    first, last = reconstructions[0].arrays, reconstructions[-1].arrays
    for name in ("images", "inputs", "outputs", "pca"):
        assert last[name].shape == (24, 28, 28)
        assert last[name].dtype == np.uint8
    assert (first["images"] == last["images"]).all()
    assert (first["inputs"] == last["inputs"]).all()
    assert (first["outputs"] != last["outputs"]).any()
    assert codes[-1].arrays["codes"].shape == (180, 5)
    assert codes[-1].arrays["plane"].shape == (180, 2)
    labels = torch.from_numpy(codes[-1].arrays["labels"])
    assert labels[stratified(labels, 24)].tolist() == last["labels"].tolist(), "a sample with every class"
    assert sum(array.nbytes for shot in (reconstructions[-1], codes[-1]) for array in shot.arrays.values()) < 1e6


def test_the_plane_keeps_the_distances_of_the_first_two_components():
    shot = [each for each in only(Snapshot, fit(config("ae-conv"))) if each.name == "codes"][-1].arrays
    expected = Reference(2, svd_solver="full").fit_transform(shot["codes"])
    distances = (np.linalg.norm(points[:, None] - points[None], axis=-1) for points in (shot["plane"], expected))
    np.testing.assert_allclose(*distances, rtol=1e-3, atol=1e-3)


def test_the_plane_of_two_numbers_is_the_code():
    shot = [each for each in only(Snapshot, fit(config())) if each.name == "codes"][-1].arrays
    assert (shot["plane"] == shot["codes"]).all()


@pytest.mark.parametrize("preset", PRESETS)
def test_the_same_seed_gives_the_same_curve(preset):
    settings = config(preset, training={"epochs": 1, "dropout": 0.1}, model={"corruption": "noise"})
    assert losses(fit(settings)) == losses(fit(settings))


@pytest.mark.parametrize("preset", ["autoencoder", "cvae"])
@pytest.mark.parametrize("at", [4, 12])
def test_a_resumed_run_ends_exactly_like_an_uninterrupted_one(preset, at):
    settings = config(
        preset, data={"augment": ("affine",)}, training={"epochs": 3, "dropout": 0.2}, model={"corruption": "masking"}
    )
    whole = list(fit(settings))
    controls, before = Controls(), []
    for record in fit(settings, controls):
        before.append(record)
        if isinstance(record, Step) and record.step == at:
            controls.checkpoint()
        if isinstance(record, Checkpoint) and record.step >= at:
            break
    after = list(fit(settings, resume=checkpoint.loads(checkpoint.dumps(record.tensors))))
    assert losses(before) + losses(after) == losses(whole)
    assert only(Epoch, before + after)[-1].validation == only(Epoch, whole)[-1].validation
    assert after[-1].weights == whole[-1].weights


@pytest.mark.parametrize(
    ("section", "name", "value"), [("data", "outliers", 0.1), ("training", "label_smoothing", 0.1)]
)
def test_what_only_a_classifier_can_do_is_refused(section, name, value):
    with pytest.raises(InvalidValue, match=name):
        next(fit(config(**{section: {name: value}})))


@pytest.mark.parametrize("preset", PRESETS)
def test_the_command_line_trains_it(preset, tmp_path, capsys):
    arguments = ["train", preset, "--data", "digits", "--train-size", "100", "--epochs", "1", "--device", "cpu"]
    assert main([*arguments, "--code-size", "3", "--corruption", "noise", "--out", str(tmp_path / "made")]) == 0
    assert "bce" in capsys.readouterr().out
    model, header = files.load((tmp_path / "made" / "model.safetensors").read_bytes())
    assert model.code_size == 3
    assert header["config"].model.corruption == "noise"


CASES = {
    "the article's": config("autoencoder", model={"sparsity": 0.01}),
    "deep": config("ae-deep", training={"schedule": "one-cycle", "optimizer": "adamw", "dropout": 0.1}),
    "convolutional": config(
        "ae-conv", training={"gradient_clip": 0.5}, model={"reconstruction": "mse", "activation": "tanh"}
    ),
    "variational": config(
        "vae", data={"augment": ("affine", "pen"), "label_noise": 0.3}, model={"beta": 2.0, "corruption": "noise"}
    ),
    "in bf16": config("cvae", training={"precision": "bf16"}, model={"reconstruction": "mse"}),
    "imbalanced": config("autoencoder", data={"imbalance": 0.5, "label_noise": 0.1}, model={"corruption": "noise"}),
    "conditional": config("cvae", model={"corruption": "masking"}),
    "patient": config(training={"epochs": 30, "early_stopping": 1, "learning_rate": 0.03}),
}


@pytest.mark.parametrize("name", CASES)
def test_the_script_prints_the_numbers_of_the_run(name, printed, expected):
    lines, precision = expected(list(fit(CASES[name])))
    assert printed(export(CASES[name], Ran(precision))) == lines
