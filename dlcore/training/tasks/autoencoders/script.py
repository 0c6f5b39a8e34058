"""What a run of an autoencoder writes of its script. No torch in here."""

from collections.abc import Iterable

from dlcore.config.autoencoders import AutoencoderRun
from dlcore.data.code.images import images
from dlcore.formula.calls import Call
from dlcore.formula.source import Code, source, stacked
from dlcore.training.script import Part, Phase, autocast, indented
from dlcore.training.tasks.autoencoders import EVALUATION_BATCH, SILENT
from dlcore.training.tasks.images.script import augmentation


def part(config: AutoencoderRun, precision: str) -> Part:
    """See dlcore.training.script."""
    data, model = config.data, config.model
    last = "kl" if model.variational else "silent"
    functions = ("pixels", "kl") if model.variational else ("pixels",)
    return Part(
        title=f"{config.name} on {data.name}",
        prints=f"loss, bce, mse and {last}",
        definitions=Code.joined(
            source("dlcore.config.autoencoders:PIXELS") if model.variational else Code(),
            source(*(f"dlcore.models.autoencoder:{name}" for name in functions)),
        ),
        data=Code.joined(
            images(
                data.name, data.train_size, data.imbalance, data.label_noise, bool(data.augment), copies=data.copies
            ),
            augmentation(data.augment),
        ),
        model="\n".join(_model(config)),
        evaluation=stacked("\n".join(_measure(config, precision)), "\n".join(_evaluation(config, last))),
        phases=(Phase(tuple(_loss(config))),),
        draws=bool(data.augment) or _draws(config),
    )


def _draws(config: AutoencoderRun) -> bool:
    """Whether codes or corruptions are drawn."""
    return config.model.variational or config.model.corruption != "none"


def _model(config: AutoencoderRun) -> Iterable[str]:
    model, dropout = config.model, config.dropout
    for name, layers in (("encoder", model.encoder(dropout)), ("decoder", model.decoder(dropout))):
        yield Call("nn.Sequential", *layers).lines(given=f"{name} = ", spread=True)
    yield 'model = nn.ModuleDict({"encoder": encoder, "decoder": decoder})'


def _given(config: AutoencoderRun, labels: str) -> str:
    """What `measure` is called with behind the images."""
    return "".join([f", {labels}" if config.model.conditional else "", ", generator" if _draws(config) else ""])


def _measure(config: AutoencoderRun, precision: str) -> Iterable[str]:
    """The figures of a batch, as dlcore.training.tasks.autoencoders.task has them."""
    model = config.model
    yield f"def measure(images{_given(config, 'labels')}):"
    yield from indented(_corruption(model.corruption, model.corruption_amount))
    read = "images" if model.corruption == "none" else "inputs"
    yield from indented(autocast(precision, *(_drawn(config, read) if model.variational else _squeezed(read))))
    yield "    bce = functional.binary_cross_entropy_with_logits(logits, images)"
    yield "    mse = functional.mse_loss(logits.sigmoid(), images)"
    if model.variational:
        yield "    last = kl(mean.float(), log_variance.float()).mean()  # in nats per image"
        more = f" + {model.beta} * last / PIXELS"
    else:
        yield "    size = code.abs()"
        yield f"    last = (size <= {SILENT} * size.max()).float().mean()  # the share of the code that is silent"
        more = f" + {model.sparsity} * size.mean()" if model.sparsity else ""
    yield f"    return torch.stack(({model.reconstruction}{more}, bce.detach(), mse.detach(), last.detach()))"


def _corruption(kind: str, amount: float) -> Iterable[str]:
    """What is done to images before they are read."""
    if kind == "noise":
        yield f"inputs = (images + {amount} * torch.randn(images.shape, generator=generator)).clamp(0, 1)"
    elif kind == "masking":
        yield f"inputs = images * (torch.rand(images.shape, generator=generator) >= {amount})"


def _squeezed(read: str) -> Iterable[str]:
    yield f"code = encoder({read})"
    yield "logits = decoder(code).float()"


def _drawn(config: AutoencoderRun, read: str) -> Iterable[str]:
    """A code from a distribution, in a way that gradients pass."""
    code = "code"
    if config.model.conditional:
        yield f"told = functional.one_hot(labels, {config.model.told}).float()"
        read, code = f"torch.cat(({read}.flatten(1), told), dim=1)", "torch.cat((code, told), dim=1)"
    yield f"mean, log_variance = encoder({read}).chunk(2, dim=1)"
    yield "code = mean + (0.5 * log_variance).exp() * torch.randn(mean.shape, generator=generator)"
    yield f"logits = decoder({code}).float()"


def _evaluation(config: AutoencoderRun, last: str) -> Iterable[str]:
    yield "@torch.inference_mode()"
    yield "def evaluate(x, y):"
    if _draws(config):
        yield "    generator = torch.Generator().manual_seed(SEED)  # the same numbers at every evaluation"
    yield "    model.eval()"
    yield "    total = torch.zeros(4)"
    yield f"    for part in torch.arange(len(x)).split({EVALUATION_BATCH:_}):"
    yield f"        total += len(part) * measure(pixels(x[part]){_given(config, 'y[part]')})"
    yield "    model.train()"
    yield f"    loss, bce, mse, {last} = (total / len(x)).tolist()"
    yield f'    return loss, f"loss {{loss:.6f}}, bce {{bce:.6f}}, mse {{mse:.6f}}, {last} {{{last}:.6f}}"'


def _loss(config: AutoencoderRun) -> Iterable[str]:
    yield "images, labels = pixels(x_train[index]), y_train[index]"
    if config.data.augment:
        shown = "shown_train[index]" if config.data.label_noise else "labels"
        yield f"images = augment(images, {shown}).clamp(0, 1)"
    yield f"loss = measure(images{_given(config, 'labels')})[0]"
