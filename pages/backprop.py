"""Watch numbers go forward through a network and gradients come back, one step at a time."""

from pages.shared import page

page.guard()
page.header(
    "Backpropagation", "Watch numbers go forward through a network and gradients come back, one step at a time."
)
