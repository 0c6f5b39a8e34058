"""Questions on training a network for images: runs to start, and what they answer."""

import math
from typing import TYPE_CHECKING

import streamlit as st

from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.formula.numbers import number, percent
from dlcore.inspect.certainty import wilson
from pages.figures import words
from pages.shared import session
from pages.shared.experiments import ONE_SEED, Answer, Reply, Unanswered
from pages.shared.run_experiment import RunExperiment, Trained

if TYPE_CHECKING:
    from dlcore.use.comparison import Comparison, Score

_NO_EPOCH = Unanswered("No epoch was finished, so nothing was measured. Run it again.")


def by_heart(one: Trained) -> Reply:
    """Training beside validation accuracy at the end, and when the validation loss was lowest."""
    if not one.epochs:
        return _NO_EPOCH
    last, best = one.epochs[-1], min(one.epochs, key=lambda each: _finite(each.validation["loss"]))
    held = wilson(round(last.validation["accuracy"] * one.size("validation")), one.size("validation"))
    return Answer(
        f"After epoch {last.epoch} it reads {percent(last.train['accuracy'])} of its {one.size('train'):,} training "
        f"images correctly, and {percent(last.validation['accuracy'])} of {one.size('validation'):,} images that it "
        f"never saw. The validation loss was lowest after epoch {best.epoch} ({words.loss(best.validation['loss'])}); "
        f"at the end it is {words.loss(last.validation['loss'])}, the training loss {words.loss(last.train['loss'])}.",
        f"95 % interval of the validation accuracy: {held.said}. {ONE_SEED}",
        right=0 if last.train["accuracy"] - last.validation["accuracy"] > 0.05 else 1,
    )


def too_long(one: Trained) -> Reply:
    """What the loss and the accuracy became, beside guessing."""
    if not one.epochs:
        return Answer(
            f"It diverged at step {one.run.step:,}, before the first epoch had ended: the loss is no longer a number.",
            ONE_SEED, right=0,
        )  # fmt: skip
    classes = len(one.run.config.data.names)
    last, count = one.epochs[-1], one.size("validation")
    held = wilson(round(last.validation["accuracy"] * count), count)
    diverged = f" It diverged at step {one.run.step:,}." if one.run.state == "diverged" else ""
    learned = held.low > 1 / classes
    verdict = "better than guessing" if learned else "no better than guessing"
    return Answer(
        f"After epoch {last.epoch} the validation loss is {words.loss(last.validation['loss'])}; guessing among "
        f"{classes} classes gives ln {classes} = {number(math.log(classes))}. It reads "
        f"{percent(last.validation['accuracy'])} of {count:,} validation images correctly, {verdict} "
        f"({percent(1 / classes)}).{diverged}",
        f"95 % interval of the accuracy: {held.said}. {ONE_SEED}",
        right=1 if learned else 0,
    )


def wrong_labels(one: Trained) -> Reply:
    """How often it agrees with wrong labels, and how often it is right about clean ones."""
    if not one.epochs or not one.run.finished:
        return _NO_EPOCH
    last, share = one.epochs[-1], one.run.config.data.label_noise
    right, count = round(one.run.finished.test["accuracy"] * one.size("test")), one.size("test")
    return Answer(
        f"{percent(share, 0)} of the training labels are wrong, so a perfect network would agree with "
        f"{percent(1 - share)} of them; this one agrees with {percent(last.train['accuracy'])}. Of {count:,} test "
        f"images with correct labels it reads {right:,} ({percent(right / count)}) correctly: wrong labels contradict "
        f"one another, correct ones add up.",
        f"95 % interval of the test accuracy: {wilson(right, count).said}. {ONE_SEED}",
        right=0 if right / count > 1 - share else 1,
    )


def mlp_or_cnn(mlp: Trained, cnn: Trained) -> Reply:
    """Both on the same test images: accuracy, loss, parameters, and whether the difference is clear."""
    if not all(each.run.finished and each.run.has_weights for each in (mlp, cnn)):
        return _NO_EPOCH
    found = _compared(mlp.run.id, cnn.run.id, mlp.run.data)
    said = "; ".join(
        f"**{name}** {score.right:,} of {score.count:,} test images ({percent(score.share)}) with "
        f"{one.run.started_record.parameters:,} parameters and a loss of {words.loss(score.loss)}"
        for name, score, one in (("MLP", found.first, mlp), ("CNN", found.second, cnn))
    )
    return Answer(f"{said}. {_difference(found)} {_why(found)}".rstrip(), _sure(found), right=_winner(found))


