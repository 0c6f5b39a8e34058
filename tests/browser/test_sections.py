"""Nothing of a section that was left stays on the page while the next one is computed."""

from playwright.sync_api import expect

from tests.browser.charts import drawn

WATCH = """() => {
  window.stayed = 0;
  new MutationObserver(() => {
    const gone = !document.querySelector(".verdicts"), here = document.querySelector(".st-key-gds_steps");
    if (here && !gone) window.stayed += 1;
  }).observe(document.body, { childList: true, subtree: true });
}"""


def test_a_section_that_is_left_goes_before_the_next_one_comes(page):
    page.goto("/descent")
    drawn(page, "Map.")
    expect(page.locator(".verdicts")).to_be_attached()
    page.evaluate(WATCH)
    page.get_by_text("Learning-rate sweep", exact=True).click()
    drawn(page, "The loss at the end against the learning rate")
    assert page.evaluate("window.stayed") == 0
