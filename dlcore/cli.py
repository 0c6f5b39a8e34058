"""The command line: python -m dlcore info | train | classify."""

import argparse
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from dlcore import __version__, home
from dlcore.errors import DlcoreError
from dlcore.models.presets import PRESETS
from dlcore.training.config import AUGMENTATIONS, DataConfig, RunConfig, TrainingConfig, setting

RENAMED = {"learning_rate": "lr", "name": "data"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except DlcoreError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dlcore", description="Deep learning, from the command line.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    info = commands.add_parser("info", help="versions, device, data found, where runs live")
    info.set_defaults(command=_info)

    train = commands.add_parser("train", help="train a preset and save it")
    train.set_defaults(command=_train)
    train.add_argument("preset", help=", ".join(PRESETS))
    for section in (DataConfig, TrainingConfig):
        for each in fields(section):
            _add_option(train, section, each.name)
    train.add_argument("--device", default="auto", help="auto, cuda, mps, cpu (default: auto)")
    train.add_argument("--out", type=Path, help="folder for the model (default: runs/PRESET-DATA-seedN)")
    train.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    classify = commands.add_parser("classify", help="read digits from image files")
    classify.set_defaults(command=_classify)
    classify.add_argument("images", nargs="+", type=Path, metavar="IMAGE")
    classify.add_argument("--model", help="a bundled model's name, a folder that train wrote, or a .safetensors file")
    return parser


def _add_option(parser: argparse.ArgumentParser, section: type, name: str) -> None:
    rule = setting(section, name)
    flag = "--" + RENAMED.get(name, name).replace("_", "-")
    if name == "augment":
        parser.add_argument(flag, dest=name, type=_names, default=(), help=f"{rule['help']} Separated by commas.")
        return
    kind = str if "allowed" in rule else int if rule["integer"] else float
    allowed = ", ".join(rule["allowed"]) if "allowed" in rule else f"{rule['low']:g} to {rule['high']:g}"
    default = "" if rule["default"] is None else f"; default: {rule['default']}"
    help_text = f"{rule['help']} ({allowed}{default})".replace("%", "%%")
    parser.add_argument(flag, dest=name, type=kind, default=rule["default"], metavar=name.upper(), help=help_text)


def _names(text: str) -> tuple[str, ...]:
    return AUGMENTATIONS if text == "all" else tuple(filter(None, text.split(",")))


def _info(options: argparse.Namespace) -> int:
    import torch
    import torchvision

    from dlcore import device
    from dlcore.data import mnist
    from dlcore.runs.store import default_url

    found = device.describe()
    sets = {"digits": "embedded"} | {
        name: "on disk" if mnist.on_disk(name) else "not on disk: downloaded when it is used" for name in mnist.FOLDERS
    }
    rows = {
        "dlcore": __version__,
        "python": sys.version.split()[0],
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "device": f"{found.kind}: {found.name}",
        "precision": "bf16 for convolutions, fp32 otherwise" if found.bf16 else "fp32",
        "threads": found.threads,
        **{f"data {name}": where for name, where in sets.items()},
        "downloads": home.folder() / "data",
        "runs": default_url(),
    }
    for name, value in rows.items():
        print(f"{name:14s} {value}")
    return 0


def _train(options: argparse.Namespace) -> int:
    config = RunConfig(
        preset=options.preset,
        data=_section(DataConfig, options),
        training=_section(TrainingConfig, options),
        device=options.device,
    )
    out = options.out or Path("runs", f"{config.preset}-{config.data.name}-seed{config.training.seed}")
    from dlcore.training.folder import prepare

    prepare(out)
    summary = _run(config, out)
    if options.json:
        print(json.dumps(summary))
    else:
        accuracy = summary["test_accuracy"]
        shown = "no test accuracy" if accuracy is None else f"test accuracy {accuracy:.2%} on {summary['data']}"
        print(f"{summary['message']} {shown[0].upper()}{shown[1:]}, {summary['train_seconds']:.1f} s. Saved in {out}.")
    return 0 if summary["reason"] != "diverged" else 3


def _section(section: type, options: argparse.Namespace) -> Any:
    return section(**{each.name: getattr(options, each.name) for each in fields(section)})


def _run(config: RunConfig, out: Path) -> dict[str, Any]:
    """Train, showing a progress bar on a terminal; Ctrl+C stops and keeps what was learned."""
    from tqdm import tqdm

    from dlcore import device
    from dlcore.training import folder
    from dlcore.training.controls import Controls
    from dlcore.training.loop import fit
    from dlcore.training.records import Epoch, Finished, Started, Step

    device.keep_freed_memory()
    controls = Controls()
    bar = tqdm(disable=None, unit="step", dynamic_ncols=True)
    with _interrupt(controls), bar:
        for record in fit(config, controls, progress=lambda text, done: bar.set_description(f"{text} {done:.0%}")):
            if isinstance(record, Started):
                started = record
                bar.reset(total=record.epochs * record.steps_per_epoch)
                bar.set_description(f"{config.preset} on {record.data}, {record.device_name}, {record.precision}")
                if record.notice:
                    tqdm.write(record.notice, file=sys.stderr)
            elif isinstance(record, Step):
                bar.update()
            elif isinstance(record, Epoch):
                bar.set_postfix_str(
                    f"epoch {record.epoch}, validation loss {record.validation['loss']:.4f}, "
                    f"accuracy {record.validation['accuracy']:.2%}"
                )
            elif isinstance(record, Finished):
                finished = record
    return folder.write(out, config, started, finished)


@contextmanager
def _interrupt(controls: Any) -> Iterator[None]:
    """While in here, the first Ctrl+C asks the run to stop."""

    def stop(*_: object) -> None:
        controls.stop()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _classify(options: argparse.Namespace) -> int:
    from dlcore import ink
    from dlcore.classifier import DEFAULT, Classifier

    classifier = Classifier.load(options.model or DEFAULT)
    failed = False
    for path in options.images:
        try:
            _, reading = classifier.drawing(ink.decode(path.read_bytes()))
            answer = {
                "digit": reading.digit,
                "confidence": reading.confidence,
                "probabilities": list(reading.probabilities),
                "is_digit": reading.is_digit,
            }
        except DlcoreError as error:
            answer, failed = {"error": str(error)}, True
        except OSError as error:
            answer, failed = {"error": f"cannot be read: {error.strerror or error}"}, True
        print(json.dumps({"file": str(path), **answer}), flush=True)
    return int(failed)
