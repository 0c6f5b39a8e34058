"""The race as a person watches it: it plays, is paused and scrubbed, and starts where the map is clicked."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.charts import at_rest, drawn, fits_the_screen, place
from tests.browser.test_train import start, state


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
    where = drawn(page, "Map.")
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

    page.mouse.click(*place(where, 3, -3))
    expect(page).to_have_url(re.compile("gd_x=3"))
    expect(page).to_have_url(re.compile("gd_y=-3|gd_y=-2.9"))
    expect(verdicts).to_contain_text("Reached the minimum")
    assert where.evaluate("each => each.remembered")
    scrub(page, 0)
    expect(page.locator(".readout [data-n]").first).to_have_text(re.compile("^(3|2.99|3.0)"))


def test_a_step_is_shown_part_by_part(page):
    page.goto("/descent?gd_section=steps&gd_landscape=bowl&gd_one=adam")
    drawn(page, "Map.")
    drawn(page, "The height against steps")
    expect(bar(page)).to_contain_text("step 1: move")
    parts = page.locator(".readout")
    expect(parts.last.locator("[data-n]").last).to_be_visible()
    at_rest(page)
    assert "–" not in numbers(page)
    height = parts.evaluate_all("all => all.map((each) => each.offsetHeight)")
    bar(page).get_by_role("button", name="One step on").click()
    expect(bar(page)).to_contain_text("step 2: compute the gradient")
    expect(parts.first.locator("math").first).to_be_visible()
    expect(parts.last.locator("math").first).to_be_hidden()
    for part in ("update the memory", "correct the bias", "scale", "move"):
        bar(page).get_by_role("button", name="One step on").click()
        expect(bar(page)).to_contain_text(f"step 2: {part}")
    expect(parts.last.locator("math").first).to_be_visible()
    for frame in (0, 30, 77, 149):
        scrub(page, frame)
        assert parts.evaluate_all("all => all.map((each) => each.offsetHeight)") == height


def test_a_wrong_function_is_pointed_at_and_a_right_one_is_raced_on(page):
    page.goto("/descent?gd_landscape=typed")
    drawn(page, "Map.")
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
    drawn(page, "Map.")
    drawn(page, "Height, slope, distance")
    fits_the_screen(page)


def test_a_cell_of_the_sweep_is_clicked_and_its_run_is_seen(page):
    page.goto("/descent?gd_section=sweep&gd_landscape=ravine&gd_ravine_condition=50&gds_steps=200")
    expect(page.get_by_text("stable exactly below 2/λmax = 0.04")).to_be_visible()
    rates = drawn(page, "The loss at the end against the learning rate")
    drawn(page, "Reached the minimum")
    page.mouse.click(*place(rates, 0.1, 0))
    expect(page.get_by_text("SGD at α = 0.1")).to_be_visible()
    expect(page.get_by_test_id("stMain")).to_contain_text("Diverged at step")
    page.mouse.click(*place(rates, 0.1, 6))
    expect(page.get_by_text("Adam at α = 0.1")).to_be_visible()


def test_a_basin_is_clicked_and_the_way_from_there_is_seen(page):
    page.emulate_media(reduced_motion="reduce")
    page.goto("/descent?gd_section=basins&gd_landscape=himmelblau&gdb_optimizer=sgd&gdb_resolution=61")
    basins = drawn(page, "Starts by where they end")
    expect(page.get_by_text("3,721 starts")).to_be_visible()
    for begin, end in (((2.5, 2.5), "(3, 2)"), ((-3, 3), "(−2.81, 3.13)")):
        page.mouse.click(*place(basins, *begin))
        expect(page.get_by_test_id("stMain")).to_contain_text(f"Reached the minimum at {end}")
    expect(page).to_have_url(re.compile("gd_x=-3|gd_x=-2.9"))


def test_a_question_is_asked_answered_and_explained(page):
    page.emulate_media(reduced_motion="reduce")
    page.goto("/descent?gd_section=predict&gdp_question=6")
    drawn(page, "The landscape and where the descent starts")
    page.get_by_role("button", name="It flies off").click()
    expect(page.get_by_test_id("stAlert")).to_contain_text("Right.")
    expect(page.get_by_test_id("stAlert")).to_contain_text("1.75 times")
    expect(page.get_by_test_id("stMetricValue")).to_have_text("1 of 1")
    drawn(page, "Diverged at step")
    page.get_by_role("button", name="Next question").click()
    expect(page).to_have_url(re.compile("gdp_question=7"))
    page.get_by_role("button", name="Show me the curvature").click()
    expect(page.get_by_test_id("stAlert")).to_contain_text("λmax")
    page.get_by_role("button", name="It settles in a minimum").click()
    expect(page.get_by_test_id("stAlert")).to_contain_text("No: it swings for ever.")
    expect(page.get_by_test_id("stMetricValue")).to_have_text("1 of 2")


def test_the_path_of_a_run_is_played_over_the_loss_of_its_network(page):
    page.emulate_media(reduced_motion="reduce")
    start(page, "/train?preset=mlp&epochs=4&train_size=200&batch_size=32")
    state(page, "finished")
    page.goto("/descent?gd_section=network&gdn_detail=coarse")
    plane = drawn(page, "of the path lies in it")
    drawn(page, "The loss of each checkpoint")
    expect(page.get_by_text("Of the path in this plane")).to_be_visible()
    scrub(page, 0)
    first = numbers(page)
    bar(page).get_by_role("button", name="One step on").click()
    assert numbers(page) != first
    own = plane.get_attribute("aria-label")
    page.get_by_test_id("stMain").get_by_text("Random", exact=True).click()
    expect(page.get_by_text("Seed of the directions")).to_be_visible()
    expect(plane).not_to_have_attribute("aria-label", own)
