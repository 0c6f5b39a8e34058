"""Watch numbers go forward through a network and gradients come back, one step at a time."""

from pages.shared import page

page.guard()
page.header(
    "Backpropagation", "Watch numbers go forward through a network and gradients come back, one step at a time."
)

# What follows imports torch, which takes seconds when the server is fresh.
import streamlit as st

from pages.parts.backprop.expression import show_expression
from pages.parts.backprop.proof import show_proof
from pages.parts.backprop.run import show_run
from pages.parts.backprop.walk import walk
from pages.shared import link

SECTIONS = {
    "network": "Step by step",
    "proof": "Proof",
    "graph": "Your expression",
    "run": "Your own run",
}

link.problems()
section = link.choice(
    "bp_section", "What to look at", tuple(SECTIONS), "network", names=SECTIONS, look="segmented",
    label_visibility="collapsed",
)  # fmt: skip
with page.section(section, SECTIONS):
    {"network": walk, "proof": show_proof, "graph": show_expression, "run": show_run}[section]()

with st.expander("What is going on", icon=":material/help:"):
    st.markdown(
        "**Forward**: each unit multiplies what comes in by its weights, adds a bias, and applies its activation. The "
        "last layer's answer is compared with the target: that is the **loss**.\n\n"
        "**Backward**: how would the loss change if this number were a little larger? For the output that is easy to "
        "say. For every number before it the **chain rule** says: multiply by how much that number moves the next one, "
        "and add up over all ways that lead to the loss. **δ** is this answer for what goes into a unit. From δ every "
        "weight gets its gradient: δ of the unit that it leads to, times the value that came in through it.\n\n"
        "**Update**: each weight takes a step against its gradient, as long as the learning rate **α** says. "
        "One pass forward and one back give all gradients at once, however many weights there are. "
        "(Rumelhart, Hinton and Williams, 1986.)"
    )
