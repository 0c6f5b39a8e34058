"""The bundled networks read drawings, doubt what is no digit, and damaged weights are named."""

import json
import math
import threading
from importlib import resources

import numpy as np
import pytest
import torch

from dlcore.config.run import RunConfig
from dlcore.data import load, skeletons
from dlcore.data.outliers import outliers
from dlcore.data.strokes import render
from dlcore.errors import UnreadableImage, WeightsUnreadable
from dlcore.models import files, folding
from dlcore.models.build import build
from dlcore.use import novelty
from dlcore.use.classifier import DEFAULT, Classifier, bundled


@pytest.fixture(scope="module")
def classifier():
    return Classifier.load(DEFAULT)


@pytest.fixture(scope="module")
def weights():
    config = RunConfig.of("mlp")
    measured = {"data": "digits", "split": "test", "accuracy": 0.1}
    labels = tuple("abcdefghij")
    return files.save(build(config).state_dict(), config, threshold=-99.0, labels=labels, measured=measured)


def drawn(digit, *, slant=0.0, size=280, width=18, left=60, height=160):
    strokes = skeletons.polylines(skeletons.DIGITS[digit])
    lean = np.array([[0.65, 0], [-slant, 1]])
    return render([stroke @ lean * height + (left, (size - height) / 2) for stroke in strokes], size=size, width=width)


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize(
    "hand",
    [{}, {"slant": 0.3, "left": 120}, {"width": 8}, {"height": 80, "left": 180}, {"size": 500, "height": 400}],
    ids=["upright", "slanted", "fine pen", "small", "large"],
)
def test_drawn_digits_are_read(classifier, digit, hand):
    _, reading = classifier.drawing(drawn(digit, **hand))
    assert reading.digit == digit
    assert reading.is_digit, reading.reason


@pytest.mark.parametrize(
    ("digit", "extra"), [(7, [(90, 150), (150, 140)]), (0, [(85, 200), (140, 80)]), (1, [(80, 220), (150, 220)])]
)
def test_crossed_sevens_slashed_zeros_and_ones_with_a_foot_are_read(classifier, digit, extra):
    pixels = np.maximum(drawn(digit), render([extra]))
    assert classifier.drawing(pixels)[1].digit == digit


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((280, 280, 4), np.uint8),
        np.full((280, 280), 255, np.uint8),
        render([[(140, 140)]]),
        render([[(10, y), (270, y)] for y in range(10, 280, 10)]),
        render([[(40 + 200 * (i % 2), 40 + 5 * i) for i in range(40)]], width=10),
    ],
    ids=["blank", "full", "dot", "filled", "scribble"],
)
def test_what_is_no_digit_is_doubted(classifier, pixels):
    reading = classifier.drawing(pixels, canvas=True)[1]
    assert not reading.is_digit
    assert reading.reason.endswith(".") or ":" in reading.reason


def test_most_generated_outliers_are_doubted(classifier):
    readings = classifier.read(outliers(300, seed=12345))
    assert np.mean([reading.is_digit for reading in readings]) < 0.15


def test_digits_of_another_source_are_read(classifier):
    test = load("digits").test
    readings = classifier.read(test.images)
    right = [reading.digit == label for reading, label in zip(readings, test.labels.tolist(), strict=True)]
    assert np.mean(right) > 0.9


def test_probabilities_and_confidence_belong_together(classifier):
    reading = classifier.drawing(drawn(4))[1]
    assert len(reading.probabilities) == 10
    assert math.isclose(sum(reading.probabilities), 1, abs_tol=1e-5)
    assert reading.confidence == reading.probabilities[reading.digit] == max(reading.probabilities)
    assert reading.label == "4"
    assert reading.reason == ""


def test_a_problem_of_the_drawing_is_the_reason(classifier):
    image = torch.zeros(1, 1, 28, 28, dtype=torch.uint8)
    (reading,) = classifier.read(image, ["The canvas is blank."])
    assert not reading.is_digit
    assert reading.reason == "The canvas is blank."


def test_no_images_give_no_readings(classifier):
    assert classifier.read(np.zeros((0, 1, 28, 28), np.uint8)) == []


def test_pixels_that_are_none_are_refused(classifier):
    with pytest.raises(UnreadableImage):
        classifier.drawing(np.zeros((4, 4)))


