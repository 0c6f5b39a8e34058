"""The page on losses as a person uses it: points are dragged, clicked and watched while they learn."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.charts import at_rest, drawn, fits_the_screen, place, until


def drag(page: Page, picture: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Press at one place of the picture, in its own coordinates, and let go at another."""
    page.mouse.move(*place(picture, *start))
    page.mouse.down()
    page.mouse.move(*place(picture, *end), steps=6)
    page.mouse.up()


def metric(page: Page, label: str) -> Locator:
    return page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue").first


def test_the_prediction_is_dragged_and_clicked_and_the_same_picture_stays(page):
    page.goto("/losses?loss_shown_number=mse")
    picture = drawn(page, "The loss against the prediction")
    expect(metric(page, "Loss")).to_have_text("2.25")
    picture.evaluate("each => { each.remembered = true; }")
    drag(page, picture, (1.5, 2.25), (-2, 2.25))
    expect(metric(page, "Loss")).to_have_text("4")
    expect(metric(page, "Gradient")).to_have_text("−4")
    page.mouse.click(*place(picture, 1, 5))
    expect(metric(page, "Loss")).to_have_text("1")
    assert picture.evaluate("each => each.remembered")
    expect(page).to_have_url(re.compile("loss_at_number=1"))
    page.reload()
    expect(metric(page, "Loss")).to_have_text("1")


def test_dragging_the_outlier_moves_the_line_of_least_squares_and_a_click_adds_a_point(page):
    page.goto("/losses?loss_section=outlier")
    picture = drawn(page, "Points and the lines")
    squared = page.locator(".loss-table tr").filter(has_text="MSE").first
    expect(squared).to_contain_text("34.5 %")
    drag(page, picture, (9.5, -1), (9.5, 6.4))
    expect(squared).not_to_contain_text("34.5 %")
    expect(squared).to_contain_text("0.5")
    assert picture.evaluate("each => each._fullData[0].x.length") == 13
    page.mouse.click(*place(picture, 5, 11))
    expect(page.get_by_text("1 of 14")).to_be_visible()
    until(picture, "each => each._fullData[0].x.length === 14")
    expect(page).to_have_url(re.compile("loss_points="))


def test_the_outlier_goes_as_far_up_as_points_may_be_typed(page):
    page.goto("/losses?loss_section=outlier")
    drag(page, drawn(page, "Points and the lines"), (9.5, -1), (9.5, 13.5))
    expect(page).to_have_url(re.compile(r"9\.5(,|%2C)12(\*|%2A)"))


def test_a_dragged_logit_changes_probability_loss_and_gradient(page):
    page.goto("/losses?loss_section=classes")
    picture = drawn(page, "the logit of each class")
    expect(metric(page, "Probability of cat")).to_have_text("16.1 %")
    drag(page, picture, (1, 0), (3, 0))
    expect(metric(page, "Probability of cat")).to_have_text("58.6 %")
    expect(page.locator(".loss-table tr").filter(has_text="cat")).to_contain_text("−0.4142")
    page.get_by_role("button", name="Take one step against the gradient").click()
    expect(metric(page, "Probability of cat")).not_to_have_text("58.6 %")


def test_both_neurons_learn_while_one_watches(page):
    page.goto("/losses?loss_section=slow")
    picture = drawn(page, "The prediction of each neuron")
    page.locator(".player").wait_for()
    until(picture, "each => each._fullData?.[1]?.x?.length > 30")
    readout = page.locator(".readout").filter(has_text="Squared error")
    expect(readout.locator("mn[data-n]")).to_have_count(3)
    expect(metric(page, "Squared error")).to_have_text("119")
    expect(metric(page, "Cross-entropy")).to_have_text("16")


CUT_OFF = """() => [...document.querySelectorAll(".katex-display")].filter(
  (each) => each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight).length"""


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("link", ["loss_axis=probability&loss_target_probability=0.35", "loss_section=classes"])
def test_no_formula_is_cut_off(page, link, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/losses?{link}")
    page.locator(".katex-display").first.wait_for()
    expect(page.get_by_text("What is going on")).to_be_visible()
    page.wait_for_function(f"({CUT_OFF})() === 0")


def test_a_formula_does_not_jump_while_its_numbers_change(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/losses?loss_section=slow")
    readout = page.locator(".readout").first
    expect(readout.locator("mn[data-n]").first).not_to_be_empty()
    at_rest(page)
    scrub = """(slider, share) => {
      slider.value = share * slider.max;
      slider.dispatchEvent(new Event("input"));
    }"""
    seen = set()
    for share in (0, 0.01, 0.1, 0.3, 0.6, 1):
        page.locator(".player input[type=range]").first.evaluate(scrub, share)
        seen.add((readout.inner_text(), readout.evaluate("each => each.offsetHeight")))
    assert len({text for text, _ in seen}) > 3
    assert len({height for _, height in seen}) == 1


def test_on_a_phone_nothing_scrolls_sideways(page):
    page.set_viewport_size({"width": 390, "height": 844})
    for section, alt in (("curves", "The loss against"), ("classes", "the logit of each class")):
        page.goto(f"/losses?loss_section={section}")
        drawn(page, alt)
        expect(page.get_by_text("What is going on")).to_be_visible()
        fits_the_screen(page)


def test_points_that_cannot_be_read_are_told_of_at_their_field_which_stays_open(page):
    page.goto("/losses?loss_section=outlier")
    page.get_by_text("The points as text", exact=True).click()
    field = page.get_by_role("textbox", name="x,y of each point")
    field.fill("1,1; 2,b")
    field.press("Enter")
    told = page.get_by_test_id("stExpander").get_by_test_id("stAlert")
    expect(told).to_contain_text("got '2,b'")
    expect(field).to_be_visible()
    field.fill("1,1; 2,3")
    field.press("Enter")
    expect(told).to_have_count(0)
    expect(field).to_be_visible()


def test_a_point_is_moved_with_the_keys_and_back_and_forward_bring_it_along(page):
    page.goto("/losses?loss_section=outlier")
    picture = drawn(page, "Points and the lines")
    place(picture, 5, 5)
    last = "each => each._fullData[0].y[12]"
    picture.focus()
    page.keyboard.press("PageUp")
    expect(picture.locator(".said")).to_have_text("Point 13 of 13: 9.5, −1")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("ArrowUp")
    page.wait_for_url(re.compile(r"9.5%2C0.54%2A"))
    until(picture, f"each => ({last})(each) === 0.54")
    page.go_back()
    until(picture, f"each => ({last})(each) === -1")
    page.go_forward()
    until(picture, f"each => ({last})(each) === 0.54")
