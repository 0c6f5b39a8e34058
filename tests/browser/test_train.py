"""Training as a person watches it: a chart that moves, buttons that steer, and a drawing for the model at the end."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_draw import SEVEN, answer, draw

LONG = "/train?preset=cnn-64&epochs=500"
SHORT = "/train?preset=mlp&epochs=6&batch_size=32"


def start(page: Page, link: str) -> str:
    """Start a run with the settings of a link; the run's id."""
    page.goto(link)
    page.get_by_role("button", name="Start training").click()
    expect(page).to_have_url(re.compile(r"[?&]run="))
    return re.search(r"[?&]run=([^&]+)", page.url)[1]


def state(page: Page, word: str) -> None:
    """Wait until the run's badge says `word`."""
    expect(page.get_by_test_id("stMain").locator(".stMarkdownBadge", has_text=word).first).to_be_visible()


def step(page: Page) -> int:
    """The step that the panel shows."""
    shown = page.locator(".numbers").inner_text()
    return int(re.search(r"Step(?: of [\d,]+)?\s+([\d,]+)", shown)[1].replace(",", ""))


def wait_for_step(page: Page, least: int) -> int:
    """Wait until the panel shows at least this step; the step it shows."""
    expect(page.locator(".numbers")).to_be_visible()
    page.wait_for_function(
        """least => {
            const shown = document.querySelector(".numbers")?.innerText ?? "";
            const found = shown.match(/Step(?: of [\\d,]+)?\\s+([\\d,]+)/);
            return found && Number(found[1].replaceAll(",", "")) >= least;
        }""",
        arg=least,
    )
    return step(page)


def held(page: Page, *, after: int = 0) -> int:
    """Wait until the panel says that the run is held after a step beyond `after`, and counts to it; that step.

    The badge, the sentence and the number arrive one after the other: only together do they tell where a run stands.
    """
    page.wait_for_function(
        """after => {
            const panel = document.querySelector(".st-key-run_panel")?.innerText ?? "";
            const said = panel.match(/Paused after step ([\\d,]+)/);
            const shown = panel.match(/Step(?: of [\\d,]+)?\\s+([\\d,]+)/);
            return said && shown && said[1] === shown[1] && Number(said[1].replaceAll(",", "")) > after;
        }""",
        arg=after,
    )
    state(page, "paused")
    return step(page)


def wait_for_chart(page: Page, least: float) -> None:
    """Wait until the first chart draws at least this step: it follows the numbers by a frame."""
    page.wait_for_function(
        """least => {
            const chart = document.querySelector(".js-plotly-plot");
            return Math.max(0, ...chart.data.flatMap(trace => [...(trace.x ?? [])])) >= least;
        }""",
        arg=least,
    )


def mark_charts(page: Page, least: int) -> None:
    """Put a mark on the charts' nodes, once there are so many."""
    page.locator(".js-plotly-plot").nth(least - 1).wait_for()
    page.evaluate("""() => {
        document.querySelectorAll(".js-plotly-plot").forEach(each => { each.marked = true; });
    }""")


def marked_charts(page: Page) -> list[dict]:
    """The charts' nodes: whether they still carry the mark, and how many points they draw."""
    return page.evaluate("""() => [...document.querySelectorAll(".js-plotly-plot")].map(each => ({
        marked: Boolean(each.marked), last: Math.max(0, ...each.data.flatMap(trace => [...(trace.x ?? [])])),
    }))""")


def test_a_run_is_watched_left_steered_and_stopped_and_reads_a_drawing(page):
    run = start(page, LONG)
    wait_for_step(page, 5)
    expect(page.get_by_test_id("stSidebar")).to_contain_text(re.compile(r"[1-9]\d* of \d+ running"))
    expect(page.get_by_test_id("stMain").get_by_text(re.compile("^running · epoch"))).to_be_visible()
    mark_charts(page, 2)
    before = marked_charts(page)
    wait_for_chart(page, before[0]["last"] + 20)
    after = marked_charts(page)
    assert all(chart["marked"] for chart in after), "the charts were made anew instead of being updated"

    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", name="See deep learning work")).to_be_visible()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Train").click()
    there = wait_for_step(page, after[0]["last"])
    page.reload()
    wait_for_step(page, there)

    page.get_by_role("button", name="Pause").click()
    paused = held(page)
    page.get_by_role("button", name="Step", exact=True).click()
    assert held(page, after=paused) == paused + 1
    page.get_by_role("button", name="Resume").click()
    wait_for_step(page, paused + 10)

    page.get_by_role("button", name="Stop").click()
    state(page, "stopped")
    expect(page.get_by_test_id("stMetricLabel").get_by_text("Test accuracy")).to_be_visible()
    page.get_by_role("button", name=re.compile("Draw for (this model|the best weights)")).click()
    expect(page).to_have_url(re.compile(f"/draw.*run={run}"))
    expect(answer(page)).to_contain_text("Nothing drawn yet")
    draw(page, SEVEN)
    expect(answer(page)).not_to_contain_text("Nothing drawn yet")


def test_a_run_goes_on_when_its_page_is_closed_and_is_found_by_its_link(page, browser, server):
    run = start(page, SHORT)
    page.goto("about:blank")
    page.goto(f"/train?run={run}")
    state(page, "finished")
    expect(page.get_by_test_id("stMetricLabel").get_by_text("Test accuracy")).to_be_visible()

    stranger = browser.new_context(base_url=server.url).new_page()
    stranger.goto(f"/train?run={run}")
    expect(stranger.get_by_test_id("stMetricLabel").get_by_text("Test accuracy")).to_be_visible()
    assert stranger.get_by_role("button", name="Stop").count() == 0
    stranger.context.close()


def test_a_killed_server_loses_nothing(page, server):
    run = start(page, LONG)
    shown = wait_for_step(page, 30)
    server.kill()
    server.start()
    page.goto(f"/train?run={run}")
    state(page, "interrupted")
    assert step(page) >= shown
    page.get_by_role("button", name="Resume").click()
    wait_for_step(page, shown + 20)
    page.get_by_role("button", name="Stop").click()
    state(page, "stopped")


@pytest.mark.parametrize("link", ["/train?lr=banana&epochs=-4&batch_size=1e99&optimizer=adem", "/train?run=unknown"])
def test_bad_links_are_sentences(page, link):
    page.goto(link)
    expect(page.get_by_role("button", name="Start training")).to_be_visible()
    expect(page.get_by_test_id("stAlert").first).to_be_visible()
