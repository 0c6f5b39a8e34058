"""The one control by which a page asks which network: one that comes with the app, or one that was trained here."""

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from dlcore.errors import DlcoreError, RunNotFound
from pages.shared import page, session, trained

if TYPE_CHECKING:
    from dlcore.runs import Run


@dataclass(frozen=True)
class Chooser:
    """A drop-down list of networks; `?run=ID` in the page's link chooses too, also a run of somebody else.

    key: under which the choice is remembered; each list has its own
    kinds: of runs that may be listed, see dlcore.config.kinds
    refusal: why the network of a run cannot be used here, as a sentence; empty if it can
    title: how a run is listed
    own_first: list this visitor's runs before the networks that come with the app
    lasts: list the last weights of a run too, where its model, the best ones, are others; see pages.shared.trained
    """

    key: str
    label: str
    help: str
    kinds: Collection[str]
    refusal: "Callable[[Run], str]"
    title: "Callable[[Run], str]"
    own_first: bool = False
    lasts: bool = False

    def choose(self, bundled: Iterable[str], load: Callable[[str], object] = str) -> tuple[str, str]:
        """Draw it; returns the name of a bundled network or the id of a run, and how the list calls it.

        load: opens the network. Where it cannot, as where a run cannot be used, a sentence says why, and the first of
            the list takes its place
        """
        options = self._options(bundled)
        default = next(iter(options))
        wanted = self._wanted(default)
        try:
            if wanted not in options:
                options[wanted] = self._found(wanted)
            load(wanted)
            self._name(wanted, default)
        except DlcoreError as error:
            page.problem(f"{error} This one is used instead: {options[default]}.")
            self.forget()
            wanted = default
        st.session_state[self._widget] = wanted
        chosen = st.selectbox(
            self.label, options, format_func=lambda choice: options.get(choice, choice), key=self._widget,
            help=self.help, on_change=self._chosen, args=(default,),
        )  # fmt: skip
        return chosen, options[chosen]

    def known(self, bundled: Iterable[str], also: Iterable[str] = ()) -> dict[str, str]:
        """All that can be chosen, by name, with their titles. also: runs of others; unusable ones are left out"""
        options = self._options(bundled)
        for each in also:
            if each not in options:
                with suppress(DlcoreError):
                    options[each] = self._found(each)
        return options

    def runs(self) -> "list[Run]":
        """This visitor's runs whose networks can be used, the newest first."""
        usable = [run for kind in self.kinds for run in session.runs(kind) if not self.refusal(run)]
        return sorted(usable, key=lambda run: run.created, reverse=True)

    def forget(self) -> None:
        """Go back to the first of the list, such as when the chosen network turned out to be damaged."""
        st.session_state.pop(self.key, None)

    def _options(self, bundled: Iterable[str]) -> dict[str, str]:
        shipped, own = {name: f"{name}, comes with the app" for name in bundled}, {}
        with page.sentences():
            for run in self.runs():
                own[run.id] = self.title(run)
                if self.lasts and run.has_last:
                    own[trained.last_of(run.id)] = _last(run)
        return own | shipped if self.own_first else shipped | own

    def _found(self, run_id: str) -> str:
        """The title of a run that the list lacks; a DlcoreError says why it cannot be used."""
        found, last = trained.parted(run_id)
        run = session.store().readable(found)
        if refused := self.refusal(run):
            raise RunNotFound(refused)
        return _last(run) if last and run.has_last else self.title(run)

    def _wanted(self, default: str) -> str:
        """The run in the link, else the network that this visitor chose, else `default`."""
        linked, state = st.query_params.get("run"), st.session_state
        if linked and linked != state.get(self._named):
            state[self.key] = linked
        wanted = linked or state.get(self.key) or default
        return wanted if self.lasts else trained.parted(wanted)[0]

    def _chosen(self, default: str) -> None:
        """A callback."""
        st.session_state[self.key] = st.session_state[self._widget]
        self._name(st.session_state[self.key], default)

    def _name(self, choice: str, default: str) -> None:
        """Let the link name the network, unless a link without a name shows it to everybody."""
        named = st.session_state[self._named] = "" if choice == default and not self.own_first else choice
        if not named:
            st.query_params.pop("run", None)
        elif st.query_params.get("run") != named:
            st.query_params["run"] = named

    @property
    def _widget(self) -> str:
        return f"{self.key}_widget"

    @property
    def _named(self) -> str:
        return f"{self.key}_named"


def _last(run: "Run") -> str:
    """How the last weights of a run are listed."""
    end = run.finished and run.finished.last
    return f"{run.title}, last weights{f' ({end.said})' if end else ''}"


def unfinished(run: "Run") -> str:
    """A refusal: why the network of a run cannot be used anywhere yet."""
    return "" if run.has_weights else f"The run {run.title!r} has no trained network yet: let it finish first."
