"""The questions that one click answers."""

from pages.parts.descent.racers import USUAL
from pages.shared.experiments import Experiment


def _race(landscape: str, optimizers: tuple[str, ...], start: tuple[float, ...], **more) -> dict:
    usual = {"gd_rate": 0.0, "gd_steps": 150, "gd_schedule": "constant", "gd_noise": False, "gd_view": "map"}
    place = dict(zip(("gd_x", "gd_y"), start, strict=False))
    chosen = {"gd_section": "race", "gd_landscape": landscape, "gd_optimizers": list(optimizers), **place}
    return {**usual, **chosen, "gd_follow": optimizers[0], **more}


EXPERIMENTS = (
    Experiment(
        "Momentum in a ravine",
        "SGD zigzags and crawls. How many steps does momentum save where one way is fifty times steeper?",
        _race("ravine", ("sgd", "momentum", "nesterov"), (-4.6, -1.6), gd_ravine_condition=50.0),
    ),
    Experiment(
        "Just too fast",
        "λmax is 10 here, so 2/λmax is 0.2. What does a learning rate of 0.3 do, and who does not mind?",
        _race("bowl", ("sgd", "rmsprop", "adam"), (-4.5, 2.0), gd_rate=0.3, gd_bowl_condition=10.0, gd_steps=60),
    ),
    Experiment(
        "On the ridge of a saddle",
        "Started exactly on the ridge, the slope leads to the saddle. Who stays there for ever?",
        _race("saddle", ("sgd", "momentum", "adam", "newton"), (-2.0, 0.0)),
    ),
    Experiment(
        "The banana valley",
        "Everybody falls into Rosenbrock's valley. Who gets along its floor to the minimum?",
        _race("rosenbrock", (*USUAL, "lbfgs", "newton"), (-1.2, 1.0), gd_steps=300, gd_follow="lbfgs"),
    ),
    Experiment(
        "An egg box",
        "121 minima, one is lowest. Does any of them find it? Click somewhere else and try again.",
        _race("rastrigin", ("sgd", "momentum", "rmsprop", "adam", "newton"), (-3.4, 2.6)),
    ),
)
