"""From a network that was trained to the file of a bundled reader.

    DLCORE_DATA=… python -m benchmarks.bundle FOLDER NAME

FOLDER is what `python -m dlcore train … --out FOLDER` wrote, or one of the files of weights in it; NAME is the preset
whose network it has once its batch norms are folded away. What is done, in this order: the batch norms are folded into
the convolutions before them; the temperature that fits the validation images best is folded into the last layer, so
that probabilities are calibrated wherever they are shown; the weights are rounded to half precision. The threshold of
novelty and all figures are those of the rounded weights. Writes dlcore/weights/NAME.safetensors and its figures into
NAME.json. The figures of drawings are added by
`python -m benchmarks.pen_strokes --model NAME --card dlcore/weights/NAME.json`.
"""

import argparse
import json
import sys
from pathlib import Path

import torch
from torch import Tensor, nn

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from dlcore import data
from dlcore.config.run import RunConfig
from dlcore.data.pixels import normalise
from dlcore.data.sets import Split
from dlcore.models import files, folding
from dlcore.models.build import build
from dlcore.training.tasks.images.task import measure
from dlcore.use import novelty
from dlcore.use.calibration import expected_error, temperature


def main() -> int:
    """Write the file, and print its figures as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("name", help="of a preset, under which the network is bundled")
    options = parser.parse_args()
    model, header = files.load(files.read(options.folder, ()))
    trained: RunConfig = header["config"]
    images = data.load(trained.data.name)
    if images.notice:
        print(f"error: {images.notice}", file=sys.stderr)
        return 2
    plain, network = folding.without_norms(model, trained.model.value)
    config = RunConfig.of(options.name, trained.data, trained.training)
    if config.model.value != network:
        print(f"error: {options.name} is {config.model.network}, this is {network.text}", file=sys.stderr)
        return 2
    before = logits(plain, images.validation)
    step = temperature(before, images.validation.labels)
    heat = step * header["temperature"]
    tempered = folding.tempered(plain, step)
    halves = {name: tensor.half() for name, tensor in tempered.state_dict().items()}
    bundled = build(config).eval()
    bundled.load_state_dict(halves)
    test = logits(bundled, images.test)
    reached = measure(test, images.test.labels)
    kept = {name: value for name, value in header["measured"].items() if name == "weights"}
    told = {"data": images.name, "split": "test", "samples": len(images.test), **kept, **reached}
    content = files.save(
        halves,
        config,
        threshold=novelty.threshold(logits(bundled, images.validation) * heat),
        labels=header["labels"],
        measured=told,
        temperature=heat,
    )
    _file(options.name, "safetensors").write_bytes(content)
    errors = {
        **_errors("validation", before * header["temperature"], logits(bundled, images.validation), images.validation),
        **_errors("test", logits(plain, images.test) * header["temperature"], test, images.test),
    }
    _write_card(config, reached, heat, errors)
    print(json.dumps({**told, "temperature": heat, "bytes": len(content), **errors}, indent=2))
    return 0


def _file(name: str, ending: str) -> Path:
    return ROOT / "dlcore" / "weights" / f"{name}.{ending}"


def _write_card(config: RunConfig, reached: dict[str, float], heat: float, errors: dict[str, float]) -> None:
    """Put what was measured here into the card; what people wrote in it stays."""
    file = _file(config.preset, "json")
    card = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    card |= {
        "preset": config.preset,
        "data": config.data.name,
        "seed": config.training.seed,
        "epochs": config.training.epochs,
        "parameters": config.model.parameters,
        "test_accuracy": round(reached["accuracy"], 4),
        "test_loss": round(reached["loss"], 4),
        "temperature": round(heat, 4),
        "measured": {**card.get("measured", {}), **errors},
    }
    file.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


@torch.inference_mode()
def logits(model: nn.Module, split: Split) -> Tensor:
    """float32 logits (N, C) of a split, on the CPU."""
    return torch.cat([model(normalise(images)) for images in split.images.split(1_000)]).float()


def _errors(split: str, before: Tensor, after: Tensor, images: Split) -> dict[str, float]:
    """The expected calibration errors without and with the temperature."""
    name = f"MNIST {split}, expected calibration error"
    return {
        f"{name} before temperature scaling": round(expected_error(before.softmax(1), images.labels), 4),
        name: round(expected_error(after.softmax(1), images.labels), 4),
    }


if __name__ == "__main__":
    sys.exit(main())
