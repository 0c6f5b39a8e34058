"""See a network remember: it reads signals, series, digits and text one step at a time."""

from pages.shared import page

page.guard()
page.header(
    "Recurrent networks", "See a network remember: it reads signals, series, digits and text one step at a time."
)

# What follows imports torch, which takes seconds when the server is fresh.
import streamlit as st

from pages.parts.recurrent import controls, explained, inspection, preview
from pages.parts.recurrent.cards import EXPERIMENTS
from pages.shared import link
from pages.shared.run_desk import RunDesk

link.problems()
desk = RunDesk("recurrent")
run_id = desk.open()
controls.follow(run_id)
task = controls.choose_task()

left, stage = st.columns([3, 9], gap="medium")
with left.container(key="controls"):
    place = controls.controls(task)
    desk.start_button()
    controls.more_controls(task)
    with place:
        explained.size()
with stage.container(key="stage"):
    if run_id:
        desk.panel(run_id, below=lambda: (inspection.inspection(run_id), preview.next_preview()))
    else:
        preview.preview()

desk.try_this(EXPERIMENTS, run_id)

desk.list(run_id)

explained.formulas()
explained.what_is_going_on()
