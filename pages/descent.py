"""Watch optimizers race down the same landscape, and read their minds at every step."""

from pages.shared import page

page.guard()
page.header("Gradient descent", "Watch optimizers race down the same landscape, and read their minds at every step.")

# What follows imports torch, which takes seconds when the server is fresh.
from importlib import import_module

import streamlit as st

from pages.parts.descent import landscape
from pages.parts.descent.cards import PICTURES, cards
from pages.shared import address, link
from pages.shared.experiments import try_this

SECTIONS = {
    "race": "Race", "steps": "One step", "sweep": "Learning-rate sweep", "basins": "Basins", "predict": "Predict",
    "network": "A real network",
}  # fmt: skip


@address.fragment
def stage() -> None:
    """The section that was chosen and its experiments: only this runs again when a control moves."""
    address.keep()
    chosen = link.choice(
        "gd_section", "Section", tuple(SECTIONS), "race", names=SECTIONS, look="segmented", label_visibility="collapsed"
    )
    section = import_module(f"pages.parts.descent.{chosen}").section
    with page.section(chosen, SECTIONS):
        shown = None
        if chosen in ("race", "steps", "predict", "network"):
            shown = section()
        elif objective := landscape.choose_above():
            shown = section(objective)
        try_this(cards(chosen), shown, PICTURES)


link.problems()
stage()
with st.expander("What is going on", icon=":material/help:"):
    st.markdown(
        "A loss is a **landscape**: every setting of the parameters θ has a height. The **gradient** ∇f points up the "
        "steepest slope, so an **optimizer** goes the other way: θ ← θ − α ∇f(θ), with the **learning rate** α. Where "
        "the landscape curves strongly (its **Hessian** has a large eigenvalue λmax), a rate above 2/λmax diverges. "
        "Where it curves strongly one way and weakly the other, plain descent zigzags and crawls: the **condition "
        "number** is the ratio of the two. **Momentum** keeps a velocity and so averages the zigzag away. **AdaGrad**, "
        "**RMSprop** and **Adam** divide each coordinate by how large its gradients have been. **Newton** divides by "
        "the curvature itself, which is too large to compute for a network. All but Newton are `torch.optim`'s own; "
        "every gradient is exact, by autograd."
    )
