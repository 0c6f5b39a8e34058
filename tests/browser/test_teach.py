"""Teaching as a person does it: correct a network and see what it forgets, teach symbols and have them read."""

import re

from playwright.sync_api import Page, expect

from tests.browser.charts import drawn, script_ended
from tests.browser.test_draw import SEVEN, answer, button, draw
from tests.browser.test_train import state

CORNER = [[(0.25, 0.25), (0.25, 0.78), (0.75, 0.78)]]


def at_rest(page: Page) -> None:
    """Wait until the page's script has come to its end: what moves can be clicked then."""
    script_ended(page)


def press(page: Page, key: str) -> None:
    at_rest(page)
    page.locator(f".st-key-{key} button").first.click()


def test_a_drawing_is_corrected_and_what_the_copies_forgot_is_seen(page: Page):
    page.goto("/train?preset=mlp&epochs=3")
    button(page, "Start training").click()
    state(page, "finished")
    page.get_by_role("button", name="Draw for this model").click()
    page.get_by_text("Teach it", exact=True).click()
    expect(page.get_by_text("Was it read wrong?")).to_be_visible()
    draw(page, CORNER)
    expect(page.get_by_text("What was it?", exact=False)).to_be_visible()
    press(page, "was_4")
    expect(page.get_by_text("On your sheet as 4.")).to_be_visible()
    expect(page.get_by_role("button", name="Remove drawing 1: 4")).to_be_visible()
    press(page, "fine_tune")
    drawn(page, "The share of each class of the test images read right, before and after")
    expect(page.get_by_text("before: 0 of 1").or_(page.get_by_text("before: 1 of 1"))).to_have_count(2)
    expect(page).to_have_url(re.compile(r"[?&]lesson="))
    at_rest(page)
    page.get_by_role("button", name="Let it read").last.click()
    expect(page).to_have_url(re.compile(r"[?&]run="))
    expect(answer(page)).to_contain_text("4")
    page.get_by_role("button", name="Remove drawing 1: 4").click()
    expect(page.get_by_role("button", name="Remove drawing 1: 4")).to_have_count(0)


def test_two_symbols_are_taught_and_read(page: Page):
    page.goto("/draw?draw_section=teach&teach=symbols&symbols=circle,%20corner")
    expect(page.get_by_text("Draw a handful of each")).to_be_visible()
    press(page, "generate")
    expect(page.get_by_text("Still to draw: 5 × corner.")).to_be_visible()
    for number in range(5):
        at_rest(page)
        draw(page, [[(0.25, 0.25), (0.25, 0.78), (0.75 - 0.05 * number, 0.78)]])  # each as wide as no other
        expect(answer(page)).not_to_contain_text("Nothing drawn yet")
        press(page, "add_corner")
        expect(page.get_by_role("button", name=f"Add as corner: {number + 1}")).to_be_visible()
        expect(answer(page)).to_contain_text("Nothing drawn yet")
    press(page, "train_symbols")
    expect(page.get_by_text("It reads now: draw one of them above.")).to_be_visible()
    at_rest(page)
    draw(page, CORNER)
    expect(answer(page)).to_contain_text("corner")
    draw(page, SEVEN)
    table = page.get_by_role("table", name="Probability of each class")
    expect(table.get_by_text("circle", exact=True)).to_be_visible()
