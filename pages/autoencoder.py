"""Watch a network squeeze images into a few numbers, look inside, and let it dream."""

from pages.shared import page

page.guard()
page.header("Autoencoders", "Watch a network squeeze images into a few numbers, look inside, and let it dream.")
