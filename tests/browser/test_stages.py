"""One batch through all eight stages, forwards and back with the keyboard, in a browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.charts import until
from tests.browser.test_train import start, state

TITLES = (
    "Data preprocessing", "Building", "Initialisation", "Forward pass", "Loss", "Backward pass", "Update", "Evaluation",
)  # fmt: skip
FITS = """(root, width) => {
  const widest = Math.max(...[...root.querySelectorAll("*")].map(each => each.getBoundingClientRect().right));
  return 200 < widest && widest <= width;
}"""
NETWORK = "conv 4 3x3, relu, pool 2, flatten, dense 10"


@pytest.fixture
def opened(page: Page) -> Page:
    """The section, open on a run that has ended."""
    start(page, f"/train?preset={NETWORK}&epochs=2&train_size=200")
    state(page, "finished")
    page.get_by_text("One batch through all eight stages").click()
    at(page, 0)
    return page


def at(page: Page, stage: int) -> None:
    """It shows this stage, in the tabs, in the title and in words."""
    expect(page.get_by_role("heading", name=TITLES[stage], exact=True)).to_be_visible()
    expect(page.get_by_role("tab", selected=True)).to_contain_text(TITLES[stage])
    expect(page.locator(".stages output")).to_have_text(f"Stage {stage + 1} of 8")


def test_the_keyboard_goes_through_all_eight_stages_forwards_and_back(opened: Page):
    page = opened
    page.get_by_role("tab", selected=True).focus()
    for stage in range(1, 8):
        page.keyboard.press("ArrowRight")
        at(page, stage)
        expect(page.locator(".stages .picture > *").first).to_be_visible()
        expect(page.locator(".stages .code")).not_to_be_empty()
    page.keyboard.press("ArrowRight")
    at(page, 7)
    for stage in reversed(range(7)):
        page.keyboard.press("ArrowLeft")
        at(page, stage)
    page.keyboard.press("End")
    at(page, 7)
    page.keyboard.press("Home")
    at(page, 0)


def test_buttons_and_tabs_do_the_same_and_the_loss_is_that_of_the_run(opened: Page):
    page = opened
    expect(page.get_by_role("button", name="← Back")).to_be_disabled()
    page.get_by_role("button", name="Next →").click()
    at(page, 1)
    page.get_by_role("button", name="← Back").click()
    at(page, 0)
    page.get_by_role("tab", name=re.compile("Loss")).click()
    at(page, 4)
    values = page.locator(".stages .numbers dd").all_text_contents()
    assert values[0] == values[2], "the loss of the batch, and what the run recorded"
    expect(page.locator(".stages mark")).to_contain_text("functional.cross_entropy(")


def test_another_layer_can_be_chosen_and_its_weight_moves_by_the_formula(opened: Page):
    page = opened
    page.get_by_role("tab", name=re.compile("Update")).click()
    page.get_by_label("Layer").select_option("dense 10")
    expect(page.locator(".stages .picture")).to_contain_text("of dense 10")
    new = page.locator(".stages .moved b").nth(1).text_content()
    expect(page.locator(".stages .picture .lines .value").last).to_have_text(f"= {new}")


def test_a_link_leads_to_the_page_that_explains_the_stage(opened: Page):
    page = opened
    page.get_by_role("tab", name=re.compile("Loss")).click()
    with page.expect_popup() as opening:
        page.locator(".stages .more").click()
    expect(opening.value).to_have_url(re.compile(r"/losses\?loss_section=classes"))
    expect(opening.value.get_by_text("What it really is")).to_be_visible()


def test_it_fits_a_phone_and_a_projector(opened: Page):
    page = opened
    page.set_viewport_size({"width": 320, "height": 640})
    for stage in range(8):
        at(page, stage)
        until(page.locator(".stages"), FITS, 320)
        if stage < 7:
            page.get_by_role("button", name="Next →").click()
    page.set_viewport_size({"width": 1024, "height": 768})
    page.get_by_role("button", name="Present").click()
    expect(page.get_by_role("button", name="Leave")).to_be_visible()
    expect(page.locator(".stages.presented .picture")).to_be_in_viewport(ratio=1)
    expect(page.locator(".stages .next")).to_be_in_viewport(ratio=1)
