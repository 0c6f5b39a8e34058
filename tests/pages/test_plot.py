"""What the plot sends to the browser, and what it takes from it."""

import base64
import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.shared import plot as module
from pages.shared.formula import mathml
from tests.pages.visits import sent


def script():
    import plotly.graph_objects as go

    from pages.shared.plot import Frames, Readout, Track, plot

    figure = go.Figure(go.Scatter(x=[], y=[]))
    frames = Frames(3, [Track(0, [1, 2, 3], [4, 5, 6])], readouts=[Readout(r"x = \num{0}", [[1], [2], [3]])])
    plot("picture", figure, height=200, alt="A line", frames=frames)


def test_it_is_drawn_from_its_figure():
    (shown,) = sent(AppTest.from_function(script, default_timeout=60).run())
    assert (shown["alt"], shown["height"]) == ("A line", 200)
    assert [each["type"] for each in json.loads(shown["figure"])["data"]] == ["scatter"]
    assert shown["frames"]["count"] == 3


def test_frames_are_packed_as_floats_and_known_by_their_content():
    frames = module.Frames(2, [module.Track(0, [0, 1], [[1, 2, 3], [4, 5, 6]], mode="set")])
    packed = module._packed_frames(frames, "key")
    y = packed["tracks"][0]["y"]
    assert y["width"] == 3
    assert np.frombuffer(base64.b64decode(y["data"]), "<f4").tolist() == [1, 2, 3, 4, 5, 6]
    assert "z" not in packed["tracks"][0]
    assert packed["group"] == "key"
    assert packed["token"] == module._packed_frames(frames, "key")["token"]
    other = module.Frames(2, [module.Track(0, [0, 2], [[1, 2, 3], [4, 5, 6]], mode="set")])
    assert packed["token"] != module._packed_frames(other, "key")["token"]
    json.dumps(packed)


@pytest.mark.parametrize(
    "event",
    [
        None,
        3,
        "x",
        {},
        {"x": 1},
        {"x": "1", "y": 2},
        {"x": float("nan"), "y": 1},
        {"x": float("inf"), "y": 1},
        {"x": [], "y": 1},
    ],
)
def test_events_that_our_script_does_not_send_are_ignored(event):
    assert module._numbers(event, "x", "y") is None


def test_events_are_numbers():
    assert module._numbers({"x": 1, "y": 2.5, "more": "z"}, "x", "y") == [1.0, 2.5]


def test_formulas_have_places_for_numbers():
    markup = mathml(r"\theta = \num{0} - \pnum{12}")
    assert '<mn data-n="0"></mn>' in markup
    assert '<mn data-n="12" data-wrapped></mn>' in markup
    assert markup.startswith("<math")


@pytest.mark.parametrize(
    ("latex", "parts"),
    [
        ("x", 1),
        (r"\theta_{\text{new}} = \theta - \alpha g", 3),
        (r"= \theta = 3", 2),
        (r"-a (1 - b) + \frac{c + d}{e} = - f", 3),
        (r"\left(-a + b\right) c_{n + 1} + [d - e]", 2),
        (r"f(x) = \begin{cases} 1 & x = 2 \\ 3 & x = 4 \end{cases}", 2),
        (r"\left\{ a = b \right\} = \{c\} = \sqrt{d = e}", 3),
    ],
)
def test_a_formula_may_be_broken_before_signs_that_stand_in_no_brackets(latex, parts):
    markup = mathml(latex)
    assert markup.count("<math ") == markup.count("</math>") == parts


def test_a_sign_that_begins_a_line_keeps_its_distance_and_a_prime_stays_at_its_letter():
    assert mathml("a - b").count('<mo form="infix">&#x02212;</mo>') == 1
    assert "infix" not in mathml("-a")
    assert "infix" not in mathml(r"a = \left(-b\right)")


def test_a_function_stands_apart_from_its_factor():
    for latex in (
        r"1 \ln\left(2\right)",
        r"\num{0}\ln\left(2\right)",
        r"a \ln\left(2\right)",
        r"\left(1 - y\right) \ln\left(2\right)",
    ):
        assert '<mspace width="0.17em"></mspace><mi>ln</mi>' in mathml(latex)
    assert "mspace" not in mathml(r"-\ln\left(2\right)")
    assert "<mi>&#x003C3;</mi><mi>&#x02032;</mi>" in mathml(r"\sigma'\left(z\right)")
