"""One image through a network that was trained: the visitor's own run, or one that comes with the app."""

from pathlib import Path
from typing import Any

import streamlit as st

from dlcore import data as sets
from dlcore.config.image_sets import IMAGE_SETS
from dlcore.formula.numbers import percent
from dlcore.inspect.gradients import Inspection, LayerView, inspect
from dlcore.models.initial import initial
from dlcore.runs import checkpoints
from dlcore.use.classifier import bundled
from pages.figures import backprop as figures
from pages.figures import words
from pages.figures.mosaic import mosaic
from pages.figures.sheet import sheet
from pages.parts.backprop.network import COMMON
from pages.parts.backprop.stage import stage
from pages.shared import address, link, own_images, page, reader, session
from pages.shared.code_view import show_code
from pages.shared.glossary import explain
from pages.shared.plot import PLAYER, PLAYER_CSS, plot

_HERE = Path(__file__).parent
_CHECKPOINT, _IMAGE = "bp_checkpoint", "bp_image"

_component = st.components.v2.component(
    "dlcore_layers",
    html="""<div class="layers"><div class="bar"></div><div class="verdict" aria-live="polite"></div>
      <div class="cards"></div></div>""",
    css=PLAYER_CSS + (_HERE / "layers.css").read_text(encoding="utf-8"),
    js=PLAYER + COMMON + (_HERE / "layers.js").read_text(encoding="utf-8"),
)


@address.fragment
def show_run() -> None:
    """Which network, which checkpoint, which image; then its layers."""
    left, right = stage()
    with left:
        choice = reader.choose(own=True)
    with right, page.sentences():
        classifier = reader.load(choice)
        with left:
            name = _checkpoint(choice)
            dataset, note = _images(classifier.config.data.name, choice)
            last = len(dataset.test) - 1
            number = link.number(_IMAGE, f"Test image, 0 to {last:,}", 0, last, 3, 1)
            image, label = dataset.test.images[number], int(dataset.test.labels[number])
            st.html(sheet(image.numpy(), [dataset.labels[label]], [False], [f"A test image: {dataset.labels[label]}"]))
            written = words.dataset(dataset.name) if note else page.plain(classifier.config.data.written)
            st.caption(f"From the test split of {written}. {note}")
        model = _model(choice, name)
        found = inspect(model, image, label)
        first = found if name == checkpoints.START else inspect(_model(choice, checkpoints.START), image, label)
        _component(key="bp_layers", data=data(found, dataset.labels, label, f"{choice}|{name}|{number}"))
        _profiles(found, first, name)
        show_code(script(choice, name, dataset.name, number), file_name="inspect_run.py")


def _checkpoint(choice: str) -> str:
    """The checkpoints that this network has; the choice is kept where the next network has it too."""
    options = checkpoints.names()
    if choice not in bundled():
        store = session.store()
        options = checkpoints.names(store.weight_epochs(choice), store.readable(choice).finished)
    return link.choice(
        _CHECKPOINT, "Checkpoint", tuple(options), checkpoints.KEPT, names=options,
        help="A run keeps its network at the end of its epochs (in long runs, of some of them). "
        "The untrained network is drawn again from the run's seed.",
    )  # fmt: skip


@st.cache_resource(max_entries=2, show_spinner="Opening the images")
def _opened(name: str, choice: str = "") -> sets.Dataset:
    return own_images.dataset(name, choice)


def _images(name: str, choice: str) -> tuple[sets.Dataset, str]:
    """The set that the network learned from, or the embedded digits and a sentence if it is not on this machine."""
    if IMAGE_SETS[name].ready():
        return _opened(name, choice if name == "own" else ""), ""
    return _opened("digits"), f"{words.dataset(name)}, on which it was trained, is not on this machine."


@st.cache_resource(max_entries=8, show_spinner=False)
def _model(choice: str, name: str):
    """The network behind a choice at a checkpoint; runs that end are not trained further, so it can be kept."""
    if choice not in bundled():
        return checkpoints.load(session.store(), choice, name)
    classifier = reader.load(choice)
    return initial(classifier.config) if name == checkpoints.START else classifier.model


def data(found: Inspection, labels: tuple[str, ...], label: int, shape: str) -> dict[str, Any]:
    """What the browser needs."""
    return {"shape": shape, "verdict": verdict(found, labels, label), "layers": [_layer(each) for each in found.layers]}


def verdict(found: Inspection, labels: tuple[str, ...], label: int) -> str:
    """What the network reads, whether that is right, and the loss that follows."""
    best = int(found.probabilities.argmax())
    share = percent(found.probabilities[label])
    read = f"The network reads {labels[best]} with a probability of {percent(found.probabilities[best])}"
    right = "which is right" if best == label else f"but the label is {labels[label]}, which gets {share}"
    return f"{read}, {right}. The loss is −ln({share}) = {words.loss(found.loss)}."


def _layer(layer: LayerView) -> dict[str, Any]:
    facts = [f"size {words.short(layer.size)}"]
    if layer.silent:
        facts.append(f"{percent(layer.silent)} are 0")
    pulls = [f"size {words.short(layer.pull)}"]
    if layer.weight_gradient is not None:
        pulls.append(f"‖∂L/∂W‖ {words.short(layer.weight_gradient)}")
    return {
        "name": layer.name,
        "about": layer.about,
        "activation": mosaic(layer.activation.numpy()),
        "gradient": mosaic(layer.gradient.numpy()),
        "activation_facts": facts,
        "gradient_facts": pulls,
    }


def _profiles(found: Inspection, first: Inspection, name: str) -> None:
    """Size of activations and of gradients, layer by layer, beside those of the untrained network."""
    names, dark = [layer.name for layer in found.layers], page.is_dark()
    shown = [("this checkpoint", found)] + ([("before training", first)] if name != checkpoints.START else [])
    st.caption("Size is the root mean square of all numbers of a layer.", help=explain("root mean square"))
    for place, (what, title, alt) in zip(
        st.columns(2, gap="medium"),
        (("size", "size of activations", "forward"), ("pull", "size of gradients", "backward")),
        strict=True,
    ):
        with place:
            rows = [(label, [getattr(layer, what) for layer in each.layers]) for label, each in shown]
            figure = figures.profile(names, rows, title, dark)
            plot(f"bp_profile_{what}", figure, height=300, alt=f"{title} of every layer, {alt}.", file_name=what)


def script(choice: str, name: str, dataset: str, number: int) -> str:
    """What ran, for anybody with the same store."""
    if choice in bundled():
        imports = ["from dlcore.use.classifier import Classifier"]
        made = f"Classifier.load({choice!r}).model"
        if name == checkpoints.START:
            imports.insert(0, "from dlcore.models.initial import initial")
            made = f"initial(Classifier.load({choice!r}).config)"
    else:
        imports = ["from dlcore.runs import Store, checkpoints"]
        made = f"checkpoints.load(Store(), {choice!r}, {name!r})"
    return "\n".join(
        [
            "from dlcore.data import load",
            "from dlcore.inspect.gradients import inspect",
            *imports,
            "",
            f"model = {made}",
            f"test = {own_images.source(dataset, choice)}.test",
            f"found = inspect(model, test.images[{number}], int(test.labels[{number}]))",
            'print("loss", found.loss)',
            "for layer in found.layers:",
            "    print(layer.name, layer.size, layer.pull, layer.weight_gradient)",
        ]
    )
