"""A run played again and looked into in a browser: what was seen then, mistakes by cell, and a link to a moment."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.charts import come_to_rest, drawn
from tests.browser.test_train import start, state


@pytest.fixture
def ended(page: Page) -> Page:
    """A run of three epochs that has just ended."""
    start(page, "/train?preset=mlp&epochs=3&train_size=100&batch_size=10")
    state(page, "finished")
    expect(page.get_by_text("Replay: of 30 steps 4 moments are kept")).to_be_visible()
    return page


def press(page: Page, name: str) -> None:
    page.locator(".player").first.get_by_role("button", name=name, exact=True).click()


def test_a_run_is_played_again_and_its_link_shows_a_moment_elsewhere(ended):
    page = ended
    press(page, "To the start")
    expect(page).to_have_url(re.compile(r"[?&]at=0\b"))
    expect(page.get_by_text("Before training it reads")).to_be_visible()
    press(page, "Play")
    expect(page).not_to_have_url(re.compile(r"[?&]at="))
    expect(page.get_by_text("After epoch 3 it reads")).to_be_visible()
    press(page, "One step back")
    expect(page).to_have_url(re.compile(r"[?&]at=20\b"))
    link = page.url
    elsewhere = page.context.browser.new_context(base_url=link).new_page()
    elsewhere.goto(link)
    expect(elsewhere.get_by_text("After epoch 2 it reads")).to_be_visible()
    expect(elsewhere.locator(".numbers")).to_contain_text("20")
    elsewhere.context.close()


def test_a_click_on_a_cell_of_the_confusion_shows_its_images(ended):
    page = ended
    chart = drawn(page, "How often each class was read as each other")
    come_to_rest(chart)
    x, y = chart.evaluate(
        "({ _fullLayout: { xaxis, yaxis } }) => [xaxis, yaxis].map(each => each._offset + each.l2p(0))"
    )
    chart.click(position={"x": x, "y": y})
    expect(page.get_by_text(re.compile("^0, read as 0: "))).to_be_visible()
