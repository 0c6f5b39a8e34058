""" "Try this": one click sets the controls so that a question can be answered; the answer is opened afterwards.

An answer is made from what the page shows at this moment, by a function of the card, and says how sure it is. It is
given only while the controls are as the card has set them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import streamlit as st

from pages.shared import present, scroll

EXACT = "This is exact, apart from rounding."
ONE_SEED = "One seed only: another may give a different result. Change it and look again."


@dataclass(frozen=True)
class Answer:
    """What the figures on the screen say of a question, in Markdown.

    sure: how sure that is; right: which of the card's choices is the right one, where it offers some
    """

    said: str
    sure: str = EXACT
    right: int | None = None


@dataclass(frozen=True)
class Unanswered:
    """What has to be done before there is an answer, as a sentence."""

    first: str


Reply = Answer | Unanswered
NOT_SHOWN = Unanswered("Press this card's button first: the controls show something else now.")


@dataclass(frozen=True)
class Experiment:
    """A question, and the values of the controls that answer it, by their keys.

    answer: what is on the screen, as the section hands it to `try_this`, → the answer
    choices: two to four predictions, of which `Answer.right` tells the right one
    free: keys of controls that the question asks to move: wherever they are, there is an answer
    """

    title: str
    question: str
    values: Mapping[str, Any] = field(default_factory=dict)
    answer: Callable[[Any], Reply] = field(kw_only=True)
    choices: tuple[str, ...] = field(default=(), kw_only=True)
    free: tuple[str, ...] = field(default=(), kw_only=True)

    def reply(self, state: Mapping[Any, Any], shown: Any) -> Reply:
        """The answer, if the controls in `state` are as the card sets them and something is `shown`."""
        held = {key: value for key, value in self.values.items() if key not in self.free}
        if shown is None or any(state.get(key) != value for key, value in held.items()):
            return NOT_SHOWN
        return self.answer(shown)


@dataclass(frozen=True)
class _Card:
    """Keys of the parts of a card."""

    title: str

    @cached_property
    def button(self) -> str:
        return f"try_{self.title}"

    @cached_property
    def answer(self) -> str:
        return f"answer_{self.title}"

    @cached_property
    def guess(self) -> str:
        return f"guess_{self.title}"


def try_this(
    experiments: Sequence[Any],
    shown: Any,
    picture: str | Sequence[str],
    then: Callable[[Any], None] | None = None,
    *,
    action: str = "Try it",
) -> None:
    """A card for each experiment. Its button sets the controls to `values`, and then calls `then(experiment)`.

    shown: what the answers are made from, the figures on the screen; None while there is nothing
    picture: key of the picture that a click brings into view; of several, the first that is there

    Call it where it runs again whenever what is shown changes: in the fragment of the section.
    """
    with present.aside(f"experiments_{len(experiments)}"):
        st.subheader("Try this", anchor=False)
        with st.container(key=f"cards_{len(experiments)}", gap="small"):
            for each in experiments:
                with st.container(border=True, height="stretch", vertical_alignment="distribute"):
                    _card(each, experiments, shown, picture, then, action)
    scroll.follow()


def _card(one: Any, among: Sequence[Any], shown: Any, picture: str | Sequence[str], then: Any, action: str) -> None:
    card = _Card(one.title)
    st.markdown(f"**{one.title}**  \n{one.question}")
    with st.container(gap="small"):
        if one.choices:
            st.pills("What do you expect?", one.choices, key=card.guess)
        st.button(
            action, key=card.button, icon=":material/science:", on_click=_try, args=(one, among, picture, then)
        )  # fmt: skip
        place = st.expander("Answer", icon=":material/lightbulb:", key=card.answer, on_change="rerun")
        if place.open:
            with place:
                _tell(one.reply(st.session_state, shown), one.choices, st.session_state.get(card.guess))


def _tell(reply: Reply, choices: tuple[str, ...], guess: str | None) -> None:
    if isinstance(reply, Unanswered):
        st.markdown(reply.first)
        return
    if choices and reply.right is not None:
        expected = choices[reply.right]
        if guess == expected:
            st.markdown(f":material/check: **{expected}**, as you expected.")
        else:
            st.markdown(f"**{expected}**" + (f", not “{guess}”." if guess else "."))
    st.markdown(reply.said)
    st.caption(f"How sure? {reply.sure}")


def _try(chosen: Any, among: Sequence[Any], picture: str | Sequence[str], then: Any) -> None:
    st.session_state.update(getattr(chosen, "values", {}))
    st.session_state.update({_Card(each.title).answer: False for each in among})
    scroll.show(*([picture] if isinstance(picture, str) else picture))
    if then is not None:
        then(chosen)
