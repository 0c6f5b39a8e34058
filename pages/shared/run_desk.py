"""Starting and choosing runs: what all training pages do around the panel of the run that they show."""

from collections.abc import Callable, Sequence

import streamlit as st

from dlcore.config.kinds import KINDS
from dlcore.config.run import RunConfig
from dlcore.errors import DlcoreError
from dlcore.runs.run import Unreadable
from pages.shared import address, own_images, page, present, scroll, session
from pages.shared.experiments import try_this
from pages.shared.run_experiment import RunExperiment, Watched
from pages.shared.run_list import run_list
from pages.shared.run_panel import run_panel
from pages.shared.settings import Settings


class RunDesk:
    """The runs of one page. kind: of network, see dlcore.config.kinds."""

    def __init__(self, kind: str) -> None:
        self.kind, self._view = kind, KINDS[kind].find("view")
        self.settings: Settings = self._view(None).settings
        self._run, self._problems, self._tried = (f"_{kind}_{name}" for name in ("run", "problems", "tried"))

    def open(self) -> str | None:
        """To be called before the controls are drawn: tells what is wrong with the link and the store.

        Returns the id of the run in the link, else of the one that this visitor looked at last. None if there is no
        such run, or if it is for another page.
        """
        address.remember(self.settings.values(self.settings.start))
        if found := self.settings.link_problems():
            st.session_state[self._problems] = found
        try:
            if notice := session.store().notice:
                page.problem(notice)
        except DlcoreError as error:
            page.problem(error)
            st.stop()
        linked = st.query_params.get("run")
        if linked and self._is_elsewhere(linked):
            return None
        if linked:
            st.session_state[self._run] = linked
        elif st.session_state.get(self._run):
            st.query_params["run"] = st.session_state[self._run]
        return st.session_state.get(self._run)

    def _is_elsewhere(self, run_id: str) -> bool:
        """Whether this run is of another kind; if so, says where it is watched."""
        try:
            run = session.store().run(run_id)
        except DlcoreError:
            return False  # the panel says why
        if isinstance(run, Unreadable) or run.kind == self.kind:
            return False
        page.problem(f"The run {run.title!r} trains another kind of network, which has its own page.")
        st.page_link(page.of_kind(run.kind), label="Open it there", icon=":material/monitoring:",
                     query_params={"run": run.id})  # fmt: skip
        return True

    def start_button(self) -> None:
        """Start what the controls describe; below it, why that was not possible."""
        state = st.session_state
        st.button(
            "Start training",
            type="primary",
            icon=":material/play_arrow:",
            width="stretch",
            on_click=self.start,
            key=self.settings.key("start"),
        )
        # A problem holds until a setting changes. The first run of a page has not drawn all controls yet.
        now = {key: state[key] for key in self.settings.values(self.settings.start) if key in state}
        tried = {**now, **state.get(self._tried, {})}
        if any(tried[key] != value for key, value in now.items()):
            state[self._problems], tried = [], now
        state[self._tried] = tried
        with st.container(key="problems"):
            for problem in state.get(self._problems, []):
                page.problem(problem)

    def start(self, *configs: RunConfig) -> None:
        """A callback: queue these runs, or the one that the controls describe, and show the last."""
        st.session_state[self._problems] = []
        st.session_state.pop(self._tried, None)
        try:
            for config in configs or (self.settings.read(st.session_state),):
                run_id = session.store().submit(config, session.owner(), examples=own_images.data(config))
                if len(configs) > 1:
                    st.session_state[f"compare_{run_id}"] = True
                self.show(run_id)
        except DlcoreError as error:
            st.session_state[self._problems] = [str(error)]
            scroll.show("problems")

    def try_this(self, experiments: Sequence[RunExperiment], run_id: str | None) -> None:
        """Cards that start runs, with their answers for the run on the screen."""
        shown = Watched(run_id, session.runs(self.kind)) if run_id else None
        try_this(experiments, shown, "stage", self.experiment, action="Run it")

    def experiment(self, chosen: RunExperiment) -> None:
        """A callback: set the controls to an experiment and start its runs."""
        self.settings.show(chosen.runs[-1])
        self.start(*chosen.runs)

    def show(self, run_id: str) -> None:
        """A callback: show a run."""
        st.session_state[self._run] = run_id
        st.query_params["run"] = run_id
        scroll.show("stage")

    def leave(self) -> None:
        """A callback: show no run."""
        st.session_state[self._run] = None
        st.query_params.pop("run", None)

    def panel(self, run_id: str, below: Callable[[], None] = lambda: None) -> None:
        """The run, what the page has to show below it, and a way to close it."""
        run_panel(run_id, session.owner(), self._view(run_id))
        with present.aside("below"):
            below()
            st.button("Close this run", icon=":material/close:", type="tertiary", on_click=self.leave)

    def list(self, run_id: str | None) -> None:
        """This visitor's runs of this kind."""
        with present.aside("runs"):
            run_list(session.owner(), self.show, run_id, self.kind)
