"""Watch a line find its points while a ball rolls down the bowl of its errors."""

from pages.shared import page

page.guard()
page.header("Linear regression", "Watch a line find its points while a ball rolls down the bowl of its errors.")

# What follows imports torch, which takes seconds when the server is fresh.
import streamlit as st

from pages.parts.regression import stage
from pages.shared import link
from pages.shared.experiments import Experiment, try_this

ARTICLE = {
    "reg_rate": 0.01, "reg_batch": 100, "reg_epochs": 1000, "reg_scaled": False, "reg_beside": stage.NOBODY,
    "reg_noise": 0.33, "reg_slope": 2.0, "reg_intercept": 1.0, "reg_low": -1.0, "reg_high": 1.0, "reg_count": 100,
    "reg_seed": 0, "reg_outliers": 0.0, "reg_edits": "", "reg_w": 0.0, "reg_b": 0.0, "reg_order": 0,
}  # fmt: skip

EXPERIMENTS = (
    Experiment("The textbook run", "After 1,000 epochs at α = 0.01: which has arrived, slope or intercept?", ARTICLE),
    Experiment(
        "Just too far",
        "The bound is α = 2. What does 1 % more do to the ball, and in which direction does it fly off?",
        {**ARTICLE, "reg_rate": 2.02, "reg_epochs": 200, "reg_w": -1.0, "reg_b": 3.0},
    ),
    Experiment(
        "One point at a time",
        "With one point a step and a large α, does it ever come to rest? Try a smaller α then.",
        {**ARTICLE, "reg_rate": 0.2, "reg_batch": 1, "reg_epochs": 5},
    ),
    Experiment(
        "A long, narrow bowl",
        "x from 0 to 10 makes a bowl that is steep one way and flat the other. Now switch “Scale x first” on.",
        {**ARTICLE, "reg_low": 0.0, "reg_high": 10.0, "reg_noise": 1.0, "reg_b": -4.0, "reg_rate": 0.05,
         "reg_epochs": 200},
    ),
    Experiment(
        "The same in PyTorch",
        "Does dlcore’s own training, with autograd and torch.optim, take the same steps? To which digit?",
        {**ARTICLE, "reg_beside": "sgd", "reg_schedule": "constant"},
    ),
)  # fmt: skip

link.problems()
stage.section()
try_this(EXPERIMENTS, stage.replay)

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
