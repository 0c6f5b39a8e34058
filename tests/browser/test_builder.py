"""A network built by hand in a browser: told what does not fit, mended, trained."""

import re

from playwright.sync_api import Page, expect

from tests.browser.charts import until
from tests.browser.test_train import state


def block(page: Page, name: str):
    """The box of a block, by the text on it."""
    return page.locator(".builder .card:not(.end)", has=page.locator("b", has_text=re.compile(f"^{name}$")))


def text(page: Page):
    return page.get_by_role("textbox", name="As text")


def test_a_network_is_built_told_what_does_not_fit_mended_and_trained(page: Page):
    page.goto("/train?preset=flatten, dense 10&epochs=2&train_size=200")
    expect(block(page, "dense 10")).to_be_visible()
    page.get_by_role("button", name="Add a block here").first.click()
    page.get_by_role("button", name="conv 32 3x3", exact=True).click()
    expect(block(page, "conv 32 3×3")).to_contain_text("32×26×26")
    channels = page.locator("[data-at='value channels']")
    channels.fill("4")
    channels.press("Enter")
    expect(block(page, "conv 4 3×3")).to_be_visible()
    expect(text(page)).to_have_value("conv 4 3x3, flatten, dense 10")

    page.get_by_role("button", name="Later →").click()
    expect(page.locator(".builder .wrong")).to_contain_text(
        "Block 2, conv 4 3x3: conv reads images, but is given 784 numbers"
    )
    expect(block(page, "conv 4 3×3")).to_contain_text("does not fit")
    page.get_by_role("button", name="← Earlier").click()
    expect(page.locator(".builder .wrong")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"preset=conv"))

    page.get_by_role("button", name="Start training").click()
    expect(page).to_have_url(re.compile(r"[?&]run="))
    state(page, "finished")
    expect(page.get_by_text("conv 4 → dense 10 on digits").first).to_be_visible()


def test_a_residual_group_is_made_with_the_keyboard(page: Page):
    page.goto("/train?preset=conv 4 3x3 pad 1, relu, flatten, dense 10")
    relu = block(page, "relu")
    expect(relu).to_be_visible()
    relu.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Make it a residual group").focus()
    page.keyboard.press("Enter")
    expect(text(page)).to_have_value("conv 4 3x3 pad 1, residual(relu), flatten, dense 10")
    expect(page.locator(".builder .group")).to_contain_text("the input itself, unchanged")
    expect(page.locator(".builder .group > [role=button]")).to_have_attribute("aria-pressed", "true")


def test_a_block_is_dragged_to_another_place(page: Page):
    page.goto("/train?preset=conv 4 3x3, pool 2, relu, flatten, dense 10")
    expect(block(page, "relu")).to_be_visible()
    block(page, "relu").drag_to(page.get_by_role("button", name="Add a block here").nth(1))
    expect(text(page)).to_have_value("conv 4 3x3, relu, pool 2, flatten, dense 10")


def test_the_picture_fits_a_phone(page: Page):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/train?preset=resnet")
    expect(page.locator(".builder .group").first).to_be_visible()
    until(
        page.locator(".builder"),
        """root => {
            const all = [...root.querySelectorAll("*")];
            return all.length > 50 && all.every(each => each.getBoundingClientRect().right <= window.innerWidth);
        }""",
    )
