"""Sweep, basins and predictions on the page about gradient descent, as a visitor uses them."""

import re

import numpy as np
import pytest

from dlcore.descent.basins import basins
from dlcore.descent.objectives import objective, typed
from dlcore.descent.optimizers import optimizer
from dlcore.descent.questions import ANSWERS, question
from pages.parts.descent import basins as basins_part
from pages.parts.descent import predict as predict_part
from pages.parts.descent import sweep as sweep_part
from tests.pages.visits import ME, printed, visited, words


def visit(section, **link):
    return visited("pages/descent.py", ME, gd_section=section, **link)


def test_the_sweep_names_the_bound_where_it_is_exact_and_says_where_it_is_not():
    assert "stable exactly below 2/λmax = **0.04**" in words(visit("sweep", gd_landscape="ravine"))
    shown = words(visit("sweep", gd_landscape="himmelblau"))
    assert "does not lie in a bowl" in shown
    assert "At the nearest minimum (3.58, −1.85)" in shown


def test_a_range_of_rates_has_no_rate_in_it_that_fails():
    rates = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    assert sweep_part._widest(rates, np.array([True, False, True, True, False, True])) == [0.3, 0.4]
    assert sweep_part._widest(rates, np.array([False] * 6)) == []


def test_the_sweep_goes_on_without_optimizers_and_with_a_function_that_is_nowhere():
    app = visit("sweep", gd_landscape="typed", gd_function="log(-1 - x**2) + y", gds_steps="10")
    assert not app.exception
    app.multiselect(key="gds_optimizers").set_value([]).run()
    assert not app.exception
    assert app.info


def test_basins_count_every_start():
    app = visit("basins", gd_landscape="himmelblau", gdb_resolution="61", gdb_optimizer="sgd")
    assert "**3,721 starts**" in words(app)
    markup = next(each.proto.body for each in app.get("html") if "class=ends" in each.proto.body)
    counts = [
        int(each.replace(",", "")) for each in re.findall(r"<td class=n>([\d,]+)</td><td class=n>[<\d.\s]+%", markup)
    ]
    assert sum(counts) == 3721
    found = basins(objective("himmelblau"), optimizer("sgd", lr=0.007), resolution=61, steps=300)
    assert len(found.ends) == 4


def test_a_prediction_is_judged_once_and_scored():
    asked = question(1)
    wrong = next(each for each in ANSWERS if each != asked.answer)
    app = visit("predict", gdp_question="1")
    assert asked.reason not in words(app)
    app.button(key=f"gdp_{wrong}").click().run()
    assert asked.reason in app.error[0].value
    assert app.metric[0].value == "0 of 1"
    app.button(key="gdp_next").click().run()
    assert app.number_input(key="gdp_question").value == 2
    app.button(key="gdp_hint").click().run()
    app.button(key=f"gdp_{question(2).answer}").click().run()
    assert app.success
    assert app.metric[0].value == "0.5 of 2"
    app.number_input(key="gdp_question").set_value(1).run()
    assert app.button(key=f"gdp_{wrong}").disabled


@pytest.mark.parametrize("landscape", [objective("bowl", condition=3.0), typed("x**2 + 3*y**2"), objective("parabola")])
def test_the_code_that_is_shown_runs(landscape):
    start = landscape.start
    assert "SGD" in printed(sweep_part._code(landscape, ["sgd", "adam"], start, 20))
    shown = printed(basins_part._code(landscape, "sgd", {"lr": 0.1}, 21, 100))
    assert shown.startswith("minimum")


def test_the_code_of_a_prediction_says_the_same():
    asked = question(3)
    assert asked.trace.verdict.sentence in printed(predict_part._code(asked))


@pytest.mark.parametrize(
    ("section", "card"), [("sweep", "A range of good rates"), ("basins", "A fractal"), ("basins", "Smooth shores")]
)
def test_a_card_brings_its_landscapes_own_shape_and_start(section, card):
    app = visit(section, gd_landscape="rosenbrock", gd_rosenbrock_depth="10", gd_x="0.5", gd_y="0.5")
    app.button(key=f"try_{card}").click().run()
    chosen = objective(app.session_state["gd_landscape"])
    assert (app.number_input(key="gd_x").value, app.number_input(key="gd_y").value) == chosen.start
    for name, value in chosen.parameters.items():
        assert app.session_state[f"gd_{chosen.name}_{name}"] == value


def test_a_race_that_leaves_where_the_function_has_a_value_says_so_without_a_nan():
    shown = words(visited("pages/descent.py", ME, gd_landscape="typed", gd_function="log(x)+y"))
    assert "Left the region where the function has a value" in shown
    assert not re.search(r"\b(nan|undefined)\b", shown)
