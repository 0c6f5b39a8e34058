"""Predict before the reveal: will it settle, swing or diverge at this learning rate?"""

import streamlit as st
import torch

from dlcore.descent.questions import ANSWERS, MOST_QUESTIONS, STEPS, Question, question
from dlcore.formula.numbers import coordinates, number
from pages.figures import descent, theme
from pages.parts.descent.race import arrival
from pages.parts.descent.sweep import built
from pages.shared import link, page
from pages.shared.code_view import show_code
from pages.shared.glossary import explain
from pages.shared.plot import Frames, plot

NAMES = {
    "arrives": ("It settles in a minimum", ":material/flag:"),
    "swings": ("It swings for ever", ":material/swap_horiz:"),
    "diverges": ("It flies off", ":material/rocket_launch:"),
}
KEY = "gdp_question"
_GIVEN, _HINTED = "_gdp_given", "_gdp_hinted"


def section() -> tuple[Question, str | None]:
    """One question: the landscape, the start and the rate; three answers; then what really happens, and why.

    Returns the question, and what the visitor has answered.
    """
    asks, stage = st.columns([4, 8], gap="medium")
    with asks:
        number = link.number(
            KEY, "Question", 1, MOST_QUESTIONS, 1, 1, help="The same number is always the same question."
        )
        asked = _question(number)
        given = _given().get(number)
        _ask(asked, given)
    with stage:
        _show(asked, given)
    if given:
        show_code(_code(asked), file_name="prediction.py")
    return asked, given


_question = st.cache_resource(max_entries=64, show_spinner="Thinking of a question …")(question)


def _given() -> dict[int, str]:
    return st.session_state.setdefault(_GIVEN, {})


def _hinted() -> set[int]:
    return st.session_state.setdefault(_HINTED, set())


def _ask(asked: Question, given: str | None) -> None:
    rule, alpha = asked.racer.rule, asked.racer.rate
    mu = asked.racer.settings.get("momentum")
    how = f"{rule.title} with μ = {number(mu)}" if mu else "Plain gradient descent"
    st.markdown(
        f"**{page.plain(asked.objective.title)}**  \n{how} starts at the dot, {coordinates(asked.start)}, with "
        f"learning rate **α = {number(alpha)}**. What will it do in {STEPS} steps?"
    )
    for answer in ANSWERS:
        title, icon = NAMES[answer]
        st.button(
            title, key=f"gdp_{answer}", icon=icon, width="stretch", on_click=_answer, args=(asked.number, answer),
            disabled=given is not None, type="primary" if given == answer else "secondary",
        )  # fmt: skip
    if given is None:
        _hint(asked)
    else:
        _verdict(asked, given)
    _score()


def _hint(asked: Question) -> None:
    if asked.number not in _hinted():
        st.button("Show me the curvature", key="gdp_hint", icon=":material/lightbulb:", type="tertiary",
                  on_click=lambda: _hinted().add(asked.number),
                  help=f"A right answer then counts half. {explain('curvature')}")  # fmt: skip
        return
    where = "everywhere" if asked.curvature.everywhere else f"at the minimum {coordinates(asked.minimum)}"
    st.info(f"λmax = {number(asked.curvature.steepest)} {where}.", icon=":material/lightbulb:")


def _verdict(asked: Question, given: str) -> None:
    if given == asked.answer:
        st.success(f"**Right.** {asked.reason}", icon=":material/check:")
    else:
        st.error(f"**No: {NAMES[asked.answer][0].lower()}.** {asked.reason}", icon=":material/close:")
    st.button("Next question", key="gdp_next", icon=":material/arrow_forward:", type="primary", on_click=_next,
              args=(asked.number,))  # fmt: skip


def _answer(number: int, answer: str) -> None:
    _given().setdefault(number, answer)


def _next(number: int) -> None:
    fresh = (each for each in range(number + 1, MOST_QUESTIONS + 1) if each not in _given())
    st.session_state[KEY] = next(fresh, 1)


def _score() -> None:
    answered = _given()
    if not answered:
        return
    right = [number for number, answer in answered.items() if answer == _question(number).answer]
    points = sum(0.5 if number in _hinted() else 1.0 for number in right)
    st.metric("Score", f"{points:g} of {len(answered)}", help="1 for a right answer, ½ after the hint.")


def _show(asked: Question, given: str | None) -> None:
    """The landscape with its start; once answered, the whole way as a film."""
    dark = page.is_dark()
    if given is None:
        film = descent.course(asked.objective, [], descent.frames([]), dark)
        height = float(asked.objective.value(torch.tensor([asked.start], dtype=torch.float64))[0])
        x, y = (*asked.start, height)[:2]
        film.figure.add_scatter(
            x=[x], y=[y], mode="markers", hovertemplate="start (%{x:.3g}, %{y:.3g})<extra></extra>",
            marker={"size": 16, "color": theme.LOSS_COLOUR, "line": {"color": theme.palette(dark)["ink"], "width": 2}},
        )  # fmt: skip
        plot("gdp_map", film.figure, height=520, alt="The landscape and where the descent starts.")
        return
    shown = descent.frames([asked.trace])
    film = descent.course(asked.objective, [asked.trace], shown, dark)
    plot(
        "gdp_map", film.figure, height=520, alt=asked.trace.verdict.sentence, file_name="prediction",
        frames=Frames(len(shown), film.tracks, arrive=arrival("predict", (asked.number,)),
                      fps=min(20.0, max(2.0, len(shown) / 6)), labels=[f"step {each}" for each in shown]),
    )  # fmt: skip


def _code(asked: Question) -> str:
    given = "".join(f", {key}={value!r}" for key, value in asked.racer.settings.items())
    return "\n".join([
        "from dlcore.descent.objectives import objective",
        "from dlcore.descent.optimizers import optimizer",
        "from dlcore.descent.sweep import bound",
        "from dlcore.descent.trace import trace",
        "",
        f"landscape = {built(asked.objective)}",
        f"run = trace(landscape, optimizer({asked.racer.rule.name!r}{given}), {asked.start!r}, {STEPS})",
        "print(run.verdict.sentence)",
        f"print(bound(landscape, {asked.minimum!r}))",
    ]) + "\n"  # fmt: skip
