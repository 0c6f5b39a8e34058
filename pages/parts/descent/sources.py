"""What ran, as a script that runs when pasted, and what came of it as a table."""

import csv
import io
from collections.abc import Sequence

from dlcore.descent.newton import Newton
from dlcore.descent.objective import Objective
from dlcore.descent.trace import Trace
from pages.parts.descent import landscape, racers


def objective_code(chosen: Objective) -> tuple[str, str]:
    """The import and the call that build the objective."""
    if chosen.name == landscape.TYPED:
        return "from dlcore.descent.objectives import typed", f"typed({chosen.formula.text!r})"
    given = "".join(f", {name}={value!r}" for name, value in chosen.parameters.items())
    return "from dlcore.descent.objectives import objective", f"objective({chosen.name!r}{given})"


def race_code(setup: "racers.Setup") -> str:
    """A plain torch loop for every racer, which prints where each of them ends."""
    imported, built = objective_code(setup.objective)
    newton = any(each.rule.kind is Newton for each in setup.racers)
    scheduled = setup.schedule != "constant"
    lines = [
        "import torch",
        "",
        *(["from dlcore.descent.newton import Newton"] if newton else []),
        imported,
        *(["from dlcore.config.schedules import SCHEDULES"] if scheduled else []),
        "",
        f"f = {built}",
        f"steps = {setup.steps}",
        "optimizers = {",
        *(f'    "{each.rule.title}": lambda theta: {each.code("f")},' for each in setup.racers),
        "}",
        *(_noise_lines(setup) if setup.noise else []),
        "",
        "for name, build in optimizers.items():",
        f"    theta = torch.tensor({list(setup.start)!r}, dtype=torch.float64, requires_grad=True)",
        "    optimizer = build(theta)",
        *(['    rate = optimizer.param_groups[0]["lr"]'] if scheduled else []),
        "    for step in range(steps):",
        *_closure(setup),
        *(_schedule_lines(setup) if scheduled else []),
        "        optimizer.step(closure)",
        "    print(name, theta.tolist(), f.value(theta).item())",
    ]
    return "\n".join(lines)


def _closure(setup: "racers.Setup") -> list[str]:
    slope = ["loss.backward()"] if setup.noise is None else ["theta.grad = seen(theta, step)"]
    body = ["optimizer.zero_grad()", "loss = f.value(theta)", *slope, "return loss"]
    return ["        def closure():", *(f"            {each}" for each in body), ""]


def _noise_lines(setup: "racers.Setup") -> list[str]:
    noise = setup.noise
    return [f"seen = f.noisy(steps, batch_size={noise.batch_size}, noise={noise.amount!r}, seed={noise.seed})"]


def _schedule_lines(setup: "racers.Setup") -> list[str]:
    return [f'        optimizer.param_groups[0]["lr"] = rate * SCHEDULES[{setup.schedule!r}](step, steps)']


def table(traces: Sequence[Trace]) -> str:
    """Every step of every racer as CSV."""
    axes = "xy"[: traces[0].objective.dimensions]
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(
        ["optimizer", "step", *axes, "value", *(f"gradient_{each}" for each in axes), "rate",
         *(f"seen_{each}" for each in axes)]
    )  # fmt: skip
    for each in traces:
        for step in range(each.steps + 1):
            later = [each.rates[step], *each.seen[step]] if step < each.steps else [""] * (1 + len(axes))
            row = [*each.positions[step], each.values[step], *each.gradients[step], *later]
            writer.writerow([each.racer.rule.name, step, *row])
    return file.getvalue()
