"""Figures of the training page: what a reader of them is told."""

import numpy as np
import pytest

from pages.figures import sheet, theme, training

LABELS = tuple(str(digit) for digit in range(10))


def counts(mistakes=()):
    table = np.diag([30] * 10)
    for true, read, count in mistakes:
        table[true, read] = count
    return table.tolist()


def hover(figure):
    return [text for trace in figure.data for row in trace.customdata for text in row]


def test_confusion_says_in_words_what_was_read_as_what():
    said = hover(training.confusion(counts([(4, 9, 12), (3, 5, 1)]), LABELS, dark=False))
    assert "true 4 read as 9: 12 times" in said
    assert "true 3 read as 5: 1 time" in said
    assert "4: 30 of 42 read correctly" in said


def test_confusion_keeps_right_answers_out_of_the_scale_of_mistakes():
    right, mistakes = training.confusion(counts([(4, 9, 12)]), LABELS, dark=False).data
    assert np.isnan(np.diag(mistakes.z)).all()
    assert np.nanmax(mistakes.z) == pytest.approx(mistakes.zmax)
    assert (mistakes.text[4][9], mistakes.text[4][4]) == ("12", "")
    assert (right.text[4][9], right.text[4][4]) == ("", "30")
    assert np.isnan(right.z).sum() == 90


def test_confusion_without_a_mistake_is_still_a_figure():
    assert training.confusion(counts(), LABELS, dark=False).data[1].zmax > 0


def test_recall_is_the_share_of_each_true_class():
    bars = training.recall(counts([(4, 9, 10)]), LABELS, dark=False).data[0]
    assert bars.x[4] == pytest.approx(30 / 40)
    assert bars.text[9] == "100.0\u00a0%"


def test_recall_of_a_class_that_is_missing_is_no_error():
    table = counts()
    table[7][7] = 0
    assert training.recall(table, LABELS, dark=False).data[0].x[7] == 0


@pytest.mark.parametrize("figure", [training.confusion, training.recall])
def test_nothing_of_a_figure_lies_under_its_icons(figure):
    assert figure(counts(), LABELS, dark=False).layout.margin.t >= theme.BAR


def test_the_same_class_has_the_same_colour_everywhere():
    bars = training.class_counts([5] * 10, LABELS, dark=False).data[0]
    assert tuple(bars.marker.color) == tuple(training.recall(counts(), LABELS, dark=False).data[0].marker.color)


def test_overlay_draws_one_dashed_curve_a_run():
    figure = training.overlay(
        [("a", [1, 2], [0.5, 0.6]), ("b", [1], [0.7])], y_title="validation accuracy", percent=True, dark=False
    )
    assert [trace.name for trace in figure.data] == ["a", "b"]
    assert {trace.line.dash for trace in figure.data} == {"dash"}
    assert len({trace.line.color for trace in figure.data}) == 2


def test_overlay_of_more_runs_than_colours_goes_round():
    assert len(training.overlay([(str(i), [1], [0.5]) for i in range(12)], y_title="loss", dark=False).data) == 12


@pytest.mark.parametrize("dark", [False, True])
def test_text_on_every_figure_is_readable_from_afar(dark):
    for figure in (training.confusion(counts(), LABELS, dark=dark), training.recall(counts(), LABELS, dark=dark)):
        assert figure.layout.template.layout.font.size >= 14


def test_sheet_frames_what_is_marked_and_describes_every_image():
    images = np.zeros((2, 28, 28), dtype=np.uint8)
    page = sheet.sheet(images, ["4", "✗ 9"], [False, True], ["labelled 4", "labelled 9 by noise, really 4"])
    assert page.count('class="marked"') == 1
    assert 'aria-label="labelled 9 by noise, really 4"' in page


def test_sheet_shows_words_as_words():
    page = sheet.sheet(np.zeros((1, 28, 28), dtype=np.uint8), ["<b>"], [False], ['"><script>'])
    assert "<script>" not in page
    assert "&lt;b&gt;" in page


def test_an_empty_sheet_takes_the_place_of_the_full_one():
    assert sheet.empty_sheet(24).count("<figure>") == 24


def test_runs_with_a_colour_of_their_own_keep_it_and_those_that_share_it_differ_by_their_markers():
    own = ["#3f90da", "", "#3f90da", ""]
    found = training.looks(own)
    assert [colour for colour, _ in found][::2] == ["#3f90da", "#3f90da"]
    assert len({colour for colour, _ in found}) == 3
    assert [place for _, place in found] == [0, 0, 1, 0]
    curves = [(f"run {place}", [1, 2], [0.5, 0.4]) for place in range(4)]
    drawn = training.overlay(curves, y_title="loss", colours=own, dark=False).data
    assert drawn[0].line.color == drawn[2].line.color
    assert drawn[0].marker.symbol != drawn[2].marker.symbol
    assert training.overlay(curves, y_title="loss", dark=False).layout.xaxis.dtick == 1  # no epoch is written twice
