"""The score tells sure answers from doubtful ones, and the threshold rejects few real images."""

import math

import pytest
import torch

from dlcore.use import novelty


def test_a_sure_answer_scores_higher_than_a_doubtful_one():
    sure, doubtful, none = novelty.score(torch.tensor([[9.0, 0, 0], [1.0, 0.9, 0], [0.0, 0, 0]]))
    assert sure > doubtful > none
    assert none == pytest.approx(-math.log(2))


def test_the_score_is_the_log_odds_of_the_best_class():
    logits = torch.randn(50, 10, generator=torch.Generator().manual_seed(0))
    top = logits.softmax(1).amax(1)
    assert torch.allclose(novelty.score(logits), torch.log(top / (1 - top)), atol=1e-4)


def test_the_score_stays_finite_where_probabilities_saturate():
    assert novelty.score(torch.tensor([[500.0] + [0.0] * 9])).isfinite().all()


def test_adding_a_constant_to_the_logits_changes_nothing():
    logits = torch.randn(5, 10, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(novelty.score(logits), novelty.score(logits + 7), atol=1e-4)


def test_few_real_images_fall_below_the_threshold():
    logits = torch.randn(4000, 10, generator=torch.Generator().manual_seed(2)) * 4
    below = novelty.score(logits) < novelty.threshold(logits)
    assert 0.001 < below.float().mean() < 0.01


def test_bfloat16_logits_are_scored():
    assert novelty.score(torch.zeros(2, 10, dtype=torch.bfloat16)).dtype == torch.float32
