"""What the autoencoders reach on MNIST, with seeds, on the test split.

    DLCORE_DATA=FOLDER python -m benchmarks.autoencoders [--seeds 0 1 2] [--only article,deep] [--device cpu]

Figures that are usual for these sizes, by which ours are judged:

article  784 → 32 → 784: binary cross-entropy 0.093 to 0.094 per pixel (F. Chollet, "Building autoencoders in Keras",
         2016, 50 epochs); and the squared error of PCA with 32 components.
         Measured after 10 epochs, seeds 0 and 1: 0.0912 and 0.0914; squared error 0.0095 and 0.0096 against 0.0152
deep     784 → 128 → 64 → 2 → 64 → 128 → 784: 10 nearest neighbours, in the code, of all training codes.
         Aim: 85 %. Measured, seed 0: 85.2 % after 150 epochs at a rate of 6e-3 (84.1 % after 80). Less: 82.6 %
         (validation) after 50 at 1e-2, 81.0 % after 40 with the preset's own rate and batches, 79.6 % (validation)
         after 30 with ReLU
vae      784 → 400 → 20 → 400 → 784: ELBO about −105 nats per image after 10 epochs on MNIST in grey (PyTorch's example,
         github.com/pytorch/examples/tree/main/vae).
         Measured after 10 epochs, seed 0: −102.9, of which KL 25.1; with that example's Adam at 1e-3 and batches of
         128: −105.9
cvae     the same, told the class. Not measured yet
vae-2d   784 → 128 → 64 → 2 → 64 → 128 → 784: the recipe of the bundled one. Measured, seed 0: ELBO −141.6, of which
         KL 6.6; 10 nearest neighbours 78.1 %

On two cores of an AMD EPYC (one thread each), shared with others: load 10 to 23.
"""

import argparse
import os
import statistics
import sys
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.nn import functional

from dlcore import data
from dlcore.config.autoencoders import PIXELS
from dlcore.config.run import RunConfig
from dlcore.inspect import latent
from dlcore.machine import device
from dlcore.models import files
from dlcore.models.autoencoder import pixels
from dlcore.training.loop import fit


@dataclass(frozen=True)
class Case:
    """A run: its preset, and the settings that differ from the preset's."""

    preset: str
    training: dict[str, Any] = field(default_factory=dict)
    model: dict[str, Any] = field(default_factory=dict)


CASES = {
    "article": Case("autoencoder", {"epochs": 10}),
    "deep": Case("ae-deep", {"epochs": 150, "batch_size": 128, "learning_rate": 6e-3}),
    "vae": Case("vae", {"epochs": 10}),
    "cvae": Case("cvae", {"epochs": 10}),
    "vae-2d": Case("vae", {"batch_size": 128}, {"code_size": 2, "hidden": "128, 64"}),
}


def measure(case: Case, seed: int, where: str) -> dict[str, float]:
    """Train once; figures on the test split."""
    config = RunConfig.of(case.preset, {"name": "mnist"}, {**case.training, "seed": seed}, where, case.model)
    *_, finished = fit(config)
    model, _ = files.load(finished.weights)
    dataset = data.load("mnist")
    test = dataset.test
    codes = latent.encode(model, test.images, test.labels)
    drawn = latent.decode(model, codes, test.labels)
    found = {
        "BCE per pixel": finished.test["bce"],
        "MSE": functional.mse_loss(drawn, pixels(test.images).squeeze(1)).item(),
        f"MSE of PCA-{model.code_size}": finished.test["pca_mse"],
        "seconds": finished.train_seconds,
    }
    if model.variational:
        found["reconstruction, nats"] = PIXELS * finished.test["bce"]
        found["KL, nats"] = finished.test["kl"]
        found["ELBO, nats"] = -PIXELS * finished.test["bce"] - finished.test["kl"]
    if not model.conditional:
        train = dataset.train
        known = latent.encode(model, train.images)
        found["10-NN accuracy in the code"] = latent.neighbour_accuracy(known, train.labels, codes, test.labels)
    return found


def main() -> None:
    """Measure and print: mean over the seeds, and the range."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--only", default=",".join(CASES), help="cases, separated by commas")
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    if data.load("mnist").name != "mnist":
        sys.exit("These figures are about MNIST, which is not on this machine: set DLCORE_DATA.")
    load = f"load {os.getloadavg()[0]:.1f} at the start"
    print(f"{device.describe(options.device).name}, {torch.get_num_threads()} threads, {load}, seeds {options.seeds}")
    for name in options.only.split(","):
        rows = [measure(CASES[name], seed, options.device) for seed in options.seeds]
        print(f"\n{name}: {CASES[name]}")
        for what in rows[0]:
            values = [row[what] for row in rows]
            print(
                f"  {what:28s} {statistics.mean(values):10.4f}   ({min(values):.4f} to {max(values):.4f})", flush=True
            )


if __name__ == "__main__":
    main()
