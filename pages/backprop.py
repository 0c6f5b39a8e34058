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
from pages.shared.experiments import Experiment, try_this

SECTIONS = {
    "network": "Step by step",
    "proof": "Proof",
    "graph": "Your expression",
    "run": "Your own run",
}

FRESH = {
    "bp_section": "network", "bp_data": "xor", "bp_layers": 2, "bp_out": "sigmoid", "bp_loss": "bce", "bp_rate": 0.5,
    "bp_batch": 0, "bp_start": "xavier", "bp_seed": 1, "bp_edits": "", "bp_done": 0,
    **{f"bp_u{layer}": 3 for layer in range(1, 5)}, **{f"bp_a{layer}": "tanh" for layer in range(1, 5)},
}  # fmt: skip

EXPERIMENTS = {  # by section; that of one's own run has none
    "network": (
        Experiment(
            "The gradient fades",
            "Five layers of sigmoids: how much of the gradient is left when it reaches layer 1? Step back and watch.",
            {**FRESH, "bp_layers": 5, **{f"bp_a{layer}": "sigmoid" for layer in range(1, 5)}},
        ),
        Experiment(
            "A dead unit",
            "A ReLU whose bias is far below zero is silent for every sample: what gradient does it get?",
            {**FRESH, "bp_a1": "relu", "bp_start": "he", "bp_edits": "0:b1.2=-5"},
        ),
        Experiment(
            "XOR is learned",
            "Where does the loss fall, and which output does each corner get after 300 updates?",
            {**FRESH, "bp_rate": 2.0, "bp_u1": 4, "bp_done": 300},
        ),
        Experiment(
            "All weights alike",
            "If all units of a layer start the same, can they ever become different? Look after 100 updates.",
            {**FRESH, "bp_start": "equal", "bp_done": 100},
        ),
    ),
    "proof": (
        Experiment(
            "Deep sigmoids",
            "The gradients of the first layer are tiny here. Do the three ways to get them still agree?",
            {**FRESH, "bp_section": "proof", "bp_layers": 5, **{f"bp_a{layer}": "sigmoid" for layer in range(1, 5)}},
        ),
        Experiment(
            "After 300 updates",
            "Does the proof hold for a network that has learned, too?",
            {**FRESH, "bp_section": "proof", "bp_rate": 2.0, "bp_u1": 4, "bp_done": 300},
        ),
    ),
    "graph": (
        Experiment(
            "Used twice",
            "x leads to the result in two ways. How do the two gradients that come back to it combine?",
            {"bp_section": "graph", "bp_expr": "x*x + x"},
        ),
        Experiment(
            "A neuron",
            "Two weights, a bias and a tanh: which of them gets no gradient at all, and why?",
            {"bp_section": "graph", "bp_expr": "tanh(a*x + b*y + c)", "bp_v_y": 0.0},
        ),
        Experiment(
            "Saturated",
            "What is left of the gradient behind five sigmoids?",
            {"bp_section": "graph", "bp_expr": "sigmoid(sigmoid(sigmoid(sigmoid(sigmoid(x)))))"},
        ),
    ),
}

link.problems()
section = link.choice(
    "bp_section", "What to look at", tuple(SECTIONS), "network", names=SECTIONS, look="segmented",
    label_visibility="collapsed",
)  # fmt: skip
{"network": walk, "proof": show_proof, "graph": show_expression, "run": show_run}[section]()
if section in EXPERIMENTS:
    try_this(EXPERIMENTS[section])

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
