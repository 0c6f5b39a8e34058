"""Networks changed block by block: what is done can be undone, and what does not fit is said as the parser says it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore.config import editing
from dlcore.config.network_text import InvalidNetwork, parse
from dlcore.errors import InvalidValue

SHAPE = (1, 28, 28)
NETWORK = parse(
    "conv 8 3x3, relu, residual(conv 8 3x3 pad 1, relu; conv 8 1x1), pool 2 stride 2, leaky-relu, flatten, dense 10"
)
PLACES = [each.place for each in editing.every(editing.parts(NETWORK, SHAPE))]


def texts(network):
    return [each.text for each in network.blocks]


def test_parts_are_the_blocks_with_torchs_shapes():
    rows = {row.block: row for row in NETWORK.rows(SHAPE)}
    for part in editing.parts(NETWORK, SHAPE, 10):
        row = rows[part.block]
        assert (part.shape, part.parameters, part.multiply_adds) == (row.shape, row.parameters, row.multiply_adds)
        assert part.problem == ""
    assert PLACES == [(0,), (1,), (2,), (2, 0, 0), (2, 0, 1), (2, 1, 0), (3,), (4,), (5,), (6,)]


@pytest.mark.parametrize("place", PLACES)
def test_a_copy_that_is_removed_leaves_the_network_as_it_was(place):
    copy = editing.copied(NETWORK, place)
    behind = (*place[:-1], place[-1] + 1)
    assert editing.found(copy, behind) == editing.found(NETWORK, place)
    assert editing.removed(copy, behind) == NETWORK


@pytest.mark.parametrize("place", PLACES)
def test_a_block_can_be_made_a_residual_group_and_back(place):
    group = editing.wrapped(NETWORK, place)
    assert editing.found(group, place).text == f"residual({editing.found(NETWORK, place).text})"
    assert editing.unwrapped(group, place) == NETWORK


@given(st.sampled_from(PLACES), st.sampled_from(PLACES))
def test_a_move_keeps_every_block(place, to):
    if to[: len(place)] == place and len(to) > len(place):
        with pytest.raises(InvalidValue, match="into itself"):
            editing.moved(NETWORK, place, to)
        return
    after = editing.moved(NETWORK, place, to)
    leaves = [sorted(each.text for each in net.every() if each.name != "residual") for net in (NETWORK, after)]
    assert leaves[0] == leaves[1]
    assert all(each.start >= 0 for each in after.every())


def test_moves():
    moved = editing.moved
    assert texts(moved(NETWORK, (0,), (2,)))[:2] == ["relu", "conv 8 3x3"]
    assert texts(moved(NETWORK, (1,), (0,)))[:2] == ["relu", "conv 8 3x3"]
    assert texts(moved(NETWORK, (0,), (7,)))[-1] == "conv 8 3x3", "behind the last block"
    assert texts(moved(NETWORK, (1,), (2, 0, 2)))[1] == "residual(conv 8 3x3 pad 1, relu, relu; conv 8 1x1)"
    assert texts(moved(NETWORK, (2, 1, 0), (2,)))[2:4] == ["conv 8 1x1", "residual(conv 8 3x3 pad 1, relu)"]


def test_a_residual_group_without_a_way_through_goes():
    once = editing.removed(NETWORK, (2, 0, 0))
    assert editing.found(once, (2,)).text == "residual(relu; conv 8 1x1)"
    assert texts(editing.removed(once, (2, 0, 0))) == [*texts(NETWORK)[:2], *texts(NETWORK)[3:]]


@pytest.mark.parametrize(
    ("place", "name", "text", "becomes"),
    [
        ((0,), "channels", "16", "conv 16 3x3"),
        ((0,), "kernel", "5x1", "conv 8 5x1"),
        ((0,), "stride", " 2 ", "conv 8 3x3 stride 2"),
        ((0,), "init", "HE", "conv 8 3x3 init he"),
        ((1,), "function", "elu", "elu"),
        ((3,), "stride", "", "pool 2"),
        ((4,), "a", "0.2", "leaky-relu 0.2"),
        ((2, 1, 0), "channels", "4", "conv 4 1x1"),
    ],
)
def test_a_value_is_set(place, name, text, becomes):
    assert editing.found(editing.altered(NETWORK, place, name, text), place).text == becomes


@pytest.mark.parametrize("place", PLACES)
def test_setting_what_is_set_changes_nothing(place):
    for each in editing.values(editing.found(NETWORK, place)):
        after = editing.altered(NETWORK, place, each.name, each.text)
        assert editing.values(editing.found(after, place)) == editing.values(editing.found(NETWORK, place))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("channels", "0", "conv: channels must be a whole number between 1 and 1024, got '0'"),
        ("channels", "", "conv: channels must be a whole number between 1 and 1024, got nothing"),
        ("channels", "8, relu", "got '8, relu'"),
        ("init", "best", "conv: init must be one of"),
        ("colour", "1", "conv has no colour: use channels, kernel"),
    ],
)
def test_a_wrong_value_is_told_what_would_be_right(name, text, said):
    with pytest.raises(InvalidValue, match=said.replace("(", r"\(")):
        editing.altered(NETWORK, (0,), name, text)


@pytest.mark.parametrize("place", [(7,), (-1,), (0, 0, 0), (2, 2, 0), (2, 0), (2, 0, 2), (9, 0, 0)])
def test_a_place_that_is_not_there_is_refused(place):
    for change in (editing.removed, editing.copied, editing.wrapped):
        with pytest.raises(InvalidValue, match="no block at"):
            change(NETWORK, place)


def test_the_last_block_stays():
    with pytest.raises(InvalidValue, match="at least one block"):
        editing.removed(parse("flatten"), (0,))


def test_what_is_too_long_is_refused():
    network = parse(", ".join(["relu"] * 100))
    with pytest.raises(InvalidValue, match="100 blocks"):
        editing.copied(network, (0,))


def test_blocks_are_added_anywhere():
    assert texts(editing.added(NETWORK, (0,), "relu, pool 2"))[:2] == ["relu", "pool 2"]
    assert texts(editing.added(NETWORK, (7,), "relu"))[-1] == "relu"
    assert editing.found(editing.added(NETWORK, (2, 1, 1), "relu"), (2, 1, 1)).text == "relu"


words = st.sampled_from(
    ["conv 4 3x3", "conv 4 9x9 stride 3", "pool 2", "pool 9", "relu", "flatten", "dense 6", "dense 10", "group-norm 3",
     "global-pool", "residual(conv 4 3x3 pad 1)", "residual(conv 4 3x3)", "residual(relu, residual(pool 28))"]
)  # fmt: skip


@given(st.lists(words, min_size=1, max_size=6))
def test_what_does_not_fit_is_marked_where_the_parser_names_it_and_in_its_words(chosen):
    text = ", ".join(chosen)
    parts = editing.parts(parse(text), SHAPE, 10)
    wrong = [each for each in editing.every(parts) if each.problem]
    told = None
    try:
        parse(text, SHAPE, 10)
    except InvalidNetwork as error:
        told = error
    assert len(wrong) == bool(told), "what comes behind has no shape that could be wrong"
    for each in wrong:
        assert str(told).startswith(f"block {each.place[0] + 1}, {each.block.text}: {each.problem}")
        assert told.position == each.block.start
    assert told or all(part.shape for part in editing.every(parts))
