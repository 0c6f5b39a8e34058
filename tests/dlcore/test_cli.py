"""The command line, as a person or a script calls it."""

import io
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlcore import cli, data
from dlcore.cli import main
from dlcore.data.own.sheet import Sheet
from dlcore.data.starters import generated
from dlcore.training import loop
from dlcore.training.records import Record, Started, Step
from dlcore.use.classifier import Classifier
from tests.dlcore.data.own.shapes import folders, packed
from tests.dlcore.use.handwriting import beside

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def at_a_terminal() -> Iterator[None]:
    """Interrupts as a person's shell hands them on; one in the background ignores them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def digit_files(tmp_path) -> list[Path]:
    """Four of the embedded test digits as PNG files, dark on light, enlarged; their names carry the label."""
    test = data.load("digits").test
    paths = []
    for position in range(4):
        picture = Image.fromarray(255 - test.images[position, 0].numpy()).resize((140, 140), Image.Resampling.BICUBIC)
        paths.append(tmp_path / f"{position}-{int(test.labels[position])}.png")
        picture.save(paths[-1])
    return paths


def last_json(text: str) -> dict:
    return json.loads(text.strip().splitlines()[-1])


@pytest.mark.slow
def test_train_as_a_program_prints_one_object_last_and_saves_a_model_that_classifies(tmp_path, digit_files):
    out = tmp_path / "model"
    command = [sys.executable, "-m", "dlcore"]
    options = ["--epochs", "3", "--batch-size", "32", "--seed", "1", "--out", str(out), "--json"]
    trained = subprocess.run([*command, "train", "mlp", *options], cwd=ROOT, capture_output=True, text=True, check=True)
    summary = last_json(trained.stdout)
    assert summary["preset"] == "mlp"
    assert summary["data"] == "digits"
    assert summary["device"] in ("cpu", "cuda", "mps")
    assert summary["parameters"] == 101_770
    assert summary["epochs"] == 3
    assert 0.85 < summary["test_accuracy"] <= 1
    assert 0 < summary["test_loss"] < 1
    assert summary["samples_per_second"] == pytest.approx(3 * 1257 / summary["train_seconds"])
    assert summary["out"] == str(out)
    assert json.loads((out / "card.json").read_text())["config"]["training"]["seed"] == 1

    arguments = ["classify", *map(str, digit_files), "--model", str(out)]
    read = subprocess.run([*command, *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in read.stdout.splitlines()]
    assert [answer["file"] for answer in answers] == [str(path) for path in digit_files]
    assert all(len(answer["probabilities"]) == 10 for answer in answers)
    assert sum(str(answer["digit"]) == path.stem[-1] for answer, path in zip(answers, digit_files, strict=True)) >= 3


def test_classify_goes_on_after_an_unreadable_image(digit_files, tmp_path, capsys):
    broken, missing = tmp_path / "broken.png", tmp_path / "missing.png"
    broken.write_bytes(digit_files[0].read_bytes()[:50])
    assert main(["classify", str(broken), str(digit_files[0]), str(missing), str(digit_files[1])]) == 1
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert ["error" in answer for answer in answers] == [True, False, True, False]
    good = answers[1]
    assert sorted(good) == ["confidence", "digit", "file", "is_digit", "label", "probabilities"]
    assert sum(good["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert good["confidence"] == pytest.approx(max(good["probabilities"]))
    assert isinstance(good["is_digit"], bool)


def test_a_blank_sheet_is_no_digit(tmp_path, capsys):
    path = tmp_path / "blank.png"
    Image.fromarray(np.full((100, 100), 255, dtype=np.uint8)).save(path)
    assert main(["classify", str(path)]) == 0
    answer = last_json(capsys.readouterr().out)
    assert answer["is_digit"] is False
    assert "Nothing stands out" in answer["reason"]


def test_images_that_have_no_end_are_not_read_whole(tmp_path, capsys):
    big = tmp_path / "big.png"
    with big.open("wb") as file:
        file.truncate(1 << 40)
    assert main(["classify", str(big), "/dev/zero", str(tmp_path)]) == 1
    errors = [json.loads(line)["error"] for line in capsys.readouterr().out.splitlines()]
    for error, cause in zip(errors, ["24,000,000 bytes", "no regular file", "folder"], strict=True):
        assert cause in error


def test_a_folder_is_named_by_the_data_that_were_used(tmp_path, monkeypatch, capsys):
    def no_network(*_: object) -> None:
        raise OSError(-2, "Name or service not known")

    monkeypatch.setattr("dlcore.data.mnist.download", no_network)
    monkeypatch.chdir(tmp_path)
    assert main(["train", "mlp", "--data", "fashion", "--epochs", "1", "--train-size", "60", "--device", "cpu"]) == 0
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name == "mlp-digits-seed0"
    said = capsys.readouterr()
    assert "on 360 images of digits" in said.out
    assert "name or service not known" in said.err
    assert "Errno" not in said.err
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    assert card["data"] == card["config"]["data"]["name"] == "digits"


def test_the_best_and_the_last_weights_are_two_files(tmp_path, capsys):
    out = tmp_path / "spoiled"
    arguments = ["--optimizer", "sgd", "--lr", "2", "--epochs", "9", "--train-size", "60", "--batch-size", "16"]
    assert main(["train", "mlp", *arguments, "--device", "cpu", "--out", str(out)]) == 0
    assert sorted(each.name for each in out.iterdir()) == ["card.json", "last.safetensors", "model.safetensors"]
    card = json.loads((out / "card.json").read_text(encoding="utf-8"))
    assert card["test_accuracy"] == card["model"]["test"]["accuracy"]
    assert card["last"]["weights"] == "after epoch 9"
    assert card["model"]["validation"]["loss"] < card["last"]["validation"]["loss"]
    assert "last.safetensors" in capsys.readouterr().out
    assert main(["train", "mlp", "--epochs", "1", "--train-size", "60", "--device", "cpu", "--out", str(out)]) == 0
    assert "last.safetensors" not in [each.name for each in out.iterdir()], "a folder never mixes two runs"


def test_info_says_what_is_there(capsys):
    assert main(["info"]) == 0
    said = capsys.readouterr().out
    for word in ("dlcore", "torch", "device", "precision", "data mnist", "not on disk", "runs"):
        assert word in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["train", "cnn-65"], "got 'cnn-65'"),
        (["train", "mlp", "--lr", "0"], "learning_rate must be between 1e-6 and 10, got 0"),
        (["train", "mlp", "--lr", "nan"], "learning_rate must be a number"),
        (["train", "mlp", "--optimizer", "adem"], "did you mean 'adam'?"),
        (["train", "mlp", "--data", "cifar"], "data must be one of digits, mnist, fashion, own, got 'cifar'"),
        (["train", "mlp", "--device", "tpu"], "device must be one of auto, cuda, mps, cpu, got 'tpu'"),
        (["train", "mlp", "--augment", "affine,flip"], "augment must be made of affine, elastic, thickness, pen"),
        (["train", "mlp", "--out", "/proc/no/such"], "out must be a folder that can be written"),
        (["classify", "x.png", "--model", "no-such-model"], "no-such-model"),
        (["classify", "x.png", "--model", ""], "No weights at ''"),
        (["classify", "x.png", "--model", "/dev/zero"], "no regular file"),
    ],
)
def test_bad_values_are_a_sentence_and_status_2(arguments, sentence, capsys):
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert sentence in captured.err
    assert "Traceback" not in captured.err
    assert not captured.out


def test_a_run_that_diverges_says_so_and_fails(tmp_path, capsys):
    options = ["--optimizer", "sgd", "--lr", "10", "--batch-size", "16", "--epochs", "2", "--json"]
    assert main(["train", "cnn-64", *options, "--out", str(tmp_path)]) == 3
    summary = last_json(capsys.readouterr().out)
    assert summary["reason"] == "diverged"
    assert summary["test_accuracy"] is None
    assert summary["test_loss"] is None
    assert "smaller learning rate" in summary["message"]
    assert not (tmp_path / "model.safetensors").exists()


def test_the_set_that_stood_in_is_the_one_that_is_named(tmp_path, capsys):
    assert main(["train", "mlp", "--data", "mnist", "--epochs", "1", "--out", str(tmp_path), "--json"]) == 0
    captured = capsys.readouterr()
    assert last_json(captured.out)["data"] == "digits"
    assert "embedded digits" in captured.err


def test_a_run_that_keeps_nothing_says_so(tmp_path, capsys):
    options = ["--optimizer", "sgd", "--lr", "10", "--batch-size", "16", "--epochs", "1", "--out", str(tmp_path)]
    assert main(["train", "cnn-64", *options]) == 3
    said = capsys.readouterr().out
    assert f"No model was saved: {tmp_path} holds only the card" in said
    assert "Saved in" not in said


@pytest.mark.parametrize(
    "arguments",
    [
        ["--out", "cnn-64", "lstm", "--cell", "gru"],
        ["--out", "cnn-64", "lstm", "--bidirectional", "--hid", "9"],
        ["--cell", "gru", "--json", "lstm", "--out", "mlp"],
        ["--ep", "3", "--out", "lstm", "vae", "--code-size", "2"],
    ],
)
def test_the_preset_is_the_argument_that_belongs_to_no_option(arguments, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["train", *arguments, "--epochs", "0"]) == 2
    assert "epochs must be between" in capsys.readouterr().err


def test_a_long_training_does_not_start_where_its_model_cannot_be_put(tmp_path, capsys):
    (tmp_path / "card.json").mkdir()
    assert main(["train", "mlp", "--epochs", "500", "--out", str(tmp_path)]) == 2
    assert "in which card.json is a file or missing" in capsys.readouterr().err


def test_results_that_cannot_be_written_are_a_sentence(tmp_path, capsys, monkeypatch):
    def spoil(record: Record) -> None:
        if isinstance(record, Started):
            (tmp_path / "card.json").mkdir()

    watch(monkeypatch, spoil)
    assert main(["train", "mlp", "--epochs", "1", "--out", str(tmp_path)]) == 2
    assert f"cannot be written to {str(tmp_path)!r}" in capsys.readouterr().err


def test_help_is_printed_where_not_every_character_can_be(monkeypatch):
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr("sys.stdout", narrow)
    with pytest.raises(SystemExit, match="0"):
        main(["train", "--help"])
    narrow.flush()
    assert b"(1 ? imbalance)" in narrow.buffer.getvalue()


# Ctrl+C.


def watch(monkeypatch, look: Callable[[Record], None]) -> None:
    """Have `look` called with every record of a training before the command line sees it."""
    fit = loop.fit

    def watched(*arguments, **options) -> Iterator[Record]:
        for record in fit(*arguments, **options):
            yield record
            look(record)

    monkeypatch.setattr(loop, "fit", watched)


def press(monkeypatch, kind: type, times: int = 1) -> None:
    """Press Ctrl+C after the first record of a kind."""
    left = [times]

    def look(record: Record) -> None:
        while isinstance(record, kind) and left[0]:
            left[0] -= 1
            signal.raise_signal(signal.SIGINT)

    watch(monkeypatch, look)


def test_the_first_interrupt_of_a_training_keeps_what_was_learned(tmp_path, capsys, monkeypatch):
    press(monkeypatch, Step)
    assert main(["train", "mlp", "--out", str(tmp_path), "--json"]) == 0
    assert last_json(capsys.readouterr().out)["reason"] == "stopped"
    assert Classifier.load(tmp_path).config.preset == "mlp"


@pytest.mark.parametrize(("kind", "times"), [(Started, 1), (Step, 2)], ids=["before the first step", "twice"])
def test_an_interrupt_that_keeps_nothing_says_only_that(tmp_path, capsys, monkeypatch, kind, times):
    (tmp_path / "model.safetensors").write_bytes(b"of an earlier run")
    press(monkeypatch, kind, times)
    assert main(["train", "mlp", "--out", str(tmp_path)]) == 130
    captured = capsys.readouterr()
    assert not captured.out
    assert captured.err.strip().splitlines()[-1] == "error: interrupted"
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"of an earlier run"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_elsewhere_is_one_line(capsys, monkeypatch):
    monkeypatch.setattr(Classifier, "load", lambda name: signal.raise_signal(signal.SIGINT))
    assert main(["classify", "x.png"]) == 130
    assert capsys.readouterr().err == "error: interrupted\n"


@pytest.mark.parametrize("module", ["dlcore.cli", "numpy"])
def test_an_interrupt_of_an_import_is_one_line(module):
    program = f"""
