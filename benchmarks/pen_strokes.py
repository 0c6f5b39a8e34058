"""How well a network reads drawings, and what it takes for a digit.

    python -m benchmarks.pen_strokes [STROKES] [--model M] [--fonts FILE …] [--printed FILE …] [--card FILE]

STROKES is a file of pen strokes, one JSON object a line: {"label": 3, "strokes": [[[x, y], …], …]}, in pixels of a
280×280 canvas, y down; by default pen/digits.jsonl in DLCORE_DATA. Each digit is painted on canvases in several sizes
and pens, goes through the ink pipeline and is classified, as in the app. Measured as well: generated non-digits,
MNIST's test set where it is in DLCORE_DATA, and the letters of fonts. Prints one JSON object a measurement.
"""

import argparse
import json
import os
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import lettering
from dlcore import data
from dlcore.data import ink
from dlcore.data.outliers import HELD_OUT_SEED, outliers
from dlcore.data.strokes import render
from dlcore.errors import DlcoreError
from dlcore.use.calibration import expected_error
from dlcore.use.classifier import DEFAULT, Classifier, Reading

CANVAS = 280
SETTINGS = {
    "as recorded, pen 18": {},
    "at a third of the size, somewhere, pen 18": {"scale": 0.35, "move": True},
    "pen 8": {"width": 8},
    "pen 30": {"width": 30},
    "slanted by 20 degrees, somewhere, pen 14": {"scale": 0.7, "move": True, "slant": 0.36, "width": 14},
}
LETTERS = "ACDEFHKMNPRTUVWXYadefhkmnprtuwx"
"""Without those that read as a digit."""


