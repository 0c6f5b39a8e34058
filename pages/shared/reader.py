"""Which network reads the drawing: one that comes with the app, or one that was trained here."""

import threading
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

import streamlit as st

from dlcore.config.class_names import joined
from dlcore.config.kinds import KINDS
from dlcore.formula.numbers import number, percent
from pages.figures import words
from pages.shared import page, trained
from pages.shared.chooser import Chooser, unfinished
from pages.shared.glossary import explain

if TYPE_CHECKING:
    from dlcore.config.run import RunConfig
    from dlcore.runs import Run
    from dlcore.use.classifier import Classifier


def choose(*, own: bool = False) -> str:
    """Let the visitor choose; returns the name of a bundled network or the id of a run.

    own: begin with the visitor's newest run, if there is one, instead of a bundled network
    """
    name, _ = _chooser(own).choose(_names())
    return name


def known(also: Iterable[str] = ()) -> dict[str, str]:
    """All networks that this visitor can choose, by name, with their titles: first those that come with the app.

    also: names out of a link; those that cannot be used are left out
    """
    return _chooser(own_first=False).known(_names(), also)


def bundled() -> tuple[str, ...]:
    """Names of the networks that come with the app."""
    return _names()


def load(choice: str) -> "Classifier":
    """The network behind a choice, ready to read. WeightsUnreadable and RunNotFound say why it is not."""
    return _bundled(choice) if choice in _names() else _trained(choice)


def source(choice: str) -> str:
    """The same as a line of Python, for the code view."""
    if choice in _names():
        return f"classifier = Classifier.load({choice!r})"
    return f"classifier = Classifier.load({trained.source(choice)})"


def summary(classifier: "Classifier") -> str:
    """One line on who reads: network, size, and how well it did on which images."""
    config, card = classifier.config, classifier.card
    measured = {"accuracy": card.get("test_accuracy"), "data": card.get("data"), **card["measured"]}
    count = sum(each.numel() for each in classifier.model.parameters())
    line = f"{config.described}, {count:,} parameters."
    if measured["accuracy"] is not None and measured["data"] is not None:
        accuracy = percent(measured["accuracy"])
        count = f"{measured['samples']:,} " if isinstance(measured.get("samples"), int) else ""
        images = f"{count}{measured.get('split', 'test')} images of {_set(config, measured['data'])}"
        line += f" It reads {accuracy} of the {images} correctly."
    return f"{line} Its weights are those {measured['weights']}." if "weights" in measured else line


def _set(config: "RunConfig", measured: str) -> str:
    """The data set of a figure, for a sentence."""
    return f"its own set ({joined(config.data.names)})" if config.data.brought else words.dataset(measured)


def show_card(classifier: "Classifier") -> None:
    """What the network was trained on, what was measured, and what it cannot do, as far as its card says."""
    card = classifier.card
    if "trained_on" not in card:
        return
    with st.expander("About this network", icon=":material/info:"):
        st.markdown(f"**Trained on** {page.plain(card['trained_on'])}")
        shares = {name: value for name, value in card["measured"].items() if not name.endswith("loss")}
        rows = "".join(f"| {page.plain(name)} | {percent(value)} |\n" for name, value in shares.items())
        st.markdown(f"| Measured | |\n|:--|--:|\n{rows}")
        if "temperature" in card:
            st.markdown(
                f"Its probabilities are calibrated: logits are divided by {number(card['temperature'], 3)}, the "
                "temperature that fits the validation images best.",
                help=explain("logit", "temperature"),
            )
        if card.get("limits"):
            st.markdown("**Know its limits**\n\n" + "\n".join(f"- {page.plain(each)}" for each in card["limits"]))
        if card.get("command"):
            st.code(card["command"], language="bash", wrap_lines=True)


def use(run_id: str) -> None:
    """For callbacks: let the network of a run read."""
    st.session_state["_reader"] = run_id
    st.query_params["run"] = run_id


def forget() -> None:
    """Go back to the default, such as when the chosen network turned out to be damaged."""
    _chooser(own_first=False).forget()


@cache
def warm_up() -> None:
    """Import torch in the background, once, when the first page has been sent."""
    timer = threading.Timer(4.0, _core)
    timer.daemon = True
    timer.start()


def wake_up() -> None:
    """Import what reading needs: seconds at the first call, nothing after."""
    _core()


@cache
def _core():
    """dlcore.use.classifier, imported late: torch takes seconds. One thread reads one drawing faster than many.

    The first step of an optimizer imports half of torch once more, so one is taken here.
    """
    import torch

    from dlcore.use import classifier

    torch.set_num_threads(1)
    torch.optim.SGD([torch.zeros(1, requires_grad=True)]).step()
    return classifier


def _names() -> tuple[str, ...]:
    return _core().bundled()


@st.cache_resource(max_entries=4, show_spinner=False)
def _bundled(name: str) -> "Classifier":
    return _core().Classifier.load(name)


@st.cache_resource(max_entries=32, show_spinner=False)
def _trained(run_id: str) -> "Classifier":
    return _core().Classifier.load(trained.weights(run_id))


def _chooser(own_first: bool) -> Chooser:
    help = "The network that comes with the app, or one that you trained."
    return Chooser(
        "_reader", "Which network reads it?", help, tuple(KINDS), _refusal, _title, own_first, lasts=not own_first
    )


def _refusal(run: "Run") -> str:
    if run.config.reads_images:
        return unfinished(run)
    return f"The network of the run {run.title!r} does not classify images."


def _title(run: "Run") -> str:
    accuracy = run.finished.test.get("accuracy") if run.finished else None
    start = run.started_record
    images = f"{start.sizes['test']:,} test images" if start and "test" in start.sizes else "the test images"
    measured = "" if accuracy is None else f", {words.share(accuracy)} of {images}"
    return f"{run.title}, {run.config.data.written}{measured}"
