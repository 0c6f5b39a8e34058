"""The code that finds the same line, ready to be pasted: plain NumPy, and dlcore's training where it ran too."""

import numpy as np

from dlcore.config.training import TrainingConfig
from dlcore.descent.regression import Recipe, Settings


def script(made: Recipe, x: np.ndarray, y: np.ndarray, settings: Settings, training: TrainingConfig | None) -> str:
    """A script that prints slope and intercept of gradient descent, and of the exact solution."""
    size = min(settings.batch_size, len(x))
    lines = ["import numpy as np", "", *_data(made, x, y)]
    scaled = settings.scaling != "off"
    lines += ["feature = (x - x.mean()) / x.std()" if scaled else "feature = x"]
    lines += [
        f"w, b, alpha = {settings.start_w!r}, {settings.start_b!r}, {settings.learning_rate!r}",
        *([] if size == len(x) else [f"random = np.random.RandomState({settings.seed})"]),
        f"for epoch in range({settings.epochs}):",
    ]
    if size == len(x):
        lines += _step("    ", "")
    else:
        lines += [
            "    order = random.permutation(len(x))",
            f"    for batch in (order[i : i + {size}] for i in range(0, len(x), {size})):",
            *_step("        ", "[batch]"),
        ]
    if scaled:
        lines += ["w, b = w / x.std(), b - w * x.mean() / x.std()"]
    lines += [
        'print("gradient descent", w, b)',
        'print("exact solution", *np.linalg.lstsq(np.stack([x, np.ones_like(x)], axis=1), y, rcond=None)[0])',
    ]
    return "\n".join(lines + (_trained(settings, training) if training else [])) + "\n"


def _step(indent: str, some: str) -> list[str]:
    """One step of the descent on all points, or on `some` of them."""
    return [
        f"{indent}error = w * feature{some} + b - y{some}",
        f"{indent}w, b = w - alpha * (error * feature{some}).mean(), b - alpha * error.mean()",
    ]


def _data(made: Recipe, x: np.ndarray, y: np.ndarray) -> list[str]:
    plain_x, plain_y = made.points()
    if not np.array_equal(x, plain_x) or not np.array_equal(y, plain_y) or made.outliers:
        return [f"x = np.array({x.tolist()!r})", f"y = np.array({y.tolist()!r})"]
    return [
        f"np.random.seed({made.seed})",
        f"x = np.linspace({made.low!r}, {made.high!r}, {made.count})",
        f"y = {made.slope!r} * x + {made.intercept!r} + {made.noise!r} * np.random.randn({made.count})",
    ]


def _trained(settings: Settings, training: TrainingConfig) -> list[str]:
    own = {name: getattr(settings, name) for name in settings.__dataclass_fields__}
    given = ", ".join(f"{name}={value!r}" for name, value in own.items())
    return [
        "",
        "from dlcore.descent.line_training import train",
        "from dlcore.descent.regression import Settings",
        "from dlcore.config.training import TrainingConfig",
        "",
        f"settings = Settings({given})",
        f"training = TrainingConfig(optimizer={training.optimizer!r}, momentum={training.momentum!r}, "
        f"schedule={training.schedule!r})",
        'print("dlcore", *train(x, y, settings, training).line())',
    ]
