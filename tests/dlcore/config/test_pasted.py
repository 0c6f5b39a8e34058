"""What people paste: every kind of table and text gives numbers, letters, or a clear sentence."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore.config.pasted import letters, numbers, read
from dlcore.config.sequences import MOST_TEXT, SequenceConfig
from dlcore.errors import InvalidValue

COUNT = 24
VALUES = [round(1.5 * step % 7 - 2, 2) for step in range(COUNT)]


def lines(form: str = "{}", header: str = "") -> str:
    return "\n".join([*([header] if header else []), *(form.format(value) for value in VALUES)])


@pytest.mark.parametrize(
    "text",
    [
        lines(),
        "\ufeff" + lines(header="sales"),
        lines().replace("\n", "\r\n"),
        lines().replace("\n", "\n\n") + "\n\n",
        ", ".join(map(str, VALUES)),
        " ".join(map(str, VALUES)),
        lines("2024-01-01,{}", "date,sales"),
        lines("2024-01-01;{}", "date;sales"),
        lines("January\t{}", "month\tsales"),
        lines("1 {}"),
        lines('"{}"'),
        lines("2024,{},good", "year,sales,remark"),
    ],
)
def test_numbers_are_found_in_whatever_shape_they_come(text):
    assert numbers(text) == tuple(VALUES)


def test_a_comma_may_stand_for_the_decimal_point_between_semicolons():
    text = "\n".join(f"1;{value}".replace(".", ",") for value in VALUES)
    assert numbers(text) == tuple(VALUES)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (lines("a,{}", "# sales\n#\nSales of 2020\nmonth,sales"), "column 'sales'"),
        (lines("2020-01-01,{}", "Temperatures"), "column 2 of 2"),
        (lines("a;{}", "Sales, 2020\nmonth;sales"), "column 'sales'"),
        (lines(header="# one a line"), "the series"),
    ],
)
def test_titles_and_comments_above_a_table_are_left_out(text, name):
    assert (read(text).values, read(text).name) == (tuple(VALUES), name)


def test_the_first_row_is_data_where_it_has_a_gap_not_a_title():
    with pytest.raises(InvalidValue, match="row 2 of column 'sales' must be a number, got nothing"):
        numbers("day,sales\na,\n" + lines("a,{}"))


def counted(form, count=COUNT):
    return "\n".join(form.format(step) for step in range(10, 10 + count))


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("price\n" + counted("1,{}"), 1.10, 1.11),
        ("2\n" + counted("1,{}"), 2.0, 1.10),
        ("1,05\n" + counted("1,{}"), 1.05, 1.10),
        (counted('1,"1,0{}"'), 1010.0, 1011.0),
        ("d,v\n" + counted('x,"1,0{}"'), 1010.0, 1011.0),
        ("d,v\n" + counted('x,"1,{}"'), 1.10, 1.11),
        ("d,v\n" + counted('x,"2,0{},001.5"'), 2010001.5, 2011001.5),
        ("d;v\nx;1,500\n" + counted("x;1,{}"), 1.5, 1.10),
        ("x;1,500\n" + counted("x;1,{}"), 1.5, 1.10),
        ("d;v\nx;999,5\n" + counted("x;1.0{},5"), 999.5, 1010.5),
        ("1.234.567\n" + counted("1.234.5{}"), 1234567.0, 1234510.0),
        ("\n".join(f"{step},{step % 7}" for step in range(2000, 2000 + COUNT)), 5.0, 6.0),
    ],
)
def test_commas_for_decimals_and_for_thousands_are_told_apart(text, first, second):
    assert numbers(text)[:2] == pytest.approx((first, second))


@pytest.mark.parametrize("form", ["1,{}", "1,2{}", "1,234,5{}"])
def test_a_comma_that_can_mean_two_things_is_a_question(form):
    with pytest.raises(InvalidValue, match="can be one number or several columns"):
        numbers(counted(form))


def test_an_empty_line_between_some_numbers_is_a_gap():
    with pytest.raises(InvalidValue, match="line 3 is empty, between two numbers"):
        numbers("1\n2\n\n" + lines())


def test_a_column_is_chosen_by_its_name():
    text = "day,Rain,sun\n" + "\n".join(f"{day},{value},7" for day, value in enumerate(VALUES))
    assert numbers(text, "rain") == tuple(VALUES)
    with pytest.raises(InvalidValue, match=r"column must be one of the table's \(day, Rain, sun\), got 'snow'"):
        numbers(text, "snow")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the series is empty"),
        (" \n\n", "the series is empty"),
        ("1\n2", "at least 20 numbers, got 2 numbers"),
        ("1", "at least 20 numbers, got one number"),
        ("\n".join(["3"] * 30), "all 30 numbers of the series are 3"),
        (lines("a,{}", "date,sales") + "\na,", "row 26 of column 'sales' must be a number, got nothing"),
        (lines("a,{}", "date,sales") + "\na", "row 26 of column 'sales' must be a number, got nothing"),
        (lines("a,{}", "date,sales") + "\na,n/a", "row 26 of column 'sales' must be a number, got 'n/a'"),
        (lines() + "\nseven", "row 25 of the series must be a number, got 'seven'"),
        (lines() + "\nnan", "must be between"),
        (lines() + "\ninf", "must be between"),
        (lines() + "\n1e300", "must be between"),
        ("one\ntwo\nthree", "must be a number, got 'two'"),
        ("hello", "must be a number, got 'hello'"),
        ('"' + lines("a,{}"), "must be a number"),
    ],
)
def test_gaps_words_and_short_series_are_a_sentence(text, sentence):
    with pytest.raises(InvalidValue) as caught:
        SequenceConfig("series", text=text)
    assert sentence in str(caught.value)


@given(st.text(max_size=300), st.text(max_size=10))
def test_no_text_does_anything_but_give_numbers_or_a_sentence(text, column):
    with contextlib.suppress(InvalidValue):
        assert len(numbers(text, column)) >= 20


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "at least 100 characters, got an empty one"),
        ("x", "at least 100 characters, got 1 character:"),
        ("ab" * 20, "at least 100 characters, got 40 characters"),
        ("x" * 500, "'x' over and over"),
        ("\r\n" * 200, r"'\n' over and over"),
        ("ab" * MOST_TEXT, "text may have 40,000 characters, got 80,000: cut it"),
    ],
)
def test_empty_and_monotonous_texts_are_a_sentence(text, sentence):
    with pytest.raises(InvalidValue) as caught:
        SequenceConfig("own", text=text)
    assert sentence in str(caught.value)


def test_lines_of_a_text_end_alike():
    assert letters("a\r\nb\rc\n" * 40) == "a\nb\nc\n" * 40
