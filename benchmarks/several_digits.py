"""How well several digits in one drawing are found and read, by the space between them; and whether one stays one.

    DLCORE_DATA=FOLDER python -m benchmarks.several_digits [STROKES] [--model M] [--numbers 100]

STROKES is a file of pen strokes as benchmarks.pen_strokes has it. Its digits are parted into blocks of 50: those of
every second block, on which nothing was tuned, are placed beside one another, 2 to 5 in a row, in a pen of 8, 12 or
16 % of their height; a gap below 0 is an overlap. Where MNIST is in DLCORE_DATA, so are its test digits. Prints one
JSON object a measurement: the share of numbers with the right count of digits, and of those read without a fault.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dlcore import data
from dlcore.data import skeletons
from dlcore.data.strokes import render
from dlcore.use import numbers
from dlcore.use.classifier import DEFAULT, Classifier

SIDE = 340
GAPS = (0.3, 0.2, 0.1, 0.05, 0.0, -0.05, -0.1, -0.15)
"""From the ink of one digit to that of the next, in heights of a digit."""
BLOCK = 50

Random = np.random.Generator
Place = Callable[[Random, int, float], tuple[np.ndarray, str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    folder = os.environ.get("DLCORE_DATA", "")
    parser.add_argument("strokes", nargs="?", type=Path, default=Path(folder, "pen", "digits.jsonl"))
    parser.add_argument("--model", default=DEFAULT, help="a bundled name, a folder or a .safetensors file")
    parser.add_argument("--numbers", type=int, default=100, help="of each gap")
    given = parser.parse_args()
    classifier = Classifier.load(given.model)
    samples = [json.loads(line) for line in given.strokes.read_text(encoding="utf-8").splitlines()]
    samples = [sample for place, sample in enumerate(samples) if place // BLOCK % 2]
    for width in (10, 18, 28):
        drawings = (render(sample["strokes"], width=width) for sample in samples)
        _alone(f"pen strokes, pen {width}", classifier, drawings)
    _alone("letters, no digit", classifier, _letters(300))
    _beside("pen strokes", classifier, given.numbers, lambda random, *how: _pen(samples, random, *how))
    mnist = data.load("mnist")
    if not mnist.notice:
        test = mnist.test
        _alone("MNIST, test", classifier, (_large(each) for each in test.images[:2000, 0].numpy()))
        _beside("MNIST, test", classifier, given.numbers, lambda random, *how: _glued(test, random, *how))


def _alone(name: str, classifier: Classifier, drawings) -> None:
    """Of drawings of one character, how many are taken for several."""
    split = [numbers.find(classifier, *classifier.drawing(each, canvas=True)) is not None for each in drawings]
    print(json.dumps({"measured": f"{name}, alone", "drawings": len(split), "one": round(1 - np.mean(split), 4)}))


def _beside(name: str, classifier: Classifier, count: int, place: Place) -> None:
    for gap in GAPS:
        random = np.random.default_rng(8)
        counted, right = [], []
        for number in range(count):
            pixels, text = place(random, 2 + number % 4, gap)
            found = numbers.find(classifier, *classifier.drawing(pixels, canvas=True))
            counted.append(found is not None and len(found.characters) == len(text))
            right.append(found is not None and numbers.text(found.readings) == text)
        line = {"measured": f"{name}, 2 to 5 digits", "gap": gap, "numbers": count}
        print(json.dumps({**line, "count right": np.mean(counted), "read right": np.mean(right)}), flush=True)


def _pen(samples: list, random: Random, count: int, gap: float) -> tuple[np.ndarray, str]:
    """So many pen digits in one row, of about the same size, somewhere on a canvas."""
    pen, at, text, strokes = random.choice([0.08, 0.12, 0.16]), 0.0, "", []
    for _ in range(count):
        sample = samples[random.integers(len(samples))]
        lines = [np.array(line, float) for line in sample["strokes"]]
        low, high = np.concatenate(lines).min(0), np.concatenate(lines).max(0)
        width, height = high - low
        size = (1 - pen) / max(height, 0.6 * width, 1e-9) * np.exp(random.normal(0, 0.08))
        start = np.array([at + pen / 2, random.normal(0.5, 0.05) - height * size / 2])
        strokes += [(line - low) * size + start for line in lines]
        at += width * size + pen + gap * np.exp(random.normal(0, 0.15))
        text += str(sample["label"])
    points = np.concatenate(strokes)
    low, high = points.min(0) - pen / 2, points.max(0) + pen / 2
    scale = min(*((SIDE - 16) / (high - low)), 0.55 * SIDE)
    free = np.maximum((SIDE - (high - low) * scale) / 2 - 4, 0)
    corner = SIDE / 2 - (low + high) / 2 * scale + random.uniform(-1, 1, 2) * free
    return render([line * scale + corner for line in strokes], size=SIDE, width=pen * scale), text


def _glued(split, random: Random, count: int, gap: float) -> tuple[np.ndarray, str]:
    """So many images beside one another; of two that overlap, the darker ink is seen."""
    sheet, at, text = np.zeros((48, 240), np.uint8), 20, ""
    for _ in range(count):
        place = int(random.integers(len(split)))
        image = split.images[place, 0].numpy()
        columns = np.flatnonzero((image > 51).any(0))
        cut = image[:, columns[0] : columns[-1] + 1]
        under = sheet[10:38, at : at + cut.shape[1]]
        np.maximum(under, cut, out=under)
        at += cut.shape[1] + round(gap * 20)
        text += str(int(split.labels[place]))
    return _large(sheet[:, : at + 20]), text


def _large(image: np.ndarray) -> np.ndarray:
    """Five times as large, with soft edges."""
    height, width = image.shape
    return np.asarray(Image.fromarray(np.pad(image, 4)).resize((5 * width + 40, 5 * height + 40)))


def _letters(count: int):
    """Letters in some hand."""
    random, letters = np.random.default_rng(8), list(skeletons.LETTERS.values())
    for _ in range(count):
        strokes = skeletons.polylines(letters[random.integers(len(letters))])
        lean = np.array([[random.uniform(0.6, 1), 0], [random.normal(0, 0.15), 1]]) * random.uniform(110, 200)
        moved = [(stroke - 0.5) @ lean + 140 for stroke in strokes]
        yield render(moved, width=random.choice([10, 18, 26]))


if __name__ == "__main__":
    main()
