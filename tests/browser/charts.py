"""Charts and pages as a person looks and points at them."""

import time

from playwright.sync_api import Locator, Page

PATIENCE_MS = 90_000

_COME_TO_REST = """async chart => {
  const now = () => {
    const box = chart.getBoundingClientRect(), { xaxis, yaxis } = chart._fullLayout ?? {};
    return xaxis && JSON.stringify([box, xaxis.range, xaxis._offset, yaxis.range, yaxis._offset]);
  };
  chart.scrollIntoView({ block: "center" });
  for (let still = 0, last = ""; still < 20; ) {
    await new Promise(requestAnimationFrame);
    const found = now();
    still = found && found === last ? still + 1 : 0;
    last = found;
  }
}"""
_PLACE = """(chart, [x, y]) => {
  const box = chart.getBoundingClientRect(), { xaxis, yaxis } = chart._fullLayout;
  return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)];
}"""


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


def come_to_rest(chart: Locator) -> None:
    """Bring a chart into view, and wait until neither it nor its axes move any more."""
    chart.evaluate(_COME_TO_REST)


def place(chart: Locator, x: float, y: float) -> tuple[float, float]:
    """Where the data point (x, y) of a chart is on the screen, once it has come to rest."""
    come_to_rest(chart)
    return tuple(chart.evaluate(_PLACE, [x, y]))
