"""One click: runs to start, and the question that they answer."""

from dlcore.config.run import RunConfig
from pages.shared.run_desk import RunExperiment


def _config(preset: str, model: dict | None = None, **training) -> RunConfig:
    return RunConfig.of(preset, training=training, model=model)


EXPERIMENTS = (
    RunExperiment(
        "Two numbers or sixteen?",
        "How much of a digit survives two numbers? Compare what is drawn, and how far PCA gets with as many.",
        (_config("ae-deep", {"code_size": 16}), _config("ae-deep", {"code_size": 2})),
    ),
    RunExperiment(
        "Mend what is torn",
        "Half of the pixels are missing. Can it draw the whole digit all the same?",
        (_config("ae-deep", {"code_size": 32, "corruption": "masking", "corruption_amount": 0.5}),),
    ),
    RunExperiment(
        "A map without holes",
        "The KL divergence pulls all codes to one round cloud. Watch the scatter: do the classes stay apart?",
        (_config("vae", {"code_size": 2, "hidden": "128, 64"}),),
    ),
    RunExperiment(
        "Too much order",
        "What is left of the digits, and of the code, when β makes order far more important than drawing well?",
        (_config("vae", {"code_size": 8, "beta": 32.0}),),
    ),
)
