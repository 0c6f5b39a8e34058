"""The playground's controls, and the setup that they describe."""

from typing import Any

import streamlit as st

from dlcore.config.fields import setting
from dlcore.config.optimizers import OPTIMIZERS
from dlcore.config.schedules import SCHEDULES
from dlcore.errors import DlcoreError
from dlcore.functions.activations import ACTIVATIONS
from dlcore.playground import own
from dlcore.playground.features import FEATURES
from dlcore.playground.layers import activated, activation
from dlcore.playground.problems import PROBLEMS
from dlcore.playground.setup import LOSSES, PENALTIES, Setup
from pages.figures import problems
from pages.shared import address, link, page
from pages.shared.glossary import explained

PREFIX = "pg_"
RATES = (1e-5, 1e-4, 3e-4, 0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0, 10.0)
PENALTY_RATES = (0.0, 1e-4, 3e-4, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
NETWORK, START, AT = f"{PREFIX}network", f"{PREFIX}start", f"{PREFIX}at"
_ACTIVATION = "_pg_activation"
LOSS_NAMES = {"entropy": "Cross-entropy", "squared": "Squared error"}
PENALTY_NAMES = {"none": "None", "l1": "L1", "l2": "L2"}
_STOPS = {"never": "Never", "score": "Test accuracy or R² rises to", "loss": "Test loss falls to"}
_SMOOTH = tuple(each.name for each in ACTIVATIONS.values() if not each.learned)
_STANDARD = Setup()
_HIDEABLE = {
    "pg_problem": "Data", "pg_learning_rate": "Learning rate", "_pg_activation": "Activation",
    "pg_penalty": "Regularisation", "pg_more_data": "The box Data", "pg_more_learning": "The box Learning",
    "pg_more_network": "The box Network as text", "pg_test": "Test points", "pg_discrete": "Sharp boundary",
}  # fmt: skip
IN_THE_PICTURE = {
    "features": "Features", "header": "Layers and units", "tools": "Buttons for points", "curve": "Loss",
    "pulls": "Gradients", "confusion": "Classes and answers", "figures": "Losses and accuracies",
}  # fmt: skip
"""Parts of the picture that can be hidden, by their class in it."""
_PASTE, _FILE, _SAID = "_pg_paste", "_pg_file", "_pg_said"
_OWN = (
    "-3, 3, 0; -2, 2.5, 0; -3.5, 1.5, 0; -1.5, 3.5, 0; -2.5, 1, 0; 2, -2, 0; 3, -1, 0; 2.5, -3, 0; 3.5, -2.5, 0; "
    "2, 2, 1; 3, 2.5, 1; 1.5, 3.5, 1; 2.5, 1, 1; -2, -2, 1; -3, -1.5, 1; -1, -3, 1; -3, -3, 1; -2, -3.5, 1"
)


def key(name: str) -> str:
    """The key of the control of a field of Setup."""
    return PREFIX + name


def _help(name: str, label: str = "") -> str:
    return explained(label or name, setting(Setup, name)["help"])


def _number(name: str, label: str, step: float) -> float:
    rule = setting(Setup, name)
    kind = int if rule["integer"] else float
    return link.number(key(name), label, kind(rule["low"]), kind(rule["high"]), kind(rule["default"]), kind(step),
                       help=_help(name, label))  # fmt: skip


def _slider(name: str, label: str, step: float, **options: Any) -> float:
    rule = setting(Setup, name)
    kind = int if rule["integer"] else float
    return link.slider(key(name), label, kind(rule["low"]), kind(rule["high"]), kind(rule["default"]), kind(step),
                       help=_help(name, label), **options)  # fmt: skip


def controls() -> None:
    """Draw them all; what a teacher hides is drawn too, so that its value stays in the link, but not seen."""
    names = {each.name: each.title for each in PROBLEMS.values()}
    st.html(f"<style>{problems.style(key('problem'))}</style>")
    problem = link.choice(
        key("problem"), "Data", tuple(PROBLEMS), _STANDARD.problem, names=names, look="segmented",
        help="  \n".join(f"{each.title}: {each.about}." for each in PROBLEMS.values()),
    )  # fmt: skip
    if problem == "own":
        _own()
    if problem == "rule":
        link.text(key("rule"), "Rule", _STANDARD.rule, 400, help=f"{_help('rule')} Try x1*x2 > 0, or sin(x1)*x2.")
    link.stops(key("learning_rate"), "Learning rate", RATES, _STANDARD.learning_rate,
               help=_help("learning_rate", "Learning rate"))  # fmt: skip
    _activations()
    _penalty()
    with page.expander("Data", ":material/scatter_plot:", "pg_more_data"):
        _data(problem)
    with page.expander("Learning", ":material/trending_down:", "pg_more_learning"):
        _learning()
    link.toggle(key("test"), "Test points", True)
    link.toggle(key("discrete"), "Sharp boundary", False, help="Colours say the answer only, not how sure it is.")
    with page.expander("Network as text", ":material/account_tree:", "pg_more_network"):
        link.text(NETWORK, "Hidden layers", _STANDARD.network, 2000, help=(
            "Up to six layers of up to 16 units, each with its own activation and dropout, such as  \n"
            "dense 8 init he, relu, dropout 0.1, dense 4, tanh"
        ))  # fmt: skip
        _features()
    with page.expander("For teachers", ":material/school:", "pg_more_hide"):
        hidden = link.many(key("hide"), "Hide these", tuple({**_HIDEABLE, **IN_THE_PICTURE}), [],
                  names={**_HIDEABLE, **IN_THE_PICTURE},
                  help="The link carries it on: whoever opens it does not see them.")  # fmt: skip
    rules = "".join(f".st-key-{each} {{ display: none !important; }}" for each in hidden if each in _HIDEABLE)
    st.html(f"<style>{rules}</style>")


def _activations() -> None:
    """One activation for all layers; the network's text is what counts."""
    try:
        now = activation(st.session_state.get(NETWORK, address.coming(NETWORK, _STANDARD.network)))
    except DlcoreError:
        now = None
    mixed = "As in the text"
    options = [*_SMOOTH, *([now] if now not in _SMOOTH and now else []), *([] if now else [mixed])]
    st.session_state[_ACTIVATION] = now or mixed
    st.selectbox("Activation", options, key=_ACTIVATION, on_change=_activate,
                 help=explained("Activation", "Of every hidden unit."),
                 format_func=lambda name: ACTIVATIONS[name].title if name in ACTIVATIONS else name)  # fmt: skip


def _activate() -> None:
    chosen = st.session_state[_ACTIVATION]
    if chosen in ACTIVATIONS:
        st.session_state[NETWORK] = activated(st.session_state[NETWORK], chosen)


def _penalty() -> None:
    chosen = link.choice(
        key("penalty"),
        "Regularisation",
        PENALTIES,
        "none",
        names=PENALTY_NAMES,
        look="segmented",
        help="L1 adds the sizes of all weights to the loss, L2 half their squares, times a rate.",
    )
    if chosen != "none":
        link.stops(key("penalty_rate"), "Its rate", PENALTY_RATES, 0.001, help=_help("penalty_rate"))


def _data(problem: str) -> None:
    chosen = PROBLEMS[problem]
    if problem != "own":
        _slider("noise", "Noise", 1.0, format="%d %%")
        _number("points_made", "Points", 50)
        if chosen.many:
            _number("classes", "Classes", 1)
    else:
        st.text_area("Paste a table", key=_PASTE, height=70, on_change=_pasted, placeholder="x, y, class",
                     help="A point a line, with the class, or a value, in the third column.")  # fmt: skip
        st.file_uploader("Or a CSV file", ["csv", "txt", "tsv"], key=_FILE, on_change=_uploaded, max_upload_size=8)
    _slider("share", "To learn from", 5.0, format="%d %%")
    _number("data_seed", "Seed of the points", 1)


def _own() -> None:
    """The points as text, which a click into the plane changes too, and the ways to bring others."""
    link.text(key("own"), "My points", _OWN, own.MOST_TEXT, help=(
        "x1, x2, class; and so on. Decimals in the third number, such as 0.5, make values of all of them."
    ))  # fmt: skip
    if said := st.session_state.pop(_SAID, ""):
        page.problem(said)


def _pasted() -> None:
    _bring(st.session_state.get(_PASTE) or "")


def _uploaded() -> None:
    file = st.session_state.get(_FILE)
    if file is None:
        return
    if file.size > own.MOST_PASTED:
        st.session_state[_SAID] = f"The file may have {own.MOST_PASTED:,} bytes, this has {file.size:,}."
        return
    data = file.getvalue()
    try:
        _bring(data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"))
    except UnicodeDecodeError:
        _bring(data.decode("latin-1"))


def _bring(text: str) -> None:
    """A callback: put the points of a table in the place of those that there are, or say why not."""
    if not text.strip():
        return
    try:
        st.session_state[key("own")], count = own.tidied(text)
    except DlcoreError as error:
        st.session_state[_SAID] = f"The table was not used: {error}."
        return
    if count > own.MOST_POINTS:
        st.session_state[_SAID] = f"Of the {count:,} points {own.MOST_POINTS} are used, evenly chosen."


def _learning() -> None:
    _number("batch_size", "Batch size", 1)
    if not PROBLEMS[st.session_state[key("problem")]].numbers:
        link.choice(
            key("loss"), "Loss", LOSSES, "entropy", names=LOSS_NAMES, look="segmented", help=_help("loss", "Loss")
        )
    chosen = link.choice(
        key("optimizer"), "Optimizer", tuple(OPTIMIZERS), _STANDARD.optimizer, help=_help("optimizer", "Optimizer")
    )
    if OPTIMIZERS[chosen].momentum:
        _slider("momentum", "Momentum", 0.01)
    link.choice(key("schedule"), "Schedule", tuple(SCHEDULES), "constant", help=_help("schedule"))
    _number("updates", "Updates in all", 1000)
    stop = link.choice(key("stop"), "Pause by itself", tuple(_STOPS), "never", names=_STOPS,
                       help="Training pauses at the first picture for which this holds.")  # fmt: skip
    if stop != "never":
        link.number(key("stop_at"), "When it reaches", 0.0, 100.0, 0.95, 0.01,
                    help="0.95 for an accuracy of 95 %.")  # fmt: skip
    link.toggle(key("keep"), "Go on when a setting changes", False, help=(
        "The weights on the screen are kept, as long as the network stays as large, and training goes on from them."
    ))  # fmt: skip
    _number("seed", "Seed of the weights", 1)


def _features() -> None:
    titles = {each.name: each.title for each in FEATURES.values()}
    link.many(key("features"), "Features", tuple(FEATURES), ["x1", "x2"], names=titles, help=_help("features"))


def setup() -> Setup:
    """What the controls describe; DlcoreError if that is nothing to be trained."""
    state = st.session_state
    said = {name: state[key(name)] for name in Setup.__dataclass_fields__ if key(name) in state}
    said["start"] = state.get(START, "")
    said["features"] = tuple(said.get("features", _STANDARD.features))
    return Setup(**said)
