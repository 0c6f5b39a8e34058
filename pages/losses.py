"""See what a loss asks of a prediction, and how hard it pulls."""

from pages.shared import page

page.guard()
page.header("Losses", "See what a loss asks of a prediction, and how hard it pulls.")
