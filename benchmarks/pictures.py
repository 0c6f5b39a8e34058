"""How well digits are read from pictures of them: photographs, scans, ruled paper, frames, damaged files.

    python -m benchmarks.pictures [STROKES] [--digits 60] [--kinds WORD …] [--wrong FOLDER] [--model M]

STROKES is a file of pen strokes as in benchmarks.pen_strokes. Each digit is written on a sheet that is made for it, of
every kind below, saved as a file, and read as `dlcore classify` reads one. Prints one JSON object a kind: the share
that is read right and taken for a digit, and beside it the share of the same digits on clean paper.
"""

import argparse
import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.pen_strokes import _default_strokes
from dlcore.data import ink
from dlcore.data.strokes import render
from dlcore.errors import DlcoreError
from dlcore.use.classifier import DEFAULT, Classifier

SIDE = 400
SIDES = ["t", "b", "l", "r", "tl", "br", "tb", "lr", "tlr"]
EQUAL_LUMA = [((200, 100, 100), (60, 160, 170)), ((90, 130, 250), (190, 120, 40)), ((255, 120, 255), (150, 210, 80))]
Random = np.random.Generator


def written(strokes: list, random: Random, *, pen: float | None = None, size: float | None = None) -> np.ndarray:
    """How much ink is where: float32 (SIDE, SIDE) in 0…1, the digit somewhere near the middle."""
    lines = [np.array(stroke, float) for stroke in strokes]
    points = np.concatenate(lines)
    low, high = points.min(0), points.max(0)
    scale = (size or random.uniform(0.4, 0.6)) * SIDE / max(*(high - low), 1)
    free = (SIDE - scale * (high - low)) / 2 - 0.12 * SIDE
    place = SIDE / 2 + random.uniform(-1, 1, 2) * np.maximum(free, 0)
    moved = [(line - (low + high) / 2) * scale + place for line in lines]
    return render(moved, size=SIDE, width=pen or random.uniform(10, 22)).astype(np.float32) / 255


def on_paper(amount: np.ndarray, paper: np.ndarray | float = 235, pen: float = 35) -> np.ndarray:
    return paper * (1 - amount) + pen * amount


def ramp(random: Random, low: float = 0.5) -> np.ndarray:
    """Light that falls off in some direction: (SIDE, SIDE) from 1 down to `low`."""
    angle = random.uniform(0, 2 * np.pi)
    rows, cols = np.mgrid[:SIDE, :SIDE] / (SIDE - 1) - 0.5
    along = rows * np.sin(angle) + cols * np.cos(angle)
    return low + (1 - low) * (along - along.min()) / np.ptp(along)


def half_shadow(random: Random, depth: float, soft: float) -> np.ndarray:
    edge = (ramp(random, 0) > random.uniform(0.35, 0.65)).astype(float)
    return 1 - depth * (1 - (ndimage.gaussian_filter(edge, soft) if soft else edge))


def vignette(random: Random, low: float = 0.45) -> np.ndarray:
    rows, cols = np.mgrid[:SIDE, :SIDE] / (SIDE - 1) - 0.5 + random.uniform(-0.1, 0.1)
    away = rows**2 + cols**2
    return 1 - (1 - low) * away / away.max()


def noisy(picture: np.ndarray, random: Random, deviation: float) -> np.ndarray:
    return picture + random.normal(0, deviation, picture.shape)


def framed(picture: np.ndarray, thickness: int, *, inset: int = 0, sides: str = "tblr", level: float = 0) -> np.ndarray:
    framed = picture.copy()
    low, high = inset, SIDE - inset
    for side in sides:
        rows = {"t": slice(low, low + thickness), "b": slice(high - thickness, high)}.get(side, slice(low, high))
        cols = {"l": slice(low, low + thickness), "r": slice(high - thickness, high)}.get(side, slice(low, high))
        framed[rows, cols] = level
    return framed


def turned_frame(picture: np.ndarray, random: Random) -> np.ndarray:
    whole = framed(picture, int(random.integers(3, 9)), inset=30)
    return ndimage.rotate(whole, random.uniform(-6, 6), reshape=False, mode="nearest")


