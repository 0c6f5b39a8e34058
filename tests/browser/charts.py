"""Charts and pages as a person looks and points at them."""

import time

from playwright.sync_api import Locator, Page, expect

PATIENCE_MS = 90_000

_COME_TO_REST = """async chart => {
  const app = document.querySelector("[data-testid=stApp]");
  const now = () => {
    if (app?.dataset.testScriptState !== "notRunning") return null;
    const box = chart.getBoundingClientRect(), { xaxis, yaxis } = chart._fullLayout ?? {};
    return xaxis && JSON.stringify([box, xaxis.range, xaxis._offset, yaxis.range, yaxis._offset]);
  };
  chart.scrollIntoView({ block: "center" });
  for (let still = 0, last = ""; still < 20; ) {
    await new Promise(requestAnimationFrame);
    const found = now();
    still = found && found === last ? still + 1 : 0;
    last = found;
    if (!chart.isConnected) return false;
  }
  return true;
}"""
_PLACE = """(chart, [x, y]) => {
  const box = chart.getBoundingClientRect(), { xaxis, yaxis } = chart._fullLayout;
  return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)];
}"""
_AT_REST = """() => new Promise((resolve) => {
  const now = () => {
    const main = document.querySelector(".stMainBlockContainer"), app = document.querySelector("[data-testid=stApp]");
    const busy = document.querySelector("[data-testid=stSkeleton], .stSpinner, [data-stale=true]");
    const charts = [...document.querySelectorAll(".plot .chart, .live-chart")].filter((each) => each.offsetWidth);
    const undrawn = charts.some((each) => !each.querySelector(".main-svg"));
    if (!main?.querySelector("h1") || app?.dataset.testScriptState !== "notRunning" || busy || undrawn) return null;
    const { cssText } = document.documentElement.style;
    return JSON.stringify([main.scrollHeight, cssText, charts.map((each) => each.offsetHeight)]);
  };
  let last = null, still = 0;
  const look = () => {
    const found = now();
    still = found && found === last ? still + 1 : 0;
    last = found;
    if (still >= 8) resolve(true);
    else setTimeout(look, 60);
  };
  look();
})"""


def fits_the_screen(page: Page) -> None:
    """Wait until nothing on the page is wider than the screen."""
    page.wait_for_function(
        "(main => main.scrollWidth - main.clientWidth <= 4)(document.querySelector('[data-testid=stMain]'))"
    )


def drawn(page: Page, alt: str) -> Locator:
    """The picture with this in its description, once it is drawn."""
    found = page.locator(f'.chart[aria-label*="{alt}"]')
    found.locator(".main-svg").first.wait_for()
    return found


def until(there: Locator, condition: str, arg: object = None) -> None:
    """Wait until a condition in JavaScript holds of what is there, which may be drawn anew meanwhile."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not there.evaluate(condition, arg):
        assert time.monotonic() < deadline, f"waited in vain for {condition}"
        there.page.wait_for_timeout(50)


def script_ended(page: Page) -> None:
    """Wait until the page's script has ended."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def at_rest(page: Page) -> None:
    """Wait until the page's script has ended, all charts are drawn, and nothing changes its height any more."""
    page.evaluate(_AT_REST)


def faultless(page: Page, look: str) -> None:
    """Wait until a look at the page, a function in JavaScript that lists faults, finds none."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while faults := page.evaluate(look):
        assert time.monotonic() < deadline, (page.viewport_size, faults)
        page.wait_for_timeout(50)


def come_to_rest(chart: Locator) -> None:
    """Bring a chart into view, and wait until the page's script has ended and neither chart nor axes move any more."""
    while not chart.evaluate(_COME_TO_REST):
        pass  # it was drawn anew


def place(chart: Locator, x: float, y: float) -> tuple[float, float]:
    """Where the data point (x, y) of a chart is on the screen, once it has come to rest."""
    come_to_rest(chart)
    return tuple(chart.evaluate(_PLACE, [x, y]))
