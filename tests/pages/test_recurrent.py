"""The page on recurrent networks, used as a visitor uses it: every task, what is pasted, runs, and looking inside."""

import re
from functools import partial

import pytest

from dlcore.config.run import RunConfig
from pages.parts.recurrent import results
from pages.parts.recurrent.field import MOST
from pages.parts.recurrent.own import passengers
from tests.pages.visits import ME, button, metric, trained, visited, warned, warnings, words

TINY = {"hidden": 6, "layers": 1}
ONCE = {"epochs": 1, "batch_size": 32}
RHYME = "One, two, buckle my shoe; three, four, knock at the door; five, six, pick up (some) sticks.\n" * 4
RUNS = {
    "signals": RunConfig.of("lstm", {"name": "signals", "train_size": 60}, ONCE, model=TINY),
    "digits": RunConfig.of("gru", {"name": "digits", "train_size": 60}, ONCE, model=TINY),
    "adding": RunConfig.of("rnn", {"name": "adding", "train_size": 60, "delay": 8}, ONCE, model=TINY),
    "series": RunConfig.of("lstm", {"name": "series", "text": passengers(), "window": 12}, ONCE, model=TINY),
    "own": RunConfig.of("char", {"name": "own", "text": RHYME, "window": 16}, ONCE, model=TINY),
}


@pytest.fixture
def visit(store):
    return partial(visited, "pages/recurrent.py", ME)


def choose(app, key, value):
    app.segmented_control(key=key).set_value(value).run()
    assert not app.exception
    return app


def test_the_article_s_stack_is_shown_with_both_counts_of_parameters(visit):
    said = words(visit())
    assert "205,066" in said
    assert "Keras: 204,042" in said


def test_every_task_can_be_chosen_shows_its_data_and_starts_what_it_says(visit, store):
    app = visit()
    for task, data, seen in (
        ("rows", "digits", "Each image is read like a text"),
        ("forecast", "sines", "4,000 values"),
        ("memory", "adding", "The answer at the end is their sum"),
        ("text", "topics", "The network can tell"),
        ("signals", "signals", "Ten kinds of signal"),
    ):
        choose(app, "rnn_task", task)
        assert seen in words(app)
        assert app.query_params["rnn_data"] == data
        assert not app.warning
    choose(choose(app, "rnn_task", "memory"), "rnn_preset", "gru")
    choose(app, "rnn_data", "recall")
    button(app, "Start training").click().run()
    (run,) = store.runs(ME)
    assert (run.config.preset, run.config.model.cell, run.config.data.name) == ("gru", "gru", "recall")


def test_a_link_chooses_task_network_and_settings(visit, store):
    app = visit(rnn_data="mackey-glass", rnn_preset="rnn", rnn_tau="23", rnn_hidden="20", rnn_epochs="3")
    assert app.segmented_control(key="rnn_task").value == "forecast"
    button(app, "Start training").click().run()
    config = store.runs(ME)[0].config
    assert (config.preset, config.data.tau, config.model.hidden, config.training.epochs) == ("rnn", 23, 20, 3)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("rnn_data", "banana", "data must be one of signals"),
        ("rnn_noise", "loud", "noise must be a number"),
        ("rnn_section", "kitchen", "it must be one of"),
    ],
)
def test_a_bad_setting_in_a_link_is_a_sentence(visit, store, name, value, said):
    link = {name: value}
    if name == "rnn_section":
        link["run"] = trained(store, RUNS["adding"]).id
    assert said in warned(visit(**link))


@pytest.mark.parametrize(
    ("data", "text", "said"),
    [
        ("own", "", "must have at least 100 characters, got an empty one"),
        ("own", "x", "got 1 character"),
        ("own", "x" * 200, "over and over"),
        ("series", "1\n2", "got 2 numbers"),
        ("series", "time,value\n" + "1,2\n" * 30 + "31,\n", "choose what becomes of gaps"),
        ("series", "5\n" * 40, "there is nothing to forecast"),
    ],
)
def test_texts_and_series_that_cannot_be_learned_are_sentences(visit, store, data, text, said):
    app = visit(rnn_data=data)
    if not text:
        assert "Paste a text" in words(app)
    app.text_area(key="rnn_text").set_value(text).run()
    button(app, "Start training").click().run()
    assert not app.exception
    assert said in warned(app)
    assert store.runs(ME) == []


def test_the_example_series_is_one_click(visit, store):
    app = visit(rnn_data="series")
    button(app, "Airline passengers, 1949 to 1960").click().run()
    assert "144 values" in words(app)
    assert "Read from column 'passengers': 144 numbers, 112, 118, 132, 129, … 432." in words(app)
    button(app, "Start training").click().run()
    assert store.runs(ME)[0].config.data.column == "passengers"


def test_a_title_above_a_pasted_table_is_no_obstacle(visit, store):
    app = visit(rnn_data="series")
    table = "Sales of 2020\nmonth,sales\n" + "\n".join(f"{each},{each % 7}" for each in range(1, 61))
    app.text_area(key="rnn_text").set_value(table).run()
    assert not app.exception
    assert "Read from column 'sales': 60 numbers, 1, 2, 3, 4, … 4." in words(app)


