"""Watch a line find its points while a ball rolls down the bowl of its errors."""

from pages.shared import page

page.guard()
page.header("Linear regression", "Watch a line find its points while a ball rolls down the bowl of its errors.")
