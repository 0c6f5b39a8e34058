import contextlib
import io

import pytest

from dlcore.config.schedules import SCHEDULES
from dlcore.descent.objectives import OBJECTIVES, objective, typed
from dlcore.descent.optimizers import OPTIMIZERS, optimizer
from dlcore.descent.trace import Noise, race
from pages.figures import descent, descent_steps
from pages.parts.descent.racers import Setup
from pages.parts.descent.sources import race_code, table
from tests.pages.visits import visited, words

PAGE = "pages/descent.py"


def test_the_race_says_who_arrived():
    app = visited(PAGE, "racer")
    shown = words(app)
    for name in ("SGD", "Momentum", "RMSprop", "Adam"):
        assert name in shown
    assert "Reached the minimum" in shown
    assert not app.warning


def test_a_link_opens_the_race_that_it_describes():
    app = visited(
        PAGE, "linked", gd_landscape="bowl", gd_optimizers="SGD", gd_rate="0.3", gd_steps="60", gd_bowl_condition="10"
    )
    assert "Diverged at step" in words(app)
    assert app.multiselect(key="gd_optimizers").value == ["sgd"]
    assert not app.warning


@pytest.mark.parametrize("view", ["Surface", "Both"])
def test_the_surface(view):
    app = visited(PAGE, "viewer", gd_view=view, gd_landscape="himmelblau")
    assert "Reached" in words(app)


@pytest.mark.slow
def test_every_landscape_can_be_raced_on():
    app = visited(PAGE, "traveller")
    for name in OBJECTIVES:
        app.selectbox(key="gd_landscape").set_value(name).run()
        assert not app.exception, name
        assert not app.warning, name
        assert "Adam" in words(app)


@pytest.mark.slow
def test_every_optimizer_shows_its_steps():
    app = visited(PAGE, "stepper", gd_section="steps")
    for name, rule in OPTIMIZERS.items():
        app.selectbox(key="gd_one").set_value(name).run()
        assert not app.exception, name
        assert not app.warning, name
        assert any(rule.title in each.value for each in app.markdown)


def test_another_landscape_begins_at_its_own_start():
    app = visited(PAGE, "mover")
    app.selectbox(key="gd_landscape").set_value("rosenbrock").run()
    assert app.number_input(key="gd_x").value == -1.2
    app.selectbox(key="gd_landscape").set_value("parabola").run()
    assert app.number_input(key="gd_x").value == -4.0
    assert not app.exception


def test_a_typed_function_is_raced_on_and_an_error_points_at_the_character():
    app = visited(PAGE, "typist", gd_landscape="typed")
    assert "Adam" in words(app)
    app.text_input(key="gd_function").set_value("(x - 1)**2 + (y + 2)**2").run()
    assert "(1, −2)" in words(app)
    app.text_input(key="gd_function").set_value("x**2 + foo(y)").run()
    assert "character 8" in words(app)
    assert any(each.value.splitlines()[-1] == "       ^" for each in app.code)
    for hostile in ("__import__('os')", "x**999", "(" * 200, "log(-1 - x**2)", "1/0", "lambda: 3", "x if y else 1"):
        app.text_input(key="gd_function").set_value(hostile).run()
        assert not app.exception
        assert words(app)


def test_what_a_bad_link_says_is_named():
    app = visited(
        PAGE, "lost", gd_landscape="atlantis", gd_steps="9999999", gd_rate="fast", gd_x="nan", gd_section="nowhere"
    )
    told = words(app)
    for key in ("gd_landscape", "gd_steps", "gd_rate", "gd_x", "gd_section"):
        assert key in told
    assert "Adam" in words(app)


def test_nobody_at_the_start_line_is_an_invitation():
    app = visited(PAGE, "alone")
    app.multiselect(key="gd_optimizers").set_value([]).run()
    assert not app.exception
    assert any("Choose an optimizer" in each.value for each in app.info)


@pytest.mark.slow
def test_every_card_sets_up_a_race():
    app = visited(PAGE, "curious")
    cards = [each.key for each in app.button if each.key and each.key.startswith("try_")]
    assert len(cards) >= 4
    for key in cards:
        app.button(key=key).click().run()
        assert not app.exception
        assert not app.warning
        assert "Verdict" in words(app)


def test_the_card_of_the_saddle_leaves_sgd_there_with_evidence():
    app = visited(PAGE, "rider")
    app.button(key="try_On the ridge of a saddle").click().run()
    assert "Stuck at a saddle" in words(app)
    assert "curvatures −1 and 1" in words(app)


