"""A photograph of a digit: chosen, dropped on the page and pasted."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from dlcore.data.strokes import render
from tests.browser.charts import fits_the_screen
from tests.browser.test_draw import answer

HAND_OVER = """([name, data]) => {
  const bytes = Uint8Array.from(atob(data), each => each.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], "photo.jpg", { type: "image/jpeg" }));
  const options = { bubbles: true, cancelable: true };
  const event = name === "paste"
    ? new ClipboardEvent("paste", { ...options, clipboardData: carried })
    : new DragEvent("drop", { ...options, dataTransfer: carried });
  document.querySelector("h1").dispatchEvent(event);
}"""


def photograph() -> bytes:
    """A seven on paper, the light from the right."""
    ink = render([[(75, 70), (200, 70), (125, 220)]], width=16) / 255
    picture = (235 - 200 * ink) * (0.4 + 0.6 * np.arange(280) / 280)
    file = io.BytesIO()
    Image.fromarray(picture.astype(np.uint8)).save(file, "JPEG")
    return file.getvalue()


def settled(page: Page) -> None:
    expect(answer(page)).to_contain_text("Nothing drawn yet")
    expect(page.locator('[data-test-script-state="notRunning"]')).to_be_attached()


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_a_phone_chooses_a_photograph(page):
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto("/draw")
    settled(page)
    page.get_by_text("Bring a picture").click()
    field = page.locator('[class*="st-key-draw_file_"] input[type="file"]')
    field.set_input_files({"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photograph()})
    expect(answer(page)).to_contain_text("7")
    fits_the_screen(page)
