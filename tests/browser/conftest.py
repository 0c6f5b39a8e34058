"""The server, the browser and the visitors of the tests in here."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.charts import PATIENCE_MS
from tests.browser.server import FLAGS, Server, chromium


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test in this folder, whether its file says so or not."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("home"))
    running.start()
    yield running
    running.end()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = chromium()
    if not found:
        reason = "no Chromium on this machine: install it with the system's package manager to run the browser tests"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def page(browser, server) -> Iterator[Page]:
    """A visitor's page; the test fails if the page showed a traceback or JavaScript broke."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=server.url)
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    visitor = context.new_page()
    broken: list[str] = []
    visitor.on("pageerror", lambda error: broken.append(str(error)))
    yield visitor
    tracebacks = visitor.get_by_test_id("stException").count()
    context.close()
    assert not tracebacks
    assert not broken


@pytest.fixture
def visitor(browser, server) -> Iterator[Callable[..., Page]]:
    """Opens pages of visitors, each with a browser of their own."""
    contexts = []

    def open_page(width: int = 1440, height: int = 900, **options) -> Page:
        contexts.append(
            browser.new_context(viewport={"width": width, "height": height}, base_url=server.url, **options)
        )
        contexts[-1].set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        page = contexts[-1].new_page()
        broken = contexts[-1].broken = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        assert not context.broken
        context.close()
