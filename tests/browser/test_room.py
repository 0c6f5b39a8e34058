"""What fits where a window has little room beside the open sidebar, and what stays where it is."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.charts import at_rest, drawn, faultless, fits_the_screen, until
from tests.browser.test_present import PAGES as EVERY_PAGE

CRAMPED = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  const shown = (selector) => [...main.querySelectorAll(selector)].filter((each) => each.getClientRects().length);
  const cut = (each) => each.scrollWidth > each.clientWidth + 1;
  const least = (chart) => chart.closest(".st-key-loss_three") ? 220 : 280; // px; those are a few bars
  const beyond = (text) => {
    const box = text.getBoundingClientRect(), all = text.closest("svg").getBoundingClientRect();
    return box.width && (box.left < all.left - 2 || box.right > all.right + 2);
  };
  return [
    ...shown(".plot .chart").filter((each) => each.clientWidth < least(each)).map((each) => each.ariaLabel),
    ...shown(".plot svg.main-svg text").filter(beyond).map((each) => each.textContent),
    ...shown(".stSelectbox input, .stNumberInput input").filter(cut).map((each) => each.value),
    ...shown(".stButtonGroup > [role], [data-testid=stMultiSelectTagsContainer], .stMetric *").filter(cut)
      .map((each) => each.textContent),
  ];
}"""
PAGES = {
    "/activations?act_section=curves": "its derivative",
    "/activations?act_section=few": "error, step by step",
    "/activations?act_section=depth": "gradient norm",
    "/activations?act_section=softmax": "temperature",
    "/losses?loss_section=curves": "The gradient of the loss",
    "/losses?loss_section=outlier": "Points and the lines",
    "/losses?loss_section=classes": "the gradient of each logit",
    "/losses?loss_section=slow&loss_start=-8&loss_goal=1": "prediction of each neuron",
    "/descent?gd_view=both": "Height, slope",
    "/regression": "The loss of every line",
}


@pytest.mark.parametrize("width", [1024, 1366])
@pytest.mark.parametrize("path", PAGES)
def test_charts_options_and_numbers_can_be_read_beside_the_open_sidebar(page, path, width):
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(path)
    drawn(page, PAGES[path])
    faultless(page, CRAMPED)
    fits_the_screen(page)


