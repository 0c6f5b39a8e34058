"""A click on a card brings the picture into view, on every page and at every width, and its answer opens in place."""

import pytest
from playwright.sync_api import expect

from tests.browser.charts import PATIENCE_MS, fits_the_screen, script_ended

WIDTHS = ((1440, 900), (1024, 768), (390, 844), (320, 640))
_IN_VIEW = """keys => {
  const found = keys.map(key => document.querySelector(`.st-key-${key}`)).find(Boolean);
  if (!found) return false;
  const { top } = found.getBoundingClientRect();
  return top > -8 && top < window.innerHeight / 2;
}"""
_IN_ORDER = """() => {
  const [first, second] = document.querySelectorAll("[class*='st-key-try_'] button");
  const words = [...document.querySelectorAll("[class*='st-key-answer_'] p")];
  const said = words.find(each => each.textContent.startsWith("How sure"));
  const [above, answer, below] = [first, said, second].map(each => each?.getBoundingClientRect() ?? {});
  return answer.height > 0 && above.top < answer.top && answer.top < below.top;
}"""
PICTURES = {
    "activations?act_section=curves": ["actfig_curves"],
    "activations?act_section=depth": ["actfig_ridges_a"],
    "losses?loss_section=outlier": ["loss_fit_plot"],
    "losses?loss_section=classes": ["loss_logits"],
    "descent?gd_section=race": ["gd_map"],
    "descent?gd_section=sweep": ["gds_map", "gds_curves"],
    "regression": ["reg_fit"],
    "backprop?bp_section=proof": ["bp_widths"],
    "autoencoder?ae_section=generate": ["ae_generated"],
    "autoencoder?ae_section=weights": ["ae_turned"],
}


def cards(page):
    """The buttons of the cards, once all are there: while the script runs, more still come and push others away."""
    page.get_by_text("Try this", exact=True).wait_for(timeout=PATIENCE_MS)
    script_ended(page)
    return page.locator("[class*='st-key-try_'] button")


@pytest.mark.parametrize("address", PICTURES)
def test_a_click_on_a_card_brings_the_picture_into_view_at_every_width(page, address):
    page.goto(f"/{address}")
    buttons = cards(page)
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        for place in (0, buttons.count() - 1):
            buttons.nth(place).scroll_into_view_if_needed()
            buttons.nth(place).click()
            page.wait_for_function(_IN_VIEW, arg=PICTURES[address], timeout=PATIENCE_MS)
        fits_the_screen(page)


def test_with_reduced_motion_the_page_jumps_there(page):
    page.emulate_media(reduced_motion="reduce")
    page.add_init_script(
        "const own = Element.prototype.scrollIntoView; window.ways = [];"
        "Element.prototype.scrollIntoView = function (way) { window.ways.push(way?.behavior); own.call(this, way); }"
    )
    page.goto("/losses?loss_section=slow")
    buttons = cards(page)
    buttons.last.click()
    page.wait_for_function("window.ways.length > 0")
    assert "smooth" not in page.evaluate("window.ways")


def test_an_answer_opens_below_its_own_card_on_a_phone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/losses?loss_section=slow")
    buttons = cards(page)
    buttons.first.click()
    page.wait_for_function(_IN_VIEW, arg=["loss_pull"])
    script_ended(page)
    page.locator("[class*='st-key-answer_'] summary").first.click()
    page.wait_for_function(_IN_ORDER)


def test_five_cards_fill_whole_rows(page):
    page.goto("/regression")
    expect(cards(page)).to_have_count(5)
    for width in (1440, 1100, 900):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(
            """() => {
              const tops = [...document.querySelector('.st-key-cards_5').children].map(
                each => Math.round(each.getBoundingClientRect().top));
              const rows = [...new Set(tops)].map(top => tops.filter(each => each === top).length);
              return JSON.stringify(rows) === "[3,2]" || JSON.stringify(rows) === "[1,1,1,1,1]";
            }"""
        )
