"""The race as a person watches it: it plays, is paused and scrubbed, and starts where the map is clicked."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

AT = """(chart, [x, y]) => {
  const box = chart.getBoundingClientRect(), { xaxis, yaxis } = chart._fullLayout;
  return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)];
}"""


def picture(page: Page, alt: str) -> Locator:
    """The picture with this description, once it is drawn."""
    found = page.locator(f'.chart[aria-label*="{alt}"]')
    found.locator(".main-svg").first.wait_for()
    return found


def bar(page: Page) -> Locator:
    return page.locator(".player")


def scrub(page: Page, step: int) -> None:
    bar(page).get_by_role("slider").evaluate(
        "(slider, to) => { slider.value = to; slider.dispatchEvent(new Event('input', { bubbles: true })); }", step
    )


def numbers(page: Page) -> str:
    return " ".join(page.locator(".readout [data-n]").all_text_contents())


def test_a_race_is_played_scrubbed_and_started_elsewhere_with_a_click(page):
    page.emulate_media(reduced_motion="reduce")
    page.goto("/descent?gd_landscape=bowl&gd_steps=60")
    where = picture(page, "Map.")
    verdicts = page.locator(".verdicts")
    expect(verdicts).to_contain_text("Reached the minimum")
    expect(bar(page)).to_contain_text("step 60 of 60")
    where.evaluate("each => { each.remembered = true; }")

    scrub(page, 7)
    expect(bar(page)).to_contain_text("step 7 of 60")
    before = numbers(page)
    bar(page).get_by_role("button", name="One step on").click()
    expect(bar(page)).to_contain_text("step 8 of 60")
    assert numbers(page) != before
    bar(page).get_by_role("button", name="Play").click()
    expect(bar(page)).to_contain_text("step 60 of 60")
    expect(bar(page).get_by_role("button", name="Play")).to_be_visible()

    page.mouse.click(*where.evaluate(AT, (3, -3)))
    expect(page).to_have_url(re.compile("gd_x=3"))
    expect(page).to_have_url(re.compile("gd_y=-3|gd_y=-2.9"))
    expect(verdicts).to_contain_text("Reached the minimum")
    assert where.evaluate("each => each.remembered")
    scrub(page, 0)
    expect(page.locator(".readout [data-n]").first).to_have_text(re.compile("^(3|2.99|3.0)"))


def test_a_step_is_shown_part_by_part(page):
    page.goto("/descent?gd_section=steps&gd_landscape=bowl&gd_one=adam")
    picture(page, "Map.")
    picture(page, "The height against steps")
    expect(bar(page)).to_contain_text("step 1: compute the gradient")
    new_place = page.locator(".readout").last.locator("[data-n]").last
    expect(new_place).to_have_text("–")
    for part in ("update the memory", "correct the bias", "scale", "move"):
        bar(page).get_by_role("button", name="One step on").click()
        expect(bar(page)).to_contain_text(f"step 1: {part}")
    expect(new_place).not_to_have_text("–")


def test_a_wrong_function_is_pointed_at_and_a_right_one_is_raced_on(page):
    page.goto("/descent?gd_landscape=typed")
    picture(page, "Map.")
    field = page.get_by_role("textbox", name="Function of x and y")
    field.fill("x**2 + foo(y)")
    field.press("Enter")
    expect(page.get_by_test_id("stAlert")).to_contain_text("not a function")
    field.fill("(x - 1)**2 + y**2")
    field.press("Enter")
    expect(page.locator(".verdicts")).to_contain_text("(1, 0)")


def test_on_a_phone_nothing_is_wider_than_the_screen(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/descent?gd_view=both")
    picture(page, "Map.")
    picture(page, "Height, slope, distance")
    wider = page.evaluate("(m => m.scrollWidth - m.clientWidth)(document.querySelector('[data-testid=stMain]'))")
    assert wider <= 4