def test_noise_schedule_and_settings_take_part():
    app = visited(PAGE, "tuner", gd_landscape="least-squares")
    quiet = words(app)
    app.toggle(key="gd_noise").set_value(True).run()
    assert app.select_slider(key="gd_batch").value == 4
    noisy = words(app)
    assert noisy != quiet
    app.selectbox(key="gd_schedule").set_value("cosine").run()
    assert words(app) != noisy
    app.select_slider(key="gd_sgd_lr").set_value(0.001).run()
    assert "0.001" in words(app)
    assert not app.exception


SETUPS = [
    ("rosenbrock", ("sgd", "adam", "lbfgs", "newton"), "constant", None),
    ("least-squares", ("momentum", "rmsprop"), "cosine", Noise(8, 1.0, 5)),
    ("bowl", ("adamw", "rprop", "nadam"), "one-cycle", Noise(2, 0.5, 1)),
    ("ripples", ("nesterov", "adadelta"), "step", None),
    ("typed", ("adagrad", "radam"), "constant", None),
]


@pytest.mark.parametrize(("name", "racers", "schedule", "noise"), SETUPS)
def test_the_code_that_is_shown_runs_and_ends_at_the_same_points(name, racers, schedule, noise):
    each = typed("x**2 + cosh(y)") if name == "typed" else objective(name)
    made = tuple(optimizer(one, lr=OPTIMIZERS[one].suited(each)) for one in racers)
    setup = Setup(each, made, each.start, 40, schedule, noise)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(race_code(setup), {})
    lines = printed.getvalue().splitlines()
    for line, ran in zip(lines, race(each, made, each.start, 40, schedule, noise), strict=True):
        assert line == f"{ran.racer.rule.title} {ran.positions[-1].tolist()} {ran.values[-1]!r}".replace(
            repr(ran.values[-1]), repr(float(ran.values[-1]))
        )


def test_the_table_holds_every_step():
    runs = race(objective("bowl"), [optimizer("sgd"), optimizer("adam")], steps=20)
    rows = table(runs).splitlines()
    assert rows[0] == "optimizer,step,x,y,value,gradient_x,gradient_y,rate,seen_x,seen_y"
    assert len(rows) == 1 + 2 * 21
    assert rows[1].startswith("sgd,0,-4.5,2.0,")


def test_long_races_are_shown_in_a_few_hundred_frames_that_end_at_the_end():
    runs = race(objective("bowl"), [optimizer("adam")], steps=1000)
    shown = descent.frames(runs)
    assert len(shown) <= descent.MOST_FRAMES + 2
    assert (shown[0], shown[-1]) == (0, 1000)


def test_racers_never_share_a_colour():
    names = list(OPTIMIZERS)
    for first in range(len(names) - 8):
        assert len(set(descent.colours(names[first::2][:8]).values())) == len(names[first::2][:8])
    assert descent.colours(["adam"]) == {"adam": descent.colours(list(names)[:8])["adam"]}


@pytest.mark.parametrize("name", ["rosenbrock", "kink"])
def test_parts_of_a_step_appear_one_after_the_other(name):
    from dlcore.descent.narration import narrate

    each = objective(name)
    ran = race(each, [optimizer("adam")], steps=4)[0]
    told = narrate(ran)
    order = descent_steps.stages(told)
    assert order == ["gradient", "moments", "bias", "scale", "move"]
    step, stage = descent_steps.moments(ran, told, divided=True)
    assert len(step) == 20
    film = descent_steps.walk(ran, step, stage == 4, dark=False)
    descent_steps.add_arrows(film, ran, told, step, stage, dark=False)
    assert descent_steps.reached(told.lines[-1], told, stage).tolist() == [False, False, False, False, True] * 4
    assert descent_steps.reached(told.lines[0], told, stage).all()
    assert descent_steps.labels(step, stage, order)[6] == "step 2: moments"


def test_schedules_have_names():
    from pages.parts.descent.racers import SCHEDULE_NAMES

    assert set(SCHEDULE_NAMES) == set(SCHEDULES)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["log(x)", "x - log(x)", "sqrt(x)*y", "x**y", "1/x + sqrt(y)", "log(x*y)"])
@pytest.mark.parametrize("section", ["race", "steps", "sweep", "basins"])
def test_a_function_that_is_not_defined_everywhere_has_its_pictures(section, text):
    link = {"gd_section": section, "gd_landscape": "typed", "gd_function": text}
    app = visited(PAGE, "edge", **link, gds_steps="20", gdb_steps="20", gdb_resolution="61")
    assert "no finite value" not in words(app)
