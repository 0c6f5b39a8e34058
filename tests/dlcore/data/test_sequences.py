"""Generated sequences, series and texts: what is in them, and that nothing is counted twice or seen too early."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.config.sequences import SequenceConfig
from dlcore.data import memory, series, signals, text
from dlcore.data.sequences import Windows, load
from dlcore.errors import InvalidValue

GENERATED = ("signals", "recall", "adding", "sines", "mackey-glass")


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def everything(split) -> torch.Tensor:
    return split.batch(torch.arange(len(split))).inputs


@pytest.mark.parametrize("name", GENERATED)
def test_the_seed_decides_the_training_sequences(name):
    first, again, other = (load(SequenceConfig(name, train_size=50), seed) for seed in (1, 1, 2))
    assert torch.equal(everything(first.train), everything(again.train))
    assert not torch.equal(everything(first.train), everything(other.train))


@pytest.mark.parametrize("name", ["signals", "recall", "adding"])
def test_what_is_held_out_is_the_same_for_every_run(name):
    first, other = (load(SequenceConfig(name, train_size=50), seed) for seed in (1, 2))
    assert torch.equal(everything(first.test), everything(other.test))
    assert not torch.equal(everything(first.test)[:50], everything(first.validation)[:50])


def test_signals_without_noise_are_what_their_names_say():
    labels = torch.arange(10).repeat(50)
    clean = signals.signals(labels, 0.0, seeded())
    assert clean.shape == (500, 10, 10)
    kinds = {name: clean[labels == number] for number, name in enumerate(signals.SIGNALS)}
    assert (kinds["rising"].diff(dim=1) > 0).all()
    assert (kinds["falling"].diff(dim=1) < 0).all()
    assert (kinds["early pulse"].mean(2).argmax(1) < 5).all()
    assert (kinds["late pulse"].mean(2).argmax(1) >= 5).all()
    halves = {name: each.abs().mean((0, 2)).view(2, 5).mean(1) for name, each in kinds.items()}
    assert halves["growing"][1] > 2 * halves["growing"][0]
    assert halves["fading"][0] > 2 * halves["fading"][1]


def test_the_noise_has_the_deviation_that_was_asked_for():
    labels = torch.zeros(2_000, dtype=torch.int64)
    noise = signals.signals(labels, 2.0, seeded()) - signals.signals(labels, 0.0, seeded())
    assert noise.std().item() == pytest.approx(2.0, rel=0.01)


@given(st.integers(5, 60), st.integers(0, 100))
@settings(max_examples=25, deadline=None)
def test_the_adding_problem_marks_one_number_in_each_half(steps, seed):
    inputs, targets = memory.adding(20, steps, seeded(seed))
    values, marks = inputs.unbind(2)
    assert (marks[:, : steps // 2].sum(1) == 1).all()
    assert (marks[:, steps // 2 :].sum(1) == 1).all()
    assert torch.allclose((values * marks).sum(1), targets)


def test_saying_always_one_costs_a_sixth_in_the_adding_problem():
    _, targets = memory.adding(100_000, 10, seeded())
    assert (targets - 1).square().mean().item() == pytest.approx(1 / 6, rel=0.02)


def test_recall_shows_a_symbol_first_and_asks_for_it_last():
    labels = torch.randint(8, (30,), generator=seeded())
    inputs = memory.recall(labels, 12, seeded())
    assert inputs.shape == (30, 14, 10)
    assert torch.equal(inputs[:, 0, :8].argmax(1), labels)
    assert (inputs[:, :, 8].argmax(1) == 0).all()
    assert (inputs[:, :, 9].argmax(1) == 13).all()
    assert (inputs[:, 1:-1, :8].sum(2) == 1).all()
    assert (inputs[:, -1, :8] == 0).all()


def test_mackey_glass_settles_into_a_cycle_at_six_and_is_chaotic_at_seventeen():
    cycle = series.mackey_glass(6, series.drawn_start(seeded()), length=1_500)[500:]
    chaos = series.mackey_glass(17, series.drawn_start(seeded()), length=1_500)[500:]

    def returns(values: torch.Tensor) -> float:
        """Distance of the last stretch to the nearest earlier one of the same length."""
        pieces = values.unfold(0, 60, 1)
        return (pieces[:-200] - pieces[-1]).norm(dim=1).min().item()

    assert returns(chaos) > 3 * returns(cycle)
    for values in (cycle, chaos):
        assert values.abs().max() < 5


def test_mackey_glass_obeys_its_equation():
    """At τ = 6 by forward Euler with a step a tenth as long: the same curve for as long as errors stay small."""
    start, fine, tau = 1.1, 0.01, 6
    past = [start] * (round(tau / fine) + 1)
    for now in range(30_000 + 60 * 300):
        delayed = past[now]
        past.append(past[-1] + fine * (0.2 * delayed / (1 + delayed**10) - 0.1 * past[-1]))
    sampled = past[round(tau / fine) + 30_000 :: 300][1:51]
    own = series.integrated(tau, start, 150)
    best = min(max(abs(a - b) for a, b in zip(own[shift:], sampled, strict=False)) for shift in range(2))
    assert best < 0.03


def test_sines_obey_a_linear_recurrence_of_two_terms_a_wave():
    from dlcore.inspect.forecasts import Linear

    values = series.sines(3, seeded(), 500)
    rule = Linear.fit(values[:300], 6)
    assert (values[300:] - rule.one_step(values, 300, 500)).abs().max() < 1e-4


@pytest.mark.parametrize("config", [
    SequenceConfig("sines"), SequenceConfig("sines", window=4), SequenceConfig("mackey-glass", window=256),
    SequenceConfig("series", text="\n".join(str(value * value % 17) for value in range(20))),
    SequenceConfig("series", text="\n".join(str(value * value % 17) for value in range(150))),
])  # fmt: skip
def test_every_held_out_value_is_forecast_once_and_only_from_what_came_before(config):
    found = load(config, 0)
    parts = {"validation": found.bounds, "test": (found.bounds[1], len(found.values))}
    for name, (start, end) in parts.items():
        split = dict(found.splits())[name]
        batch = split.batch(torch.arange(len(split)))
        assert torch.equal(batch.targets[batch.counted], found.values[start:end])
    batch = found.train.batch(torch.arange(len(found.train)))
    assert batch.inputs.shape[1:] == (found.train.length, 1)
    assert found.train.values is not found.values
    assert len(found.train.values) == found.bounds[0]
    assert not batch.counted[:, : found.warm_up].any()
    assert torch.equal(batch.inputs[:, 1:, 0], batch.targets[:, :-1])


def test_a_series_is_standardised_by_its_training_part_alone():
    values = [float(step % 5) for step in range(100)] + [1e6] * 100
    found = load(SequenceConfig("series", text="\n".join(map(str, values))), 0)
    known = torch.tensor(values[:140], dtype=torch.float64)
    assert found.mean == pytest.approx(known.mean().item())
    assert found.deviation == pytest.approx(known.std().item())


def test_a_series_that_only_moves_at_its_end_is_a_sentence():
    with pytest.raises(InvalidValue, match="the first 70 numbers, which the network learns from, are all 1"):
        load(SequenceConfig("series", text="\n".join(["1"] * 99 + ["2"])), 0)


def test_short_series_and_texts_get_shorter_windows_and_say_so():
    short = load(SequenceConfig("series", text="\n".join(str(value % 3) for value in range(100))), 0)
    assert short.notice == "The series has 100 numbers: windows of 34 steps are used instead of 64."
    own = load(SequenceConfig("own", text="abc" * 34), 0)
    assert "windows of" in own.notice
    assert len(own.train) > 0


def test_the_manual_of_python_fits_the_keyboard():
    config = SequenceConfig("topics")
    content = text.corpus(config)
    alphabet = text.alphabet(config)
    assert len(alphabet) == 97
    assert len(content) > 100_000
    unknown = (alphabet.encode(content) == 0).float().mean().item()
    assert unknown < 1e-4


@given(st.text(min_size=1, max_size=40).filter(lambda each: len(set(each)) > 1 and "\r" not in each))
@settings(max_examples=60, deadline=None)
def test_any_unicode_survives_the_alphabet(piece):
    content = piece * 100
    config = SequenceConfig("own", text=content)
    alphabet = text.alphabet(config)
    assert alphabet.decode(alphabet.encode(content)) == content
    assert [chr(code) for code in alphabet.code_points(alphabet.encode(piece))] == list(piece)
    found = load(config, 0)
    batch = found.test.batch(torch.arange(len(found.test)))
    assert batch.inputs.dtype == torch.int64
    assert batch.inputs.max() < len(alphabet)


def test_rare_characters_of_a_huge_script_become_the_unknown_one():
    content = "".join(chr(0x4E00 + number) for number in range(600)) + "ab" * 100
    alphabet = text.alphabet(SequenceConfig("own", text=content))
    assert len(alphabet) == 256
    assert alphabet.decode(alphabet.encode("ab")) == "ab"
    assert (alphabet.encode(content) == 0).any()


@pytest.mark.parametrize("window", [4, 64, 256])
def test_every_window_lies_in_its_part_however_short_a_text_is(window):
    """Of 103 to 644 characters 137 had a test part that is one shorter than the validation part and the window."""
    for length in range(100, 700):
        found = load(SequenceConfig("own", text=("ab" * length)[:length], window=window), 0)
        for name, split in found.splits():
            assert int(split.starts.min()) >= 0, (length, name)
            assert int(split.starts.max()) + split.length < len(split.values), (length, name)
        batch = found.test.batch(torch.arange(len(found.test)))
        assert torch.equal(batch.targets[batch.counted], found.test.values[1:])


def test_texts_are_cut_into_windows_that_meet_but_do_not_overlap_where_there_is_enough():
    found = load(SequenceConfig("topics", window=100), 0)
    assert isinstance(found.train, Windows)
    assert (found.train.starts.diff() == 100).all()
    for name in ("validation", "test"):
        split = dict(found.splits())[name]
        batch = split.batch(torch.arange(len(split)))
        assert torch.equal(batch.targets[batch.counted], split.values[1:])


def test_fewer_training_sequences_can_be_asked_for():
    for name in ("signals", "recall", "adding", "sines", "topics", "digits"):
        assert len(load(SequenceConfig(name, train_size=40), 0).train) == 40


def test_a_series_that_leaves_its_scale_is_refused():
    text = "\n".join(["0", "1e-30"] * 56 + ["1e15", "0"] * 11)
    with pytest.raises(InvalidValue, match="one scale"):
        load(SequenceConfig("series", text=text), 0)
