"""Several digits on the canvas: the number, a card for each digit, and the one that is looked into."""

from functools import partial

import numpy as np
import pytest

from pages.figures import digits as figures
from pages.figures import number
from tests.dlcore.use.handwriting import beside
from tests.pages.test_draw import PATH, answer, browser, draw, png  # noqa: F401
from tests.pages.visits import ME, html, text, visited

FORTY_TWO = beside([4, 2], gap=0.2, height=140, width=20, size=340)


@pytest.fixture
def visit(store, browser):  # noqa: F811
    return partial(visited, "pages/draw.py", ME)


def pictures(app):
    """The address of each picture of the pipeline's last step."""
    return [body for body in html(app) if "<b>What the network sees</b>" in body]


def test_two_digits_are_shown_as_a_number_with_a_box_and_bars_for_each(visit, browser):  # noqa: F811
    app = visit()
    draw(app, browser, png(FORTY_TWO), [PATH] * 3)
    assert ">42<" in answer(app)
    assert "A number of 2 digits" in answer(app)
    boxed = next(body for body in html(app) if 'class="boxed"' in body)
    assert boxed.count("outline:") == 2
    cards = next(body for body in html(app) if 'class="characters"' in body)
    assert cards.count('role="group"') == 2
    assert cards.count('role="img"') == 2
    assert cards.count("title=") == 20


def test_the_digit_that_is_chosen_is_the_one_that_is_looked_into(visit, browser):  # noqa: F811
    app = visit()
    draw(app, browser, png(FORTY_TWO), [PATH] * 3)
    first = pictures(app)
    app.button_group(key="draw_digit").set_value("2").run()
    assert not app.exception
    assert app.query_params["draw_digit"] == "2"
    assert pictures(app) != first
    assert ">42<" in answer(app)


def test_one_digit_has_no_cards_whatever_the_link_says(visit, browser):  # noqa: F811
    app = visit(draw_digit="2")
    draw(app, browser)
    assert ">7<" in answer(app)
    assert not any('class="characters"' in body for body in html(app))


def test_steps_that_are_off_are_off_for_each_digit(visit, browser):  # noqa: F811
    app = visit(crop="false", scale="false")
    draw(app, browser, png(FORTY_TWO), [PATH] * 3)
    assert "With every step on: **42**" in text(app)


def test_the_code_for_a_number_runs_as_it_stands(visit, browser, tmp_path, monkeypatch, capsys):  # noqa: F811
    app = visit()
    draw(app, browser, png(FORTY_TWO), [PATH] * 3)
    (tmp_path / "drawing.png").write_bytes(figures.png(FORTY_TWO))
    monkeypatch.chdir(tmp_path)
    exec(compile(app.code[0].value, "shown", "exec"), {})
    assert capsys.readouterr().out.splitlines()[1].startswith("42 0.")


def test_a_film_of_the_strokes_is_for_one_digit(visit, browser):  # noqa: F811
    app = visit(draw_section="strokes")
    draw(app, browser, png(FORTY_TWO), [PATH] * 3)
    assert ">42<" in answer(app)
    assert "one digit at a time" in text(app)


def test_two_rows_are_one_sentence(visit, browser):  # noqa: F811
    app = visit()
    rows = [beside(digits, gap=0.2, size=340)[85:255] for digits in ([4, 2], [1, 7])]
    draw(app, browser, png(np.concatenate(rows)), [PATH] * 6)
    assert "several rows" in answer(app)


def test_cards_name_few_classes_by_columns_and_long_names_by_rows():
    card = number.Card((0, 0, 9, 9), beside([1], gap=0)[:28, :28], "<b>", 0.5, [0.2, 0.5, 0.3], True, "#123456")
    columns = number.cards([card], ["a", "b", "c"], ["#1", "#2", "#3"], 0)
    rows = number.cards([card], ["circle", "<b>", "square"], ["#1", "#2", "#3"], 0)
    assert columns.count("title=") == 3
    assert 'role="table"' in rows
    assert "&lt;b&gt;</b>" in rows
