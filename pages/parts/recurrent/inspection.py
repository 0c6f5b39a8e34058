"""Looking into the network of a run, as it was before it learned, after an epoch, and as it is now."""

from dataclasses import replace

import streamlit as st
import torch

from dlcore.config.run import RunConfig
from dlcore.config.sequences import SERIES, TEXTS
from dlcore.inspect.recurrent import dataset, examples
from dlcore.models.rnn import Recurrent
from dlcore.runs import checkpoints
from dlcore.runs.run import Run, Unreadable
from pages.parts.recurrent import inside, unit, writing
from pages.parts.recurrent.subject import Subject
from pages.shared import address, checkpoint, link, page, session

_CHECKPOINT, _SECTION, _SAMPLE = "rnn_checkpoint", "rnn_section", "rnn_sample"
SAMPLES = 24
FEW = 10
"""Training sequences that are made along with those to look at: nobody will see them."""

COMMON = {
    "states": "Hidden state", "unit": "One unit", "saliency": "What mattered", "reach": "Gradient",
}  # fmt: skip
MORE = {
    "texts": {"write": "Writing", "letters": "Unit and text"},
    "series": {"forecast": "Forecast from anywhere"},
    "": {},
}


@address.fragment
def inspection(run_id: str) -> None:
    """Choose a checkpoint, a sequence, and what to look at."""
    torch.set_num_threads(1)  # of this thread: one sequence goes faster alone than shared out
    with page.sentences():
        run = session.store().run(run_id)
        if isinstance(run, Unreadable):
            return  # the panel says why
        titles = checkpoint.titles(run)
        st.subheader("Look inside", anchor=False)
        sections = {**MORE[_kind(run)], **COMMON}
        section = link.choice(
            _SECTION, "What to look at", tuple(sections), next(iter(sections)), names=sections, look="segmented",
            label_visibility="collapsed",
        )  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = checkpoint.choose(_CHECKPOINT, titles)
            number = 0
            if run.config.data.name not in TEXTS and section != "forecast":
                most = min(SAMPLES, run.started_record.sizes["test"]) if run.started_record else SAMPLES
                if most > 1:
                    number = link.number(_SAMPLE, f"Test sequence, 1 to {most}", 1, most, 1, 1, width=220) - 1
            if run.active:
                checkpoint.look_again("rnn_refresh")
        if run.active:
            checkpoint.age(run_id, titles[name])
        model = _model(run_id, name)
        _draw(section, run, model, titles[name], number)


def _kind(run: Run) -> str:
    name = run.config.data.name
    return "texts" if name in TEXTS else "series" if name in SERIES else ""


@st.cache_resource(max_entries=12, show_spinner=False)
def _model(run_id: str, name: str) -> Recurrent:
    """A network at a checkpoint: what was kept of an epoch does not change any more."""
    return checkpoints.load(session.store(), run_id, name)


@st.cache_resource(max_entries=6, show_spinner="Making the test sequences")
def _examples(config: RunConfig):
    """Test sequences with their targets, and the names of their classes."""
    found = dataset(replace(config, data=replace(config.data, train_size=FEW)))
    return examples(found, count=SAMPLES), found.labels


def _draw(section: str, run: Run, model: Recurrent, title: str, number: int) -> None:
    if section == "write":
        writing.write(model)
    elif section == "letters":
        writing.letters(model)
    elif section == "forecast":
        inside.forecast(model)
    elif run.config.data.name in TEXTS:
        inputs, target = writing.reading(model)
        _SHOWN[section](Subject(run, model, title, inputs, target, 0))
    else:
        batch, labels = _examples(run.config)
        number = min(number, len(batch.inputs) - 1)
        _SHOWN[section](Subject(run, model, title, batch.inputs[number], batch.targets[number], number, labels))


_SHOWN = {"states": inside.states, "unit": unit.unit, "saliency": inside.saliency, "reach": inside.reach}
