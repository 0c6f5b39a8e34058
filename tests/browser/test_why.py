"""Why a drawing is read as it is, in a browser: draw, open the section, ask about another class, read the pixels."""

import re

from playwright.sync_api import Page, expect

from tests.browser.charts import fits_the_screen, until
from tests.browser.test_draw import SEVEN, answer, draw

DONE = "[data-test-script-state='notRunning']"
FILLED = """canvas => {
  const pixels = canvas.getContext("2d").getImageData(0, 0, 28, 28).data;
  return pixels.some((each, i) => i % 4 === 3 && each > 0);
}"""


def settled(page: Page) -> None:
    page.locator(DONE).wait_for(state="attached")


def figure(page: Page, title: str):
    return page.locator(".pixels figure", has=page.get_by_text(title, exact=True))


def test_a_drawing_is_explained_for_any_class_and_read_pixel_by_pixel(page: Page):
    page.goto("/draw")
    draw(page, SEVEN)
    expect(answer(page)).to_contain_text("7")
    settled(page)
    page.get_by_role("radio", name="Why this answer").click()
    for title in ("Saliency", "Integrated gradients", "Grad-CAM", "Occlusion", "What changes"):
        over = figure(page, title).locator("canvas").last
        expect(over).to_be_visible()
        until(over, FILLED)
    expect(page.locator(".sheet figure")).to_have_count(8)
    expect(page.get_by_text(re.compile("^Distances are between the 64 numbers"))).to_be_visible()
    expect(page.get_by_text("Show the code of these pictures")).to_be_visible()
    settled(page)

    before = figure(page, "Saliency").locator(".number").text_content()
    page.get_by_role("button", name="Try it").first.click()
    expect(page).to_have_url(re.compile("why_class=next"))
    expect(figure(page, "Saliency").locator(".number")).not_to_have_text(before)
    settled(page)

    group = page.locator(".pixels").first
    group.focus()
    page.keyboard.press("ArrowUp")
    expect(group.locator(".said")).to_have_text(re.compile("^Row 14, column 15: Saliency .*; Occlusion "))
    expect(group.locator(".here").first).to_be_visible()

    page.set_viewport_size({"width": 320, "height": 640})
    fits_the_screen(page)
