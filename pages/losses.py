"""See what a loss asks of a prediction, and how hard it pulls."""

from pages.shared import page

page.guard()
page.header("Losses", "See what a loss asks of a prediction, and how hard it pulls.")

# What follows imports torch, which takes seconds when the server is fresh.
import streamlit as st

from pages.parts.losses import classes, curves, outlier, slow
from pages.shared import link

SECTIONS = {
    "curves": ("Curves", curves),
    "outlier": ("An outlier", outlier),
    "classes": ("Classification", classes),
    "slow": ("Slow learning", slow),
}

link.problems()
chosen = link.choice(
    "loss_section", "Section", tuple(SECTIONS), "curves", names={name: title for name, (title, _) in SECTIONS.items()},
    look="segmented", label_visibility="collapsed",
)  # fmt: skip
with page.section(chosen, SECTIONS):
    SECTIONS[chosen][1].section()

with st.expander("What is going on", icon=":material/help:"):
    st.markdown(
        "A **loss** says in one number how wrong a prediction is: the less, the better. Most losses are 0 where the "
        "prediction is right; cross-entropy with a target between 0 and 1 always leaves something, least where p = y. "
        "Training never asks for more than the **gradient**: which way the loss grows, and how fast. The prediction is "
        "then moved the other way, so the gradient is how hard a sample pulls. That is why the shape of a loss "
        "matters: a **squared error** lets large mistakes pull hardest, an **absolute error** lets every mistake pull "
        "alike, **Huber** is the first near the target and the second far from it. For classes, a **logit** is the "
        "network's raw number for a class, the **softmax** turns logits into probabilities, and "
        "**cross-entropy** charges −ln p for the probability p that the right class got: its gradient by the logits is "
        "simply p − y, what was predicted minus what is true."
    )
