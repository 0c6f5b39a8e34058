"""The line and its bowl: the points to drag, the way down to play, and the controls of both."""

from functools import partial

import numpy as np
import streamlit as st

from dlcore.config.fields import setting
from dlcore.config.optimizers import OPTIMIZERS
from dlcore.config.schedules import SCHEDULES
from dlcore.config.training import TrainingConfig
from dlcore.descent.line_training import MOST_STEPS, train
from dlcore.descent.regression import Bowl, Descent, Recipe, Settings, descend
from dlcore.errors import InvalidValue
from pages.figures import regression as figures
from pages.parts.regression import numbers, points
from pages.parts.regression.cards import EXPERIMENTS, NOBODY, Shown
from pages.parts.regression.script import script
from pages.shared import address, link, page, present
from pages.shared.code_view import show_code
from pages.shared.experiments import try_this
from pages.shared.glossary import explain
from pages.shared.plot import Frames, Readout, plot

RATES = (
    *(float(f"{digit}e{power}") for power in range(-4, 0) for digit in (1, 2, 3, 5, 7)),
    1.0, 1.2, 1.5, 1.8, 1.9, 1.98, 2.0, 2.02, 2.1, 2.5, 3.0,
)  # fmt: skip
EPOCHS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
FRAMES = 140
GROUP, _FILM, _PICTURE = "reg", "_reg_film", "reg_fit"


@address.fragment
def section() -> None:
    """Controls on the left; points, bowl, formula, numbers and loss on the right."""
    left, right = st.columns([3, 9], gap="medium")
    with left:
        made, (x, y), settings, beside = _controls()
    try:
        ours, theirs = _descended(x, y, settings), _trained(x, y, settings, beside) if beside else None
    except InvalidValue as error:
        with right:
            page.problem(error)
        try_this(EXPERIMENTS, None, _PICTURE, replay)
        return
    with right:
        st.markdown(numbers.verdict(ours, settings))
        _pictures(made, x, ours, theirs, settings)
        with present.aside("numbers"):
            _numbers(made, Bowl(x, y), ours, theirs, settings, beside)
    show_code(script(made, x, y, settings, beside), file_name="line.py")
    try_this(EXPERIMENTS, Shown(ours, x, settings, theirs), _PICTURE, replay)


def replay(_: object = None) -> None:
    """A callback: the next pictures are a film from the start."""
    st.session_state[_FILM] = True


def _controls() -> tuple[Recipe, tuple[np.ndarray, np.ndarray], Settings, TrainingConfig | None]:
    """The controls; what is wrong with the points stands right below the fields for them."""
    first, after = st.container(), st.container()
    with after:
        with page.expander("The points", ":material/scatter_plot:", "reg_points"):
            points.controls()
        made = points.recipe()
        x, y = points.points(made)
        if points.edited():
            st.button("Undo moved points", icon=":material/undo:", key="reg_forget", on_click=points.forget)
    with first:
        chosen, training = _descent_controls(made.count), _training_controls()
    with after, page.expander("Start and order", ":material/flag:", "reg_begin"):
        start_w = link.number("reg_w", "Slope at the start", -100.0, 100.0, 0.0, 0.5)
        start_b = link.number("reg_b", "Intercept at the start", -100.0, 100.0, 0.0, 0.5)
        order = link.number("reg_order", "Seed of the order", 0, 9999, 0, 1, help=_help("seed"))
    return made, (x, y), Settings(**chosen, start_w=start_w, start_b=start_b, seed=order), training


