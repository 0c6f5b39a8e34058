"""A layered layout for a graph without cycles: every edge leads to a later layer, with few crossings.

Sugiyama, Tagawa and Toda, 1981, doi:10.1109/TSMC.1981.4308636: longest-path layers, dummy nodes on long edges, and
sweeps that sort each layer by the mean place of its neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 12


@dataclass(frozen=True)
class Layout:
    """Places as (layer, slot): layer from 0 on, slot in units of a node's room, 0 in the middle.

    nodes: one a node; edges: for each node, for each of its arguments, the places on the way from there to here
    layers, slots: how much room there must be
    """

    nodes: tuple[tuple[int, float], ...]
    edges: tuple[tuple[tuple[tuple[int, float], ...], ...], ...]
    layers: int
    slots: int


def layered(arguments: Sequence[Sequence[int]]) -> Layout:
    """Place nodes whose arguments come before them in the sequence; the last node is the result."""
    depth = _layers(arguments)
    rows: list[list[tuple]] = [[] for _ in range(max(depth) + 1)]
    for node, layer in enumerate(depth):
        rows[layer].append((node,))
    links: list[tuple[tuple, tuple]] = []
    ways: dict[tuple[int, int], list[tuple]] = {}
    for node, given in enumerate(arguments):
        for number, source in enumerate(given):
            way = [
                (source,),
                *((source, node, number, layer) for layer in range(depth[source] + 1, depth[node])),
                (node,),
            ]
            for dummy in way[1:-1]:
                rows[dummy[3]].append(dummy)
            links += pairwise(way)
            ways[node, number] = way
    _sort(rows, links)
    slot = {each: place - (len(row) - 1) / 2 for row in rows for place, each in enumerate(row)}

    def at(each: tuple) -> tuple[int, float]:
        return (each[3] if len(each) > 1 else depth[each[0]], slot[each])

    return Layout(
        tuple(at((node,)) for node in range(len(arguments))),
        tuple(
            tuple(tuple(map(at, ways[node, number])) for number in range(len(given)))
            for node, given in enumerate(arguments)
        ),
        len(rows),
        max(map(len, rows)),
    )


def _layers(arguments: Sequence[Sequence[int]]) -> list[int]:
    """Operations as early as they can be computed, numbers and variables right before they are first needed."""
    depth = [0] * len(arguments)
    for node, given in enumerate(arguments):
        depth[node] = 1 + max((depth[each] for each in given), default=-1)
    for node, given in enumerate(arguments):
        if not given:
            users = [depth[user] for user, needs in enumerate(arguments) if node in needs]
            depth[node] = min(users, default=1) - 1
    return depth


def _sort(rows: list[list[tuple]], links: list[tuple[tuple, tuple]]) -> None:
    before: dict[tuple, list[tuple]] = {}
    after: dict[tuple, list[tuple]] = {}
    for source, target in links:
        before.setdefault(target, []).append(source)
        after.setdefault(source, []).append(target)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        neighbours = before if down else after
        for number in range(1, len(rows)) if down else range(len(rows) - 2, -1, -1):
            fixed = rows[number - 1] if down else rows[number + 1]
            place = {each: index - (len(fixed) - 1) / 2 for index, each in enumerate(fixed)}
            row = rows[number]
            own = {each: index - (len(row) - 1) / 2 for index, each in enumerate(row)}

            def mean(each, place=place, own=own, neighbours=neighbours):
                found = [place[other] for other in neighbours.get(each, ()) if other in place]
                return sum(found) / len(found) if found else own[each]

            row.sort(key=mean)
