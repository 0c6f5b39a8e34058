"""Watch optimizers race down the same landscape, and read their minds at every step."""

from pages.shared import page

page.guard()
page.header("Gradient descent", "Watch optimizers race down the same landscape, and read their minds at every step.")