def _difference(found: "Comparison") -> str:
    apart = found.second.right - found.first.right
    if not apart:
        return "Both read the same number of images correctly."
    points = 100 * abs(apart) / found.first.count
    return (
        f"The {'CNN' if apart > 0 else 'MLP'} leads by {number(points, 2)} percentage points, which is {abs(apart):,} "
        f"image{'' if abs(apart) == 1 else 's'} out of {found.first.count:,}."
    )


def _why(found: "Comparison") -> str:
    """Where loss and accuracy name different winners: which one is surer of itself than it may be."""
    if not found.disagree:
        return ""
    scores = {"MLP": found.first, "CNN": found.second}
    worse = max(scores, key=lambda name: scores[name].loss)
    return (
        f"The {worse} reads more images correctly and still has the higher loss, because the loss depends on how sure "
        f"a network is of its mistakes: where it is wrong, the {worse} is {percent(scores[worse].wrongly)} sure on "
        f"average, {_other(scores, worse)}."
    )


def _other(scores: "dict[str, Score]", worse: str) -> str:
    name = next(each for each in scores if each != worse)
    return f"the {name} {percent(scores[name].wrongly)}"


def _sure(found: "Comparison") -> str:
    clear = "a clear difference" if found.clear else "no clear difference"
    return (
        f"95 % intervals: MLP {found.first.interval.said}, CNN {found.second.interval.said}. Only the CNN reads "
        f"{found.only_second:,} of the images correctly, only the MLP {found.only_first:,}: by McNemar’s exact test "
        f"for the same images, that is {clear} (p = {number(found.chance, 2)}). {ONE_SEED}"
    )


def _winner(found: "Comparison") -> int:
    """Of MLP, CNN, no clear difference."""
    return 2 if not found.clear else int(found.second.right > found.first.right)


@st.cache_data(max_entries=16, show_spinner="Reading the test images with both networks")
def _compared(mlp: str, cnn: str, data: str) -> "Comparison":
    from dlcore import data as sets  # torch, which the page itself can do without
    from dlcore.use.classifier import Classifier
    from dlcore.use.comparison import compare

    first, second = (Classifier.load(session.store().weights(run_id)) for run_id in (mlp, cnn))
    test = sets.load(data).test
    return compare(first, second, test.images, test.labels)


def _finite(value: float) -> float:
    return value if math.isfinite(value) else math.inf


def _config(preset: str, data: dict | None = None, **training) -> RunConfig:
    return RunConfig.of(preset, data=DataConfig(**(data or {})), training=TrainingConfig(**training))


EXPERIMENTS = (
    RunExperiment(
        "Learn by heart",
        "What happens when there are only 60 images to learn from? Watch the two loss curves move apart.",
        (_config("mlp", {"train_size": 60}, epochs=60, batch_size=16, dropout=0.0),),
        answer=by_heart, choices=("It learns its images by heart", "It reads new ones too"),
    ),
    RunExperiment(
        "Steps too long",
        "What happens when every step is a thousand times too long? Watch the loss jump instead of fall.",
        (_config("cnn-64", optimizer="momentum", learning_rate=1.0),),
        answer=too_long, choices=("It learns nothing", "It still learns"),
    ),
    RunExperiment(
        "Wrong labels",
        "Can it learn if 40 % of the labels are wrong? Compare training with validation accuracy.",
        (_config("cnn-64", {"label_noise": 0.4}, epochs=15),),
        answer=wrong_labels, choices=("More than 60 %", "At most 60 %"),
    ),
    RunExperiment(
        "MLP or CNN?",
        "Which one reads more digits correctly after 8 epochs, and with how many parameters? Both are trained, then "
        "compared below.",
        (_config("mlp", epochs=8), _config("cnn-64", epochs=8)),
        answer=mlp_or_cnn, choices=("The MLP", "The CNN", "No clear difference"),
    ),
)  # fmt: skip
