"""From a finished run down to one value of a feature map, in a browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.charts import until
from tests.browser.test_train import start, state

NETWORK = "conv 4 3x3, relu, conv 8 3x3 stride 2 pad 1, pool 2, flatten, dense 10"


@pytest.fixture
def trained(page: Page) -> Page:
    """The layers of a run that has just ended."""
    start(page, f"/train?preset={NETWORK}&epochs=1&train_size=100")
    state(page, "finished")
    page.get_by_text("What does each layer see?").click()
    expect(page.locator(".inside .drill canvas").first).to_be_visible()
    return page


RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")


def read(text: str) -> float:
    """0.312, −5, (−0.2), 7.1·10⁻⁵ as numbers."""
    return float(text.translate(RAISED).strip("()").replace(",", "").replace("·10", "e"))


def numbers(page: Page) -> list[float]:
    """Those in the formula."""
    return [read(each) for each in page.locator(".inside .drill .readout mn[data-n]").all_text_contents()]


def the_map(page: Page):
    return page.locator(".inside .drill .figures figure").last.locator("canvas")


def test_down_to_a_pixel_and_over_the_image(trained: Page):
    page = trained
    total, bias, value = numbers(page)
    assert total + bias == pytest.approx(value, abs=0.01)
    expect(page.locator(".inside .drill .grids .cell")).to_have_count(27)

    the_map(page).click(position={"x": 5, "y": 5})
    expect(page.locator(".inside .player output")).to_have_text("value 1 of 676")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".inside .player output")).to_have_text("value 28 of 676")
    expect(the_map(page)).to_have_attribute("aria-label", re.compile("row 2, column 2"))
    place = "each => [each.style.top, each.style.left, each.style.width].map(parseFloat)"
    field = page.locator(".inside .drill i.field").evaluate(place)
    assert field == pytest.approx([100 / 28, 100 / 28, 300 / 28], abs=0.01)

    page.locator(".inside").get_by_role("button", name="Play").click()
    expect(page.locator(".inside .player output")).not_to_have_text("value 28 of 676")
    page.locator(".inside").get_by_role("button", name="Pause").click()


def test_a_sum_over_several_maps_is_taken_apart_map_by_map(trained: Page):
    page = trained
    page.locator(".inside .layer", has_text="conv 8").click()
    expect(page.locator(".inside .chosen h4")).to_contain_text("conv 8 3×3 stride 2 pad 1")
    tiles = page.locator(".inside .tile")
    expect(tiles).to_have_count(4)
    tiles.nth(2).click()
    expect(tiles.nth(2)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".inside .grids")).to_contain_text("kernel of map 3")
    parts = [read(each.get_attribute("aria-label").split()[-1]) for each in tiles.all()]
    assert sum(parts) == pytest.approx(numbers(page)[0], abs=0.01)
    page.locator(".inside").get_by_role("button", name="Next map").click()
    expect(page.locator(".inside .pick output")).to_contain_text("of 8")


@pytest.mark.parametrize(("layer", "count"), [("pool 2", 1), ("relu", 2), ("dense 10", 3), ("softmax", 3)])
def test_every_kind_of_layer_says_how_it_comes_to_a_number(trained: Page, layer, count):
    trained.locator(".inside .layer", has_text=layer).click()
    expect(trained.locator(".inside .chosen h4")).to_have_text(layer)
    assert len(numbers(trained)) == count


def test_it_fits_a_phone(trained: Page):
    trained.set_viewport_size({"width": 320, "height": 640})
    expect(the_map(trained)).to_be_visible()
    until(
        trained.locator(".inside"),
        "root => [...root.querySelectorAll('*')].every(each => each.getBoundingClientRect().right <= innerWidth)",
    )
