"""The playground as its visitors use it: played, stepped, reached into, drawn on, and passed on as a link."""

import re

from playwright.sync_api import Page, expect

from tests.browser.charts import fits_the_screen, script_ended, until


def open_at(page: Page, link: str) -> None:
    page.goto(f"/playground?{link}")
    page.locator(".playground [data-unit]").first.wait_for()
    script_ended(page)


def updates(page: Page) -> int:
    said = page.locator(".playground .player output").inner_text()
    return int(re.search(r"update ([\d,]+)", said)[1].replace(",", ""))


def wait_for_update(page: Page, condition: str) -> None:
    until(page.locator(".playground"), f"({{ view }}) => view?.timeline.frame()?.update {condition}")


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


def test_a_link_shows_the_same_moment_elsewhere(page, visitor):
    open_at(page, "pg_problem=xor&pg_seed=3&pg_at=130")
    wait_for_update(page, "=== 130")
    figures = page.locator(".figures").inner_text()
    shown = picture(page)
    script_ended(page)
    other = visitor()
    other.goto(page.url)
    other.locator(".playground [data-unit]").first.wait_for()
    wait_for_update(other, "=== 130")
    assert other.locator(".figures").inner_text() == figures
    assert picture(other) == shown


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
    script_ended(page)
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
    script_ended(page)
    page.get_by_role("button", name="Remove", exact=True).click()
    page.locator(".large").click(position={"x": 20, "y": 20})
    expect(text).to_have_value(counted)


def test_layers_units_and_features_are_changed_in_the_picture(page):
    open_at(page, "pg_at=0")
    expect(page.locator("[data-unit]")).to_have_count(7)
    page.get_by_role("button", name="One unit more in layer 1").click()
    expect(page.locator("[data-unit]")).to_have_count(8)
    script_ended(page)
    page.get_by_role("button", name="One hidden layer less").click()
    expect(page.locator("[data-unit]")).to_have_count(6)
    script_ended(page)
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


def test_speed_and_an_opened_unit_are_in_the_link(page):
    open_at(page, "pg_at=20&pg_speed=100&pg_card=1.0")
    speed = page.get_by_label("Updates a second")
    expect(speed).to_have_value("100")
    expect(page.locator(".card h4")).to_have_text(re.compile("Unit 1 of layer 2"))
    speed.select_option("20")
    expect(page).to_have_url(re.compile("pg_speed=20(&|$)"))
    page.locator("[data-unit='0.2']").click()
    expect(page).to_have_url(re.compile("pg_card=0.2"))
    script_ended(page)
    page.reload()
    expect(page.locator(".card h4")).to_have_text(re.compile("Unit 3 of layer 1"))
    expect(speed).to_have_value("20")
    page.get_by_role("button", name="Close").click()
    expect(page).not_to_have_url(re.compile("pg_card"))


def test_two_networks_race_and_the_link_shows_their_race_elsewhere(page, visitor):
    open_at(page, "pg_at=0&pg_race_seeds=1&pg_race_updates=100")
    page.get_by_text("A race of two networks").click()
    page.get_by_role("button", name="Race", exact=True).click()
    answers = page.get_by_role("img", name=re.compile("what it answers after 100 updates"))
    expect(answers).to_have_count(2)
    expect(page).to_have_url(re.compile("pg_raced=true"))
    script_ended(page)
    seen = [answers.nth(each).inner_html() for each in range(2)]
    assert seen[0] != seen[1]
    other = visitor()
    other.goto(page.url)
    answers = other.get_by_role("img", name=re.compile("what it answers after 100 updates"))
    expect(answers).to_have_count(2)
    assert [answers.nth(each).inner_html() for each in range(2)] == seen


def test_a_dragged_point_is_seen_while_it_moves_and_learned_from_when_it_rests(page):
    open_at(page, "pg_problem=own&pg_at=0")
    text = page.get_by_role("textbox", name="My points")
    expect(text).to_have_value(re.compile("^-3, 3, 0;"))
    page.get_by_role("button", name="Add 0", exact=True).click()
    box = page.locator(".large").bounding_box()
    at = lambda x, y: (box["x"] + box["width"] * (x + 6) / 12, box["y"] + box["height"] * (6 - y) / 12)  # noqa: E731
    dots = page.locator(".large canvas.dots")
    before = dots.evaluate("each => each.toDataURL()")
    page.mouse.move(*at(-3, 3))
    page.mouse.down()
    page.mouse.move(*at(-5, -5), steps=6)
    expect(text).to_have_value(re.compile("^-3, 3, 0;"))
    page.wait_for_function(
        "([each, before]) => each.toDataURL() !== before", arg=[dots.element_handle(), before]
    )  # the server knows nothing yet
    page.mouse.up()
    expect(text).to_have_value(re.compile(r"^-(4\.9\d|5|5\.0\d), -(4\.9\d|5|5\.0\d), 0;"))


def test_an_uploaded_table_becomes_the_points_and_a_bad_one_a_sentence(page):
    open_at(page, "pg_problem=own&pg_at=0")
    page.locator(".st-key-pg_more_data summary").click()
    field = page.locator(".st-key-_pg_file input[type=file]")
    table = {
        "name": "mine.csv",
        "mimeType": "text/csv",
        "buffer": "x;y;kind\n1;2;a\n-1;-2;b\n0,5;1;a\n".encode("utf-16"),
    }
    field.set_input_files(table)
    text = page.get_by_role("textbox", name="My points")
    expect(text).to_have_value("1, 2, a; -1, -2, b; 0.5, 1, a")
    expect(page.get_by_role("button", name="Add b", exact=True)).to_be_visible()
    script_ended(page)
    field.set_input_files({**table, "name": "one.csv", "buffer": b"1,2,a\n3,4,a\n"})
    expect(page.get_by_test_id("stAlert").first).to_contain_text("all points are of the class 'a'")
    expect(text).to_have_value("1, 2, a; -1, -2, b; 0.5, 1, a")


def test_a_finger_plays_opens_units_and_points_at_the_map(visitor):
    page = visitor(390, 844, has_touch=True)
    open_at(page, "pg_at=0")
    page.get_by_role("button", name="Play", exact=True).tap()
    wait_for_update(page, "> 50")
    page.get_by_role("button", name="Pause", exact=True).tap()
    before = page.locator(".reading").inner_text()
    page.locator(".large").tap(position={"x": 12, "y": 12})
    expect(page.locator(".reading")).not_to_have_text(before)
    script_ended(page)
    page.locator("[data-unit='1.1']").tap()
    expect(page.locator(".card h4")).to_have_text(re.compile("Unit 2 of layer 2"))
    page.locator("[data-unit='0.0']").tap()
    expect(page.locator(".card h4")).to_have_text(re.compile("Unit 1 of layer 1"))
    field = page.get_by_label("x₂: weight")
    shown = picture(page)
    field.fill("-5")
    assert picture(page) != shown
    fits_the_screen(page)


def test_the_problem_is_chosen_by_its_picture(page):
    open_at(page, "pg_at=0")
    first = picture(page)
    button = page.get_by_role("radio", name="Spiral")
    page.wait_for_function(
        "each => getComputedStyle(each, '::before').backgroundImage.startsWith('url')", arg=button.element_handle()
    )
    button.click()
    expect(page).to_have_url(re.compile("pg_problem=spiral"))
    script_ended(page)
    page.locator(".large canvas.dots").wait_for()
    assert picture(page) == first  # the network is the same; its points are others
