"""The eight stages of one step as frames for the browser: each with its picture, its numbers and its lines of code."""

import base64
import math
from collections.abc import Mapping, Sequence

from dlcore.config.block import said
from dlcore.config.image_sets import SHAPE
from dlcore.config.images import ImageRun, described
from dlcore.data.pixels import MEAN, STD
from dlcore.formula.numbers import number, percent
from dlcore.inspect.stages import Stages, Values, named, title
from dlcore.training.stage_lines import STAGES, Lines
from pages.parts.train import stages_learning
from pages.parts.train.stages_frame import SHOWN, Frame, histogram, linked, written
from pages.shared.plot import packed


def frames(
    config: ImageRun,
    seen: Stages,
    lines: Mapping[str, Lines],
    labels: Sequence[str],
    run_id: str,
    recorded: float | None,
) -> list[Frame]:
    """The stages in their order.

    labels: names of the classes; run_id: of the run, empty while it has no network to draw for
    recorded: the loss that the run itself wrote down for this step, if it has done it
    """
    told = {
        "preprocess": _preprocess(config, seen, labels),
        "build": _build(config),
        "initialise": _initialise(seen),
        "forward": _forward(seen, labels),
        "loss": stages_learning.loss(config, seen, labels, recorded),
        "backward": stages_learning.backward(config, seen),
        "update": stages_learning.update(seen),
        "evaluate": stages_learning.evaluate(seen, run_id),
    }
    return [{"name": name, **told[name], "code": vars(lines[name])} for name in STAGES]


def _preprocess(config: ImageRun, seen: Stages, labels: Sequence[str]) -> Frame:
    batch = seen.batch
    changed = config.data.augment
    spread = Values.of(batch.inputs)
    row, column = divmod(int(batch.images[0].flatten().argmax()), SHAPE[2])
    pixel, value = int(batch.images[0, 0, row, column]), batch.inputs[0, 0, row, column].item()
    strange = len(batch.inputs) - batch.size
    sentence = f"{batch.size:,} training images are drawn in an order that the seed decides."
    if config.data.label_noise:
        sentence += f" {percent(config.data.label_noise, 0)} of all labels were made wrong on purpose."
    if changed:
        sentence += f" Each is changed at random ({', '.join(changed)}), so that no image is ever seen twice."
    sentence += (
        " Then every pixel becomes a number around 0. Above: as they are kept. Below: what the network reads, "
        "blue below 0 and orange above."
    )
    if strange:
        sentence += f" {strange:,} images of things that are no digits are added."
    formula = {
        "symbols": f"the brightest pixel of the first image: x = (pixel / 255 − {MEAN}) / {STD}"
        if not changed
        else f"x = (pixel / 255 − {MEAN}) / {STD}",
        "numbers": "" if changed else f"({pixel} / 255 − {MEAN}) / {STD}",
        "value": "" if changed else number(value),
    }
    return {
        "title": "Data preprocessing",
        "words": sentence,
        "picture": {
            "kind": "images",
            "before": base64.b64encode(batch.images[:SHOWN].contiguous().numpy().tobytes()).decode("ascii"),
            "after": packed(batch.inputs[: min(SHOWN, batch.size)].flatten(1).contiguous().numpy())["data"],
            "captions": [labels[int(each)] for each in batch.labels[:SHOWN]],
            "side": SHAPE[1],
        },
        "lines": [formula],
        "numbers": [
            ["Images in the batch", f"{batch.size:,}"],
            ["Shape", written(tuple(batch.inputs.shape))],
            ["Mean of a pixel", number(spread.mean, 3)],
            ["Standard deviation", number(spread.deviation, 3)],
        ],
        "link": linked("draw", "Draw: from the pen to the same 28 × 28 numbers, step by step"),
    }


def _build(config: ImageRun) -> Frame:
    network = described(config)
    rows, blocks = network.rows(SHAPE), named(network)
    whole = network.parameters(SHAPE)
    return {
        "title": "Building",
        "words": "The network is a chain of blocks, each a function of what the one before it gives. A bar shows which "
        "share of all parameters a block has.",
        "picture": {
            "kind": "chain",
            "cards": [
                {"text": "image", "shape": list(SHAPE), "said": said(SHAPE), "share": None},
                *(
                    {
                        "text": title(row.name, blocks),
                        "shape": list(row.shape),
                        "said": said(row.shape),
                        "share": row.parameters / whole if whole else 0.0,
                        "note": f"{row.parameters:,} parameters" if row.parameters else "no parameters",
                    }
                    for row in rows
                ),
            ],
        },
        "lines": [],
        "numbers": [
            ["Blocks", f"{len(rows):,}"],
            ["Parameters", f"{whole:,}"],
            ["Multiply-adds for one image", f"{network.multiply_adds(SHAPE):,}"],
        ],
        "link": linked("train", "Train: build a network of your own from this one", preset=config.network),
    }


def _initialise(seen: Stages) -> Frame:
    first = seen.starts[0]
    rules = {"torch": "torch’s own rule"}
    return {
        "title": "Initialisation",
        "words": "Before the first step the weights are random numbers that the seed decides. How far they are spread "
        "is chosen so that a signal neither fades nor explodes on its way: the more inputs, the smaller the weights.",
        "picture": {
            "kind": "histograms",
            "rows": [
                histogram(
                    each.layer, each.values,
                    f"deviation {number(each.values.deviation, 3)}; {rules.get(each.rule, each.rule)}: "
                    f"{each.expected.formula} = {number(each.expected.deviation, 3)}",
                )
                for each in seen.starts
            ],
        },
        "lines": [
            {
                "symbols": f"σ of {first.layer}",
                "numbers": first.expected.formula,
                "value": f"{number(first.expected.deviation)}, measured {number(first.values.deviation)}",
            }
        ],
        "numbers": [
            ["Weights drawn", f"{sum(math.prod(each.values.shape) for each in seen.starts):,}"],
            ["Mean of the first layer", number(first.values.mean, 3)],
        ],
        "link": linked("activations", "Activations: what initial weights do to a deep network", act_section="depth"),
    }  # fmt: skip


def _forward(seen: Stages, labels: Sequence[str]) -> Frame:
    batch = seen.batch
    true = int(batch.labels[0])
    logit, whole = batch.logits[0, true].item(), batch.logits[0].exp().sum().item()
    last = seen.passes[-1].values
    return {
        "title": "Forward pass",
        "words": "The whole batch goes through the network, block by block; below is how the values that each block "
        "gives are spread. The last ones are the logits, of which softmax makes probabilities.",
        "picture": {
            "kind": "histograms",
            "rows": [
                histogram(
                    each.text, each.values,
                    f"{written(each.values.shape)}; mean {number(each.values.mean, 3)}, "
                    f"deviation {number(each.values.deviation, 3)}",
                )
                for each in seen.passes
            ],
        },
        "lines": [
            {
                "symbols": f"p of {labels[true]} for the first image = exp(z) / ∑ exp(z)",
                "numbers": f"exp({number(logit)}) / {number(whole)}",
                "value": number(batch.beliefs[0].item()),
            }
        ],
        "numbers": [
            ["Values computed", f"{sum(math.prod(each.values.shape) for each in seen.passes[1:]):,}"],
            ["Smallest logit", number(last.least, 3)],
            ["Largest logit", number(last.most, 3)],
        ],
        "link": linked("activations", "Activations: from logits to probabilities", act_section="softmax"),
    }  # fmt: skip
