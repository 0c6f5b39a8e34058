"""The command line: python -m dlcore info | describe | train | classify."""

import argparse
import json
import math
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from dlcore import __version__
from dlcore.config.fields import setting
from dlcore.config.image_sets import IMAGE_SETS
from dlcore.config.images import AUGMENTATIONS, DataConfig
from dlcore.config.kinds import KINDS
from dlcore.config.presets import PRESETS
from dlcore.config.run import RunConfig
from dlcore.config.teaching import SHARE
from dlcore.config.training import TrainingConfig
from dlcore.errors import DlcoreError, InvalidValue, UnreadableImage, cause
from dlcore.formula.numbers import PERCENT, fixed, number, percent, plain, typed
from dlcore.machine import home, regular
from dlcore.training.records import Epoch, Finished, Started, Step

if TYPE_CHECKING:
    from dlcore.data.own.examples import Examples
    from dlcore.use.classifier import Reading
    from dlcore.use.numbers import Number

UNSET = argparse.SUPPRESS
"""An option that is not given is not in the config: the preset's own default holds."""
RENAMED = {"learning_rate": "lr", "name": "data"}
NETWORK_HELP = f'{", ".join(PRESETS)}, or blocks such as "conv 8 3x3, relu, flatten, dense 10"'
OWN_HELP = "a ZIP with a folder for each class, or a CSV with a label and 784 pixels a row"
START_HELP = "a bundled model's name, a folder that train wrote, or a .safetensors file"
SHEET_HELP = "a ZIP with a folder for each class, such as a sheet of drawings from the page Draw"
SHARE_HELP = (
    f"share of the training images that are corrections (default: {SHARE}; 1: nothing else, the network does not "
    "rehearse what it knew)"
)
INTERRUPTED = 130
"""Exit status after Ctrl+C, as shells have it: 128 and the number of the signal."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        options = _parser(arguments).parse_args(arguments)
        return options.command(options)
    except DlcoreError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        return INTERRUPTED


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser for these arguments: `train` has the options of the kind of network that it is to train."""
    parser = argparse.ArgumentParser(prog="python -m dlcore", description="Deep learning, from the command line.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    info = commands.add_parser("info", help="versions, device, data found, where runs live")
    info.set_defaults(command=_info)

    describe = commands.add_parser("describe", help="the blocks of a network: shapes, parameters, multiply-adds")
    describe.set_defaults(command=_describe)
    describe.add_argument("network", help=NETWORK_HELP)
    describe.add_argument("--json", action="store_true", help="print one JSON object")

    train = commands.add_parser("train", help="train a network and save it")
    train.set_defaults(command=_train)
    train.add_argument("network", help=NETWORK_HELP)
    sections = _sections(_kind(arguments[1:] if arguments[:1] == ["train"] else []))
    train.set_defaults(sections=sections)
    for section in sections.values():
        for name in _options(section):
            _add_option(train, section, name)
    train.add_argument("--images", type=Path, metavar="FILE", help="images of your own, for --data own: " + OWN_HELP)
    train.add_argument("--start", metavar="WEIGHTS", help="weights to begin with: " + START_HELP)
    train.add_argument("--corrections", type=Path, metavar="FILE", help="a few images to learn too: " + SHEET_HELP)
    train.add_argument("--share", type=_decimal, metavar="SHARE", help=SHARE_HELP)
    train.add_argument("--device", default="auto", help="auto, cuda, mps, cpu (default: auto)")
    train.add_argument("--out", type=Path, help="folder for the model (default: runs/NETWORK-DATA-seedN)")
    train.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    classify = commands.add_parser("classify", help="say which digits are in image files")
    classify.set_defaults(command=_classify)
    classify.add_argument("images", nargs="+", type=Path, metavar="IMAGE")
    classify.add_argument("--model", help="a bundled model's name, a folder that train wrote, or a .safetensors file")
    return parser


def _sections(kind: str) -> dict[str, type]:
    """The parts of the config of one kind of network, under their names in RunConfig."""
    return {"data": KINDS[kind].data, "training": TrainingConfig, "model": KINDS[kind].model}


class _Finder(argparse.ArgumentParser):
    """A parser that leaves it to another one to complain."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def _kind(arguments: Sequence[str]) -> str:
    """The kind of the preset that `train` is given: of the first argument that is no option's value."""
    for kind in KINDS:
        finder = _Finder(add_help=False)
        finder.add_argument("--device", nargs="?")
        for option in ("--images", "--start", "--corrections", "--share"):
            finder.add_argument(option, nargs="?")
        finder.add_argument("--out", nargs="?")
        finder.add_argument("--json", action="store_true")
        for section in _sections(kind).values():
            for name in _options(section):
                if "flag" in setting(section, name):
                    finder.add_argument(_flag(name), action="store_true")
                else:
                    finder.add_argument(_flag(name), nargs="?")
        try:
            _, rest = finder.parse_known_args(arguments)
        except ValueError:
            continue
        named = next((each for each in rest if not each.startswith("-")), "")
        if named in PRESETS and PRESETS[named].kind == kind:
            return kind
    return "image"


def _options(section: type) -> list[str]:
    """The settings of a section that are options: all that a network's name or text does not decide."""
    return [each.name for each in fields(section) if not each.metadata.get("structure")]


def _flag(name: str) -> str:
    return "--" + RENAMED.get(name, name).replace("_", "-")


def _add_option(parser: argparse.ArgumentParser, section: type, name: str) -> None:
    rule, flag = setting(section, name), _flag(name)
    if name == "augment":
        parser.add_argument(flag, dest=name, type=_names, help=f"{rule['help']} Separated by commas.", default=UNSET)
        return
    help_text = f"{rule['help']} ({_values(rule)})".replace("%", "%%")
    if "flag" in rule:
        parser.add_argument(flag, dest=name, action=argparse.BooleanOptionalAction, default=UNSET, help=help_text)
        return
    kind = _decimal if "low" in rule and not rule["integer"] else _whole if "low" in rule else str
    parser.add_argument(flag, dest=name, type=kind, default=UNSET, metavar=name.upper(), help=help_text)


def _decimal(text: str) -> float:
    """A number as people type it."""
    try:
        return typed(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a number, or could be two: write it like 0.01 or 1e-3"
        ) from None


def _whole(text: str) -> int:
    try:
        value = typed(text, whole=True)
    except ValueError:
        value = math.nan
    if not value.is_integer():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number: write it like 10")
    return int(value)


def _values(rule: Mapping[str, Any]) -> str:
    """What a setting may be, and its default."""
    if "allowed" in rule:
        may = ", ".join(rule["allowed"])
    elif "low" in rule:
        may = f"{plain(rule['low'])} to {plain(rule['high'])}"
    else:
        may = f"up to {rule['most']:,} characters" if "most" in rule else "yes or no"
    return may if rule["default"] in (None, "") else f"{may}; default: {rule['default']}"


def _names(text: str) -> tuple[str, ...]:
    return AUGMENTATIONS if text == "all" else tuple(filter(None, text.split(",")))


def _info(options: argparse.Namespace) -> int:
    from importlib.metadata import version

    import torch

    from dlcore.machine import device

    found = device.describe()
    sets = {
        name: "on disk" if each.ready() else "not on disk: downloaded when it is used"
        for name, each in IMAGE_SETS.items()
        if each.read is None
    } | {"digits": "embedded"}
    rows = {
        "dlcore": __version__,
        "python": sys.version.split()[0],
        "torch": torch.__version__,
        "torchvision": version("torchvision"),  # importing it takes a second
        "device": f"{found.kind}: {found.name}",
        "precision": "bf16 for convolutions, fp32 otherwise" if found.bf16 else "fp32",
        "threads": found.threads,
        **{f"data {name}": where for name, where in sets.items()},
        "downloads": home.folder() / "data",
        "runs": home.store(),
    }
    for name, value in rows.items():
        print(f"{name:14s} {value}")
    return 0


def _describe(options: argparse.Namespace) -> int:
    from dlcore.models.describe import described

    found = described(RunConfig.of(options.network))
    print(json.dumps(found.to_dict()) if options.json else found.table())
    return 0


def _train(options: argparse.Namespace) -> int:
    given = {name: _given(section, options) for name, section in options.sections.items()}
    own = _own_images(options.images, given["data"], options.sections["data"])
    named = own.digest if own else ""
    config = RunConfig.of(options.network, device=options.device, examples=named, **given)
    config, examples = _corrected(config, own, options)
    config, start = _begun(config, options.start)
    from dlcore.training.folder import prepare

    if options.out:
        prepare(options.out)
    summary, finished = _run(config, options.out, examples, start)
    out = summary["out"]
    saved = f"Saved in {out}." if finished.weights else f"No model was saved: {out} holds only the card of this run."
    if finished.last_weights:
        saved += " The best weights are in model.safetensors, the last ones in last.safetensors."
    if options.json:
        print(json.dumps(summary))
    else:
        samples = f"{summary['test_samples']:,} {config.about.unit} of {summary['data']}"
        shown = f"Test {_metrics(finished.test)} on {samples}" if finished.test else "Nothing was measured"
        print(f"{summary['message']} {shown}, {fixed(summary['train_seconds'], 1)} s. {saved}")
    return 0 if summary["reason"] != "diverged" else 3


def _own_images(path: Path | None, data: dict[str, Any], section: type) -> "Examples | None":
    """The images of --images, whose classes become part of `data`; None without them. A text of one's own has none."""
    if path is None:
        if data.get("name") == "own" and issubclass(section, DataConfig):
            raise InvalidValue(f"--data own needs --images FILE: {OWN_HELP}")
        return None
    if data.setdefault("name", "own") != "own":
        raise InvalidValue(f"--images are trained on with --data own, got --data {data['name']}: leave one of them out")
    from dlcore.data.own.files import open_file

    found = open_file(path)
    for note in found.notes:
        print(note, file=sys.stderr)
    data["labels"] = found.examples.classes
    return found.examples


def _corrected(
    config: RunConfig, own: "Examples | None", options: argparse.Namespace
) -> tuple[RunConfig, bytes | None]:
    """The run with the corrections of --corrections, if there are any, and the file of its examples."""
    if options.corrections is None:
        if options.share is not None:
            raise InvalidValue("--share is that of --corrections FILE: name that too")
        return config, own.data if own else None
    if not isinstance(config.data, DataConfig) or not config.reads_images:
        raise InvalidValue("--corrections are for networks that tell images apart, such as cnn-64")
    from dlcore.data.own.corrections import Corrections
    from dlcore.data.own.sheet import MOST_BYTES, Sheet

    try:
        found, notes = Sheet.read(regular.read(options.corrections, MOST_BYTES))
    except (OSError, ValueError) as error:
        raise InvalidValue(f"--corrections must be {SHEET_HELP}, got {str(options.corrections)!r}") from error
    labelled = [(each.name, each.image) for each in found.drawings]
    corrections = Corrections.of(labelled, config.data.names, own)
    left_out = [name for name in found.counts if name not in config.data.names]
    for note in (*notes, *([f"Left out, none of the classes: {', '.join(left_out)}."] if left_out else [])):
        print(note, file=sys.stderr)
    share = SHARE if options.share is None else options.share
    if not share:
        raise InvalidValue("--share must be above 0, got 0: leave --corrections out to train without them")
    return replace(config, data=replace(config.data, share=share), examples=corrections.digest), corrections.data


def _begun(config: RunConfig, source: str | None) -> tuple[RunConfig, bytes | None]:
    """The run with the name of what it starts from, and these weights."""
    if source is None:
        return config, None
    from dlcore.models import files
    from dlcore.use.classifier import bundled
    from dlcore.weights import shipped

    data = shipped(source) or files.read(source, bundled())
    return replace(config, start=Path(source).stem[:32]), files.modern(data)


def _given(section: type, options: argparse.Namespace) -> dict[str, Any]:
    return {name: getattr(options, name) for name in _options(section) if hasattr(options, name)}


def _run(
    config: RunConfig, out: Path | None, examples: bytes | None, start: bytes | None
) -> tuple[dict[str, Any], Finished]:
    """Train, showing a progress bar on a terminal; Ctrl+C stops and keeps what was learned, if anything was.

    out: None for a folder that is named by the network and the data that are really used
    examples, start: as `fit` has them
    """
    from tqdm import tqdm

    from dlcore.training import folder
    from dlcore.training.controls import Controls
    from dlcore.training.loop import fit

    controls = Controls()
    bar = tqdm(disable=None, unit="step", dynamic_ncols=True)
    started: Started | None = None
    finished: Finished | None = None
    with bar, ExitStack() as stack:
        told = lambda text, done: bar.set_description(f"{text} {percent(done, 0)}")  # noqa: E731
        for record in fit(config, controls, progress=told, examples=examples, start=start):
            if isinstance(record, Started):
                started = record
                if out is None:
                    out = Path("runs", f"{config.name}-{record.data}-seed{config.training.seed}")
                    folder.prepare(out)
                stack.enter_context(_interrupt(controls))
                bar.reset(total=record.epochs * record.steps_per_epoch)
                bar.set_description(f"{config.summary} on {record.data}, {record.device_name}, {record.precision}")
                if record.notice:
                    tqdm.write(record.notice, file=sys.stderr)
            elif isinstance(record, Step):
                bar.update()
            elif isinstance(record, Epoch):
                bar.set_postfix_str(f"epoch {record.epoch}, validation {_metrics(record.validation)}")
            elif isinstance(record, Finished):
                finished = record
        if started is None or out is None or finished is None or not finished.step:
            raise KeyboardInterrupt
        return folder.write(out, config, started, finished), finished


def _figure(value: float) -> str:
    """Four decimals, and what is small does not become 0.0000."""
    return number(value, 3) if 0 < value < 0.01 else fixed(value, 4)


def _metrics(values: Mapping[str, float]) -> str:
    """Accuracy 98.6 %, loss 0.0465."""
    shown = {
        name: percent(value).replace(PERCENT, " %") if name == "accuracy" else _figure(value)
        for name, value in values.items()
    }
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in sorted(shown.items()))


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
    from dlcore.data import picture_files
    from dlcore.use import numbers
    from dlcore.use.classifier import DEFAULT, Classifier

    classifier = Classifier.load(DEFAULT if options.model is None else options.model)
    failed = False
    for path in options.images:
        try:
            picture = picture_files.opened(_image(path))
            drawn, reading = classifier.drawing(picture.pixels)
            number = numbers.find(classifier, drawn, reading)
            answer = {**_said(reading), **(_several(number) if number else {})}
            answer |= {"note": picture.note} if picture.note else {}
        except DlcoreError as error:
            answer, failed = {"error": str(error)}, True
        except OSError as error:
            answer, failed = {"error": f"cannot be read: {cause(error)}"}, True
        print(json.dumps({"file": str(path), **answer}), flush=True)
    return int(failed)


def _said(reading: "Reading") -> dict[str, Any]:
    return {
        "digit": reading.digit,
        "label": reading.label,
        "confidence": reading.confidence,
        "probabilities": list(reading.probabilities),
        "is_digit": reading.is_digit,
        **({} if reading.is_digit else {"reason": reading.reason}),
    }


def _several(number: "Number") -> dict[str, Any]:
    """The characters of an image, each with its box in shares of the width and height of the ink that was found."""
    from dlcore.use import numbers

    height, width = number.characters[0].place.shape
    boxes = [
        [each.box[0] / width, each.box[1] / height, each.box[2] / width, each.box[3] / height]
        for each in number.characters
    ]
    return {
        "number": numbers.text(number.readings),
        "number_confidence": numbers.confidence(number.readings),
        "characters": [{"box": box, **_said(reading)} for box, reading in zip(boxes, number.readings, strict=True)],
    }


def _image(path: Path) -> bytes:
    from dlcore.data.picture_files import MAX_BYTES

    data = regular.read(path, MAX_BYTES)
    if len(data) > MAX_BYTES:
        raise UnreadableImage(f"The image has more than {MAX_BYTES:,} bytes: save it smaller.")
    return data
