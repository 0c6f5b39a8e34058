"""The address of a page: it follows the controls, and brings them back."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.browser.charts import drawn, place, script_ended


def link(url: str) -> dict[str, list[str]]:
    """What an address says."""
    return parse_qs(urlsplit(url).query, keep_blank_values=True)


def says(page: Page, **wanted: str) -> None:
    """Wait until the page's address says this and nothing else."""
    page.wait_for_url(lambda url: link(url) == {key: [text] for key, text in wanted.items()})


def button(page: Page, name: str) -> Locator:
    """One of a row of options."""
    return page.get_by_role("radio", name=name, exact=True)


def box(page: Page, label: str) -> Locator:
    """A drop-down list."""
    return page.get_by_test_id("stSelectbox").filter(has_text=label).get_by_role("combobox")


def choose(page: Page, label: str, option: str) -> None:
    """Choose once the script has ended: a list that is open closes when what is below it is drawn anew."""
    script_ended(page)
    box(page, label).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_the_address_follows_the_controls_by_identifiers_and_brings_them_back(page, browser, server):
    page.goto("/activations")
    button(page, "One neuron").click()
    page.wait_for_url(re.compile("act_section=neuron"))
    button(page, "Two").click()
    page.wait_for_url(re.compile("act_inputs=two"))
    choose(page, "Activation f", "ReLU")
    says(page, act_section="neuron", act_inputs="two", act_neuron="relu")
    other = browser.new_context(base_url=server.url).new_page()
    for each, look in ((other, lambda: other.goto(page.url)), (page, page.reload)):
        look()
        expect(button(each, "Two")).to_be_checked()
        expect(box(each, "Activation f")).to_have_value("ReLU")
        says(each, act_section="neuron", act_inputs="two", act_neuron="relu")
    other.context.close()


def test_a_link_with_labels_goes_on_working(page):
    page.goto("/activations?act_section=One+neuron&act_inputs=Two&act_neuron=ReLU")
    expect(button(page, "Two")).to_be_checked()
    expect(box(page, "Activation f")).to_have_value("ReLU")
    says(page, act_section="neuron", act_inputs="two", act_neuron="relu")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def test_back_and_forward_go_through_what_was_done_in_whole_states(page):
    page.goto("/losses?loss_section=slow&loss_goal=1")
    expect(button(page, "1")).to_be_checked()
    page.get_by_role("link", name="Activations").click()
    button(page, "Softmax").click()
    page.wait_for_url(re.compile("act_section=softmax"))
    button(page, "Gates").click()
    page.wait_for_url(re.compile("act_section=gates"))
    choose(page, "Unit", "GEGLU")
    page.wait_for_url(re.compile("act_gate=geglu"))
    page.go_back()
    page.wait_for_url(lambda url: "act_gate" not in url)
    expect(button(page, "Gates")).to_be_checked()
    page.go_back()
    expect(button(page, "Softmax")).to_be_checked()
    page.go_back()
    expect(button(page, "Curves")).to_be_checked()
    page.go_back()
    expect(button(page, "1")).to_be_checked()
    says(page, loss_section="slow", loss_goal="1")
    for _ in range(4):
        page.go_forward()
    expect(button(page, "Gates")).to_be_checked()
    expect(box(page, "Unit")).to_have_value("GEGLU")
    says(page, act_section="gates", act_gate="geglu")


def test_an_experiment_that_sets_several_controls_is_one_entry(page):
    page.goto("/descent")
    card = page.get_by_role("button", name="Try it").first
    card.click()
    page.wait_for_url(lambda url: "?" in url)
    script_ended(page)
    page.go_back()
    says(page)


def test_what_is_hidden_leaves_the_address(page):
    page.goto("/activations?act_section=gates&act_gate=geglu")
    expect(box(page, "Unit")).to_have_value("GEGLU")
    button(page, "Curves").click()
    says(page)
    button(page, "Gates").click()
    expect(box(page, "Unit")).to_have_value("GEGLU")
    page.wait_for_url(re.compile("act_gate=geglu"))


def test_what_streamlit_binds_is_an_entry_an_act_too(page):
    def changed(act) -> dict[str, list[str]]:
        before = page.url
        act()
        page.wait_for_url(lambda url: url != before)
        return link(page.url)

    page.goto("/activations")
    slider = page.get_by_test_id("stSlider").first
    field, track = slider.get_by_role("slider"), slider.get_by_role("group")
    place(drawn(page, "derivative from"), 0.0, 0.0)  # so that nothing moves any more
    box = track.bounding_box()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + box["height"] / 2, steps=8)
    dragged = changed(page.mouse.up)
    for _ in range(3):  # one move with the keys
        pressed = changed(lambda: field.press("ArrowRight"))
    page.go_back()
    page.wait_for_url(lambda url: link(url) == dragged)
    page.go_back()
    page.wait_for_url(lambda url: "act_x" not in url)
    expect(field).to_have_value("1")
    page.go_forward()
    page.go_forward()
    page.wait_for_url(lambda url: link(url) == pressed)
    expect(field).to_have_value(pressed["act_x"][0])


def test_back_goes_over_pages_and_sections_as_they_were_visited(page):
    page.goto("/descent")
    button(page, "Basins").click()
    page.wait_for_url(re.compile("gd_section=basins"))
    page.get_by_role("link", name="Losses").click()
    page.wait_for_url(re.compile("/losses"))
    expect(button(page, "Curves")).to_be_checked()
    page.go_back()
    expect(button(page, "Basins")).to_be_checked()
    page.go_back()
    expect(button(page, "Race")).to_be_checked()
    page.go_forward()
    expect(button(page, "Basins")).to_be_checked()
    page.go_forward()
    expect(button(page, "Curves")).to_be_checked()
    says(page)


def test_a_place_on_a_map_is_one_entry(page):
    page.emulate_media(reduced_motion="reduce")  # a film that plays would move the map under the pointer
    page.goto("/recurrent")
    page.wait_for_url(re.compile("rnn_data"))
    page.get_by_role("link", name="Gradient descent").click()
    page.wait_for_url(lambda url: url.endswith("/descent"))
    page.mouse.click(*place(drawn(page, "Map."), 1.0, 1.0))
    page.wait_for_url(re.compile(r"gd_x=.*gd_y="))
    first = page.url
    page.mouse.click(*place(drawn(page, "Map."), -2.0, -1.0))
    page.wait_for_url(lambda url: "gd_x=-2" in url and "gd_y=-1" in url)
    second = page.url
    page.go_back()
    page.wait_for_url(first)
    page.go_forward()
    page.wait_for_url(second)
    page.go_back()
    page.wait_for_url(first)
    page.go_back()
    page.wait_for_url(lambda url: "gd_" not in url)
    page.go_back()
    page.wait_for_url(re.compile("/recurrent.rnn_data"))
