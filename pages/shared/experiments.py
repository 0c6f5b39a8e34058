""" "Try this": one click sets the controls so that a question is answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st


@dataclass(frozen=True)
class Experiment:
    """A question, and the values of the controls that answer it, by their keys."""

    title: str
    question: str
    values: Mapping[str, Any] = field(default_factory=dict)


def try_this(experiments: Sequence[Any], then: Callable[[Any], None] | None = None, *, action: str = "Try it") -> None:
    """A card for each experiment. Its button sets the controls to `values`, and then calls `then(experiment)`.

    Call it outside of fragments: the controls of the whole page follow.
    """
    st.subheader("Try this", anchor=False)
    for place, experiment in zip(st.columns(len(experiments)), experiments, strict=True):
        with place.container(border=True, height="stretch", vertical_alignment="distribute"):
            st.markdown(f"**{experiment.title}**  \n{experiment.question}")
            st.button(
                action,
                key=f"try_{experiment.title}",
                icon=":material/science:",
                on_click=_set,
                args=(experiment, then),
            )


def _set(experiment: Any, then: Callable[[Any], None] | None) -> None:
    st.session_state.update(getattr(experiment, "values", {}))
    if then is not None:
        then(experiment)
