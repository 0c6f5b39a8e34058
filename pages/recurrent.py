"""See a network remember: it reads signals, series, digits and text one step at a time."""

from pages.shared import page

page.guard()
page.header(
    "Recurrent networks", "See a network remember: it reads signals, series, digits and text one step at a time."
)
