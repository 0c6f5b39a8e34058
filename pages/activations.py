"""See what a nonlinearity does: to one number, to a neuron, to a signal through fifty layers."""

from pages.shared import page

page.guard()
page.header(
    "Activations", "See what a nonlinearity does: to one number, to a neuron, to a signal through fifty layers."
)
