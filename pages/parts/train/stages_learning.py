"""The second half of the eight stages as frames: loss, backward pass, update, evaluation. See stages_frames."""

import math
from collections.abc import Sequence

from dlcore.config.images import ImageRun
from dlcore.formula.numbers import number, percent
from dlcore.inspect.stages import Stages
from dlcore.inspect.update import Moved
from dlcore.training.tasks.images import OUTLIER_WEIGHT
from pages.figures import words
from pages.parts.train.stages_frame import SHOWN, Frame, linked, share_of


def loss(config: ImageRun, seen: Stages, labels: Sequence[str], recorded: float | None) -> Frame:
    batch, smoothing = seen.batch, config.training.label_smoothing
    losses, plain = batch.losses(smoothing), batch.losses(0.0)
    first = [number(each, 3) for each in losses[:3].tolist()]
    rest = f" + {'…' if batch.size > len(first) else ''}".removesuffix(" + ")
    lines = [
        {
            "symbols": "loss of the first image = −ln p",
            "numbers": f"−ln {number(batch.beliefs[0].item())}",
            "value": number(plain[0].item()),
        },
        {
            "symbols": "L = mean of all",
            "numbers": f"({' + '.join(first)}{rest}) / {batch.size:,}",
            "value": number(losses.mean().item()),
        },
    ]
    if smoothing:
        lines[0]["symbols"] += " (before smoothing)"
    if (doubt := batch.doubt) is not None:
        mean = losses.mean().item()
        lines.append({
            "symbols": "and that of doubt about what is no digit",
            "numbers": f"{number(mean)} + {OUTLIER_WEIGHT} · {number(doubt)}",
            "value": number(batch.loss),
        })  # fmt: skip
    sentence = "Each image costs −ln p, where p is the probability that its true class got: much where it got little."
    if smoothing:
        sentence += (
            f" {percent(smoothing, 0)} of the target is spread over all classes, so that being all too sure costs, too."
        )
    numbers = [["Loss of the batch", words.loss(batch.loss)], ["Read right", percent(batch.accuracy)]]
    if recorded is not None:
        numbers.append(["Recorded by the run", words.loss(recorded)])
    rows = zip(batch.labels[:SHOWN].tolist(), batch.beliefs[:SHOWN].tolist(), losses[:SHOWN].tolist(), strict=True)
    most = max(losses[:SHOWN].tolist())
    return {
        "title": "Loss",
        "words": f"{sentence} The loss is the mean over the batch.",
        "picture": {
            "kind": "losses",
            "rows": [
                {"label": labels[true], "share": share_of(cost, most),
                 "said": f"p = {percent(belief)}, loss {number(cost, 3)}"}
                for true, belief, cost in rows
            ],
        },
        "lines": lines,
        "numbers": numbers,
        "link": linked("losses", "Losses: what cross-entropy asks of three logits", loss_section="classes"),
    }  # fmt: skip


def backward(config: ImageRun, seen: Stages) -> Frame:
    whole = math.sqrt(sum(each.gradient**2 for each in seen.pulls))
    most = max(each.gradient for each in seen.pulls)
    numbers = [
        ["Derivatives", f"{sum(each.count for each in seen.pulls):,}"],
        ["Norm of the whole gradient", number(whole, 3)],
    ]
    if seen.clipped is not None:
        numbers.append(["Cut to", number(config.training.gradient_clip, 3)])
    return {
        "title": "Backward pass",
        "words": "The chain rule goes back from the loss to every weight, and says how the loss would change if that "
        "weight grew. The bars show the length of this gradient, ‖∂L/∂W‖, for each layer.",
        "picture": {
            "kind": "bars",
            "rows": [
                {"label": each.layer, "share": share_of(each.gradient, most),
                 "said": f"{number(each.gradient, 3)} for {each.count:,} parameters"}
                for each in seen.pulls
            ],
        },
        "lines": [],
        "numbers": numbers,
        "link": linked("backprop", "Backpropagation: the same chain rule, number by number", bp_section="network"),
    }  # fmt: skip


def update(seen: Stages) -> Frame:
    sentence = (
        "The optimizer moves every weight against its gradient. Of each layer, here is the weight with the largest "
        "gradient, moved by the optimizer’s own formula."
    )
    if seen.remembers and seen.step > 1:
        sentence += (
            " Of this moment the run kept its weights, not what the optimizer remembered of earlier steps: this is the "
            "step of an optimizer that begins here, so the new weights are not those of the run."
        )
    ratio = [each.update / each.weights for each in seen.pulls if each.weights]
    rule = seen.moved[0].rule
    return {
        "title": "Update",
        "words": sentence,
        "picture": {"kind": "moved", "choices": [_moved(each) for each in seen.moved]},
        "lines": [],
        "numbers": [
            ["Learning rate", words.short(seen.rate)],
            ["Largest step of a layer, as a share of its weights", percent(max(ratio), 2)],
        ],
        "link": linked(
            "descent", "Gradient descent: one step of this rule, part by part", gd_section="steps", gd_one=rule
        ),
    }


def _moved(moved: Moved) -> Frame:
    place = ", ".join(str(each + 1) for each in moved.place)
    *before, last = moved.told
    named = [{"symbols": each.symbols, "numbers": each.numbers, "value": number(each.value)} for each in before]
    return {
        "label": moved.layer,
        "said": f"Weight ({place}) of {moved.layer}, its places counted from 1. g is its gradient.",
        "shown": [number(moved.old), number(moved.new), number(moved.new - moved.old, 3)],
        "lines": [*named, {"symbols": last.symbols, "numbers": last.numbers, "value": number(last.value)}],
    }


def evaluate(seen: Stages, run_id: str) -> Frame:
    before, after = seen.before, seen.after
    better = int((after.right & ~before.right).sum())
    worse = int((before.right & ~after.right).sum())
    count = len(before.right)
    return {
        "title": "Evaluation",
        "words": f"What the network says of the {count:,} validation images, which it never learns from, before this "
        "step and after it. One step changes little; a run makes many.",
        "picture": {
            "kind": "bars",
            "rows": [
                {"label": label, "share": each.accuracy,
                 "said": f"{percent(each.accuracy)}, {int(each.right.sum()):,} of {count:,} right"}
                for label, each in (("before the step", before), ("after the step", after))
            ],
        },
        "lines": [],
        "numbers": [
            ["Validation loss", f"{words.loss(before.loss)} → {words.loss(after.loss)}"],
            ["Right only afterwards", f"{better:,}"],
            ["Right only before", f"{worse:,}"],
        ],
        "link": linked("draw", "Draw: see a trained network read what you draw", **({"run": run_id} if run_id else {})),
    }  # fmt: skip
