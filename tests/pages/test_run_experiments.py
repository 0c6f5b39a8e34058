"""The answers of cards that start runs, from runs that really were trained, if only for a moment."""

import math
from dataclasses import replace

import pytest

from dlcore.inspect.certainty import wilson
from pages.parts.autoencoder import cards as autoencoder
from pages.parts.recurrent import cards as recurrent
from pages.parts.train import cards as train
from pages.shared.experiments import NOT_SHOWN, Answer, Unanswered
from pages.shared.run_experiment import RunExperiment, Trained, Watched
from tests.pages.visits import ME, trained

CARDS = (*train.EXPERIMENTS, *recurrent.EXPERIMENTS, *autoencoder.EXPERIMENTS)


def short(config):
    """The same run, made small: two epochs, and few images or a short series."""
    data = {"train_size": 200} if hasattr(config.data, "train_size") and config.data.train_size is None else {}
    training = replace(config.training, epochs=2)
    return replace(config, data=replace(config.data, **data), training=training)


@pytest.mark.slow
@pytest.mark.parametrize("card", CARDS, ids=[each.title for each in CARDS])
def test_every_card_answers_when_its_runs_have_ended(store, card):
    runs = [trained(store, short(config)) for config in card.runs]
    small = replace(card, runs=tuple(run.config for run in runs))
    found = small.reply({}, Watched(runs[-1].id, runs))
    assert isinstance(found, Answer), found
    assert any(each.isdigit() for each in found.said)
    assert "nan" not in found.said.split()
    assert found.right is None or 0 <= found.right < len(card.choices)


@pytest.mark.slow
def test_mlp_or_cnn_counts_the_images_that_the_runs_have_measured(store):
    mlp, cnn = (trained(store, short(config)) for config in train.EXPERIMENTS[-1].runs)
    found = train.mlp_or_cnn(Trained(mlp), Trained(cnn))
    count = sum(map(sum, mlp.finished.confusion))
    for run in (mlp, cnn):
        right = sum(row[place] for place, row in enumerate(run.finished.confusion))
        assert f"{right:,} of {count:,} test images" in found.said
        assert f"{run.started_record.parameters:,} parameters" in found.said
        assert wilson(right, count).said in found.sure
    assert "McNemar" in found.sure
    assert "One seed" in found.sure


def test_an_answer_waits_until_the_runs_of_its_card_have_ended(store):
    card = train.EXPERIMENTS[0]
    assert card.reply({}, None) == NOT_SHOWN
    run_id = store.submit(card.runs[0], ME, "mine")
    runs = [store.readable(run_id)]
    waits = card.reply({}, Watched(run_id, runs))
    assert isinstance(waits, Unanswered)
    assert "is waiting for its turn" in waits.first
    assert card.reply({}, Watched("another", runs)) == NOT_SHOWN


@pytest.mark.slow
def test_the_end_of_learning_by_heart_is_that_of_the_records(store):
    card = train.EXPERIMENTS[0]
    run = trained(store, short(card.runs[0]))
    said = train.by_heart(Trained(run)).said
    assert f"of {run.started_record.sizes['validation']:,} images that it never saw" in said
    assert f"{run.last_epoch.validation['loss']:.4f}" in said
    assert math.isfinite(run.last_epoch.validation["loss"])


def test_every_card_offers_choices_and_has_a_title_of_its_own():
    assert all(isinstance(each, RunExperiment) for each in CARDS)
    assert all(len(each.choices) in (2, 3, 4) for each in CARDS)
    assert len({each.title for each in CARDS}) == len(CARDS)
