"""How smoothly the playground plays in real browsers, while other visitors do the same and a network trains.

    python -m benchmarks.playground [--visitors 4] [--drawing 1] [--train cnn-64] [--seconds 20] [--network "dense 4"]

Everything runs on this machine: the server, the training, and a Chromium with a page for each visitor, which draws the
maps of all units, 50 × 50 numbers each, without a graphics card. Of the visitors only some draw; the others play and
ask the server for the same, as browsers on machines of their own would. For each page it prints how many pictures a
second it showed and how many updates a second it played, and for those that draw how long an edited weight took to be
seen.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.server import FLAGS, Server, chromium

_PATIENCE = 120_000
_NOW = "({ view }) => [performance.now() / 1000, view.painted, view.timeline.frame().update]"
_BLIND = "({ view }) => { view.paint = () => {}; }"
_EDIT = """({ view }) => {
  const began = performance.now();
  view.edit(0, Math.random() * 4 - 2);
  return new Promise(done => requestAnimationFrame(() => setTimeout(() => done(performance.now() - began))));
}"""
"""A weight is changed; the promise is kept once the frame that shows it has been drawn."""


def opened(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(_PATIENCE)
    page.goto(address)
    return page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, default=4)
    parser.add_argument("--drawing", type=int, default=1, help="visitors whose pages draw")
    parser.add_argument("--train", default="cnn-64", help="the preset that trains meanwhile; empty: none")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--network", default="dense 4, tanh, dense 2, tanh")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        server = Server(Path(home))
        try:
            server.start()
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            measure(browser, server.url, given)
            browser.close()
        finally:
            server.end()


def measure(browser: Browser, address: str, given: argparse.Namespace) -> None:
    if given.train:
        run = opened(browser, f"{address}/train?preset={given.train}&epochs=1000")
        run.get_by_role("button", name="Start training").click()
        run.locator(".live-chart .main-svg").first.wait_for()
        print(f"{given.train} trains")
    link = f"playground?pg_at=0&pg_updates=100000&pg_problem=spiral&pg_network={quote(given.network)}"
    pages = [opened(browser, f"{address}/{link}") for _ in range(given.visitors)]
    views = [page.locator(".playground") for page in pages]
    for page in pages:
        page.locator(".playground [data-unit]").first.wait_for()
    for page in pages:
        page.get_by_role("button", name="Play", exact=True).click()
    for view in views[given.drawing :]:
        view.evaluate(_BLIND)
    time.sleep(5)
    before = [view.evaluate(_NOW) for view in views]
    time.sleep(given.seconds)
    after = [view.evaluate(_NOW) for view in views]
    for (t, painted, update), (t2, painted2, update2) in zip(before, after, strict=True):
        print(f"{(painted2 - painted) / (t2 - t):6.1f} pictures/s {(update2 - update) / (t2 - t):8.0f} updates/s")
    edits = [view.evaluate(_EDIT) for view in views[: given.drawing] for _ in range(10)]
    print(f"edited weight seen after: median {statistics.median(edits):.0f} ms, worst {max(edits):.0f} ms")


if __name__ == "__main__":
    main()
