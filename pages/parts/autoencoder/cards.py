"""One click: runs to start, and what they answer."""

import numpy as np

from dlcore.config.run import RunConfig
from dlcore.formula.numbers import number, percent
from pages.figures import words
from pages.parts.autoencoder.training import NEIGHBOURS, same_class
from pages.shared.experiments import ONE_SEED, Answer, Reply, Unanswered
from pages.shared.run_experiment import RunExperiment, Trained

_NOTHING = Unanswered("Nothing was measured: the run ended before its first epoch. Run it again.")


def _test(one: Trained) -> dict[str, float]:
    return one.run.finished.test if one.run.finished else {}


def two_or_sixteen(sixteen: Trained, two: Trained) -> Reply:
    """Squared errors of both, beside PCA with as many numbers."""
    if not all("mse" in _test(each) for each in (sixteen, two)):
        return _NOTHING
    said = "; ".join(
        f"with {each.run.config.model.code_size} numbers {words.loss(_test(each)['mse'])} (PCA "
        f"{words.loss(_test(each)['pca_mse'])})"
        for each in (two, sixteen)
    )
    ratio = _test(two)["mse"] / _test(sixteen)["mse"]
    return Answer(
        f"Squared error per pixel on {two.size('test'):,} test images: {said}. With two numbers, the error is "
        f"{number(ratio, 2)} times that with sixteen.",
        ONE_SEED,
        right=0 if _test(two)["mse"] < _test(two)["pca_mse"] else 1,
    )


def mended(one: Trained) -> Reply:
    """The error of what it reads beside the error of what it draws, both from the clean images."""
    found = one.arrays("reconstructions")
    if not found:
        return _NOTHING
    clean, read, drawn, linear = (np.asarray(found[name]) / 255 for name in ("images", "inputs", "outputs", "pca"))
    torn, mended_, by_pca = (float(np.square(each - clean).mean()) for each in (read, drawn, linear))
    return Answer(
        f"What it reads differs from the whole digit by {words.loss(torn)} (squared error per pixel), what it draws "
        f"by {words.loss(mended_)}: {percent(1 - mended_ / torn)} of the damage is repaired. PCA, given the same "
        f"damaged images, differs by {words.loss(by_pca)}.",
        f"Measured on the {len(clean)} validation images of the sheet. {ONE_SEED}",
        right=0 if mended_ < torn / 2 else 1,
    )


def without_holes(one: Trained) -> Reply:
    """Whether near codes show the same class, and how far the codes have been pulled together."""
    found = one.arrays("codes")
    if not found:
        return _NOTHING
    same = same_class(np.asarray(found["codes"]), np.asarray(found["labels"]))
    spread = " and ".join(number(each, 2) for each in np.asarray(found["codes"]).std(axis=0).tolist())
    return Answer(
        f"Of the {NEIGHBOURS} nearest neighbours of a code, {percent(same)} have the same class; by chance it would "
        f"be about 10 %. The codes have standard deviations of {spread}; the distribution that the KL divergence "
        f"pulls them towards has 1.",
        f"Measured on {len(found['labels']):,} validation images. {ONE_SEED}",
        right=0 if same > 0.5 else 1,
    )


def too_much_order(one: Trained) -> Reply:
    """How much the drawings still depend on the image: posterior collapse."""
    found = one.arrays("reconstructions")
    if not found or "kl" not in _test(one):
        return _NOTHING
    images, drawn = (np.asarray(found[name]) / 255 for name in ("images", "outputs"))
    varies = float(drawn.var(axis=0).mean() / images.var(axis=0).mean())
    kl = _test(one)["kl"]
    collapsed = kl < 0.5
    verdict = (
        "The code says next to nothing about the image, and the decoder draws the mean of all digits whatever the "
        "code. This is called **posterior collapse**"
        if collapsed
        else "The code still tells images apart"
    )
    return Answer(
        f"{verdict}: the codes hold {number(kl, 2)} nats of information about an image on average, and the drawings "
        f"vary {percent(varies)} as much as the digits do. With β = {number(one.run.config.model.beta)}, each nat in "
        f"the code costs as much as {number(one.run.config.model.beta)} nats of reconstruction error.",
        f"KL on {one.size('test'):,} test images, drawings of {len(images)} validation images. {ONE_SEED}",
        right=1 if collapsed else 0,
    )


def _config(preset: str, model: dict | None = None, **training) -> RunConfig:
    return RunConfig.of(preset, training=training, model=model)


EXPERIMENTS = (
    RunExperiment(
        "Two numbers or sixteen?",
        "How much of a digit survives in two numbers, and how much in sixteen? And does the network beat PCA "
        "with two numbers?",
        (_config("ae-deep", {"code_size": 16}), _config("ae-deep", {"code_size": 2})),
        answer=two_or_sixteen, choices=("It beats PCA", "PCA is better"),
    ),
    RunExperiment(
        "Repair the damage",
        "Half of the pixels are missing. Can it still draw the whole digit?",
        (_config("ae-deep", {"code_size": 32, "corruption": "masking", "corruption_amount": 0.5}),),
        answer=mended, choices=("It repairs more than half", "It repairs less"),
    ),
    RunExperiment(
        "A map without holes",
        "The KL divergence pulls all codes into one round cloud. Watch the scatter plot: do the classes stay apart?",
        (_config("vae", {"code_size": 2, "hidden": "128, 64"}),),
        answer=without_holes, choices=("They do", "They do not"),
    ),
    RunExperiment(
        "Too much order",
        "What is left of the digits and the code when β makes order far more important than good drawings?",
        (_config("vae", {"code_size": 8, "beta": 32.0}),),
        answer=too_much_order, choices=("Blurred digits, still different", "The same drawing for all"),
    ),
)  # fmt: skip