BEYOND = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  const left = main.getBoundingClientRect().left, right = left + main.clientWidth;
  const said = (each) => `${each.tagName} ${each.ariaLabel || each.textContent.trim().slice(0, 40) || each.value}`;
  const visible = (each) => each.checkVisibility({ visibilityProperty: true });
  const shown = (selector) => [...main.querySelectorAll(selector)].filter(visible);
  const overflow = (each) => getComputedStyle(each).overflowX;
  const scrolls = (each) => each !== main && (/auto|scroll/.test(overflow(each)) || scrolls(each.parentElement));
  const drawing = (each) => each.closest("svg") && each.tagName !== "svg";
  const beyond = (each) => {
    const box = each.getBoundingClientRect();
    return box.width > 1 && (box.right > right + 1 || box.left < left - 1) && !drawing(each) && !scrolls(each);
  };
  const out = (each) => {
    const box = each.getBoundingClientRect(), around = each.closest(".stMultiSelect").getBoundingClientRect();
    return box.right > around.right + 1;
  };
  const cut = (each) => each.clientWidth > 1 && each.scrollWidth > each.clientWidth + 1 && overflow(each) !== "visible";
  const labels = (axis) => (axis._vals ?? []).filter(({ text }) => text?.trim()).length;
  const few = (chart) => Object.entries(chart._fullLayout ?? {}).filter(([name, axis]) =>
    /^[xy]axis/.test(name) && axis.type === "log" && axis.visible && axis.showticklabels && labels(axis) < 3);
  return [
    ...shown("*").filter(beyond).map((each) => `beyond the edge: ${said(each)}`),
    ...shown(".stMultiSelect button").filter(out).map((each) => `out of its box: ${said(each)}`),
    ...shown(".stButtonGroup *, .stMultiSelect [data-tag] *, .stMetric *, .stSelectbox input, .player *").filter(cut)
      .map((each) => `cut: ${said(each)}`),
    ...shown(".plot .chart").flatMap((chart) => few(chart).map(([name]) => `few labels: ${name}, ${chart.ariaLabel}`)),
  ];
}"""
WIDTHS = {1024: 768, 768: 1024, 390: 844, 320: 568}
FILMS = (
    "/activations?act_section=few",
    "/losses?loss_section=slow",
    "/regression",
    *(f"/descent?gd_section={each}" for each in ("race", "steps", "basins")),
    *(f"/descent?gd_view={each}" for each in ("both", "surface")),
)


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_nothing_is_cut_or_beyond_the_edge_at_any_width(page, path):
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(path)
    fit_at_every_width(page)


def fit_at_every_width(page: Page) -> None:
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(f"() => document.querySelector('[data-testid=stMain]').clientWidth <= {width}")
        at_rest(page)
        faultless(page, BEYOND)


@pytest.mark.parametrize("section", ["layers", "why", "strokes", "breaking", "vote", "teach"])
def test_nothing_that_is_said_of_a_drawing_is_cut_at_any_width(page, section):
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(f"/draw?draw_section={section}")
    page.get_by_role("button", name="7 with a bar").click()
    expect(page.get_by_text("Next most likely")).to_be_visible()
    fit_at_every_width(page)


@pytest.mark.parametrize("path", FILMS)
def test_a_film_and_its_player_are_in_view_on_a_projector(page, path):
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(path)
    at_rest(page)
    until(page.locator(".plot .chart").first, "each => each.getBoundingClientRect().top < 300")
    until(page.locator(".player").first, "each => each.getBoundingClientRect().bottom <= 768")


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_a_chart_follows_a_window_that_gets_narrow(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/losses?loss_section=outlier")
    drawn(page, "Points and the lines")
    page.set_viewport_size({"width": 320, "height": 800})
    page.wait_for_function("document.querySelector('.plot .svg-container').offsetWidth <= 290")
    fits_the_screen(page)


def top(page: Page, text: str) -> float:
    """How far below the top of the page something is, once it is there and nothing moves any more."""
    expect(page.get_by_text(text, exact=True)).to_be_visible()
    at_rest(page)
    return page.get_by_text(text, exact=True).evaluate(
        "each => each.getBoundingClientRect().top + document.querySelector('[data-testid=stMain]').scrollTop"
    )


def stays(page: Page, text: str, where: float) -> None:
    """Wait until something is again as far below the top of the page as it was."""
    expect(page.get_by_text(text, exact=True)).to_be_visible()
    page.wait_for_function(
        """([text, where]) => {
            const all = [...document.querySelectorAll("[data-testid=stMain] *")];
            const each = all.findLast(each => each.textContent.trim() === text && each.checkVisibility());
            const top = each?.getBoundingClientRect().top + document.querySelector("[data-testid=stMain]").scrollTop;
            return Math.abs(top - where) <= 1;
        }""",
        arg=[text, where],
    )


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


@pytest.mark.parametrize("width", [1024, 1440])
def test_nothing_below_the_network_moves_when_its_size_or_an_activation_changes(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/backprop")
    nodes = page.locator(".network [data-node]")
    expect(nodes).to_have_count(7)
    before = top(page, "Many updates")
    page.get_by_label("Units 1").fill("8")
    page.get_by_label("Units 1").press("Enter")
    expect(nodes).to_have_count(12)
    stays(page, "Many updates", before)
    page.get_by_role("button", name="To the end", exact=True).click()
    expect(page.locator(".network")).to_have_attribute("data-step", "6")
    stays(page, "Many updates", before)
    choose(page, "Activation 1", "Sigmoid")
    expect(page).to_have_url(re.compile("bp_a1=sigmoid"))
    expect(page.locator(".network .head", has_text="Sigmoid")).to_have_count(2)
    stays(page, "Many updates", before)


def test_nothing_below_the_proof_moves_when_the_size_of_the_network_changes(page):
    page.goto("/backprop?bp_section=proof")
    parameters = page.get_by_test_id("stMetric").filter(has_text="Parameters").get_by_test_id("stMetricValue")
    expect(parameters).to_have_text("13")
    before = top(page, "Try this")
    for units, count in (("1", "5"), ("8", "33")):
        page.get_by_label("Units 1").fill(units)
        page.get_by_label("Units 1").press("Enter")
        expect(parameters).to_have_text(count)
        stays(page, "Try this", before)


def test_nothing_below_the_graph_moves_when_the_expression_grows(page):
    page.goto("/backprop?bp_section=graph&bp_expr=a*b*c")
    graph = page.locator(".graph .stage svg")
    expect(graph).to_have_attribute("aria-label", re.compile("a\\*b"))
    words = page.locator(".graph .words")
    at_rest(page)
    before = words.bounding_box()["y"]
    page.get_by_label("Expression", exact=True).fill("(tanh(a*b + c) - 1)**2 + relu(a) * exp(b)")
    page.get_by_label("Expression", exact=True).press("Enter")
    expect(graph).to_have_attribute("aria-label", re.compile("relu"))
    until(words, "(each, before) => Math.abs(each.getBoundingClientRect().top - before) <= 1", before)
