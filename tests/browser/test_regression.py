"""A line that finds its points: played, scrubbed, dragged and clicked in a real browser."""

import re

from playwright.sync_api import expect

from tests.browser.charts import fits_the_screen, place


def chart(page, name):
    return page.locator(f".st-key-{name} .chart")


def row(page, name):
    return page.locator(".fits tr", has_text=name).locator("td").first


def open_at(page, link):
    page.goto(f"/regression?{link}")
    chart(page, "reg_fit").locator(".main-svg").first.wait_for()
    chart(page, "reg_bowl").locator(".main-svg").first.wait_for()
    expect(page.locator(".player output")).to_be_visible()


def test_the_way_down_can_be_scrubbed_and_stepped_and_the_numbers_follow(page):
    open_at(page, "reg_epochs=100")
    label = page.locator(".player output")
    page.get_by_role("button", name="To the start").click()
    expect(label).to_have_text("epoch 0 of 100")
    numbers = page.locator(".readout mn[data-n]")
    expect(numbers.first).to_have_text("0")
    page.get_by_role("button", name="One step on").click()
    expect(label).to_have_text("epoch 1 of 100")
    expect(numbers.first).not_to_have_text("0")
    page.get_by_label("Step", exact=True).fill("60")
    expect(label).to_have_text("epoch 60 of 100")
    page.get_by_role("button", name="Play").click()
    expect(label).to_have_text("epoch 100 of 100")


def test_a_dragged_point_moves_the_line_and_stays_in_the_link(page):
    open_at(page, "reg_count=5&reg_noise=0&reg_epochs=5&reg_rate=1.0")
    expect(page.locator(".fits")).to_contain_text("2.0000")
    before = row(page, "slope w").inner_text()
    page.mouse.move(*place(chart(page, "reg_fit"), 1, 3))
    page.mouse.down()
    page.mouse.move(*place(chart(page, "reg_fit"), 1, 1), steps=5)
    page.mouse.up()
    expect(row(page, "slope w")).not_to_have_text(before)
    page.wait_for_url(re.compile("reg_edits=4"))


def test_a_click_adds_a_point_and_one_into_the_bowl_moves_the_start(page):
    open_at(page, "reg_count=20&reg_epochs=50")
    page.mouse.click(*place(chart(page, "reg_fit"), -0.8, 3))
    page.wait_for_url(re.compile("reg_edits=20"))
    expect(page.get_by_role("button", name="Undo moved points")).to_be_visible()
    page.mouse.click(*place(chart(page, "reg_bowl"), 3, 2))
    page.wait_for_url(re.compile(r"reg_w=(2\.9|3)"))


def test_a_phone_sees_it_all_without_scrolling_sideways(page):
    page.set_viewport_size({"width": 390, "height": 844})
    open_at(page, "reg_epochs=100")
    fits_the_screen(page)
