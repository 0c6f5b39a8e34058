"""One epoch of a preset on MNIST: dlcore's `fit` against a bare PyTorch loop, in turn, in one process.

    DLCORE_DATA=FOLDER python -m benchmarks.epoch [--preset cnn-64] [--rounds 7] [--steps 200] [--threads 2]

Both train the same network from the same seed on the same images with Adam at 1e-3 and batches of 64; the bare loop is
what a tutorial writes: a float tensor of the whole set, indexed batches, ReLU before the pool, Adam as it comes.
Without MNIST on disk it runs on the embedded digits. Prints medians of seconds per epoch and of the paired ratios.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator

import torch
from torch import nn
from torch.nn import functional

from dlcore import data
from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.data.pixels import normalise
from dlcore.machine import device
from dlcore.machine.cores import cores
from dlcore.training.loop import fit
from dlcore.training.records import Step

BATCH = 64


def tutorial_network(preset: str) -> nn.Sequential:
    """The preset's network as its articles write it."""
    if preset == "mlp":
        return nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10))
    third = [nn.Conv2d(64, 64, 3), nn.ReLU()] if preset == "cnn-64" else []
    width, dense = (576, 64) if preset == "cnn-64" else (1600, 128)
    first = [nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(
        *first, *third, nn.Flatten(), nn.Linear(width, dense), nn.ReLU(), nn.Linear(dense, 10)
    )  # fmt: skip


def bare_steps(preset: str, dataset: data.Dataset) -> Iterator[float]:
    """The losses of an endless bare loop."""
    torch.manual_seed(0)
    model = tutorial_network(preset)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    images, labels = normalise(dataset.train.images), dataset.train.labels
    while True:
        for index in torch.randperm(len(labels)).split(BATCH):
            loss = functional.cross_entropy(model(images[index]), labels[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            yield loss.item()


def dlcore_steps(preset: str, name: str, precision: str) -> Iterator[float]:
    """The losses of a long dlcore run."""
    training = TrainingConfig(batch_size=BATCH, epochs=500, precision=precision)
    for record in fit(RunConfig.of(preset, DataConfig(name), training, "cpu")):
        if isinstance(record, Step):
            yield record.values["loss"]


def seconds(steps: Iterator[float], count: int) -> float:
    """Seconds that the next `count` steps take."""
    start = time.perf_counter()
    for _ in range(count):
        next(steps)
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="cnn-64", choices=("mlp", "cnn-64", "cnn-128"))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--threads", type=int, default=cores())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    dataset = data.load("mnist")
    contenders: dict[str, Callable[[], Iterator[float]]] = {
        "bare loop": lambda: bare_steps(options.preset, dataset),
        "dlcore fp32": lambda: dlcore_steps(options.preset, dataset.name, "fp32"),
        "dlcore bf16": lambda: dlcore_steps(options.preset, dataset.name, "bf16"),
    }
    running = {name: make() for name, make in contenders.items()}
    for steps in running.values():
        seconds(steps, 30)
    times: dict[str, list[float]] = {name: [] for name in running}
    for round_ in range(options.rounds):
        order = list(running) if round_ % 2 == 0 else list(running)[::-1]
        for name in order:
            times[name].append(seconds(running[name], options.steps) / options.steps)
    batches = -(-len(dataset.train) // BATCH)
    print(f"{options.preset} on {dataset.name}, {device.processor_name()}, {options.threads} threads, batch {BATCH}")
    for name, each in times.items():
        ratios = [bare / own for bare, own in zip(times["bare loop"], each, strict=True)]
        middle = statistics.median(each)
        print(
            f"{name:12s} {middle * 1e3:6.2f} ms a step {middle * batches:6.2f} s an epoch"
            f"   {statistics.median(ratios):.2f} times the bare loop's speed ({min(ratios):.2f} to {max(ratios):.2f})"
        )


if __name__ == "__main__":
    main()
