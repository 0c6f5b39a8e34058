"""The playground as its visitors use it: played, stepped, reached into, drawn on, and passed on as a link."""

import re

from playwright.sync_api import Page, expect

from tests.browser.charts import PATIENCE_MS, fits_the_screen


def open_at(page: Page, link: str) -> None:
    page.goto(f"/playground?{link}")
    page.locator(".playground [data-unit]").first.wait_for()
    at_rest(page)


def at_rest(page: Page) -> None:
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def updates(page: Page) -> int:
    said = page.locator(".playground .player output").inner_text()
    return int(re.search(r"update ([\d,]+)", said)[1].replace(",", ""))


def wait_for_update(page: Page, condition: str) -> None:
    page.wait_for_function(
        f"""() => {{
          const find = (root) => root.querySelector(".playground") ?? [...root.querySelectorAll("*")]
            .filter((each) => each.shadowRoot).map((each) => find(each.shadowRoot)).find(Boolean);
          const update = find(document)?.view?.timeline.frame()?.update;
          return update !== undefined && (update {condition});
        }}"""
    )


def picture(page: Page) -> str:
    """The answer over the plane, as the bytes of an image."""
    return page.locator(".large canvas").first.evaluate("each => each.toDataURL()")


def test_it_plays_pauses_steps_and_resets_to_the_same_weights(page):
    open_at(page, "pg_at=0")
    expect(page.locator(".player output")).to_have_text("update 0, epoch 0")
    first = picture(page)
    page.get_by_role("button", name="One update on").click()
    expect(page.locator(".player output")).to_have_text("update 1, epoch 0")
    page.get_by_role("button", name="Play", exact=True).click()
    wait_for_update(page, "> 300")
    page.get_by_role("button", name="Pause", exact=True).click()
    assert picture(page) != first
    paused = updates(page)
    expect(page).to_have_url(re.compile(f"pg_at={paused}(&|$)"))
    page.get_by_role("button", name="Reset").click()
    expect(page.locator(".player output")).to_have_text("update 0, epoch 0")
    assert picture(page) == first


def test_a_link_shows_the_same_moment_elsewhere(page, browser, server):
    open_at(page, "pg_problem=xor&pg_seed=3&pg_at=130")
    wait_for_update(page, "=== 130")
    figures = page.locator(".figures").inner_text()
    shown = picture(page)
    at_rest(page)
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=server.url)
    context.set_default_timeout(PATIENCE_MS)
    other = context.new_page()
    other.goto(page.url)
    other.locator(".playground [data-unit]").first.wait_for()
    wait_for_update(other, "=== 130")
    assert other.locator(".figures").inner_text() == figures
    assert picture(other) == shown
    context.close()


def test_an_edited_weight_is_seen_at_once_and_training_goes_on_from_it(page):
    open_at(page, "pg_at=50")
    wait_for_update(page, "=== 50")
    before = picture(page)
    page.locator("[data-unit='0.1']").click()
    field = page.get_by_label("x₁: weight")
    field.fill("6")
    assert picture(page) != before
    field.press("Enter")
    expect(page).to_have_url(re.compile("pg_start="))
    expect(page.locator(".player output")).to_have_text("update 0, epoch 0")
    expect(field).to_have_value("6")
    at_rest(page)
    page.reload()
    page.locator("[data-unit='0.1']").click()
    expect(page.get_by_label("x₁: weight")).to_have_value("6")
    page.get_by_role("button", name="Reset").click()
    expect(page).not_to_have_url(re.compile("pg_start="))
    expect(page.get_by_label("x₁: weight")).not_to_have_value("6")


def test_points_are_added_and_removed_in_the_plane(page):
    open_at(page, "pg_problem=own&pg_at=0")
    text = page.get_by_role("textbox", name="My points")
    counted = re.compile(r"^-3, 3, 0(;[^;]+){17}$")
    expect(text).to_have_value(counted)
    page.get_by_role("button", name="Add 1", exact=True).click()
    page.locator(".large").click(position={"x": 20, "y": 20})
    expect(text).to_have_value(re.compile(r"^-3, 3, 0(;[^;]+){18}$"))
    expect(page).to_have_url(re.compile("pg_own="))
    at_rest(page)
    page.get_by_role("button", name="Remove", exact=True).click()
    page.locator(".large").click(position={"x": 20, "y": 20})
    expect(text).to_have_value(counted)


def test_layers_units_and_features_are_changed_in_the_picture(page):
    open_at(page, "pg_at=0")
    expect(page.locator("[data-unit]")).to_have_count(7)
    page.get_by_role("button", name="One unit more in layer 1").click()
    expect(page.locator("[data-unit]")).to_have_count(8)
    at_rest(page)
    page.get_by_role("button", name="One hidden layer less").click()
    expect(page.locator("[data-unit]")).to_have_count(6)
    at_rest(page)
    page.get_by_role("button", name="Feature x₁²").click()
    expect(page).to_have_url(re.compile("pg_features=x1-squared"))
    expect(page.locator("[data-edge]")).to_have_count(3 * 5 + 5)


def test_a_phone_and_the_keyboard_reach_it_all(page):
    page.set_viewport_size({"width": 390, "height": 844})
    open_at(page, "pg_at=0")
    fits_the_screen(page)
    large = page.locator(".large")
    large.focus()
    before = page.locator(".reading").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".reading")).not_to_have_text(before)
    unit = page.locator("[data-unit='1.0']")
    unit.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".card h4")).to_have_text(re.compile("Unit 1 of layer 2"))
    fits_the_screen(page)
