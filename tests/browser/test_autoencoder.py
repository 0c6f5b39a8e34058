"""Looking inside of an autoencoder with a mouse: the map, a slider, a film, and a digit of one's own."""

import re

from playwright.sync_api import Page, expect

from tests.browser.charts import come_to_rest, fits_the_screen, until
from tests.browser.test_draw import SEVEN, draw

CROSS_IS_AT = """(chart, [x, y]) => {
  const cross = chart._fullData?.at(-1);
  if (cross?.name !== "decoded here") return false;
  const { xaxis, yaxis } = chart._fullLayout._plots.xy;
  const box = chart.getBoundingClientRect();
  const left = box.left + xaxis._offset + xaxis.d2p(cross.x[0]);
  const top = box.top + yaxis._offset + yaxis.d2p(cross.y[0]);
  return Math.hypot(left - x, top - y) < 8;
}"""


DRAWN = """() => document.querySelector(".pairs i[aria-label^=drawn]")?.style.getPropertyValue("--ink") ?? "" """


def ink(page: Page, key: str) -> str:
    """What the first picture of a gallery shows, as the address of its mask."""
    picture = page.locator(f".st-key-{key} .gallery i").first
    until(picture, "e => e.style.getPropertyValue('--ink').startsWith('url')")
    return picture.evaluate("e => e.style.getPropertyValue('--ink')")


def changed(page: Page, key: str, before: str) -> str:
    """Wait until the first picture of a gallery shows something else."""
    page.wait_for_function(
        "([key, before]) => { const i = document.querySelector(`.st-key-${key} .gallery i`);"
        " const now = i && i.style.getPropertyValue('--ink'); return now && now !== before; }",
        arg=[key, before],
    )
    return ink(page, key)


def the_map(page: Page, key: str):
    chart = page.locator(f".st-key-{key} .js-plotly-plot")
    chart.locator(".scatterlayer .trace").first.wait_for(state="attached")
    come_to_rest(chart)
    return chart


def test_a_click_a_drag_and_a_slider_decode_another_place(page):
    page.goto("/autoencoder?ae_section=latent")
    chart = the_map(page, "ae_map")
    area = chart.locator(".nsewdrag").first.bounding_box()
    middle = ink(page, "ae_picture")

    corner = area["x"] + 0.15 * area["width"], area["y"] + 0.8 * area["height"]
    page.mouse.click(*corner)
    clicked = changed(page, "ae_picture", middle)
    expect(page).to_have_url(re.compile("ae_z1="))
    until(chart, CROSS_IS_AT, corner)

    page.mouse.move(*corner)
    page.mouse.down()
    page.mouse.move(area["x"] + 0.8 * area["width"], area["y"] + 0.2 * area["height"], steps=6)
    page.mouse.up()
    dragged = changed(page, "ae_picture", clicked)

    page.get_by_role("slider", name="Number 1 of the code").first.press("Home")
    changed(page, "ae_picture", dragged)


def test_the_way_between_two_images_is_a_film_that_can_be_scrubbed(page):
    page.goto("/autoencoder?ae_section=latent")
    films = page.locator(".films")
    bar = films.get_by_role("slider", name="Step")
    bar.fill("0")
    expect(films).to_have_attribute("data-frame", "0")
    expect(films.locator("output")).to_have_text("0 % of the way")
    films.get_by_role("button", name="One step on").click()
    expect(films).to_have_attribute("data-frame", "1")
    shifts = films.locator("i").evaluate_all("all => all.map(e => e.style.maskPosition || e.style.webkitMaskPosition)")
    assert len(shifts) == 2
    assert all("-1" in shift for shift in shifts)


def test_a_drawn_digit_appears_on_the_map_and_is_drawn_again(page):
    page.goto("/autoencoder?ae_section=own")
    the_map(page, "ae_own_map")
    draw(page, SEVEN)
    expect(page.get_by_text("The star is your digit")).to_be_visible()
    expect(page.locator(".st-key-ae_own_map .js-plotly-plot .scatterlayer .trace")).to_have_count(13)
    ink(page, "ae_own_pictures")
    expect(page.get_by_text("Error of what is drawn")).to_be_visible()


def test_a_phone_sees_the_map_without_scrolling_sideways(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/autoencoder?ae_section=latent")
    the_map(page, "ae_map")
    ink(page, "ae_picture")
    fits_the_screen(page)


def test_on_a_phone_each_image_stands_above_what_is_drawn_of_it(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/autoencoder?ae_section=anomaly")
    ink(page, "ae_alarms_drawn")
    places = [
        page.locator(f".st-key-ae_alarms_{row} .gallery span").evaluate_all(
            "all => all.map(e => e.getBoundingClientRect()).map(e => [Math.round(e.x), Math.round(e.y)])"
        )
        for row in ("read", "drawn")
    ]
    assert [x for x, _ in places[0]] == [x for x, _ in places[1]]
    assert [len({y for _, y in row}) for row in places] == [1, 1]
    fits_the_screen(page)


def test_what_it_draws_changes_while_it_learns(page):
    page.goto("/autoencoder?ae_epochs=400&ae_batch_size=8")
    page.get_by_role("button", name="Start training").click()
    expect(page).to_have_url(re.compile(r"[?&]run="))
    page.wait_for_function(f"() => ({DRAWN})().startsWith('url')")
    before = page.evaluate(DRAWN)
    page.wait_for_function(f"before => ({DRAWN})() !== before", arg=before)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_test_id("stMain").locator(".stMarkdownBadge", has_text="stopped").first).to_be_visible()
    expect(page.locator(".pairs").first).to_be_visible()
