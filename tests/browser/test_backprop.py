"""Backpropagation as a person steps through it: forward, back, an edit, a click on a unit."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.charts import fits_the_screen, script_ended


def drawing(page: Page, name: str = "network") -> Locator:
    """The drawing, once it is there."""
    found = page.locator(f".{name}")
    expect(found.locator("svg").last).to_be_visible()
    return found


def node(page: Page, place: str) -> Locator:
    return page.locator(f".network [data-node='{place}']")


def step(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def said(page: Page) -> Locator:
    """The formula with numbers of the step that is shown."""
    return page.locator(".network .numbers")


def test_a_step_forward_and_back_a_unit_and_an_edit(page):
    page.goto("/backprop")
    network = drawing(page)
    expect(network).to_have_attribute("data-step", "3")  # it opens with what the network says and its loss
    expect(node(page, "2.0").locator(".value")).not_to_be_empty()
    expect(node(page, "2.0").locator(".bias")).to_have_text("b 0")
    expect(node(page, "loss").locator(".value")).not_to_be_empty()
    step(page, "To the start")
    expect(node(page, "1.0").locator(".value")).to_be_empty()
    step(page, "One step on")
    expect(network).to_have_attribute("data-step", "1")
    expect(node(page, "1.0").locator(".value")).not_to_be_empty()
    expect(node(page, "2.0").locator(".value")).to_be_empty()
    for _ in range(3):
        step(page, "One step on")
    expect(page.get_by_text("Backward, layer 2", exact=True)).to_be_visible()
    expect(node(page, "2.0").locator(".error")).to_contain_text("δ")
    expect(node(page, "1.0").locator(".error")).to_be_empty()
    step(page, "One step back")
    expect(node(page, "2.0").locator(".error")).to_be_empty()

    node(page, "1.1").click()
    card = page.locator(".network .card")
    expect(card).to_contain_text("Unit 2 of layer 1")
    expect(card).to_contain_text("Slope of the activation")
    assert card.locator("math").count() >= 6
    shown = float(node(page, "1.1").locator(".value").text_content().replace("−", "-"))
    activated = card.locator(".formula", has_text="Activate").locator("math").last.text_content()
    assert float(re.findall(r"[−\d.]+", activated)[-1].replace("−", "-")) == pytest.approx(shown, abs=0.006)

    card.get_by_role("button", name=re.compile("w21")).click()
    expect(card).to_contain_text("Weight from input 1 to unit 2 of layer 1")
    expect(card).to_contain_text("Chain of partial derivatives")
    before = node(page, "loss").locator(".value").text_content()
    card.get_by_role("spinbutton").fill("-3.5")
    card.get_by_role("button", name="Set").click()
    expect(page).to_have_url(re.compile("bp_edits=0%3AW1.2.1%3D-3.5"))
    expect(node(page, "loss").locator(".value")).not_to_have_text(before)
    expect(network).to_have_attribute("data-step", "3")
    expect(card).to_contain_text("−3.5")


def test_the_sample_the_keyboard_and_the_next_update(page):
    page.goto("/backprop?bp_rate=2")
    network = drawing(page)
    step(page, "To the end")
    expect(page.get_by_text("The update", exact=True)).to_be_visible()
    before = said(page).inner_text()
    page.get_by_role("button", name="+1", exact=True).click()
    expect(page).to_have_url(re.compile("bp_done=1"))
    expect(network).to_have_attribute("data-step", "6")
    expect(said(page)).not_to_have_text(before)

    page.get_by_label("Sample", exact=True).select_option("3")
    expect(node(page, "0.0").locator(".value")).to_have_text("1.00")
    node(page, "0.0").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(node(page, "1.1")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".network .card")).to_contain_text("Unit 2 of layer 1")
    expect(page.locator(".network .card").get_by_role("spinbutton")).to_be_visible()


def test_play_walks_to_the_end_and_nothing_is_asked_of_the_server(page):
    sent: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.goto("/backprop?bp_layers=1")
    network = drawing(page)
    expect(page.get_by_text("Click on the curve")).to_be_visible()
    script_ended(page)
    assert sent
    sent.clear()
    step(page, "To the start")
    page.get_by_role("button", name="Play").click()
    expect(network).to_have_attribute("data-step", "4")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert not sent


def test_training_goes_on_and_on_and_the_loss_curve_with_it(page):
    page.goto("/backprop?bp_rate=2&bp_u1=4")
    network = drawing(page)
    expect(page.get_by_text("Click on the curve")).to_be_visible()
    loss = node(page, "loss").locator(".value")
    before = loss.text_content()
    said = network.locator(".training output")
    expect(said).to_have_text("0 updates done")
    network.get_by_label("Speed").last.select_option("4")
    page.get_by_role("button", name="Train", exact=True).press("Enter")
    expect(network.locator(".curve circle")).to_be_visible()
    expect(said).to_have_text(re.compile(r"^(1[2-9]\d|[2-9]\d\d) updates"))  # beyond what was computed at first
    page.get_by_role("button", name="Pause").press("Enter")
    updates = said.text_content().split()[0]
    expect(page).to_have_url(re.compile(f"bp_done={updates}(&|$)"))
    expect(page.get_by_role("spinbutton", name="Updates done")).to_have_value(updates)
    expect(network.locator(".curve")).to_be_hidden()
    assert float(loss.text_content()) < 0.5 * float(before)
    page.get_by_role("button", name="+10", exact=True).click()
    expect(said).to_have_text(f"{int(updates) + 10} updates done")
    expect(page).to_have_url(re.compile(f"bp_done={int(updates) + 10}(&|$)"))
    page.get_by_role("button", name="Start", exact=True).click()
    expect(said).to_have_text("0 updates done")
    expect(loss).to_have_text(before)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
@pytest.mark.parametrize("units", [3, 8])
def test_no_label_lies_over_another_at_any_width(page, width, height, units):
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"/backprop?bp_layers=3&bp_u1={units}&bp_u2={units}")
    network = drawing(page)
    step(page, "To the end")
    step(page, "One step back")
    expect(node(page, "1.0").locator(".error")).not_to_be_empty()
    boxes = network.locator("svg .node text, svg .weight").evaluate_all(
        "all => all.filter((each) => each.textContent && !each.closest('.loss'))"
        ".map((each) => each.getBoundingClientRect()).map(({ x, y, width, height }) => [x, y, width, height])"
    )
    assert len(boxes) > 3 * units
    for place, (x, y, wide, high) in enumerate(boxes):
        for other_x, other_y, other_wide, other_high in boxes[place + 1 :]:
            across = min(x + wide, other_x + other_wide) - max(x, other_x)
            down = min(y + high, other_y + other_high) - max(y, other_y)
            assert across < 3 or down < 6


def test_an_expression_is_drawn_and_its_mistakes_are_pointed_at(page):
    page.goto("/backprop?bp_section=graph&bp_expr=x*y%2Bx&bp_v_x=3&bp_v_y=2")
    graph = drawing(page, "graph")
    step(page, "To the end")
    x = graph.get_by_role("button", name=re.compile("^x"))
    expect(x).to_contain_text("∂ 3")
    expect(graph.locator("[data-vertex]")).to_have_count(4)
    field = page.get_by_role("textbox", name="Expression")
    field.fill("x * foo(y)")
    field.press("Enter")
    expect(page.get_by_test_id("stAlert")).to_contain_text("foo")
    expect(page.get_by_test_id("stCode").locator("code")).to_contain_text("    ^")


def test_an_image_goes_through_a_trained_network(page):
    page.goto("/backprop?bp_section=run")
    layers = page.locator(".layers")
    expect(layers.locator(".layer").first).to_be_visible()
    expect(layers.locator(".verdict")).to_contain_text("The loss is")
    step(page, "To the start")
    expect(layers.locator(".layer.active b")).to_have_text("input")
    step(page, "One step on")
    expect(layers.locator(".layer.active b")).to_have_text("conv1")


def test_a_phone_shows_the_drawing_first_and_does_not_scroll_sideways(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/backprop?bp_layers=5&bp_u1=8&bp_u2=8&bp_u3=8&bp_u4=8")
    network = drawing(page)
    expect(network.locator("[data-node]")).to_have_count(2 + 4 * 8 + 1 + 1)
    expect(page.get_by_role("button", name="Play")).to_be_in_viewport()
    fits_the_screen(page)


def test_a_bad_link_is_a_sentence(page):
    page.goto("/backprop?bp_layers=99&bp_edits=drop&bp_rate=x")
    expect(page.get_by_test_id("stAlert").first).to_contain_text("bp_layers=99")


def test_a_card_that_was_opened_with_the_keys_is_still_open_when_the_page_is_seen_again(page):
    page.goto("/backprop")
    first = page.locator(".network .node").first
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    card = page.locator(".network .card .title")
    expect(card).to_have_text("Unit 1 of layer 1")
    page.reload()
    expect(card).to_have_text("Unit 1 of layer 1")
    page.get_by_role("link", name="Losses").click()
    page.get_by_role("link", name="Backpropagation").click()
    expect(card).to_have_text("Unit 1 of layer 1")
    page.get_by_role("button", name="Close").click()
    page.reload()
    expect(page.locator(".network .hint")).to_be_visible()
    expect(card).to_be_hidden()
