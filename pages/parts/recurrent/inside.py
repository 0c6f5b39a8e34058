"""The inside of a network on one sequence: hidden states, saliency, gradients through time; forecasts from anywhere."""

import numpy as np
import streamlit as st

from dlcore.config.run import RunConfig
from dlcore.config.sequences import CLASSES, ROWS
from dlcore.formula.numbers import fixed, percent
from dlcore.inspect import forecasts
from dlcore.inspect import recurrent as looks
from dlcore.models.initial import initial
from dlcore.models.rnn import Recurrent
from dlcore.runs import checkpoints
from pages.figures import panels as heat
from pages.figures import recurrent as figures
from pages.figures import text as texts
from pages.figures import theme
from pages.parts.recurrent import foretold, pictures
from pages.parts.recurrent.beside import CELL_NAMES
from pages.parts.recurrent.live import forecast_figure
from pages.parts.recurrent.subject import Subject
from pages.shared import link, page
from pages.shared.plot import plot


def _verdict(subject: Subject, answers: np.ndarray) -> str:
    """What the network says of the sequence, and what is right."""
    config, last = subject.run.config, answers[-1]
    if config.data.name in CLASSES:
        labels, best, true = subject.labels, int(last.argmax()), int(subject.target)
        names = labels or tuple(map(str, range(len(last))))
        right = "which is right" if best == true else f"but it is **{names[true]}**"
        return f"The network reads **{names[best]}** ({percent(last[best])} sure), {right}."
    if config.data.name == "adding":
        return f"The right answer is **{fixed(float(subject.target), 3)}**; the network says **{fixed(last[0], 3)}**."
    return ""


def states(subject: Subject) -> None:
    """The hidden states of one layer over the sequence, with what comes in and what would be said."""
    config = subject.run.config
    seen = looks.trace(subject.model, subject.inputs)
    answers = looks.answers(subject.model, subject.inputs[None])[0].numpy()
    count = len(seen.states)
    layer = count
    if count > 1:
        names = {str(each): f"layer {each}" for each in range(1, count + 1)}
        layer = int(link.choice("rnn_states", "Layer", tuple(names), str(count), names=names, look="segmented"))
    st.markdown(f"{subject.title}. {_verdict(subject, answers)}")
    alphabet = subject.model.alphabet
    inputs = alphabet.code_points(subject.inputs).numpy() if alphabet else seen.steps.numpy()
    figure = pictures.steps(
        config, inputs, seen.states[layer - 1].numpy(), answers, subject.labels, dark=page.is_dark()
    )
    plot(
        "rnnfig_states", figure, height=pictures.height(config), file_name="hidden-state",
        alt=f"What comes in, and the hidden state of layer {layer}, step by step.",
    )  # fmt: skip
    st.caption(
        "Each row is a unit, each column a step: blue is negative, orange is positive, and zero has the colour "
        "of the page."
    )


def saliency(subject: Subject) -> None:
    """How much each step weighs in the answer at the end."""
    config, labels = subject.run.config, subject.labels
    target = None
    if config.data.name in CLASSES and labels:
        names = {"": "its own answer", **{str(place): label for place, label in enumerate(labels)}}
        chosen = link.choice("rnn_target", "For the answer", tuple(names), "", names=names, width=260)
        target = int(chosen) if chosen else None
    weight = looks.saliency(subject.model, subject.inputs, target).numpy()
    answers = looks.answers(subject.model, subject.inputs[None])[0].numpy()
    st.markdown(
        f"{subject.title}. {_verdict(subject, answers)} How strongly does the answer at the end depend on each step?"
    )
    seen = subject.model.read(subject.inputs[None])[0].detach().numpy()
    dark = page.is_dark()
    if config.data.name in ROWS:
        image = pictures.input_panel(config, seen)
        figure = heat.panels(
            (image, heat.Panel("influence of the row", weight[:, None], "magnitude", names=("",), share=0.15)),
            step_title="row", downwards=True, dark=dark,
        )  # fmt: skip
    elif names := subject.characters:
        text = "".join(subject.model.alphabet.characters[each] for each in subject.inputs.tolist())
        st.html(texts.coloured(text, weight / (weight.max() or 1)))
        figure = figures.by_step(weight, "weight", step_title="character", step_names=names, dark=dark)
    else:
        marked = np.flatnonzero(seen[:, 1] > 0.5).tolist() if config.data.name == "adding" else ()
        figure = figures.by_step(weight, "influence of the step", marked=marked, dark=dark)
        if marked:
            st.caption("Orange: the two steps whose numbers must be added.")
    plot(
        "rnnfig_saliency", figure, height=400 if config.data.name in ROWS else 340, file_name="saliency",
        alt="How strongly the answer depends on each step.",
    )  # fmt: skip
    st.latex(r"\left\lVert \frac{\partial\, \text{answer}}{\partial x_t} \right\rVert")