def test_many_threads_read_the_same(classifier):
    pixels, expected, answers = drawn(5), classifier.drawing(drawn(5))[1], []
    threads = [threading.Thread(target=lambda: answers.append(classifier.drawing(pixels)[1])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 8


@pytest.mark.parametrize("name", bundled())
def test_bundled_networks_have_a_card_with_what_was_measured(name):
    classifier = Classifier.load(name)
    measured = classifier.card["measured"]
    assert classifier.name == name
    assert classifier.config.preset == name
    assert classifier.card["data"] == "mnist"
    assert classifier.card["command"].startswith("python -m dlcore train ")
    assert 0.97 < measured["MNIST test, accuracy"] <= 1
    assert measured["MNIST test, accuracy"] == pytest.approx(classifier.card["test_accuracy"], abs=1e-3)
    assert measured["MNIST test, expected calibration error"] < 0.08
    drawings = {what.rpartition(", ")[0] for what in measured if what.startswith("pen strokes")}
    assert len(drawings) == 5
    for what in ("seven-segment digits", "printed digits of 20 fonts", *drawings):
        assert 0.5 < measured[f"{what}, accuracy"] <= 1
        assert 0 <= measured[f"{what}, rejected as no digit"] < 0.5
    assert not any(parameter.requires_grad for parameter in classifier.model.parameters())
    assert not classifier.model.training


def test_the_default_is_calibrated_and_says_how(classifier):
    measured = classifier.card["measured"]
    error = "MNIST test, expected calibration error"
    assert measured[error] < measured[f"{error} before temperature scaling"]
    assert classifier.card["temperature"] > 0


def test_a_temperature_changes_probabilities_and_nothing_that_is_rejected(weights):
    model, header = files.load(weights)
    images = load("digits").test.images[:200]
    plain = Classifier.load(weights)
    threshold = novelty.threshold(plain.logits(images))
    calm = folding.tempered(model, 0.5).state_dict()
    kept = {"labels": header["labels"], "measured": {}, "threshold": threshold}
    tempered = Classifier.load(files.save(calm, header["config"], temperature=0.5, **kept)).read(images)
    plain.threshold = threshold
    for one, other in zip(plain.read(images), tempered, strict=True):
        assert one.score == pytest.approx(other.score, abs=1e-4)
        assert one.digit == other.digit
        squared = np.square(one.probabilities)
        assert other.probabilities == pytest.approx(squared / squared.sum(), abs=1e-5)
    assert 0 < sum(not reading.is_digit for reading in tempered) < 5


@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
def test_what_has_the_odds_that_are_accepted_is_accepted(weights, temperature):
    some = Classifier.load(weights)
    some.temperature, some.threshold = temperature, -0.3
    logits = torch.randn(20_000, 10, generator=torch.Generator().manual_seed(0)) * 2
    logits[:100, 1:] = 0  # the worst case: all others alike
    odds = novelty.score(logits)
    enough = odds >= some.accepted_odds
    assert 100 < enough.sum() < 20_000
    assert (some.scores(logits)[enough] >= some.threshold - 1e-5).all()
    if temperature <= 1:
        assert some.scores(logits[:100]).sub(some.threshold)[odds[:100] < some.accepted_odds].max() < 0


def test_the_bundled_readers_are_small():
    folder = resources.files("dlcore.weights")
    assert sum(len(folder.joinpath(f"{name}.safetensors").read_bytes()) for name in bundled()) < 1_500_000


def test_the_default_is_bundled_and_first():
    assert bundled()[0] == DEFAULT


def test_weights_are_loaded_from_bytes_a_file_and_a_folder(weights, tmp_path):
    (tmp_path / "model.safetensors").write_bytes(weights)
    (tmp_path / "card.json").write_text('{"epochs": 3}')
    for source in (weights, tmp_path / "model.safetensors", str(tmp_path)):
        classifier = Classifier.load(source)
        assert classifier.labels == tuple("abcdefghij")
        assert classifier.read(np.zeros((2, 1, 28, 28), np.uint8))[0].is_digit
    assert classifier.card["epochs"] == 3
    assert classifier.card["measured"]["data"] == "digits"


def test_a_broken_card_does_not_keep_weights_from_loading(weights, tmp_path):
    (tmp_path / "model.safetensors").write_bytes(weights)
    (tmp_path / "card.json").write_bytes(b"\xff{")
    assert Classifier.load(tmp_path).config.preset == "mlp"


@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: data[:1000], lambda data: b"\x00" * 64])
def test_damaged_weights_are_named(weights, damage):
    with pytest.raises(WeightsUnreadable, match="damaged"):
        Classifier.load(damage(weights))


@pytest.mark.parametrize("source", ["no-such-model", "/no/such/folder", "a\0b", ""])
def test_missing_weights_say_what_there_is(source):
    with pytest.raises(WeightsUnreadable, match=DEFAULT):
        Classifier.load(source)


@pytest.mark.parametrize("source", ["/dev/zero", "n" * 300])
def test_what_is_no_regular_file_is_named(source):
    with pytest.raises(WeightsUnreadable, match=f"No weights at '{source}'.*{DEFAULT}"):
        Classifier.load(source)


def test_a_file_without_end_is_not_read_whole(tmp_path):
    with (tmp_path / "model.safetensors").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(WeightsUnreadable, match="larger than the 67,108,864 bytes"):
        Classifier.load(tmp_path)


def test_an_empty_name_is_not_the_folder_that_one_is_in(weights, tmp_path, monkeypatch):
    (tmp_path / "model.safetensors").write_bytes(weights)
    monkeypatch.chdir(tmp_path)
    assert Classifier.load(".").config.preset == "mlp"
    with pytest.raises(WeightsUnreadable, match="No weights at '' "):
        Classifier.load("")


@pytest.mark.parametrize("size", [10, 1 << 40])
def test_a_card_that_is_forged_or_has_no_end_is_left_out(weights, tmp_path, size):
    (tmp_path / "model.safetensors").write_bytes(weights)
    with (tmp_path / "card.json").open("wb") as file:
        file.write(b'{"measured": [1]}')
        file.truncate(max(size, 17))
    assert Classifier.load(tmp_path).card["measured"]["data"] == "digits"


def test_a_network_whose_weights_are_no_numbers_says_so_and_gives_no_answer():
    classifier = Classifier.load("mlp")
    with torch.no_grad():
        for each in classifier.model.parameters():
            each.copy_(torch.full_like(each, torch.nan))
    (reading,) = classifier.read(np.full((1, 1, 28, 28), 9, np.uint8))
    assert not reading.is_digit
    assert "no numbers" in reading.reason
    assert json.loads(json.dumps([*reading.probabilities, reading.score], allow_nan=False))
