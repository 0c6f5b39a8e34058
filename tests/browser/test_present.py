"""Presentation mode: every picture and its controls fill a projector's screen without scrolling."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.charts import at_rest, faultless, until
from tests.browser.test_train import state

SIZES = {"projector": (1024, 768), "hall": (1920, 1080)}
PAGES = (
    "/",
    *(f"/activations?act_section={each}" for each in ("curves", "neuron", "few", "depth", "softmax", "gates")),
    *(f"/losses?loss_section={each}" for each in ("curves", "outlier", "classes", "slow")),
    *(f"/descent?gd_section={each}" for each in ("race", "steps", "sweep", "basins", "predict", "network")),
    "/descent?gd_view=both",
    "/regression",
    *(f"/backprop?bp_section={each}" for each in ("network", "proof", "graph", "run")),
    "/playground",
    "/train",
    "/recurrent",
    *(f"/autoencoder?ae_section={each}" for each in ("train", "latent", "generate", "own", "anomaly", "weights")),
    "/autoencoder?ae_section=few-labels",
    "/draw",
)

FAULTS = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  const shown = (selector) => [...main.querySelectorAll(selector)].filter((each) => each.getClientRects().length);
  const said = (each) => each.ariaLabel || each.className.baseVal || each.className || each.tagName;
  const beyond = (each) => {
    const box = each.getBoundingClientRect();
    return box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
  };
  const small = (each) => {
    const text = [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    if (!text || each.closest(".katex, math, style, sup, sub, tspan")) return false;
    return parseFloat(getComputedStyle(each).fontSize) * (each.currentCSSZoom ?? 1) < 17.5;
  };
  const charts = shown(".plot .chart, .live-chart");
  const pictures = shown(".gallery figure, .sheet figure, .dc-root, .picture");
  return [
    main.scrollHeight > main.clientHeight + 1 && `scrolls by ${main.scrollHeight - main.clientHeight}`,
    main.scrollWidth > main.clientWidth + 1 && `scrolls sideways by ${main.scrollWidth - main.clientWidth}`,
    ...[...charts, ...pictures].filter(beyond).map((each) => `cut off: ${said(each)}`),
    ...charts.filter((each) => each.offsetHeight < 120).map((each) => `too low: ${said(each)}`),
    ...shown("*").filter(small).map((each) => `small: ${each.textContent.slice(0, 30)}`),
  ].filter(Boolean);
}"""


def presented(page: Page, path: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{path}{'&' if '?' in path else '?'}present=1")
    at_rest(page)


@pytest.mark.parametrize("path", PAGES)
def test_the_picture_and_its_controls_fill_the_screen_without_scrolling(page, path):
    presented(page, path, SIZES["projector"])
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    faultless(page, FAULTS)
    page.set_viewport_size(dict(zip(("width", "height"), SIZES["hall"], strict=True)))
    at_rest(page)
    faultless(page, FAULTS)


def test_the_mode_stays_across_pages_and_reruns_and_leaving_it_brings_all_back(page):
    page.goto("/losses?loss_section=outlier")
    page.get_by_role("button", name="Present").click()
    expect(page).to_have_url(re.compile("present=1"))
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.get_by_text("Try this", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Remove the ringed point").click()
    expect(page).to_have_url(re.compile("present=1"))
    page.goto("/?present=1")
    page.get_by_test_id("stMain").get_by_role("link", name="Activations").click()
    expect(page).to_have_url(re.compile("/activations.*present=1"))
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.get_by_role("button", name="Leave")).to_contain_text("Esc")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    expect(page.get_by_text("Try this", exact=True)).to_be_visible()
    expect(page).not_to_have_url(re.compile("present"))
    until(page.locator("html"), "each => each.style.cssText === ''")


def test_a_run_is_watched_in_the_mode_while_it_trains(page):
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto("/train?preset=mlp&epochs=500&present=1")
    page.get_by_role("button", name="Start training").click()
    expect(page.locator(".live-chart .main-svg").first).to_be_visible()
    faultless(page, FAULTS)
    page.get_by_role("button", name="Stop", exact=True).click()
    state(page, "stopped")