@st.cache_resource(max_entries=6, show_spinner=False)
def _untrained(config: RunConfig) -> Recurrent:
    return initial(config)


def reach(subject: Subject) -> None:
    """How far back the gradient reaches, before training and now."""
    if subject.model.alphabet and len(subject.inputs) < 2:
        st.info("One character is too short to look back from: write a longer text.", icon=":material/edit:")
        return
    config = subject.run.config
    colour = figures.CELL_COLOURS[config.model.cell]
    models = {subject.title: (subject.model, colour)}
    if subject.title != checkpoints.names()[checkpoints.START]:
        models["Before training"] = (_untrained(config), theme.palette(page.is_dark())["muted"])
    target = subject.target[None] if subject.target.ndim else subject.target.reshape(1)
    curves, colours = {}, {}
    for title, (model, shown) in models.items():
        found = looks.gradient_by_distance(model, subject.inputs[None], target)
        curves[title] = (found.distance.numpy(), found.state.numpy())
        colours[title] = shown
    st.markdown(
        f"How strongly does the loss at the end depend on what the {CELL_NAMES[config.model.cell]} remembered that "
        f"many steps earlier? Where the curve has fallen to nothing, nothing can be learned."
    )
    plot(
        "rnnfig_reach", figures.reach(curves, colours=colours, dark=page.is_dark()), height=360,
        alt="The norm of the gradient against the distance in steps.", file_name="gradient-through-time",
    )  # fmt: skip
    st.latex(
        r"\left\lVert \frac{\partial L_T}{\partial s_t} \right\rVert, \qquad "
        r"\frac{\partial L_T}{\partial s_t} = \frac{\partial L_T}{\partial s_T} \prod_{k=t+1}^{T} "
        r"\frac{\partial s_k}{\partial s_{k-1}}"
    )


@st.cache_resource(max_entries=4, show_spinner="Making the series")
def _dataset(config: RunConfig):
    return looks.dataset(config)


def forecast(model: Recurrent) -> None:
    """Free-running from a place that the visitor chooses."""
    data = _dataset(model.config)
    low, high = data.train.length, len(data.values)
    left, right = st.columns(2)
    with left:
        start = link.slider("rnn_from", "Forecast from step", low, high, data.bounds[1], 1)
    with right:
        horizon = link.slider("rnn_horizon", "Steps ahead", 10, 500, 150, 10)
    found = forecasts.forecast(model, data, start, horizon)
    arrays = {name: np.asarray(getattr(found, name)) for name in found.__dataclass_fields__}
    plot(
        "rnnfig_forecast", forecast_figure(arrays), height=420, file_name="forecast",
        alt="The series and its forecasts from the chosen step on.",
    )  # fmt: skip
    st.download_button(
        "Forecast as CSV", _csv(arrays), "forecast.csv", "text/csv", icon=":material/download:", on_click="ignore"
    )
    held = foretold.one_forecast(arrays["truth"], arrays["free"], data.deviation)
    if held:
        st.markdown(f"{held[:1].upper()}{held[1:]}.")
    part = "training" if start < data.bounds[0] else "validation" if start < data.bounds[1] else "test"
    st.caption(
        f"From step {start:,} on, in the {part} part of the series, the network reads its own forecasts. Beyond the "
        f"last step there is no true value: what is drawn there is the future."
    )


def _csv(arrays: dict[str, np.ndarray]) -> str:
    """One line for each step; empty where there is no value."""
    columns = {name: values for name, values in arrays.items() if values.ndim}
    rows = (
        ",".join("" if np.isnan(each) else f"{each:.7g}" for each in row) for row in zip(*columns.values(), strict=True)
    )
    return "\n".join([",".join(columns), *rows]) + "\n"
