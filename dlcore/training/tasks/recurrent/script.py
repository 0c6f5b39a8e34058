"""What a run on sequences writes of its script."""

from collections.abc import Iterable

from dlcore.config.sequences import FORECASTS, ROWS, SERIES, TEXTS, SequenceRun
from dlcore.data.code.sequences import sequences
from dlcore.formula.source import Code, source, stacked
from dlcore.training.script import Part, Phase, autocast, indented
from dlcore.training.tasks.recurrent import EVALUATION_BATCH


def part(config: SequenceRun, precision: str) -> Part:
    """See dlcore.training.script."""
    amount = config.data.name in (*SERIES, "adding")
    return Part(
        title=f"{config.model.cell.upper()} on {config.data.name}",
        prints="loss" if amount else "loss and accuracy",
        definitions=source(*config.model.stack(1, config.dropout).own()),
        data=Code.joined(sequences(config.data), Code("\n".join(_network(config)))),
        model="model = Network()",
        evaluation=stacked("\n".join(_outputs(config, precision)), "\n".join(_evaluation(amount))),
        phases=(Phase(tuple(_loss(config, amount))),),
        size="len(train[1])",
        validation="validation",
        test="test",
    )


def _network(config: SequenceRun) -> Iterable[str]:
    """Recurrent layers between what a task shows and what it asks for, as dlcore.models.rnn has them."""
    from dlcore.models import rnn

    model, name = config.model, config.data.name
    yield "class Network(nn.Module):"
    yield "    def __init__(self):"
    yield "        super().__init__()"
    if name in TEXTS:
        features, outputs = rnn.CHARACTER_SIZE, "len(characters)"
        yield f"        self.embedding = nn.Embedding(len(characters), {features})"
    else:
        features, outputs = rnn.sizes(config.data)
    yield f"        {model.stack(features, config.dropout).lines(given='self.layers = ', indent=8)}"
    yield f"        self.dropout = nn.Dropout({config.dropout})"
    yield f"        self.output = nn.Linear({model.hidden * (1 + model.bidirectional)}, {outputs})"
    yield ""
    yield "    def forward(self, x):"
    yield from indented(_read(name, rnn.SMALL_SIDE), 2)
    yield from indented(_states(model.tbptt), 2)
    last = "x + " if model.residual else ""
    yield f"        return {last}self.output(self.dropout({_last(config)}))"


def _read(name: str, side: int) -> Iterable[str]:
    """From a batch to the steps that the first layer reads."""
    if name in TEXTS:
        yield "x = self.embedding(x)"
    elif name == "digits":
        yield f"x = functional.avg_pool2d(x[:, :, 2:-2, 2:-2], {24 // side}).squeeze(1)  # they were 8×8 images"
    elif name in ROWS:
        yield "x = x.squeeze(1)"


def _states(tbptt: int) -> Iterable[str]:
    if not tbptt:
        yield "states, _ = self.layers(x)"
        return
    yield f"most, length = {tbptt}, x.shape[1]"
    yield "pieces = [length]"
    yield "if self.training and length > most:  # gradients end where a piece begins"
    yield "    pieces = [length % most or most, *[most] * ((length - 1) // most)]"
    yield "state, parts = None, []"
    yield "for piece in x.split(pieces, dim=1):"
    yield "    part, state = self.layers(piece, state)"
    yield "    state = tuple(each.detach() for each in state) if isinstance(state, tuple) else state.detach()"
    yield "    parts.append(part)"
    yield "states = torch.cat(parts, dim=1)"


def _last(config: SequenceRun) -> str:
    """The states from which the answer is made."""
    if config.data.name in FORECASTS:
        return "states"
    hidden = config.model.hidden
    if config.model.bidirectional:
        return f"torch.cat((states[:, -1, :{hidden}], states[:, 0, {hidden}:]), dim=1)"
    return "states[:, -1]"


def _outputs(config: SequenceRun, precision: str) -> Iterable[str]:
    """Outputs and targets, those that count, one after the other."""
    counted = config.data.name in FORECASTS
    yield "def outputs(split, index):"
    yield f"    x, y{', counted' if counted else ''} = batch(split, index)"
    yield from indented(autocast(precision, "said = model(x)"))
    yield f"    return {'said[counted].float(), y[counted]' if counted else 'said.float(), y'}"


def _evaluation(amount: bool) -> Iterable[str]:
    yield "@torch.inference_mode()"
    yield "def evaluate(split):"
    yield "    model.eval()"
    yield f"    parts = [outputs(split, part) for part in torch.arange(len(split[1])).split({EVALUATION_BATCH})]"
    yield "    model.train()"
    yield "    said, y = (torch.cat(each) for each in zip(*parts))"
    if amount:
        yield "    loss = functional.mse_loss(said.squeeze(1), y).item()"
        yield '    return loss, f"loss {loss:.6f}"'
    else:
        yield "    loss = functional.cross_entropy(said, y).item()"
        yield "    accuracy = (said.argmax(1) == y).float().mean().item()"
        yield '    return loss, f"loss {loss:.6f}, accuracy {accuracy:.4%}"'


def _loss(config: SequenceRun, amount: bool) -> Iterable[str]:
    smoothing = config.training.label_smoothing
    yield "said, y = outputs(train, index)"
    if amount:
        yield "loss = functional.mse_loss(said.squeeze(1), y)"
    else:
        yield f"loss = functional.cross_entropy(said, y{f', label_smoothing={smoothing}' if smoothing else ''})"
