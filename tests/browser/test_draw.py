"""Drawing as a person does it: a mouse, a canvas, an answer."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.charts import fits_the_screen, script_ended

SEVEN = [[(0.28, 0.22), (0.72, 0.22), (0.45, 0.82)]]
ONE = [[(0.5, 0.2), (0.5, 0.8)]]
FOUR = [[(0.18, 0.3), (0.12, 0.52), (0.36, 0.52)], [(0.32, 0.3), (0.32, 0.72)]]
TWO = [[(0.55, 0.38), (0.62, 0.3), (0.72, 0.32), (0.75, 0.42), (0.64, 0.58), (0.55, 0.7), (0.82, 0.7)]]
BAR = [(0.38, 0.52), (0.66, 0.52)]


def draw(page: Page, strokes: list[list[tuple[float, float]]]) -> None:
    canvas = page.locator("canvas.upper-canvas")
    canvas.hover()  # once it has come to rest
    box = canvas.bounding_box()
    for stroke in strokes:
        places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place, steps=8)
        page.mouse.up()


def answer(page: Page):
    return page.locator("[role=status]:has(.answer)")


def button(page: Page, name: str):
    return page.get_by_test_id("stMain").get_by_role("button", name=re.compile(name))


def your_drawing(page: Page) -> Locator:
    """The picture of the ink as the server has it."""
    return page.get_by_alt_text(re.compile("^Your drawing"))


def test_a_drawn_digit_is_read_undone_and_survives_a_page_change(page):
    page.goto("/draw")
    expect(answer(page)).to_contain_text("Nothing drawn yet")
    draw(page, SEVEN)
    expect(answer(page)).to_contain_text("7")
    expect(answer(page)).to_contain_text("sure")
    plain = your_drawing(page).get_attribute("src")
    draw(page, [BAR])
    expect(your_drawing(page)).not_to_have_attribute("src", plain)
    expect(answer(page)).to_contain_text("7")
    barred = your_drawing(page).get_attribute("src")

    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", name="See deep learning work")).to_be_visible()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Draw").click()
    expect(answer(page)).to_contain_text("7")
    expect(your_drawing(page)).to_have_attribute("src", barred)

    button(page, "Undo").click()
    expect(your_drawing(page)).to_have_attribute("src", plain)
    expect(answer(page)).to_contain_text("7")
    button(page, "Clear").click()
    expect(answer(page)).to_contain_text("Nothing drawn yet")
    draw(page, ONE)
    expect(answer(page)).to_contain_text("1")


def test_examples_are_drawn_with_one_click_and_nonsense_is_no_digit(page):
    page.goto("/draw")
    button(page, "Slashed zero").click()
    expect(answer(page)).to_contain_text("0")
    expect(answer(page)).to_contain_text("sure")
    button(page, "A scribble").click()
    expect(answer(page)).to_contain_text("Not a digit")


def test_two_digits_are_a_number_of_which_each_can_be_looked_into(page):
    page.goto("/draw")
    draw(page, [*FOUR, *TWO])
    expect(answer(page)).to_contain_text("A number of 2 digits")
    expect(answer(page)).to_contain_text("42")
    expect(page.locator(".characters > [role=group]")).to_have_count(2)
    expect(page.locator(".boxed > div")).to_have_count(2)
    seen = page.get_by_alt_text(re.compile("^What the network sees"))
    script_ended(page)
    first = seen.get_attribute("src")
    page.get_by_role("radio", name="2nd: 2").click()
    expect(seen).not_to_have_attribute("src", first)
    expect(page).to_have_url(re.compile("draw_digit=2"))
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        fits_the_screen(page)

    button(page, "Clear").click()
    expect(answer(page)).to_contain_text("Nothing drawn yet")
    draw(page, SEVEN)
    expect(answer(page)).to_contain_text("7")
    expect(page.locator(".characters")).to_have_count(0)


def test_an_unknown_run_in_the_link_is_one_sentence_and_the_bundled_model_reads(page):
    page.goto("/draw?run=nobody-knows-me")
    expect(page.get_by_test_id("stAlert")).to_be_visible()
    draw(page, SEVEN)
    expect(answer(page)).to_contain_text("7")


def test_a_phone_draws_too(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/draw")
    draw(page, SEVEN)
    expect(answer(page)).to_contain_text("7")
    fits_the_screen(page)
