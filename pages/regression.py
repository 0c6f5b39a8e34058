"""Watch a line find its points while a ball rolls down the bowl of its errors."""

from pages.shared import page

page.guard()
page.header("Linear regression", "Watch a line find its points while a ball rolls down the bowl of its errors.")

# What follows imports torch, which takes seconds when the server is fresh.
import streamlit as st

from pages.parts.regression import stage
from pages.shared import link

link.problems()
stage.section()

with st.expander("What is going on", icon=":material/help:"):
    st.markdown(
        "A line ŷ = w·x + b has two numbers. Its **loss** J = 1/(2N)·Σ(ŷ − y)² is half the mean squared error over "
        "the N points, so every pair (w, b) has a loss, and together they form a **bowl**. **Gradient descent** "
        "feels the slope of the bowl where it stands and takes a step downhill: the **learning rate** α times the "
        "slope. One **epoch** is one pass over the points. The bowl's curvature λ does not depend on y. In each of "
        "its two main directions a step multiplies the distance to the minimum by 1 − α·λ: above α = 2/λmax that is "
        "less than −1, and it **diverges**; where λ is small it creeps. **Scaling** x to mean 0 and deviation 1 "
        "makes the bowl round, so one α suits both directions. With few points per step, each step follows the slope"
        " of a slightly different bowl: right on average, wrong each time.\n\n"
        "The points: `np.random.seed(0)`, `x = np.linspace(-1, 1, 100)`, `y = 2*x + 1 + 0.33*np.random.randn(100)`. "
        "The exact solution is the one of least squares, in closed form."
    )
