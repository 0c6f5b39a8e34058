"""See what a nonlinearity does: to one number, to a neuron, to a signal through fifty layers."""

from pages.shared import page

page.guard()
page.header(
    "Activations", "See what a nonlinearity does: to one number, to a neuron, to a signal through fifty layers."
)

# What follows imports torch, which takes seconds when the server is fresh.
import streamlit as st

from pages.parts.activations import curves, depth, few, gating, neuron, softmax
from pages.shared import link

SECTIONS = {
    "curves": ("Curves", curves),
    "neuron": ("One neuron", neuron),
    "few": ("A few neurons", few),
    "depth": ("Through depth", depth),
    "softmax": ("Softmax", softmax),
    "gates": ("Gates", gating),
}
WHAT_IS_GOING_ON = {
    "curves": "A network without **activation functions** is one straight line, however many layers it has. An "
    "activation bends the line. Going forward a layer multiplies by weights and bends; going back, the gradient is "
    "multiplied by the **derivative** f′ at the same place. Where f′ is near 0 the unit is **saturated**: what comes "
    "in no longer matters, and nothing is learned there. f′ above 1 in many layers makes gradients grow.",
    "neuron": "A neuron adds up its inputs, each times a **weight**, adds a **bias**, and sends the sum z through the "
    "activation. The weights choose the direction in which it looks and how sharply; the bias chooses where the bend "
    "lies. With two inputs the bend is a line, with a thousand it is a plane of 999 dimensions.",
    "few": "Each neuron contributes one bend, shifted, stretched and flipped. Training finds weights so that the bends "
    "add up to the function. With enough of them any continuous function is reached as closely as you like: the "
    "**universal approximation theorem** (Cybenko 1989; Hornik 1991). It says that such weights exist, not that "
    "training finds them: change the seed and see.",
    "depth": "Every layer multiplies the signal by about the same factor on its way forward, and the gradient by "
    "another on its way back. After 50 layers 0.9 becomes 0.005 and 1.1 becomes 117. A good **initialisation** chooses "
    "the variance of the weights so that both factors are 1: Xavier for centred activations that are steepest at 0, "
    "He for ReLU, which loses half of the signal, LeCun for SELU. A **norm** measures and repairs the variance "
    "of what enters the activation, in every layer; a **skip connection** lets the gradient pass beside the layer.",
    "softmax": "Softmax makes positive numbers of the **logits** by eᶻ and divides by their sum, so that they can be "
    "read as probabilities. Only differences between logits count. The **temperature** divides all logits: below 1 the "
    "winner takes more, above 1 the others get a chance. Language models use it when they choose the next word.",
    "gates": "A **gated linear unit** computes two weighted sums of the same input and multiplies one by an activation "
    "of the other. The gate decides how much passes, and the gradient to the value does not go through the "
    "nonlinearity at all. LSTM cells have used gates since 1997, language models use SwiGLU and GEGLU.",
}


link.problems()
chosen = link.choice(
    "act_section", "Section", list(SECTIONS), "curves", names={name: title for name, (title, _) in SECTIONS.items()},
    look="segmented", label_visibility="collapsed",
)  # fmt: skip
with page.section(chosen, SECTIONS):
    SECTIONS[chosen][1].show()
    with st.expander("What is going on", icon=":material/help:"):
        st.markdown(WHAT_IS_GOING_ON[chosen])
few.warm_up()
