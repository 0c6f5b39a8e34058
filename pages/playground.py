"""Watch a network learn a problem in the plane, and reach into it."""

from pages.shared import page

page.guard()
page.header(
    "Playground", "Watch a network learn to tell points apart, look into every unit, and change whatever you like."
)

# What follows imports torch, which takes seconds when the server is fresh.
import streamlit as st

from pages.parts.playground import stage
from pages.shared import link

link.problems()
stage.section()

with st.expander("What is going on", icon=":material/help:"):
    st.markdown(
        "Each **unit** multiplies what comes in by its **weights**, adds a **bias**, and applies its activation. Its "
        "small picture shows what it gives for every point of the plane: orange is positive, blue negative. The large "
        "picture is the network's answer, and the dots are the points to learn from; those with a dark ring are "
        "kept for the **test**.\n\n"
        "An **update** takes a few points, computes how the **loss** would change with every weight, and moves each "
        "weight a little against that slope. One pass over all training points is an **epoch**. The first weights "
        "follow from a seed, so that the same settings always give the same film.\n\n"
        "The idea of this page, and its first problems, are those of the Neural Network Playground by D. Smilkov and "
        "S. Carter (2016, arXiv:1708.03788)."
    )