import runpy, signal, sys
class Interrupts:
    def find_spec(name, path, target=None):
        if name == "{module}":
            signal.raise_signal(signal.SIGINT)
            raise AttributeError("half imported")
sys.meta_path.insert(0, Interrupts)
sys.argv = ["dlcore", "classify", "x.png"]
runpy.run_module("dlcore", run_name="__main__", alter_sys=False)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, "error: interrupted\n")


@pytest.mark.parametrize("text", ["0,5x", "x", "1,234"])
def test_what_is_no_number_is_refused_with_the_way_to_write_it(text, capsys):
    with pytest.raises(SystemExit):
        main(["train", "mlp", "--lr", text])
    assert "write it like 0.01" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["train", "mlp", "--epochs", "2.5"])
    assert "'2.5' is not a whole number" in capsys.readouterr().err


def test_a_comma_for_the_decimals_reaches_the_check_of_the_setting(capsys):
    assert main(["train", "mlp", "--lr", "20,5"]) == 2
    assert "learning_rate must be between 1e-6 and 10, got 20.5" in capsys.readouterr().err


def test_images_of_ones_own_are_trained_on(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("shapes.zip").write_bytes(packed({**folders(10), "loose.png": b""}))
    assert main(["train", "mlp", "--data", "own", "--images", "shapes.zip", "--epochs", "1", "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["data"] == "own"
    assert "Left out: loose.png" in told.err
    assert Classifier.load("runs/mlp-own-seed0").labels == ("bar", "beam", "ring")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--data", "own"], "--data own needs --images FILE"),
        (["--images", "none.zip"], "'none.zip' cannot be read"),
        (["--data", "digits", "--images", "none.zip"], "leave one of them out"),
    ],
)
def test_images_that_cannot_be_meant_are_one_sentence(options, said, capsys):
    assert main(["train", "mlp", *options]) == 2
    assert said in capsys.readouterr().err


def test_figures_are_written_as_the_pages_write_them():
    assert cli._metrics({"accuracy": 0.98614, "loss": 0.04651}) == "accuracy 98.6 %, loss 0.0465"
    assert cli._metrics({"loss": 0.0000123, "mse": 2.30259}) == "loss 1.23·10⁻⁵, mse 2.3026"


def test_classify_names_a_number_and_its_digits_beside_what_it_said_before(tmp_path, digit_files, capsys):
    paths = [tmp_path / "number.png", digit_files[0]]
    Image.fromarray(255 - beside([4, 2, 7], gap=0.2)).save(paths[0])
    assert main(["classify", *map(str, paths)]) == 0
    number, one = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert number["number"] == "427"
    assert number["is_digit"] is False
    assert [each["label"] for each in number["characters"]] == ["4", "2", "7"]
    assert number["number_confidence"] == pytest.approx(np.prod([each["confidence"] for each in number["characters"]]))
    left, top, right, bottom = number["characters"][1]["box"]
    assert 0 < left < right < 1
    assert 0 < top < bottom < 1
    assert "number" not in one


def sheet(tmp_path) -> Path:
    """Three squares that are to be called sevens, and something that is no digit."""
    made = Sheet().add("cat", generated("heart", 0))
    for seed in range(3):
        made = made.add("7", generated("square", seed))
    path = tmp_path / "sheet.zip"
    path.write_bytes(made.data)
    return path


def test_a_bundled_network_is_corrected(tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    few = ["--train-size", "60", "--epochs", "10", "--lr", "4e-3", "--out", str(out), "--json"]
    arguments = ["train", "mlp", "--start", "mlp", "--corrections", str(sheet(tmp_path)), "--share", "0.5", *few]
    assert main(arguments) == 0
    printed = capsys.readouterr()
    assert "none of the classes: cat" in printed.err
    config = last_json(printed.out)
    card = json.loads((out / "card.json").read_text())["config"]
    assert (card["data"]["share"], card["start"], len(card["examples"])) == (0.5, "mlp", 64)
    assert config["test_accuracy"] > 0.8
    reading = Classifier.load(out).read(np.stack([generated("square", seed) for seed in range(3)])[:, None])
    assert [each.label for each in reading] == ["7"] * 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--share", "0.5"], "name that too"),
        (["--corrections", "nowhere.zip"], "nowhere.zip"),
        (["--start", "nowhere"], "No weights at 'nowhere'"),
    ],
)
def test_corrections_that_cannot_be_meant_are_one_sentence(options, said, capsys):
    assert main(["train", "mlp", *options]) == 2
    assert said in capsys.readouterr().err


def test_corrections_need_a_share_and_a_network_of_classes(tmp_path, capsys):
    path = str(sheet(tmp_path))
    assert main(["train", "mlp", "--corrections", path, "--share", "0"]) == 2
    assert "above 0" in capsys.readouterr().err
    assert main(["train", "vae", "--corrections", path]) == 2
    assert "tell images apart" in capsys.readouterr().err
