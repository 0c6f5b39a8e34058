"""All readers on one drawing: what each says, what they say together, and whose doubt can be trusted."""

import re

import numpy as np
import pytest

from dlcore.data import load
from dlcore.data.outliers import HELD_OUT_SEED, outliers
from dlcore.formula.numbers import percent
from dlcore.use.classifier import Classifier, bundled
from pages.parts.draw import doubts, vote
from tests.pages.test_draw import browser, click, draw, drawn, learned, visit  # noqa: F401
from tests.pages.test_own_images import run as own  # noqa: F401
from tests.pages.visits import SOMEBODY, html, text, warned, words


@pytest.fixture(autouse=True)
def few_non_digits(monkeypatch):
    """So that tests need not wait."""
    monkeypatch.setattr(doubts, "NON_DIGITS", 30)
    monkeypatch.setattr(doubts, "PARTS", 3)
    for kept in (doubts._generated, doubts._some_non_digits):
        kept.clear()
    yield
    for kept in (doubts._generated, doubts._some_non_digits):
        kept.clear()


@pytest.fixture
def charts(monkeypatch):
    """The figures that the section drew."""
    shown = []
    monkeypatch.setattr(vote, "plot", lambda key, figure, **options: shown.append(figure))
    return shown


def ballot(app):
    return next((each for each in html(app) if 'class="ballot"' in each), "")


def table(app):
    """The rows of the table, cell by cell."""
    found = next(each for each in html(app) if "<table" in each)
    rows = re.findall("<tr>(.*?)</tr>", found)
    return [[re.sub("<.*?>", " ", cell).strip() for cell in re.findall("<t[hd].*?</t[hd]>", row)] for row in rows]


def test_the_bundled_readers_are_asked_and_averaged(visit, browser, charts):  # noqa: F811
    app = visit(draw_section="vote")
    assert not ballot(app), "a blank canvas has nothing to vote on"
    draw(app, browser)
    assert "All 3 say **7**." in text(app)
    assert "cnn-64, comes with the app" in ballot(app)
    assert "All 3 together" in ballot(app)
    bars, *readers = charts[-1].data
    assert np.allclose(bars.y, np.mean([each.y for each in readers], axis=0))
    assert [each.name for each in readers] == list(bundled())


def test_half_of_the_letters_pass_the_small_network_and_that_is_said(visit, browser, charts):  # noqa: F811
    app = visit(draw_section="vote")
    head, default, cnn, mlp, together = table(app)
    assert head[2:] == ["Letters refused", "Non-digits refused", "Digits refused"]
    refused = {
        name: next(value for measured, value in Classifier.load(name).card["measured"].items() if "letters" in measured)
        for name in bundled()
    }
    assert [percent(each) in row[2] for row, each in zip((default, cnn, mlp), refused.values(), strict=True)] == [
        True
    ] * 3
    assert refused["mlp"] < 0.6 < 0.9 < min(refused["cnn-64"], refused["reader"])
    assert together[2:] == ["–"] * 3
    assert f"**mlp** takes {percent(1 - refused['mlp'])} of letters for digits" in words(app)
    assert "**cnn-64** takes" not in words(app)
    test = load("digits").test
    said = [Classifier.load(name).logits(test.images).softmax(1) for name in bundled()]
    for row, probabilities in zip((default, cnn, mlp, together), (*said, sum(said) / 3), strict=True):
        assert row[1].startswith(percent((probabilities.argmax(1) == test.labels).float().mean().item()))
    assert "MNIST, on which it was trained, is not on this machine" in warned(app)


def test_ones_own_newest_network_votes_too_and_its_doubt_is_measured_here(visit, browser, store, charts):  # noqa: F811
    learned(store)
    newest = learned(store)
    app = visit(draw_section="vote")
    assert app.multiselect(key="vote_readers").value == [*bundled(), newest]
    draw(app, browser)
    assert ballot(app).count('role="listitem"') == 5
    classifier = Classifier.load(store.weights(newest))
    parts = [classifier.read(outliers(10, HELD_OUT_SEED + part)) for part in range(3)]
    refused = sum(not each.is_digit for readings in parts for each in readings)
    row = next(each for each in table(app) if each[0].startswith("mine"))
    assert row[2] == "–"
    assert row[3].startswith(percent(refused / 30))
    assert "card" not in row[4]


def test_the_link_says_who_votes_also_networks_of_others(visit, browser, store, charts):  # noqa: F811
    theirs = learned(store, owner=SOMEBODY)
    app = visit(draw_section="vote", vote_readers=["mlp", theirs])
    assert app.multiselect(key="vote_readers").value == ["mlp", theirs]
    draw(app, browser)
    assert ballot(app).count('role="listitem"') == 3
    app.multiselect(key="vote_readers").set_value(["mlp"]).run()
    assert "One reader says **7**" in text(app)
    assert app.query_params["vote_readers"] == "mlp"
    app.multiselect(key="vote_readers").set_value([]).run()
    assert not app.exception
    assert "Choose two readers" in text(app)


@pytest.mark.parametrize("bad", ["nobody", "../../etc/passwd", "*x*" * 900])
def test_a_reader_that_nobody_knows_is_a_sentence(visit, browser, bad, charts):  # noqa: F811
    app = visit(draw_section="vote", vote_readers=[bad, "mlp"])
    assert "vote_readers" in warned(app)
    assert app.multiselect(key="vote_readers").value == ["mlp"]


def test_a_damaged_reader_is_a_sentence_and_the_others_vote(visit, browser, store, monkeypatch, charts):  # noqa: F811
    learned(store)
    monkeypatch.setattr(type(store), "weights", lambda self, run, epoch=None, last=False: b"\x08\0\0\0\0\0\0\0garbage!")
    app = visit(draw_section="vote")
    draw(app, browser)
    assert "cannot be asked" in warned(app)
    assert "All 3 say **7**" in text(app)


def test_other_classes_are_listed_and_left_out(visit, browser, own, charts):  # noqa: F811
    app = visit(draw_section="vote")
    draw(app, browser)
    assert "tells other classes apart" in words(app)
    assert "Its classes: " in ballot(app)
    assert "All 3 together" in ballot(app)
    assert len(table(app)) == 5
    app.multiselect(key="vote_readers").set_value([own.id]).run()
    assert not app.exception
    assert len(table(app)[0]) == 2, "of other classes it is not known what a digit is"


def test_a_letter_divides_them(visit, browser, charts):  # noqa: F811
    app = visit(draw_section="vote")
    click(app, "A letter")
    said = text(app)
    assert "not a digit" in said
    assert "They differ most on" in said
    assert "refuse" in ballot(app)
