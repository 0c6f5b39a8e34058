"""The sections below the canvas that move: the film of the strokes, and the sliders that break a reader."""

import re

from playwright.sync_api import Page, expect

from tests.browser.charts import drawn, fits_the_screen
from tests.browser.test_draw import BAR, SEVEN, answer, button, draw

AT_REST = "[data-testid=stApp][data-test-script-state=notRunning]"


def output(page: Page):
    """What the player says of the moment that is shown."""
    return page.locator(".player output")


def step(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_a_drawing_is_replayed_with_what_was_thought_of_it(page):
    page.goto("/draw?draw_section=strokes")
    expect(answer(page)).to_contain_text("Nothing drawn yet")
    expect(page.get_by_text("while your drawing grows")).to_be_visible()
    draw(page, SEVEN)
    expect(answer(page)).to_contain_text("7")
    drawn(page, "The drawing as it grows")
    draw(page, [BAR])
    expect(page.get_by_text("stroke 2", exact=True).first).to_be_visible()
    page.locator(AT_REST).wait_for()
    drawn(page, "The drawing as it grows").scroll_into_view_if_needed()
    step(page, "To the end")
    expect(output(page)).to_have_text("stroke 2: 7")
    step(page, "To the start")
    expect(output(page)).to_have_text(re.compile("^stroke 1: "))
    step(page, "Play")
    expect(output(page)).to_have_text("stroke 2: 7")
    expect(page.get_by_text(re.compile("the answer is 7"))).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    fits_the_screen(page)


def test_sliders_break_the_drawing_and_the_test_images_and_the_link_keeps_them(page):
    page.goto("/draw?draw_section=breaking&run=mlp")
    expect(answer(page)).to_contain_text("Nothing drawn yet")
    button(page, "7 with a bar").click()
    expect(page.get_by_text("As it is: 7")).to_be_visible()
    drawn(page, "The share of test images that is read right")
    right = page.get_by_test_id("stMetric").filter(has_text="Read right").get_by_test_id("stMetricValue")
    whole = right.text_content()
    page.locator(AT_REST).wait_for()
    button(page, "^Negative$").click()
    expect(right).not_to_have_text(whole)
    expect(page.get_by_text(re.compile("Changed: "))).to_be_visible()
    expect(page).to_have_url(re.compile("break_invert=1"))
    expect(answer(page)).to_contain_text("7")

    broken = right.text_content()
    page.reload()
    expect(right).to_have_text(broken)
    expect(page.get_by_role("combobox", name="How does it fall with")).to_have_value("Swap ink and paper")
    page.locator(AT_REST).wait_for()
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(right).to_have_text(whole)
    expect(page).not_to_have_url(re.compile("break_invert"))
