"""What all pages share."""

import ast
import base64
import re
import tomllib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlcore.config.kinds import KINDS
from dlcore.data.own import files
from pages.figures import theme
from pages.parts.draw import picture
from pages.shared import live_chart, page, plotly_source, run_row, served, session
from tests.pages.visits import sent

ROOT = Path(__file__).parents[2]
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())


@pytest.mark.parametrize("dark", [False, True])
def test_figures_have_the_colours_of_the_page(dark):
    page_theme = CONFIG["theme"]["dark" if dark else "light"]
    assert theme.palette(dark)["paper"] == page_theme["backgroundColor"]
    assert theme.palette(dark)["ink"] == page_theme["textColor"]
    assert theme.signed(dark)[1] == [0.5, page_theme["backgroundColor"]]
    assert theme.template(dark).layout.font.color == page_theme["textColor"]


def test_ten_digits_have_ten_colours_everywhere():
    assert len(set(theme.DIGIT_COLOURS)) == 10
    assert CONFIG["theme"]["chartCategoricalColors"] == list(theme.DIGIT_COLOURS)


def test_the_server_is_configured_with_safe_limits():
    server = CONFIG["server"]
    assert server["maxUploadSize"] <= 40
    assert server["maxWidgetStateSize"] <= 8
    assert server["enableXsrfProtection"]
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none"


def test_every_page_says_how_large_a_file_it_takes_and_the_server_takes_it():
    calls = [
        node
        for path in (ROOT / "pages").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "file_uploader"
    ]
    limits = [ast.unparse(each.value) for node in calls for each in node.keywords if each.arg == "max_upload_size"]
    known = {"MOST_MB": picture.MOST_MB, "files.MOST_BYTES // 1000000": files.MOST_BYTES // 1_000_000}
    assert len(limits) == len(calls) > 0
    assert max(known.get(each) or int(each) for each in limits) < CONFIG["server"]["maxUploadSize"]


@pytest.mark.parametrize("cookie", ["a" * 32, "", "A" * 32, "../x", "a" * 31, "a" * 33, "a" * 32 + "\n"])
def test_only_an_id_of_our_own_making_is_taken_from_the_cookie(monkeypatch, cookie):
    state = {}
    context = SimpleNamespace(cookies={"dlcore_owner": cookie})
    monkeypatch.setattr(session, "st", SimpleNamespace(session_state=state, context=context))
    owner = session.owner()
    assert re.fullmatch("[0-9a-f]{32}", owner)
    assert (owner == cookie) == (cookie == "a" * 32)
    assert session.owner() == owner


@pytest.mark.parametrize(
    ("kind", "test", "said"),
    [
        ("image", {"loss": 0.3, "accuracy": 0.983}, "98.3\u00a0%"),
        ("recurrent", {"loss": 0.3, "perplexity": 1.35, "accuracy": 1.0}, "perplexity 1.35"),
        ("autoencoder", {"loss": 0.1558, "mse": 0.0058, "bce": 0.1558}, "squared error 0.0058"),
        ("recurrent", {"loss": 0.25, "naive": 0.5}, "squared error 0.2500"),
        ("image", {}, ""),
    ],
)
def test_a_run_is_listed_with_what_its_page_reports(kind, test, said):
    assert run_row.measured(test, KINDS[kind].headline) == said


def test_words_of_others_are_shown_as_they_are():
    assert page.plain("*a* [b](c) $d$ :e: <f>") == r"\*a\* \[b\]\(c\) \$d\$ \:e\: \<f\>"


def chart_app(values):
    from pages.shared.live_chart import live_chart

    traces = [{"name": "loss", "x": range(len(values)), "y": values}]
    live_chart("loss", traces, x_title="step", y_title="loss", marks=[(1, "lr 0.1")])


def chart(values):
    app = AppTest.from_function(chart_app, args=(values,), default_timeout=60).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("values", [[], [1.0], [1.0, float("nan"), 2.0]])
def test_a_chart_is_drawn_whatever_there_is(values):
    (shown,) = sent(chart(values))
    (trace,) = shown["traces"]
    assert np.frombuffer(base64.b64decode(trace["y"]), "<f4") == pytest.approx(values, nan_ok=True)
    assert (shown["x_title"], shown["y_title"], shown["marks"]) == ("step", "loss", [[1.0, "lr 0.1"]])


def test_points_travel_as_four_bytes_each():
    packed = live_chart._packed(np.array([1.0, 2.5, -3.0]))
    assert np.frombuffer(base64.b64decode(packed), "<f4").tolist() == [1.0, 2.5, -3.0]


@pytest.fixture
def static(tmp_path, monkeypatch):
    folder = tmp_path / "static"
    monkeypatch.setattr(plotly_source, "_STATIC", folder)
    monkeypatch.setattr(plotly_source.st, "get_option", {"server.enableStaticServing": True}.get)
    plotly_source._plotly_js.cache_clear()
    yield folder
    plotly_source._plotly_js.cache_clear()


def test_plotly_is_served_from_its_own_wheel(static):
    name = plotly_source._plotly_js()
    assert (static / name).stat().st_size > 1_000_000
    assert [each.name for each in static.iterdir()] == [name]


def test_half_a_file_is_replaced(static):
    name = plotly_source._plotly_js()
    (static / name).write_bytes(b"half")
    plotly_source._plotly_js.cache_clear()
    assert (static / plotly_source._plotly_js()).stat().st_size > 1_000_000


def test_where_nothing_can_be_written_the_chart_is_still_drawn(static):
    static.write_text("a file where the folder should be")
    app = chart([1.0, 2.0])
    assert len(app.get("plotly_chart")) == 1


@pytest.mark.parametrize(("base", "first"), [("", "/app/static/p.js"), ("/deep/down/", "/deep/down/app/static/p.js")])
def test_what_is_served_is_found_below_a_base_path(monkeypatch, base, first):
    monkeypatch.setattr(served.st, "get_option", lambda name: base)
    assert served.addresses("app/static/p.js")[0] == first
