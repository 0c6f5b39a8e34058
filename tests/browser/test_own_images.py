"""Images of one's own in a browser: chosen, looked at, trained on, drawn for."""

import re

from playwright.sync_api import Page, expect

from tests.browser.test_train import state
from tests.dlcore.data.own.shapes import folders, packed


def test_a_zip_of_shapes_is_shown_trained_on_and_drawn_for(page: Page):
    page.goto("/train?data=own&epochs=2&batch_size=16")
    expect(page.get_by_text("Choose your images beside")).to_be_visible()
    upload = {"name": "shapes.zip", "mimeType": "application/zip", "buffer": packed({**folders(20, 60), "a.txt": b"x"})}
    page.locator("input[type=file]").set_input_files([upload])
    expect(page.get_by_text("60 images of bar, beam and ring.")).to_be_visible()
    expect(page.get_by_text("Left out: a.txt")).to_be_visible()
    expect(page.get_by_text("32 of 42 training images")).to_be_visible()
    expect(page.get_by_text("Training images of each class")).to_be_visible()
    expect(page.locator(".builder .card b", has_text=re.compile("^dense 3$"))).to_be_visible()

    page.get_by_role("button", name="Start training").click()
    expect(page).to_have_url(re.compile(r"[?&]run="))
    state(page, "finished")
    page.get_by_role("button", name="Draw for this model").click()
    expect(page.get_by_text("It tells bar, beam and ring apart")).to_be_visible()
    for name in ("bar", "beam", "ring"):
        expect(
            page.get_by_role("table", name="Probability of each class").get_by_text(name, exact=True)
        ).to_be_visible()