def _descent_controls(count: int) -> dict[str, float | int | str]:
    alpha = link.stops("reg_rate", "Learning rate α", RATES, 0.01, help=_help("learning_rate"))
    if st.session_state.get("reg_batch", 0) > count:
        st.session_state["reg_batch"] = count
    batch = link.slider("reg_batch", "Points per step", 1, count, min(100, count), 1, help=_help("batch_size"))
    epochs = link.stops("reg_epochs", "Epochs", EPOCHS, 1000, form="{:,}".format, help=_help("epochs"))
    scaled = link.toggle("reg_scaled", "Scale x first", help=_help("scaling"))
    whole = setting(Settings, "batch_size")["high"]
    return {
        "learning_rate": alpha, "epochs": epochs, "scaling": "standardise" if scaled else "off",
        "batch_size": whole if batch == count else batch,
    }  # fmt: skip


def _training_controls() -> TrainingConfig | None:
    beside = link.choice(
        "reg_beside", "Compare with dlcore’s own training", (NOBODY, *OPTIMIZERS), NOBODY,
        help="The same points through nn.Linear(1, 1), autograd and torch.optim, as on the page Train.",
    )  # fmt: skip
    if beside == NOBODY:
        return None
    schedule = link.choice("reg_schedule", "Its schedule", SCHEDULES, "constant")
    momentum = 0.9
    if OPTIMIZERS[beside].momentum:
        momentum = link.slider("reg_momentum", "Its momentum", 0.0, 0.99, 0.9, 0.01)
    return TrainingConfig(optimizer=beside, schedule=schedule, momentum=momentum)


_descended = st.cache_data(max_entries=8, show_spinner=False)(descend)
_trained = st.cache_data(max_entries=16, show_spinner=False)(train)


def _pictures(made: Recipe, x: np.ndarray, ours: Descent, theirs: Descent | None, settings: Settings) -> None:
    dark, steps = page.is_dark(), frame_steps(ours.steps)
    others = ()
    if theirs:
        own = np.minimum(steps, theirs.steps)
        others = (("dlcore’s training", theirs, own, figures.TRAINED_COLOUR),)
    share = {"group": GROUP, "arrive": "play" if st.session_state.pop(_FILM, True) else "end"}
    st.session_state[_FILM] = False
    fit, fit_tracks = figures.fit(
        ours, x, steps, Bowl(x, ours.bowl.y).minimum, asked(made), sticks=len(x) <= 40, dark=dark
    )
    bowl, bowl_tracks = figures.bowl(ours, steps, others=others, dark=dark)
    left, right = st.columns(2, gap="small")
    with left:
        plot(
            "reg_fit", fit, height=350, drag={0: "xy"}, on_pick=partial(points.add, made),
            on_move=lambda trace, index, to_x, to_y: points.move(made, index, to_x, to_y),
            frames=Frames(len(steps), fit_tracks, labels=[_label(step, ours, settings) for step in steps], **share),
            alt="The points, and the line that gradient descent has found so far.", file_name="line",
        )  # fmt: skip
    with right:
        plot(
            "reg_bowl", bowl, height=350, on_pick=partial(_start_at, ours),
            frames=Frames(len(steps), bowl_tracks, bar=False, **share),
            alt="The loss of every line, over slope and intercept, and the way down to its lowest point.",
            file_name="bowl",
        )  # fmt: skip
    epochs = steps / ours.steps_per_epoch
    on_curve = frame_steps(ours.steps, 400)
    loss, loss_tracks = figures.loss_curve(
        on_curve / ours.steps_per_epoch, ours.bowl.loss(ours.w[on_curve], ours.b[on_curve]),
        float(ours.bowl.loss(*ours.bowl.minimum)), epochs, ours.bowl.loss(ours.w[steps], ours.b[steps]), dark=dark,
    )  # fmt: skip
    frames = Frames(len(steps), loss_tracks, readouts=_readouts(ours, steps, settings), bar=False, **share)
    plot(
        "reg_loss", loss, height=210, frames=frames, file_name="loss",
        alt="The loss against epochs, on a logarithmic axis, with the lowest loss that any line has.",
    )  # fmt: skip
    st.caption(
        "Drag a point, or click to add one; click into the bowl to start there. Dashed and ☆: the exact solution. "
        f"◆: predictions.{' Blue: dlcore’s training.' if theirs else ''}"
    )


