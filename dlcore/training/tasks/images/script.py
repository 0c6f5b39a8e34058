"""What a run on images writes of its script. No torch in here."""

from collections.abc import Iterable

from dlcore.config.image_sets import SHAPE
from dlcore.config.images import ImageRun, described
from dlcore.data.code.images import images
from dlcore.formula.calls import Call
from dlcore.formula.source import Code, source, stacked
from dlcore.training.script import Part, Phase, autocast, indented
from dlcore.training.tasks.images import EVALUATION_BATCH, NO_CLASS, OUTLIER_WEIGHT, few, pool


def part(config: ImageRun, precision: str) -> Part:
    """See dlcore.training.script."""
    data = config.data
    layers = [row.call for row in described(config).rows(SHAPE)]
    own = dict.fromkeys(name for each in layers for name in each.own())
    logits = "logits" if precision == "bf16" else "model"
    return Part(
        title=f"{config.summary} on {data.name}",
        prints="loss and accuracy",
        definitions=Code.joined(source("dlcore.data.pixels:normalise"), source(*own)),
        data=Code.joined(
            images(
                data.name,
                data.train_size,
                data.imbalance,
                data.label_noise,
                bool(data.augment),
                data.classes,
                copies=data.copies,
                share=data.share,
            ),
            augmentation(data.augment),
            _outliers(config) if data.outliers else Code(),
        ),
        model="\n".join(_model(layers, config.model.convolutional)),
        layers={row.name: place for place, row in enumerate(described(config).rows(SHAPE)) if row.parameters},
        evaluation=stacked("\n".join(_logits(precision)), "\n".join(_evaluation(logits, data.share))),
        validation=f"x_validation, y_validation, {data.share}" if data.corrected else Part.validation,
        phases=(Phase(tuple(_loss(config, logits))),),
        draws=bool(data.augment or data.outliers),
    )


def augmentation(kinds: tuple[str, ...]) -> Code:
    """`augment`, which is generated and not repeated in the script; nothing where no `kinds` of it are wanted."""
    if not kinds:
        return Code()
    names = ", ".join(f'"{each}"' for each in kinds)
    line = f"augment = Augment(({names}{',' if len(kinds) == 1 else ''}), generator)"
    return Code(line, ("from dlcore.data.augment import Augment",), ("dlcore",))


def _outliers(config: ImageRun) -> Code:
    lines = [f"strange = outliers({pool(config):_}, SEED)  # things that are none of the classes"]
    if few(config):
        known = "x_right" if config.data.corrected else "x_train"
        lines.append(f"strange = unlike(strange, {known})  # and do not look like any of them")
    names = "outliers, unlike" if few(config) else "outliers"
    return Code("\n".join(lines), (f"from dlcore.data.outliers import {names}",), ("dlcore",))


def _model(layers: list[Call], convolutional: bool) -> Iterable[str]:
    yield Call("nn.Sequential", *layers).lines(given="model = ", spread=True)
    if convolutional:
        yield "model = model.to(memory_format=torch.channels_last)"


def _logits(precision: str) -> Iterable[str]:
    if precision == "bf16":
        yield "def logits(images):"
        yield from indented(autocast(precision, "return model(images).float()"))


def _evaluation(logits: str, share: float) -> Iterable[str]:
    yield "@torch.inference_mode()"
    yield f"def evaluate(x, y{', share=0.0' if share else ''}):"
    yield "    model.eval()"
    yield f"    outputs = torch.cat([{logits}(normalise(part)) for part in x.split({EVALUATION_BATCH:_})])"
    if share:
        yield f"    own = {logits}(normalise(x_right)) if share else None"
    yield "    model.train()"
    yield "    loss = functional.cross_entropy(outputs, y).item()"
    yield "    accuracy = (outputs.argmax(1) == y).float().mean().item()"
    if not share:
        yield '    return loss, f"loss {loss:.6f}, accuracy {accuracy:.4%}"'
        return
    yield "    if own is None:"
    yield '        return loss, f"loss {loss:.6f}, accuracy {accuracy:.4%}"'
    yield "    loss = (1 - share) * loss + share * functional.cross_entropy(own, y_right).item()"
    yield "    corrected = (own.argmax(1) == y_right).float().mean().item()"
    yield '    return loss, f"loss {loss:.6f}, accuracy {accuracy:.4%}, corrections {corrected:.6f}"'


def _loss(config: ImageRun, logits: str) -> Iterable[str]:
    data, smoothing = config.data, config.training.label_smoothing
    smoothed = f", label_smoothing={smoothing}" if smoothing else ""
    shown = "shown_train[index]" if data.label_noise else "y"
    yield "x, y = x_train[index], y_train[index]"
    if not data.outliers:
        if data.augment:
            yield f"x = standardise(augment(x.float().div(255), {shown}))"
        read = "x" if data.augment else "normalise(x)"
        yield f"loss = functional.cross_entropy({logits}({read}), y{smoothed})"
        return
    yield f"count = max(1, round({data.outliers} * len(y)))  # so many strange things, whose target is doubt"
    yield "x = torch.cat((x, strange[torch.randint(len(strange), (count,), generator=generator)]))"
    if data.augment:
        yield f"x = standardise(augment(x.float().div(255), functional.pad({shown}, (0, count), value={NO_CLASS})))"
    read = "x" if data.augment else "normalise(x)"
    yield f"known, unknown = {logits}({read}).split((len(y), count))"
    yield f"loss = functional.cross_entropy(known, y{smoothed}) - {OUTLIER_WEIGHT} * unknown.log_softmax(1).mean()"
