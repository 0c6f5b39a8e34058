"""What it costs a run on images to be looked into: the time of its epochs with and without the looks at its signal.

    DLCORE_DATA=FOLDER python -m benchmarks.looks [--data mnist] [--preset cnn-64] [--epochs 1] [--rounds 7]

Both are trained in turns, A B B A …, in one process; the ratio of each round, its median and range are printed.
"""

import argparse
import statistics
import time
from unittest.mock import patch

from dlcore.config.images import DataConfig
from dlcore.config.run import RunConfig
from dlcore.config.training import TrainingConfig
from dlcore.inspect import signal
from dlcore.training.loop import fit
from dlcore.training.records import Snapshot, Started


def seconds(config: RunConfig, *, looked_into: bool) -> tuple[float, int]:
    """Of the whole run without its start, and how many looks there were."""
    moments = signal.moments if looked_into else lambda steps_per_epoch, epochs: frozenset()
    with patch.object(signal, "moments", moments):
        start, looks = 0.0, 0
        for record in fit(config):
            if isinstance(record, Started):
                start = time.perf_counter()
            looks += isinstance(record, Snapshot) and record.name == signal.NAME
    return time.perf_counter() - start, looks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="digits")
    parser.add_argument("--preset", default="cnn-64")
    parser.add_argument("--train-size", type=int)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    config = RunConfig.of(
        given.preset, DataConfig(given.data, train_size=given.train_size), TrainingConfig(epochs=given.epochs)
    )
    seconds(config, looked_into=True)
    ratios = []
    for place in range(given.rounds):
        order = (True, False) if place % 2 else (False, True)
        taken = {each: seconds(config, looked_into=each) for each in order}
        ratios.append(taken[True][0] / taken[False][0])
        print(
            f"round {place + 1}: {taken[True][0]:.2f} s looked into {taken[True][1]} times, {taken[False][0]:.2f} s not"
        )
    print(f"ratio: median {statistics.median(ratios):.3f}, {min(ratios):.3f} to {max(ratios):.3f}")


if __name__ == "__main__":
    main()