def frame_steps(steps: int, most: int = FRAMES) -> np.ndarray:
    """Which steps to show, more of the first ones, where most happens: indices from 0 to `steps`."""
    wanted = np.linspace(0, 1, min(most, steps + 1)) ** 2 * steps
    return np.unique(np.round(wanted).astype(int)) if steps >= most else np.arange(steps + 1)


def asked(made: Recipe) -> tuple[float, float]:
    """Where predictions are shown: one x among the points, one beyond them; 0.5 and 1.5 in the article's example."""
    width = made.high - made.low
    return round(made.low + 0.75 * width, 3), round(made.high + 0.25 * width, 3)


def _readouts(ours: Descent, steps: np.ndarray, settings: Settings) -> list[Readout]:
    """The update that each frame is about to make, with its numbers; at the end, the one that led there."""
    ahead = np.minimum(steps, ours.steps - 1)
    rates, size = ours.rates[ahead], min(settings.batch_size, len(ours.bowl.x))
    scaled = settings.scaling != "off"
    x = r"\tilde x" if scaled else "x"
    mean = rf"\frac{{1}}{{{size}}}\sum(\hat y-y)"
    rows = []
    for name, latex, values, slope in (("w", rf"{mean}\,{x}", ours.w, 0), ("b", mean, ours.b, 1)):
        formula = rf"{name} \leftarrow {name} - \alpha\,{latex} = \num{{0}} - \num{{1}} \cdot \pnum{{2}} = \num{{3}}"
        numbers = np.stack([values[ahead], rates, ours.gradients[ahead, slope], values[ahead + 1]], axis=1)
        rows.append(Readout(formula, numbers, "On the scaled x̃ = (x − mean)/deviation" if scaled and not rows else ""))
    return rows


def _label(step: int, ours: Descent, settings: Settings) -> str:
    if ours.steps_per_epoch == 1:
        return f"epoch {step:,} of {settings.epochs:,}"
    epoch, within = divmod(int(step), ours.steps_per_epoch)
    return f"epoch {epoch:,}, step {within}"


def _start_at(ours: Descent, w: float, b: float) -> None:
    st.session_state["reg_w"] = float(np.clip(round(w, 3), -100, 100))
    st.session_state["reg_b"] = float(np.clip(round(b, 3), -100, 100))
    replay()


def _numbers(made, exact: Bowl, ours: Descent, theirs: Descent | None, settings: Settings, beside) -> None:
    left, right = st.columns([7, 4], gap="medium")
    with left:
        st.html(numbers.table(ours, made, exact, asked(made), theirs))
    with right:
        st.markdown(numbers.bound_line(ours, settings), help=explain("curvature", "condition number", "λmax"))
        if theirs:
            numbers.show_agreement(ours, theirs, beside.optimizer, beside.schedule)
            if ours.steps > MOST_STEPS:
                st.caption(f"dlcore’s training stops after {MOST_STEPS:,} steps here.")
        st.download_button(
            "The path as CSV", partial(_csv, ours), "descent.csv", "text/csv", icon=":material/download:",
            on_click="ignore", key="reg_csv",
        )  # fmt: skip


def _csv(ours: Descent) -> str:
    """Every step up to 20,000, and beyond that one an epoch."""
    steps = np.arange(0, ours.steps + 1, 1 if ours.steps <= 20_000 else ours.steps_per_epoch)
    slopes, intercepts = ours.line(steps)
    losses = ours.bowl.loss(ours.w[steps], ours.b[steps])
    rows = zip(steps.tolist(), slopes.tolist(), intercepts.tolist(), losses.tolist(), strict=True)
    return "step,slope,intercept,loss\n" + "".join(f"{t},{w!r},{b!r},{loss!r}\n" for t, w, b, loss in rows)


def _help(name: str) -> str:
    return setting(Settings, name)["help"]