def test_a_pasted_text_is_still_there_after_another_task(visit):
    app = visit(rnn_data="own")
    app.text_area(key="rnn_text").set_value(RHYME).run()
    choose(choose(app, "rnn_task", "signals"), "rnn_task", "text")
    choose(app, "rnn_data", "own")
    assert app.text_area(key="rnn_text").value == RHYME


def test_a_text_that_is_too_long_is_cut_at_the_end_of_a_line_and_a_sentence_says_what_is_kept(visit):
    app = visit(rnn_data="own")
    app.text_area(key="rnn_text").set_value("A line to learn from.\n" * 3_000).run()
    kept = app.text_area(key="rnn_text").value
    assert len(kept) == MOST - MOST % 22 - 1
    assert f"The text has 66,000 characters, and a run can read 40,000: the first {len(kept):,} are kept" in words(app)
    app.text_area(key="rnn_text").set_value(RHYME).run()
    assert "are kept" not in words(app)


def test_a_file_that_does_not_say_its_encoding_is_read_with_a_sentence_and_another_one_can_be_chosen(visit):
    app = visit(rnn_data="own")
    rhyme = "Мой дядя самых честных правил, когда не в шутку занемог\n" * 4
    app.file_uploader(key="rnn_text_own_file").set_value(("rhyme.txt", rhyme.encode("cp1251"), "text/plain")).run()
    assert app.text_area(key="rnn_text").value == rhyme
    assert "was read as Cyrillic (Windows-1251)" in words(app)
    app.selectbox(key="rnn_text_own_file_encoding").set_value("koi8-r").run()
    assert app.text_area(key="rnn_text").value == rhyme.encode("cp1251").decode("koi8-r")
    app.file_uploader(key="rnn_text_own_file").set_value(("x.txt", bytes(range(1, 255)) * 9, "text/plain")).run()
    assert "not a text file" in words(app)


def test_gaps_in_a_series_are_a_question_that_a_control_answers(visit):
    app = visit(rnn_data="series")
    app.text_area(key="rnn_text").set_value(
        "t,v\n" + "\n".join(f"{each},{each % 7 or ''}" for each in range(1, 41))
    ).run()
    assert "rows 8, 15, 22, 29 and 36 of column 'v' have no number" in warned(app)
    app.selectbox(key="rnn_gaps").set_value("fill").run()
    assert not warned(app)
    assert "were filled along a straight line between their neighbours" in words(app)


MEASURED = {
    "signals": "Test accuracy", "digits": "Test accuracy", "adding": "Test error (squared)",
    "series": "Test error (squared)", "own": "Test perplexity",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNS)
def test_a_run_that_has_ended_is_measured_and_looked_into(visit, store, name):
    run = trained(store, RUNS[name])
    assert run.state == "finished", run.message
    app = visit(run=run.id)
    assert app.metric[0].label == MEASURED[name]
    assert "(1 sequences)" not in words(app)
    assert app.segmented_control(key="rnn_task").value in ("signals", "rows", "memory", "forecast", "text")
    assert app.number_input(key="rnn_hidden").value == 6
    assert any("nn.Linear(6" in code.value for code in app.code)
    assert ("Draw for this model" in [each.label for each in app.button]) == (name == "digits")
    for section in (*(["forecast"] if name == "series" else []), "unit", "saliency", "reach", "states"):
        choose(app, "rnn_section", section)
        assert not app.warning, warnings(app)
    trend = "15 of the 22 test values lie outside the range that it learned from, 104 to 413" in words(app)
    assert trend == (name == "series")
    if name == "own":
        write(app)
    app.selectbox(key="rnn_checkpoint").set_value("start").run()
    assert not app.exception
    assert "Before training" in words(app)


def labelled(app, label):
    return next(each for each in app.text_area if each.label == label)


def write(app):
    choose(app, "rnn_section", "letters")
    app.selectbox(key="rnn_follows").set_value("brackets").run()
    assert "counts open brackets: correlation" in words(app)
    choose(app, "rnn_section", "write")
    labelled(app, "Begin a text, and the network continues it").set_value("Ωne ").run()
    assert "never seen these characters" in words(app)
    labelled(app, "Begin a text, and the network continues it").set_value("").run()
    button(app, "Write it again").click().run()
    assert not app.exception
    choose(app, "rnn_section", "states")
    labelled(app, "Text to read").set_value("").run()
    assert not app.exception
    for text in ("", "a"):
        labelled(app, "Text to read").set_value(text).run()
        assert "too short to look back from" in words(choose(app, "rnn_section", "reach"))
        choose(app, "rnn_section", "states")


def another(app, run):
    """The same visitor opens another run."""
    app.query_params["run"] = run.id
    app.run()
    assert not app.exception
    return app


