"""A setup as a plain PyTorch script that gives the same weights again. No torch in here."""

from collections.abc import Iterable

from dlcore.config.network import Row
from dlcore.config.optimizers import OPTIMIZERS
from dlcore.config.schedules import SCHEDULES
from dlcore.formula.calls import Call
from dlcore.formula.needs import sentence
from dlcore.formula.source import Code, import_lines, source, stacked
from dlcore.playground import heads, own
from dlcore.playground.features import FEATURES
from dlcore.playground.problems import PROBLEMS, REACH, Points
from dlcore.playground.setup import Setup

_IMPORTS = ("import torch", "from torch import nn", "from torch.nn import functional")


def export(setup: Setup, points: Points, updates: int, *, threads: int = 1) -> str:
    """A script that makes so many updates and prints losses and scores; its `model` has the weights of the page.

    points: those of the setup
    """
    rows = setup.described(points).rows((len(setup.features),))
    layers = [row.call for row in rows]
    task = heads.task(points.classes)
    loss = heads.LOSSES[task, "squared" if task == "values" else setup.loss].__name__
    score = heads.SCORES[task].__name__
    schedule = SCHEDULES[setup.schedule]
    body = Code.joined(
        Code(f"torch.set_num_threads({threads})  # others round otherwise\nSEED = {setup.seed}"),
        source("dlcore.training.seeds:mix"),
        source(f"{schedule.__module__}:{schedule.__name__}") if setup.schedule != "constant" else Code(),
        source(f"dlcore.playground.heads:{loss}", f"dlcore.playground.heads:{score}"),
        source(*dict.fromkeys(name for each in layers for name in each.own())),
        _points(setup, points),
        Code("\n".join(_inputs(setup, points))),
        Code("\n".join(_model(setup, layers))),
        Code("\n".join(_loop(setup, rows, loss, updates))),
        Code("\n".join(_figures(loss, score))),
    )
    others = (each for each in body.imports if "numpy" not in each)  # which comes under its short name
    imports = import_lines((*(("import base64",) if setup.start else ()), *_IMPORTS, *others))
    imports = imports.replace("import torch\n", "import numpy as np\nimport torch\n", 1)
    head = '"""A network in the plane, as dlcore\'s playground trains it.\n\n' + sentence(("torch", "numpy")) + '\n"""'
    return stacked(head, imports, body.text) + "\n"


def _points(setup: Setup, points: Points) -> Code:
    """Lines that make `points` and `targets`, in the order in which they were drawn."""
    chosen = PROBLEMS[setup.problem]
    if setup.problem == "own":
        rows = zip(points.points.tolist(), points.targets.tolist(), strict=True)
        listed = ", ".join(f"({x:.9g}, {y:.9g}, {target:.9g})" for (x, y), target in rows)
        return Code(f"table = np.array([{listed}], dtype=np.float32)\npoints, targets = table[:, :2], table[:, 2]")
    if setup.problem == "rule":
        formula, classes = own.rule(setup.rule)
        value = formula.code()
        lines = [
            f"chance = np.random.default_rng({setup.data_seed})",
            f"points = chance.uniform(-{REACH}, {REACH}, ({setup.points_made}, 2))",
            f"read = points + chance.uniform(-{REACH}, {REACH}, ({setup.points_made}, 2)) * {setup.noise / 100!r}",
            "x1, x2 = x, y = torch.from_numpy(read).T",
            f"targets = torch.broadcast_to(torch.as_tensor({value}), x1.shape).double().numpy()",
            *(() if classes else ("targets = targets / max(1.0, np.abs(targets).max())",)),
        ]
        return Code("\n".join(lines))
    assert chosen.shape is not None
    name = chosen.shape.__name__
    classes = max(2, points.classes)
    made = (f"chance = np.random.default_rng({setup.data_seed})\n"
            f"points, targets = {name}({setup.points_made}, {setup.noise / 100!r}, {classes}, chance)")  # fmt: skip
    return Code.joined(source(f"dlcore.playground.shapes:{name}"), Code(made))


def _inputs(setup: Setup, points: Points) -> Iterable[str]:
    if setup.problem != "own":  # those are listed in their order already
        yield f"order = np.random.default_rng(({setup.data_seed}, 1)).permutation(len(points))"
        yield "points, targets = points[order].astype(np.float32), targets[order].astype(np.float32)"
    yield "x1, x2 = torch.from_numpy(points).T"
    yield f"inputs = torch.stack(({''.join(f'{FEATURES[name].formula.code()}, ' for name in setup.features)}), 1)"
    yield "targets = torch.from_numpy(targets)"
    yield f"train = {points.train}  # the others are for the test"


def _model(setup: Setup, layers: list[Call]) -> Iterable[str]:
    yield "torch.manual_seed(SEED)"
    yield Call("nn.Sequential", *layers).lines(given="model = ", spread=True)
    if setup.start:
        yield f'start = "{setup.start}"  # weights that were changed by hand'
        yield "start = np.frombuffer(base64.urlsafe_b64decode(start + '=' * (-len(start) % 4)), dtype='<f4').copy()"
        yield "nn.utils.vector_to_parameters(torch.from_numpy(start), model.parameters())"


def _loop(setup: Setup, rows: Iterable[Row], loss: str, updates: int) -> Iterable[str]:
    yield "parameters = list(model.parameters())"
    yield OPTIMIZERS[setup.optimizer].call(setup.training).lines("parameters", given="optimizer = ")
    yield f"batch_size = min({setup.batch_size}, train)"
    yield "batches = -(-train // batch_size)"
    yield f"for update in range({updates}):"
    yield "    epoch, place = divmod(update, batches)"
    yield "    if place == 0:"
    yield "        order = torch.randperm(train, generator=torch.Generator().manual_seed(mix(SEED, -1 - epoch)))"
    yield "    index = order[place * batch_size : (place + 1) * batch_size]"
    if any(row.block.name == "dropout" for row in rows):
        yield "    torch.manual_seed(mix(SEED, update))  # every update switches off other values"
    if setup.schedule != "constant":
        factor = SCHEDULES[setup.schedule].__name__
        yield "    for group in optimizer.param_groups:"
        yield f'        group["lr"] = {setup.learning_rate!r} * {factor}(update, {setup.updates})'
    yield f"    loss = {loss}(model(inputs[index]), targets[index])"
    if setup.penalty != "none":
        term = "each.abs().sum()" if setup.penalty == "l1" else "each.square().sum() / 2"
        yield f"    cost = torch.stack([{term} for each in parameters if each.dim() > 1]).sum()"
        yield f"    loss = loss + {setup.penalty_rate!r} * cost"
    yield "    optimizer.zero_grad()"
    yield "    loss.backward()"
    yield "    optimizer.step()"


def _figures(loss: str, score: str) -> Iterable[str]:
    yield "model.eval()"
    yield "with torch.no_grad():"
    yield "    outputs = model(inputs)"
    yield 'for name, part in (("training", slice(0, train)), ("test", slice(train, None))):'
    yield f"    loss, score = {loss}(outputs[part], targets[part]), {score}(outputs[part], targets[part])"
    yield '    print(f"{name}: loss {loss:.6f}, score {score:.4f}")'
