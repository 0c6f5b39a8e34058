"""The questions that one click answers."""

from dlcore.descent.objectives import OBJECTIVES, parameters
from pages.parts.descent import answers
from pages.parts.descent.racers import USUAL
from pages.shared.experiments import Experiment


def _on(landscape: str, start: tuple[float, ...] = ()) -> dict:
    """A landscape in its usual shape, with the place from which it starts: its own, unless another is given."""
    shape = {f"gd_{landscape}_{each.name}": each.default for each in parameters(landscape)}
    places = zip(("gd_x", "gd_y"), start or OBJECTIVES[landscape].start, strict=False)
    return {"gd_landscape": landscape, **shape, **dict(places)}


def _race(landscape: str, optimizers: tuple[str, ...], start: tuple[float, ...] = (), **more) -> dict:
    usual = {"gd_rate": 0.0, "gd_steps": 150, "gd_schedule": "constant", "gd_noise": False, "gd_view": "map"}
    chosen = {"gd_section": "race", **_on(landscape, start), "gd_optimizers": list(optimizers)}
    return {**usual, **chosen, "gd_follow": optimizers[0], **more}


RACES = (
    Experiment(
        "Momentum in a ravine",
        "SGD zigzags and crawls. How many steps does momentum save where one way is fifty times steeper?",
        _race("ravine", ("sgd", "momentum", "nesterov"), gd_steps=300),
        answer=answers.momentum, choices=("SGD is first", "Momentum is first", "Nesterov is first"),
    ),
    Experiment(
        "Just too fast",
        "λmax is 10 here, so 2/λmax is 0.2. What does a learning rate of 0.3 do, and who does not mind?",
        _race("bowl", ("sgd", "rmsprop", "adam"), gd_rate=0.3, gd_steps=60),
        answer=answers.too_fast, choices=("Only SGD flies off", "All fly off"),
    ),
    Experiment(
        "On the ridge of a saddle",
        "Started exactly on the ridge, the slope leads to the saddle. Who stays on the ridge for ever?",
        _race("saddle", ("sgd", "momentum", "adam", "newton"), (-2.0, 0.0)),
        answer=answers.ridge, choices=("All of them", "Not all of them"),
    ),
    Experiment(
        "The banana valley",
        "Everybody falls into Rosenbrock's valley. Who gets along its floor to the minimum?",
        _race("rosenbrock", (*USUAL, "lbfgs", "newton"), gd_steps=300, gd_follow="lbfgs"),
        answer=answers.banana,
    ),
    Experiment(
        "An egg box",
        "121 minima, one is lowest. Does any of them find it? Click somewhere else and try again.",
        _race("rastrigin", ("sgd", "momentum", "rmsprop", "adam", "newton")),
        answer=answers.egg_box, free=("gd_x", "gd_y"), choices=("None finds it", "At least one does"),
    ),
)  # fmt: skip


def _step(landscape: str, name: str, **more) -> dict:
    fresh = {"gd_rate": 0.0, "gd_schedule": "constant", "gd_noise": False, "gd_substeps": True}
    return {**fresh, "gd_section": "steps", **_on(landscape), "gd_one": name, **more}


OF_SECTION = {
    "steps": (
        Experiment(
            "Adam's first step",
            "The slopes along x and y differ a lot. How long is Adam's very first step in each, and why?",
            _step("bowl", "adam"),
            answer=answers.first_step, choices=("The same in both", "Longer where it is steeper"),
        ),
        Experiment(
            "A velocity",
            "Step a few times: when does the velocity lead uphill, and what happens then?",
            _step("ravine", "momentum"),
            answer=answers.velocity, choices=("It climbs", "The slope wins, and it turns"),
        ),
        Experiment(
            "One step is enough",
            "Newton divides the slope by the curvature. Where does its first step end on a bowl?",
            _step("bowl", "newton"),
            answer=answers.newton, choices=("In the minimum", "On the way to it"),
        ),
        Experiment(
            "Only the sign",
            "Rprop looks at signs alone. What happens to its step length where the sign flips?",
            _step("rosenbrock", "rprop"),
            answer=answers.signs, choices=("It gets shorter", "It gets longer"),
        ),
    ),
    "sweep": (
        Experiment(
            "The bound, seen",
            "Up to which rate is SGD not purple, and who goes on far beyond 2/λmax?",
            {"gd_section": "sweep", **_on("ravine"), "gds_view": "map"}, answer=answers.bound_seen,
        ),
        Experiment(
            "A range of good rates",
            "No optimizer knows Rosenbrock's valley. Whose loss is low over the widest range of learning rates?",
            {"gd_section": "sweep", **_on("rosenbrock"), "gds_view": "curves"}, answer=answers.widest,
        ),
    ),
    "basins": (
        Experiment(
            "A fractal",
            "Newton's method leaps. How close together are two starts that end in different minima?",
            {"gd_section": "basins", **_on("himmelblau"), "gdb_optimizer": "newton", "gdb_rate": 0.0,
             "gdb_newton_saddle_free": False},
            answer=answers.shores, free=("gd_x", "gd_y"),
        ),
        Experiment(
            "Smooth shores",
            "The same four minima, with plain SGD: how many neighbouring starts still end in different ones?",
            {"gd_section": "basins", **_on("himmelblau"), "gdb_optimizer": "sgd", "gdb_rate": 0.0},
            answer=answers.shores, free=("gd_x", "gd_y"),
        ),
    ),
    "predict": (
        Experiment(
            "Mind the bound",
            "λmax is 10, so 2/λmax is 0.2, and α is 0.35. What does that mean for a descent in this ravine?",
            {"gd_section": "predict", "gdp_question": 6}, answer=answers.predicted,
        ),
        Experiment(
            "Momentum and the bound",
            "2/λmax is 0.08 and α is 0.11: too much for plain descent. Does momentum make it better or worse?",
            {"gd_section": "predict", "gdp_question": 183}, answer=answers.predicted,
        ),
        Experiment(
            "Two dips",
            "On a curve all can be seen. In which of the two dips does it come to rest, if in any?",
            {"gd_section": "predict", "gdp_question": 45}, answer=answers.predicted,
        ),
        Experiment(
            "Walls all around",
            "It starts above a valley too narrow for this α. Is it thrown out, held, or does it find a wider valley?",
            {"gd_section": "predict", "gdp_question": 23}, answer=answers.predicted,
        ),
    ),
    "network": (
        Experiment(
            "The path of training",
            "Training moved thousands of weights at once. How much of its way does a plane show, and how true is it?",
            {"gd_section": "network", "gdn_plane": "path", "gdn_view": "map", "gdn_split": "training"},
            answer=answers.path,
        ),
        Experiment(
            "A bowl after all",
            "Seen in two random directions, is the place where training ended a bowl or a ragged mountain range?",
            {"gd_section": "network", "gdn_plane": "random", "gdn_view": "surface", "gdn_reach": 1.0},
            answer=answers.bowl, choices=("A bowl", "Ragged mountains"),
        ),
    ),
}  # fmt: skip
"""Those of sections that have no race."""


PICTURES = ("gd_map", "gd_walk", "gds_map", "gds_curves", "gdb_map", "gdp_map", "gdn_map_plane", "gdn_surface_plane",
            "gdn_plane_alone")  # fmt: skip
"""What a click brings into view: of a section, the first of these that it has."""


def cards(section: str) -> tuple[Experiment, ...]:
    """The experiments to offer while a section is open."""
    return OF_SECTION.get(section, RACES)