def test_controls_go_with_the_run_that_is_opened(visit, store):
    """What was chosen in a long series and a large network is brought to what a smaller one has."""
    short = trained(store, RUNS["series"])
    long = trained(store, RunConfig.of("lstm", {"name": "sines", "train_size": 40, "window": 16}, ONCE,
                                  model={"hidden": 9, "layers": 2}))  # fmt: skip
    app = visit(run=long.id, rnn_section="forecast", rnn_from="3400")
    assert app.slider(key="rnn_from").value == 3400
    assert another(app, short).slider(key="rnn_from").value == 144
    app.slider(key="rnn_from").set_value(13).run()
    assert another(app, long).slider(key="rnn_from").value == 16
    choose(app, "rnn_section", "unit")
    app.number_input(key="rnn_unit").set_value(9).run()
    assert another(app, short).number_input(key="rnn_unit").value == 6


def test_a_class_that_another_task_lacks_is_forgotten(visit, store):
    signals = trained(store, RUNS["signals"])
    recall = trained(store, RunConfig.of("lstm", {"name": "recall", "train_size": 60, "delay": 8}, ONCE, model=TINY))
    app = visit(run=signals.id, rnn_section="saliency")
    app.selectbox(key="rnn_target").set_value("9").run()
    assert another(app, recall).selectbox(key="rnn_target").value == ""
    assert "None" not in app.query_params.get("rnn_target", [""])
    assert not app.warning


def test_the_delay_of_chaos_has_the_limits_of_the_core(visit, store):
    app = visit(rnn_data="mackey-glass")
    assert (app.select_slider(key="rnn_tau").options[0], app.select_slider(key="rnn_tau").options[-1]) == ("6", "40")


def test_waves_without_noise_are_solved_by_the_linear_model_which_is_said_not_divided_by(visit, store):
    run = trained(store, RunConfig.of("lstm", {"name": "sines", "train_size": 40, "window": 64}, ONCE, model=TINY))
    said = words(visit(run=run.id))
    assert said.count("The linear model makes next to no error here") == 2
    assert "as the linear model has" not in said


def test_a_run_that_has_just_started_is_looked_into_with_the_names_of_its_classes(visit, store):
    run_id = store.submit(RUNS["signals"], ME)
    app = visit(run=run_id)
    assert "Below: “Before training”; there is nothing newer yet." in words(app)
    assert re.search(
        r"Before training. The network reads \*\*[a-z ]+\*\* \([0-9.]+\s% sure\), (which is right|but it is)",
        words(app),
    )


def test_cells_that_learn_from_the_same_batches_are_compared(visit, store):
    for cell in ("rnn-tanh", "gru"):
        run = trained(store, RunConfig.of("lstm", {"name": "adding", "train_size": 60, "delay": 8}, ONCE,
                                     model={**TINY, "cell": cell}))  # fmt: skip
    said = words(visit(run=run.id))
    assert "Side by side, on the same batches: RNN (finished), GRU (finished)" in said.replace("**", "")


def test_an_experiment_starts_its_runs(visit, store):
    app = visit()
    app.button(key="try_Three memories").click().run()
    assert not app.exception
    runs = store.runs(ME)
    assert {run.config.model.cell for run in runs} == {"rnn-tanh", "gru", "lstm"}
    assert len({run.config.data for run in runs}) == 1
    assert app.segmented_control(key="rnn_task").value == "memory"


def test_what_is_compared_is_named_in_words_and_no_simple_rule_is_among_it(visit, store):
    runs = [trained(store, RUNS["series"]), trained(store, RUNS["series"])]
    app = visit()
    for run in runs:
        app.checkbox(key=f"compare_{run.id}").check().run()
    assert not app.exception
    assert app.segmented_control(key="compare_by").options == ["loss"]
    assert words(app).count("The validation part of the series: free-running, it holds for") == 2


def test_a_network_that_is_behind_a_naive_forecast_says_why_while_it_learns(visit, store):
    run = trained(store, RUNS["series"])
    said = words(visit(run=run.id))
    assert "validation values lie outside the range that it learned from, 104 to 413" in said
    assert "let it forecast the change instead" in said
    assert "repeat every 12 steps" in said


def test_how_many_steps_can_be_foretold_is_a_number_with_its_definition(visit, store):
    config = RunConfig.of("lstm", {"name": "sines", "train_size": 40, "window": 64}, ONCE, model=TINY)
    app = visit(run=trained(store, config).id)
    assert metric(app, "Valid prediction time").endswith(" steps")
    assert "before it is off by more than 0.4 standard deviations" in words(app)
    assert "The linear model manages at least 200." in words(app)


def test_a_text_of_ones_own_is_looked_into_with_its_own_words(visit, store):
    run = trained(store, RUNS["own"])
    app = visit(run=run.id)
    assert labelled(app, "Begin a text, and the network continues it").value in RHYME
    assert "The following" not in words(app)
    app = visit(run=run.id, rnn_section="letters")
    assert labelled(app, "Text to read").value in RHYME


@pytest.mark.parametrize(
    ("error", "other", "said"),
    [
        (0.45, 1e-8, "more than 1,000 times that of naive forecasts"),
        (0.02, 0.07, "3.5 times smaller than that of naive forecasts"),
        (0.0, 0.07, "0, against 0.0700 for naive forecasts"),
    ],
)
def test_no_ratio_is_absurd(error, other, said):
    assert results.compared(error, other, "naive forecasts") == said
