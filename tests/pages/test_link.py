"""Controls that live in the link: what a link sets, what it cannot set, and what is said about that."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared import address


def script():
    import streamlit as st

    from pages.shared import link
    from pages.shared.experiments import Answer, Experiment, try_this

    link.problems()
    link.slider("a", "A", -1.0, 1.0, 0.0, 0.1)
    link.stops("b", "B", (0.001, 0.01, 0.1), 0.01)
    link.stops("s", "S", (100, 1000), 100, form="{:,}".format)
    link.choice("c", "C", ("x", "y"), "x", names={"y": "Why"}, look="segmented")
    link.choice("d", "D", ("x", "y"), "x", names={"y": "Why"})
    link.many("e", "E", ("p", "q", "r"), ["p"], names={"q": "Queue"})
    link.many("m", "M", ("u", "v", "w"), ["u"], names={"w": "Double"}, most=2)
    link.toggle("t", "T")
    link.text("g", "G", "x**2", 20)
    link.number("n", "N", 1, 8, 3, 1)
    values = {"a": 0.5, "c": "y", "e": ["q", "r"], "n": 5}
    try_this([Experiment("One", "What then?", values, answer=lambda shown: Answer("So."))], "all", "picture")
    st.write("end")


DEFAULTS = {"a": 0.0, "b": 0.01, "c": "x", "d": "x", "e": ["p"], "m": ["u"], "t": False, "g": "x**2", "n": 3}


def opened(**link) -> AppTest:
    app = AppTest.from_function(script, default_timeout=60)
    app.query_params.update(link)
    app.run()
    assert not app.exception
    assert app.markdown[-1].value == "end"
    return app


def written(app: AppTest) -> dict[str, list[str]]:
    """What the address says."""
    return {key: [given] if isinstance(given, str) else given for key, given in app.query_params.items()}


def values(app: AppTest) -> dict:
    return {key: app.session_state[key] for key in DEFAULTS}


def test_without_a_link_all_have_their_defaults():
    app = opened()
    assert values(app) == DEFAULTS
    assert not app.warning


def test_a_link_sets_every_kind_of_control():
    app = opened(a="0.3", b="0.1", c="Why", d="Why", e=["Queue", "r"], m=["v", "u"], t="true", g="sin(x)", n="7")
    assert values(app) == {
        "a": 0.3, "b": 0.1, "c": "y", "d": "y", "e": ["q", "r"], "m": ["v", "u"], "t": True, "g": "sin(x)", "n": 7
    }  # fmt: skip
    assert not app.warning


@pytest.mark.parametrize(
    "link",
    [
        {"c": "y", "d": "y", "e": ["q"], "b": "0.1", "s": "1000"},
        {"c": "Why", "d": "Why", "e": ["Queue"], "b": "1e-1", "s": "1,000"},
    ],
    ids=["identifiers", "labels"],
)
def test_links_carry_identifiers_and_labels_are_understood(link):
    app = opened(**link)
    assert [app.session_state[key] for key in "cdebs"] == ["y", "y", ["q"], 0.1, 1000]
    assert not app.warning
    assert written(app) == {"c": ["y"], "d": ["y"], "e": ["q"], "b": ["0.1"], "s": ["1000"]}


def test_what_is_chosen_is_in_the_link_unless_it_is_the_default():
    app = opened(c="x", e=["p"])
    assert not written(app)
    app.selectbox(key="d").set_value("y")
    app.select_slider(key="s").set_value(1000)
    app.multiselect(key="e").set_value([]).run()
    assert written(app) == {"d": ["y"], "s": ["1000"], "e": [""]}
    app.selectbox(key="d").set_value("x").run()
    assert written(app) == {"s": ["1000"], "e": [""]}


def test_after_back_the_link_decides(monkeypatch):
    app = opened()
    app.selectbox(key="d").set_value("y").run()
    app.query_params.clear()
    app.run()
    assert app.session_state["d"] == "y", "an address that is late by a click undoes nothing"
    assert written(app) == {"d": ["y"]}
    monkeypatch.setattr(address, "get_script_run_ctx", lambda: SimpleNamespace(is_history_navigation=True))
    app.query_params.clear()
    app.query_params["c"] = "y"
    app.run()
    assert (app.session_state["c"], app.session_state["d"]) == ("y", "x")
    assert written(app) == {"c": ["y"]}


def sections():
    import streamlit as st

    from pages.shared import address, link

    @address.fragment
    def section():
        if link.choice("f", "F", ("one", "two"), "one") == "one":
            link.choice("h", "H", ("p", "q"), "p")

    with address.part():
        if link.choice("c", "C", ("x", "y"), "x") == "x":
            link.choice("g", "G", ("u", "v"), "u")
        section()
    st.write("end")


@pytest.mark.parametrize(("outer", "other", "inner"), [("c", "y", "g"), ("f", "two", "h")])
def test_what_is_not_shown_leaves_the_link_and_is_remembered(outer, other, inner):
    app = AppTest.from_function(sections, default_timeout=60).run()
    first, second = app.selectbox(key=outer).value, app.selectbox(key=inner).options[1]
    app.selectbox(key=inner).set_value(second).run()
    assert written(app) == {inner: [second]}
    app.selectbox(key=outer).set_value(other).run()
    assert written(app) == {outer: [other]}
    app.selectbox(key=outer).set_value(first).run()
    assert written(app) == {inner: [second]}
    assert app.selectbox(key=inner).value == second


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("a", "9"),
        ("a", "nan"),
        ("a", "x"),
        ("b", "5"),
        ("c", "zz"),
        ("d", ""),
        ("t", "maybe"),
        ("n", "0"),
        ("n", "∞"),
    ],
)
def test_a_bad_value_is_named_and_its_default_used(key, given):
    app = opened(**{key: given})
    assert app.session_state[key] == DEFAULTS[key]
    assert [key in each.value for each in app.warning] == [True]
    assert not app.run().warning


def test_nothing_chosen_is_a_choice_too():
    app = opened(e="", m="")
    assert app.session_state["e"] == app.session_state["m"] == []
    assert not app.warning


@pytest.mark.parametrize("given", [["u", "v", "Double"], ["w", "v", "u"]])
def test_a_link_that_names_more_than_can_be_chosen_is_told_how_many_are_used(given):
    app = opened(m=given)
    assert len(app.session_state["m"]) == 2
    assert ["names 3 of m, but only the first 2 are used" in each.value for each in app.warning] == [True]
    assert not app.run().warning


def test_one_bad_name_among_good_ones_is_left_out():
    app = opened(m=["u", "zz", "v", "Double"])
    assert app.session_state["m"] == ["u", "v"]
    bad, many = (each.value for each in app.warning)
    assert "m=zz" in bad
    assert "Only the others are used" in bad
    assert "names 3 of m" in many
    assert "The default is used" in opened(m=["zz"]).warning[0].value


def test_too_long_a_text_is_cut():
    app = opened(g="x+" * 40)
    assert "20 characters" in app.warning[0].value
    assert len(app.run().session_state["g"]) <= 20


def test_markdown_in_a_link_is_shown_as_it_is():
    assert "\\[x\\]" in opened(a="[x](http://example.org)").warning[0].value


def test_an_experiment_sets_the_controls_and_the_link():
    app = opened()
    app.button(key="try_One").click().run()
    assert values(app) == {**DEFAULTS, "a": 0.5, "c": "y", "e": ["q", "r"], "n": 5}
    assert app.query_params["n"] == "5"


def test_a_number_off_the_grid_of_a_control_is_told_with_what_is_used():
    app = opened(n="2.5")
    assert app.session_state["n"] == 2
    (told,) = app.warning
    assert told.value.endswith("it must be a whole number between 1 and 8. 2 is used instead.")


def test_a_text_that_is_too_long_is_cut_with_a_sentence():
    app = opened()
    app.text_input(key="g").set_value("x" * 30).run()
    (told,) = app.warning
    assert "the text has 30 characters, of which the first 20 are used" in told.value