def main() -> int:
    """Print one JSON line a measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("strokes", nargs="?", type=Path, default=_default_strokes())
    parser.add_argument("--model", default=DEFAULT, help="a bundled name, a folder or a .safetensors file")
    parser.add_argument("--fonts", nargs="*", default=[], metavar="FILE", help="fonts whose letters are no digits")
    parser.add_argument("--printed", nargs="*", default=[], metavar="FILE", help="fonts whose digits are read")
    parser.add_argument("--wrong", type=Path, help="write the drawings that were misread to this PNG")
    parser.add_argument("--card", type=Path, help="put the figures into this card of a bundled network")
    options = parser.parse_args()
    try:
        classifier = Classifier.load(options.model)
    except DlcoreError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    figures = _measured(classifier, options)
    if options.card:
        card = json.loads(options.card.read_text(encoding="utf-8"))
        card["measured"] = {**card.get("measured", {}), **figures}
        options.card.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def _measured(classifier: Classifier, options: argparse.Namespace) -> dict[str, float]:
    """All figures by name, each printed as soon as it is there."""
    figures = _report("generated non-digits", classifier.read(outliers(2_000, HELD_OUT_SEED)))
    if options.fonts:
        drawings = [drawing for drawing, _ in lettering.printed(options.fonts, LETTERS)]
        figures |= _report(f"letters of {len(options.fonts)} fonts", _read(classifier, drawings))
    if options.printed:
        figures |= _labelled(f"printed digits of {len(options.printed)} fonts", classifier,
                             lettering.printed(options.printed, "0123456789"))  # fmt: skip
    figures |= _labelled("seven-segment digits", classifier, lettering.seven_segments())
    mnist = data.load("mnist") if os.environ.get("DLCORE_DATA") else None
    if mnist and not mnist.notice:
        labels = mnist.test.labels
        figures |= _report("MNIST test", classifier.read(mnist.test.images), labels.tolist())
        logits = torch.cat([classifier.logits(images) for images in mnist.test.images.split(1_000)])
        loss, error = functional.cross_entropy(logits, labels).item(), expected_error(logits.softmax(1), labels)
        more = {"MNIST test, loss": round(loss, 4), "MNIST test, expected calibration error": round(error, 4)}
        print(json.dumps(more), flush=True)
        figures |= more
    if options.strokes and options.strokes.is_file():
        figures |= _pen(classifier, options.strokes, options.wrong)
    else:
        print("No file of pen strokes: name one, or set DLCORE_DATA.", file=sys.stderr)
    return figures


def _default_strokes() -> Path | None:
    folder = os.environ.get("DLCORE_DATA")
    return Path(folder, "pen", "digits.jsonl") if folder else None


def _pen(classifier: Classifier, path: Path, wrong: Path | None) -> dict[str, float]:
    samples = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    labels = [sample["label"] for sample in samples]
    figures = {}
    for seed, (name, setting) in enumerate(SETTINGS.items()):
        random = np.random.default_rng(seed)
        drawings = [ink.read(_painted(sample["strokes"], random, **setting), canvas=True) for sample in samples]
        readings = _read(classifier, drawings)
        figures |= _report(f"pen strokes, {name}", readings, labels)
        if wrong and not setting:
            _sheet(drawings, readings, labels).save(wrong)
    return figures


def _painted(strokes: list, random: np.random.Generator, *, scale=1.0, width=18.0, slant=0.0, move=False) -> np.ndarray:
    lines = [np.array(stroke, float) for stroke in strokes]
    points = np.concatenate(lines)
    middle = (points.min(0) + points.max(0)) / 2
    lean = np.array([[1, 0], [-slant, 1]]) * scale
    reach = np.abs((points - middle) @ lean).max(0) + width / 2
    free = np.maximum(CANVAS / 2 - reach, 0) if move else 0
    place = (CANVAS / 2 + random.uniform(-1, 1, 2) * free) if move else middle
    return render([(line - middle) @ lean + place for line in lines], size=CANVAS, width=width)


def _labelled(name: str, classifier: Classifier, drawings: list[tuple[ink.Ink, str]]) -> dict[str, float]:
    return _report(name, _read(classifier, [drawing for drawing, _ in drawings]), [int(label) for _, label in drawings])


def _read(classifier: Classifier, drawings: list[ink.Ink]) -> list[Reading]:
    images = np.stack([drawing.image for drawing in drawings])[:, None]
    return classifier.read(images, [drawing.problem for drawing in drawings])


def _report(name: str, readings: list[Reading], labels: list[int] | None = None) -> dict[str, float]:
    """Print what came of some drawings; the figures by their names in a card."""
    rejected = round(float(np.mean([not reading.is_digit for reading in readings])), 4)
    line = {"measured": name, "images": len(readings)}
    if labels is None:
        print(json.dumps({**line, "rejected": rejected}), flush=True)
        return {f"{name}, rejected": rejected}
    pairs = list(zip(labels, readings, strict=True))
    accuracy = round(float(np.mean([reading.digit == label for label, reading in pairs])), 4)
    wrong = Counter(f"{label} read as {reading.digit}" for label, reading in pairs if reading.digit != label)
    line |= {"accuracy": accuracy, "most frequent errors": dict(wrong.most_common(4))}
    print(json.dumps({**line, "rejected as no digit": rejected}), flush=True)
    return {f"{name}, accuracy": accuracy, f"{name}, rejected as no digit": rejected}


def _sheet(drawings: list[ink.Ink], readings: list[Reading], labels: list[int]) -> Image.Image:
    """The misread drawings, each with its label and what was read."""
    wrong = [each for each in zip(drawings, readings, labels, strict=True) if each[1].digit != each[2]]
    columns, side = 12, 84
    sheet = Image.new("L", (columns * side, (len(wrong) + columns - 1) // columns * side))
    pen = ImageDraw.Draw(sheet)
    for place, (drawing, reading, label) in enumerate(wrong):
        x, y = place % columns * side, place // columns * side
        sheet.paste(Image.fromarray(drawing.image).resize((56, 56)), (x, y + 14))
        pen.text((x, y), f"{label}: {reading.digit}?", fill=255)
    return sheet


if __name__ == "__main__":
    sys.exit(main())
