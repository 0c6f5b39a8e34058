"""What a run brings along: examples of its own."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
import safetensors.numpy
from sqlalchemy import func, select

from dlcore.config.run import RunConfig
from dlcore.errors import InvalidValue
from dlcore.runs import admission, schema

EXAMPLES = safetensors.numpy.save(
    {"images": np.zeros((3, 1, 28, 28), dtype=np.uint8), "labels": np.array([1, 2, 3], dtype=np.int64)}
)
CONFIG = RunConfig.of("mlp", examples=hashlib.sha256(EXAMPLES).hexdigest())


def test_examples_stay_with_their_run_and_go_with_it(store):
    run, other = store.submit(CONFIG, "ann", examples=EXAMPLES), store.submit(replace(CONFIG, examples=""), "ann")
    assert store.examples(run) == EXAMPLES
    assert store.examples(other) is None
    store.delete(run, "ann")
    assert store.examples(run) is None
    with store.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(schema.examples)) == 0


@pytest.mark.parametrize(
    ("config", "examples"),
    [(CONFIG, None), (replace(CONFIG, examples=""), EXAMPLES), (CONFIG, EXAMPLES[:-1]), (CONFIG, b"")],
)
def test_examples_are_those_that_the_config_names(store, config, examples):
    with pytest.raises(InvalidValue, match="SHA-256"):
        store.submit(config, "ann", examples=examples)
    assert store.runs() == []


def test_more_examples_than_can_be_kept_are_refused(store, monkeypatch):
    monkeypatch.setattr(admission, "EXAMPLES_BYTES", 1000)
    with pytest.raises(InvalidValue, match="1,000 bytes of examples, got 2,"):
        store.submit(CONFIG, "ann", examples=EXAMPLES)
