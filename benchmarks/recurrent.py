"""What the recurrent presets reach, and in what time: python -m benchmarks.recurrent [NAME …]

    DLCORE_DATA=FOLDER python -m benchmarks.recurrent            all of them, some minutes on two cores
    python -m benchmarks.recurrent signals mackey-glass          some
    python -m benchmarks.recurrent --seeds 0 1 2 --threads 1

Names: signals, rows, adding, mackey-glass. Each run states its seed; goals are checked on the test split, which decides
nothing during training, and the program ends with status 1 if one is missed. Times are wall clock of training alone,
evaluation and pictures excluded; the load of the machine is printed beside them.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from dlcore import data
from dlcore.config.run import RunConfig
from dlcore.machine import device
from dlcore.machine.cores import cores
from dlcore.training.loop import fit
from dlcore.training.records import Epoch, Finished

ADDING_MODEL = {"layers": 1, "hidden": 64}
ADDING_TRAINING = {"epochs": 8, "learning_rate": 1e-2}
SOLVED = 0.01


@dataclass(frozen=True)
class Goal:
    """One line of the table: what was wanted, what came out, and whether it is enough."""

    wanted: str
    found: str
    reached: bool


def run(config: RunConfig) -> Finished:
    """Train, and print the validation metrics of each epoch."""
    for record in fit(config):
        match record:
            case Epoch():
                shown = ", ".join(f"{name} {value:.5f}" for name, value in record.validation.items())
                print(f"    epoch {record.epoch}: {shown} ({record.train_seconds:.1f} s)", flush=True)
            case Finished():
                return record
    raise AssertionError("a run ends with Finished")


def signals(seed: int) -> Iterator[Goal]:
    """The article's stack on ten kinds of signal, at the default noise and with the preset's own training."""
    done = run(RunConfig.of("lstm", {"name": "signals"}, {"seed": seed}, "cpu"))
    accuracy = done.test["accuracy"]
    yield Goal("lstm, 10 signals: test accuracy ≥ 97 %", f"{accuracy:.2%}", accuracy >= 0.97)
    yield Goal("  in 30 s of training", f"{done.train_seconds:.1f} s", done.train_seconds <= 30)


def rows(seed: int) -> Iterator[Goal]:
    """Digits of MNIST read row by row, three epochs."""
    if data.load("mnist").name != "mnist":
        print("    MNIST is not on disk and cannot be fetched: rows are left out")
        return
    done = run(RunConfig.of("lstm", {"name": "mnist"}, {"epochs": 3, "seed": seed}, "cpu"))
    accuracy = done.test["accuracy"]
    found = f"{accuracy:.2%} in {done.train_seconds:.0f} s"
    yield Goal("lstm, rows of MNIST, 3 epochs: test accuracy ≥ 97.5 %", found, accuracy >= 0.975)


def adding(seed: int) -> Iterator[Goal]:
    """Three cells side by side on the same batches, with the same number of units and steps."""
    for preset in ("lstm", "gru", "rnn"):
        training = {**ADDING_TRAINING, "seed": seed}
        done = run(RunConfig.of(preset, {"name": "adding", "delay": 50}, training, "cpu", ADDING_MODEL))
        error = done.test["loss"]
        solves = preset != "rnn"
        wanted = f"{preset}, adding problem T = 50: mean squared error {'<' if solves else '≥'} {SOLVED}"
        found = f"{error:.5f} (naive {done.test['naive']:.3f}) in {done.train_seconds:.0f} s"
        yield Goal(wanted, found, (error < SOLVED) == solves)


def mackey_glass(seed: int) -> Iterator[Goal]:
    """One step ahead on the chaotic series; errors are roots of mean squares, of the standardised series."""
    done = run(RunConfig.of("lstm", {"name": "mackey-glass"}, {"epochs": 10, "seed": seed}, "cpu"))
    error, naive, linear = (done.test[name] ** 0.5 for name in ("loss", "naive", "linear"))
    found = f"{error:.4f}, naive {naive:.4f}, linear {linear:.4f} in {done.train_seconds:.0f} s"
    yield Goal("lstm, Mackey–Glass, 10 epochs: error < naive / 10", found, error < naive / 10)


BENCHMARKS = {"signals": signals, "rows": rows, "adding": adding, "mackey-glass": mackey_glass}


def main() -> int:
    """Run what was asked for and print a table; 1 if a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=BENCHMARKS, help=", ".join(BENCHMARKS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--threads", type=int, default=cores())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(f"{device.processor_name()}, {options.threads} threads, torch {torch.__version__}")
    goals: list[tuple[int, Goal]] = []
    for seed in options.seeds:
        for name in options.names or BENCHMARKS:
            load = f", load {os.getloadavg()[0]:.1f} on {cores()} cores" if hasattr(os, "getloadavg") else ""
            print(f"  {name}, seed {seed}{load}", flush=True)
            goals += [(seed, goal) for goal in BENCHMARKS[name](seed)]
    for seed, goal in goals:
        print(f"{'ok    ' if goal.reached else 'MISSED'} seed {seed}  {goal.wanted:62s} {goal.found}")
    return 0 if all(goal.reached for _, goal in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