def lines(pitch: float, thickness: int, angle: float = 0.0, offset: float = 0.0) -> np.ndarray:
    """How much of each pixel is a printed line: float (SIDE, SIDE)."""
    rows, cols = np.mgrid[:SIDE, :SIDE]
    across = rows * np.cos(angle) - cols * np.sin(angle) + offset
    away = np.abs((across + pitch / 2) % pitch - pitch / 2)
    return np.clip(thickness / 2 + 0.5 - away, 0, 1)


def ruled(amount: np.ndarray, random: Random, *, level: float, both: bool = False, thickness: int | None = None,
          turned: float = 0.0, pitch: tuple[float, float] = (18, 60)) -> np.ndarray:  # fmt: skip
    pitched, thick = random.uniform(*pitch), thickness or int(random.integers(1, 4))
    angle, offset = random.uniform(-turned, turned), random.uniform(0, 60)
    printed = lines(pitched, thick, angle, offset)
    if both:
        printed = np.maximum(printed, lines(pitched, thick, angle + np.pi / 2, offset))
    return on_paper(amount, on_paper(printed, 240, level))


def blue_lines(amount: np.ndarray, random: Random) -> np.ndarray:
    printed = colours(lines(random.uniform(20, 50), 2, 0, random.uniform(0, 50)), (245, 245, 240), (90, 140, 220))
    return colours(amount, (0, 0, 0), (40, 40, 60)) + (1 - amount[..., None]) * printed


def on_a_desk(sheet: np.ndarray, random: Random, *, desk: float, sides: int, turned: float = 0.0,
              grain: float = 0.0) -> np.ndarray:  # fmt: skip
    """The sheet with the desk beside it on some of its sides, perhaps turned."""
    angle = random.uniform(-turned, turned)
    shrink = 1.0 if not turned else 1 / (np.cos(abs(angle)) + 0.3 * np.sin(abs(angle)))
    margin = random.uniform(0.05, 0.16, 4) * SIDE * (random.permutation(4) < sides)
    top, bottom, left, right = margin
    middle = (SIDE - 1) / 2
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    scale = np.diag([SIDE / (SIDE - top - bottom), SIDE / (SIDE - left - right)])
    matrix = turn @ scale / shrink
    centre = np.array([top + (SIDE - top - bottom) / 2, left + (SIDE - left - right) / 2])
    surface = desk + grain * ndimage.gaussian_filter(random.normal(0, 1, sheet.shape), (1, 12)) * 6
    shown = ndimage.affine_transform(sheet, matrix, middle - matrix @ centre, order=1, cval=-1000, mode="constant")
    inside = np.clip((shown + 1000) / 1000, 0, 1) > 0.99
    return np.where(inside, shown, surface)


def colours(amount: np.ndarray, paper: tuple, pen: tuple) -> np.ndarray:
    return np.asarray(paper, float) * (1 - amount[..., None]) + np.asarray(pen, float) * amount[..., None]


def transparent(amount: np.ndarray, level: int) -> np.ndarray:
    rgba = np.full((*amount.shape, 4), level, float)
    rgba[..., 3] = 255 * amount
    return rgba


def shrunk(picture: np.ndarray, side: int) -> np.ndarray:
    return np.asarray(
        Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).resize((side, side), Image.Resampling.BOX)
    )


def tall(picture: np.ndarray, random: Random) -> np.ndarray:
    small = shrunk(picture, 60)
    above = int(random.integers(0, 3940))
    return np.pad(small, ((above, 3940 - above), (0, 0)), constant_values=int(picture[0, 0]))


def saved(picture: np.ndarray, format: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.clip(np.round(picture), 0, 255).astype(np.uint8)).save(file, format, **options)
    return file.getvalue()


