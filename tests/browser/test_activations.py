"""Activations in a real browser: a point that is dragged, a film of a fit, a network that is mended, a phone."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.charts import drawn, fits_the_screen, place, until


def metric(page: Page, label: str) -> Locator:
    return page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")


def test_the_point_is_dragged_along_the_curve_and_the_picture_stays_in_place(page):
    page.goto("/activations?act_focus=ReLU&act_x=2")
    figure = drawn(page, "ReLU")
    expect(metric(page, "f(2)")).to_have_text("2")
    figure.evaluate("chart => { chart.firstElementChild.dataset.mine = 'yes'; }")
    page.mouse.move(*place(figure, 2, 2))
    page.mouse.down()
    page.mouse.move(*place(figure, 0, 2), steps=4)
    page.mouse.move(*place(figure, -3, 2), steps=4)
    page.mouse.up()
    expect(metric(page, "f(−3)")).to_have_text("0")
    expect(page.get_by_text("Saturated", exact=True)).to_be_visible()
    page.wait_for_url(re.compile("act_x=-3"))
    assert figure.evaluate("chart => chart.firstElementChild.dataset.mine") == "yes"


def test_a_link_restores_a_fit_and_its_film_is_played_to_the_end(page):
    page.goto("/activations?act_section=A+few+neurons&act_target=A+corner&act_few=ReLU&act_n=2")
    drawn(page, "abs(x) - 1 and what 2 neurons make of it")
    expect(page.get_by_text("step 98")).to_be_visible()
    expect(metric(page, "Parameters")).to_have_text("7")
    expect(metric(page, "Typical error")).to_have_text(re.compile("·10⁻"))
    expect(page.locator(".readout mn[data-n]")).not_to_be_empty()


def test_a_network_whose_gradient_vanishes_is_mended_with_one_click(page):
    page.goto(
        "/activations?act_section=Through+depth"
        "&act_f_a=Sigmoid&act_init_a=Small+normal&act_f_b=Tanh&act_init_b=Xavier+(Glorot)"
    )
    drawn(page, "Setting A")
    expect(page.get_by_text("Vanishing")).to_be_visible()
    page.get_by_role("button", name="Fix it").click()
    expect(page.get_by_text("What helped: Xavier (Glorot) initialisation and batch norm.")).to_be_visible()
    expect(page.get_by_text("Vanishing")).to_have_count(0)
    page.wait_for_url(re.compile("act_norm_a=batch"))


def test_formulas_are_seen_up_to_their_top(page):
    page.goto("/activations?act_section=Softmax")
    shares = page.locator(".katex-display").first
    shares.wait_for()
    until(shares, "each => each.scrollHeight <= each.clientHeight")


def test_on_a_phone_no_section_scrolls_sideways(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/activations")
    for section in ("Curves", "One neuron", "A few neurons", "Through depth", "Softmax", "Gates"):
        page.get_by_role("radio", name=section, exact=True).or_(
            page.get_by_test_id("stMain").get_by_role("button", name=section, exact=True)
        ).click()
        page.locator(".plot .chart .main-svg").first.wait_for()
        expect(page.get_by_text("What is going on")).to_be_visible()
        fits_the_screen(page)
