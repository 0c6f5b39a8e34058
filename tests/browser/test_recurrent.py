"""Recurrent networks as a person watches them: start, watch, leave and come back, let one write, draw for one."""

import itertools
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.charts import come_to_rest, fits_the_screen
from tests.browser.test_draw import SEVEN, answer, draw
from tests.browser.test_train import start, state, wait_for_step

WRITER = "/recurrent?rnn_data=own&rnn_hidden=16&rnn_window=16&rnn_epochs=400&rnn_batch_size=8"
RHYME = "One, two, buckle my shoe; three, four, knock at the door; five, six, pick up sticks. "
ROWS = "/recurrent?rnn_data=digits&rnn_preset=gru&rnn_hidden=16&rnn_layers=1&rnn_train_size=200&rnn_epochs=1"

Z = """(alt) => {
  const chart = document.querySelector(`.chart[aria-label*="${alt}"]`);
  const z = chart?._fullData?.find(trace => trace.type === "heatmap")?.z;
  return z ? [...z].map(row => [...row].map(each => each.toFixed(4)).join()).join(";") : "";
}"""


def picture(page: Page, alt: str) -> str:
    """The numbers of the first heat map in the picture with this description, once it is drawn."""
    page.wait_for_function(f"alt => ({Z})(alt) !== ''", arg=alt)
    return page.evaluate(Z, alt)


def test_a_network_is_watched_while_it_learns_to_write_left_found_again_and_made_to_write(page):
    page.goto(WRITER)
    field = page.get_by_label("Text to learn from")
    field.fill(5 * RHYME)
    field.blur()
    expect(page.get_by_text("The network can tell")).to_be_visible()
    page.get_by_role("button", name="Start training").click()
    wait_for_step(page, 1)
    alt = "Inputs and hidden state"
    before = picture(page, alt)
    page.locator(f'.chart[aria-label*="{alt}"]').evaluate("each => { each.marked = true; }")
    page.wait_for_function(f"([alt, before]) => ({Z})(alt) !== before", arg=[alt, before])
    assert page.locator(f'.chart[aria-label*="{alt}"]').evaluate("each => each.marked"), "it was made anew"

    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", name="See deep learning work")).to_be_visible()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Recurrent networks").click()
    wait_for_step(page, 2)
    expect(page).to_have_url(re.compile("rnn_data=own"))
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    state(page, "stopped")
    expect(page.get_by_role("button", name="Look again")).to_have_count(0)

    written = page.locator(".st-key-rnn_written")
    expect(written).to_have_count(1)
    begun = page.get_by_label("Begin a text, and the network continues it").input_value()
    expect(written).to_contain_text(" ".join(begun.split()))
    once = written.inner_text()
    page.get_by_role("button", name="Write it again").click()
    expect(written).not_to_have_text(once)
    prompt = page.get_by_label("Begin a text, and the network continues it")
    prompt.fill("A class is")
    prompt.blur()
    expect(written).to_contain_text("A class is")
    page.get_by_role("radio", name="One unit").or_(page.get_by_role("button", name="One unit")).first.click()
    expect(page.locator(".readout").filter(has_text="forget gate").locator("mn[data-n]")).to_have_count(3)


def test_a_network_that_reads_rows_changes_its_mind_on_a_drawing(page):
    start(page, ROWS)
    state(page, "finished")
    page.get_by_role("button", name="Draw for this model").click()
    expect(page).to_have_url(re.compile("/draw.*run="))
    expect(answer(page)).to_contain_text("Nothing drawn yet")
    draw(page, SEVEN)
    expect(page.get_by_text("How its answer changes, row by row")).to_be_visible()
    picture(page, "The rows of the drawing")
    page.get_by_role("button", name="To the start").click()
    expect(page.locator(".player output")).to_have_text("row 1 of 8")


BOXES = """(chart, chosen) => [...chart.querySelectorAll(chosen)].map(e => e.getBoundingClientRect())
  .map(e => [e.left, e.top, e.right, e.bottom])"""


@pytest.mark.parametrize("width", [390, 1440])
def test_names_of_signals_lie_beside_each_other_and_not_under_the_icons(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/recurrent?rnn_data=signals")
    chart = page.locator(".st-key-rnnfig_signals .js-plotly-plot")
    chart.locator(".annotation-text").nth(9).wait_for()
    come_to_rest(chart)
    boxes = chart.evaluate(BOXES, ".annotation-text") + chart.evaluate(BOXES, ".modebar-group")
    assert len(boxes) == 11
    for one, other in itertools.combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)


@pytest.mark.parametrize("link", ["", "?rnn_data=recall"])
def test_on_a_phone_nothing_scrolls_sideways(page, link):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/recurrent{link}")
    expect(page.get_by_role("button", name="Start training")).to_be_visible()
    expect(page.get_by_text("What is going on")).to_be_visible()
    fits_the_screen(page)
