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
    with pytest.raises(InvalidValue, match="row 2 of column 'sales' has no number: choose what becomes of gaps"):
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
    with pytest.raises(InvalidValue, match="row 3 of the series has no number"):
        numbers("1\n2\n\n" + lines())
    assert numbers("1\n2\n\n" + lines(), gaps="skip") == (1.0, 2.0, *VALUES)


def priced(form, header="month;price", decimals=".", base=100):
    """A row for each of the values, raised by `base`: so that none is the number of its row."""
    rows = (form.format(step + 1, f"{base + value:.2f}".replace(".", decimals)) for step, value in enumerate(VALUES))
    return "\n".join([header, *rows])


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        (priced("{};${}"), 1),
        (priced("{};{} €", decimals=","), 1),
        (priced("{};EUR {}", decimals=","), 1),
        (priced("{};{} USD"), 1),
        (priced("{};£{}"), 1),
        (priced("{};{} kr", decimals=","), 1),
        (priced("{};R${}", decimals=","), 1),
        (priced("{};{} %"), 1),
        (priced("{};−{}"), -1),
        (priced("{};−${}"), -1),
        (priced("{};({})"), -1),
        (priced("{};{}-"), -1),
        (priced("{}\t\u200e{}", "month\tprice"), 1),
        (priced("{}|{}", "month|price"), 1),
        (priced('{},"{}"', "month,price", decimals=","), 1),
        ("sep=;\n" + priced("{};{}"), 1),
        ('"sep=;"\n' + priced("{};{}", decimals=","), 1),
        (priced("{1},{0}", "price,row"), 1),
        (priced("{1};2024-01-{0:02d}", "price;date"), 1),
        (priced("{1};{0}. Jan. 2024", "price;date"), 1),
        (priced("{1};{0}:30 pm", "price;time"), 1),
        (priced("2024-01-{:02d};{}", "date;price\n;°C"), 1),
        (priced("2024-01-{:02d},{}", "Price,Close\nTicker,MSFT\nDate,"), 1),
    ],
)
def test_what_goes_along_with_numbers_does_not_hide_their_column(text, sign):
    assert numbers(text) == pytest.approx([sign * (100 + value) for value in VALUES])


@pytest.mark.parametrize("space", ["\u00a0", "\u2009", "\u202f", " ", "'", "’"])
def test_spaces_and_apostrophes_between_thousands_belong_to_the_number(space):
    assert numbers(priced(f"{{}};1{space}{{}}", base=200))[0] == pytest.approx(1198.0)
    if space not in " '’":
        assert numbers(priced(f"1{space}{{1}}", "price", base=200))[0] == pytest.approx(1198.0)


def test_numbers_as_the_app_writes_them_can_be_pasted_back():
    assert numbers(lines("{}·10⁻⁷", "v").replace("-", "−"))[:2] == pytest.approx((-2e-7, -0.5e-7))


@pytest.mark.parametrize("form", ["{};{} kg", "{1} kg;{0}", "{};{}M", "{};about {}"])
def test_a_column_that_is_all_but_numbers_is_a_question_and_never_another_column(form):
    with pytest.raises(InvalidValue, match=r"looks like numbers that cannot be read, such as '.*98.*choose the column"):
        numbers(priced(form))
    assert numbers(priced(form), "month" if form.startswith("{}") else "price")[:2] == (1.0, 2.0)


def test_a_column_with_few_numbers_is_a_question():
    text = priced("{};{};", "month;price;tax").replace("98.00;", "98.00;7")
    few = "\n".join(f"{row}{'7' if step % 3 == 0 else ''}" for step, row in enumerate(text.split("\n")))
    with pytest.raises(InvalidValue, match=r"column 'tax\d?' has numbers in only \d+ of 24 rows: choose the column"):
        numbers(few)


def test_rows_of_headers_are_read_together_and_each_name_chooses():
    text = priced("2024-01-{0:02d},{1},7{0:02d}", "Price,Close,Volume\nTicker,MSFT,MSFT\nDate,,")
    assert read(text).name == "column 'Volume MSFT'"
    assert numbers(text, "close") == numbers(text, "Close MSFT") == pytest.approx([100 + value for value in VALUES])
    with pytest.raises(InvalidValue, match=r"one of the table's \(Price Ticker Date, Close MSFT, Volume MSFT\)"):
        numbers(text, "open")


def test_columns_without_names_are_chosen_by_their_number():
    assert numbers(lines("2024-01-01,{},7"), "2") == tuple(VALUES)


@pytest.mark.parametrize("gap", ["", "NA", "n/a", "NaN", "null", "-", "#N/A", "…"])
def test_gaps_are_asked_about_then_skipped_or_filled_and_named(gap):
    rows = ["t,v", *(f"{step},{float(step)}" for step in range(5, 35))]
    rows[4] = f"8,{gap}"
    rows[30] = f"34,{gap}"
    text = "\n".join(rows)
    with pytest.raises(InvalidValue, match=r"rows 5 and 31 of column 'v' have no number: choose .* skip .* or fill"):
        numbers(text)
    skipped, filled = read(text, gaps="skip"), read(text, gaps="fill")
    assert skipped.values == tuple(float(step) for step in range(5, 34) if step != 8)
    assert filled.values == (*(float(step) for step in range(5, 34)), 33.0)
    assert skipped.notice == "Rows 5 and 31 of column 'v' had no number and were left out."
    assert "were filled along a straight line" in filled.notice


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
        (lines("a,{}", "date,sales") + "\na,", "row 26 of column 'sales' has no number"),
        (lines("a,{}", "date,sales") + "\na", "row 26 of column 'sales' has no number"),
        (lines("a,{}", "date,sales") + "\na,n/a", "row 26 of column 'sales' has no number"),
        (lines() + "\nseven", "row 25 of the series must be a number, got 'seven'"),
        (lines() + "\nnan", "row 25 of the series has no number"),
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