def cut(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


def photograph(picture: np.ndarray, random: Random, quality: int = 80) -> bytes:
    blurred = ndimage.gaussian_filter(picture, random.uniform(0.3, 1.2))
    return saved(noisy(blurred, random, random.uniform(1, 5)), "JPEG", quality=quality)


def coated(data: bytes) -> bytes:
    """A JPEG turned by EXIF whose rest is damaged."""
    body = (
        b"MM\0*\0\0\0\x08\0\x02"
        + b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
        + b"\x01\x1a\0\x02\0\0\0\x04abc\0"
        + b"\0\0\0\0"
    )
    block = b"Exif\0\0" + body
    return data[:2] + b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block + data[2:]


KINDS: dict[str, Callable[[np.ndarray, Random], bytes]] = {
    "clean": lambda a, r: saved(on_paper(a)),
    "light: ramp to a half": lambda a, r: photograph(on_paper(a) * ramp(r), r),
    "light: ramp to a quarter": lambda a, r: photograph(on_paper(a) * ramp(r, 0.25), r),
    "light: half shadow, sharp": lambda a, r: saved(on_paper(a) * half_shadow(r, r.uniform(0.2, 0.6), 0)),
    "light: half shadow, soft": lambda a, r: photograph(
        on_paper(a) * half_shadow(r, r.uniform(0.2, 0.6), r.uniform(3, 20)), r
    ),
    "light: vignette": lambda a, r: photograph(on_paper(a) * vignette(r), r),
    "light: pencil in uneven light": lambda a, r: photograph(on_paper(a, 215, 130) * ramp(r, 0.7), r),
    "light: chalk on a board": lambda a, r: photograph(on_paper(a, 60, 210) * ramp(r, 0.6), r),
    "frame at the edge": lambda a, r: saved(framed(on_paper(a, 255, 0), int(r.integers(1, 9)))),
    "frame at the edge, grey": lambda a, r: saved(framed(on_paper(a, 255, 0), int(r.integers(1, 9)), level=190)),
    "frame inside": lambda a, r: saved(
        framed(on_paper(a, 255, 0), int(r.integers(1, 9)), inset=int(r.integers(5, 40)))
    ),
    "frame on some sides": lambda a, r: saved(
        framed(on_paper(a, 255, 0), int(r.integers(1, 9)), sides=str(r.choice(SIDES)))
    ),
    "frame around a turned sheet": lambda a, r: photograph(turned_frame(on_paper(a), r), r),
    "ruled, faint": lambda a, r: photograph(ruled(a, r, level=190), r),
    "ruled, dark": lambda a, r: saved(ruled(a, r, level=100)),
    "ruled, thick": lambda a, r: saved(ruled(a, r, level=130, thickness=4)),
    "ruled, turned": lambda a, r: photograph(ruled(a, r, level=130, turned=0.08), r),
    "ruled, blue lines": lambda a, r: photograph(blue_lines(a, r), r),
    "squared, faint": lambda a, r: photograph(ruled(a, r, level=190, both=True), r),
    "squared, dark": lambda a, r: saved(ruled(a, r, level=110, both=True, thickness=2)),
    "squared, turned": lambda a, r: photograph(ruled(a, r, level=150, both=True, turned=0.08), r),
    "squared, fine": lambda a, r: photograph(ruled(a, r, level=170, both=True, thickness=1, pitch=(10, 18)), r),
    "desk on every side": lambda a, r: saved(on_a_desk(on_paper(a), r, desk=r.uniform(30, 90), sides=4)),
    "desk on some sides": lambda a, r: photograph(
        on_a_desk(on_paper(a), r, desk=r.uniform(30, 110), sides=int(r.integers(1, 4))), r
    ),
    "desk, turned sheet": lambda a, r: photograph(
        on_a_desk(on_paper(a), r, desk=r.uniform(30, 110), sides=int(r.integers(1, 5)), turned=0.3), r
    ),
    "desk with grain, uneven light": lambda a, r: photograph(
        on_a_desk(on_paper(a), r, desk=90, sides=4, turned=0.15, grain=8) * ramp(r, 0.6), r
    ),
    "desk, ruled sheet": lambda a, r: photograph(on_a_desk(ruled(a, r, level=150), r, desk=70, sides=3, turned=0.1), r),
    "colour: red on green": lambda a, r: saved(colours(a, (0, 130, 0), (255, 0, 0))),
    "colour: any two of equal luma": lambda a, r: saved(colours(a, *EQUAL_LUMA[int(r.integers(3))])),
    "colour: blue pen, photographed": lambda a, r: photograph(
        colours(a, (225, 220, 205), (40, 60, 160)) * ramp(r, 0.7)[..., None], r
    ),
    "colour: yellow on white": lambda a, r: saved(colours(a, (255, 255, 255), (250, 220, 40))),
    "low contrast": lambda a, r: saved(on_paper(a, 140, 120)),
    "low contrast, JPEG": lambda a, r: saved(noisy(on_paper(a, 150, 130), r, 1.5), "JPEG", quality=70),
    "noise": lambda a, r: saved(noisy(on_paper(a, 190, 60), r, 25)),
    "JPEG artefacts": lambda a, r: saved(on_paper(a), "JPEG", quality=8),
    "transparent, black": lambda a, r: saved(transparent(a, 0)),
    "transparent, white": lambda a, r: saved(transparent(a, 255)),
    "tiny, 8 pixels": lambda a, r: saved(shrunk(on_paper(a), 8)),
    "tiny, 16 pixels": lambda a, r: saved(shrunk(on_paper(a), 16)),
    "tall": lambda a, r: saved(tall(on_paper(a, 255, 0), r)),
    "EXIF damaged": lambda a, r: coated(saved(np.rot90(on_paper(a)), "JPEG")),
    "cut JPEG": lambda a, r: cut(saved(on_paper(a), "JPEG", quality=90), r.uniform(0.9, 1)),
    "AVIF": lambda a, r: saved(on_paper(a), "AVIF"),
}


def main() -> int:
    """Print one JSON line a kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("strokes", nargs="?", type=Path, default=_default_strokes())
    parser.add_argument("--digits", type=int, default=60, help="how many, spread evenly over the file")
    parser.add_argument("--kinds", nargs="*", default=[""], help="words, one of which a kind's name has")
    parser.add_argument("--wrong", type=Path, help="write the files that were misread into this folder")
    parser.add_argument("--model", default=DEFAULT)
    options = parser.parse_args()
    classifier = Classifier.load(options.model)
    samples = [json.loads(line) for line in options.strokes.read_text(encoding="utf-8").splitlines()]
    samples = samples[:: max(1, len(samples) // options.digits)][: options.digits]
    for kind, made in KINDS.items():
        if any(word in kind for word in options.kinds):
            _report(kind, made, samples, classifier, options.wrong)
    return 0


def _report(kind: str, made: Callable, samples: list, classifier: Classifier, wrong: Path | None) -> None:
    right = clean = 0
    seconds = 0.0
    for number, sample in enumerate(samples):
        random = np.random.default_rng(number)
        amount = written(sample["strokes"], random)
        data = made(amount, random)
        started = time.perf_counter()
        said = _read(classifier, data)
        seconds += time.perf_counter() - started
        clean += _read(classifier, KINDS["clean"](amount, random)) == str(sample["label"])
        right += said == str(sample["label"])
        if wrong and said != str(sample["label"]):
            wrong.mkdir(parents=True, exist_ok=True)
            name = f"{kind.replace(' ', '_').replace(':', '')}_{number}_is{sample['label']}_read_{said[:9]}"
            (wrong / name.replace(" ", "_")).write_bytes(data)
    line = {
        "kind": kind,
        "read right": round(right / len(samples), 3),
        "on clean paper": round(clean / len(samples), 3),
    }
    print(json.dumps({**line, "ms": round(1000 * seconds / len(samples), 1)}), flush=True)


def _read(classifier: Classifier, data: bytes) -> str:
    try:
        reading = classifier.drawing(ink.decode(data))[1]
    except DlcoreError:
        return "error"
    return reading.label if reading.is_digit else f"no digit {reading.label}"


if __name__ == "__main__":
    sys.exit(main())
