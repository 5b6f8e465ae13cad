"""Families of models, as trees; and what kin share that strangers don't."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hartonomous.lineage.kinds import KIN
from hartonomous.lineage.kinship import Kinship
from hartonomous.lineage.sketch import EMBEDDING_LENGTH, ID_BYTES, LENGTH, Sketch
from hartonomous.tables import Answer, shown

#: Relations that are shown of a pair.
MOST_RELATIONS = 20


@dataclass(frozen=True)
class SharedRelation(Answer):
    """A relation that two kin hold and no stranger that knows both concepts does."""

    a: str
    b: str
    #: Labels, or the beginnings of hashes where only sketch files were given.
    concept: str
    neighbor: str
    #: Its rank in both lists, from 1.
    rank_a: int = field(metadata=shown("rank in a"))
    rank_b: int = field(metadata=shown("in b"))
    #: Strangers that know both concepts and don't list it.
    strangers: int = field(metadata=shown("strangers without"))


@dataclass(frozen=True)
class Branch:
    """A model in a family's tree.

    Parameters
    ----------
    name
        The model.
    kind, overlap
        What it is to the one above, and how far they agree at the embedding; None for the root.
    below
        Those whose nearest kin it is.
    """

    name: str
    kind: str | None
    overlap: float | None
    below: tuple[Branch, ...]


def families(names: Sequence[str], pairs: Sequence[Kinship]) -> tuple[Branch, ...]:
    """Return each family as a tree of nearest kin, strangers to all as trees of one.

    Lists don't say who was first. The root is the model that is nearest to all of its family
    together, as what others come from is nearer to each of them than they are to each other.
    """
    kin: dict[str, dict[str, Kinship]] = {name: {} for name in names}
    for pair in pairs:
        if pair.kind in KIN:
            kin[pair.a][pair.b] = kin[pair.b][pair.a] = pair
    left, trees = list(names), []
    while left:
        members = _reached(left[0], kin)
        root = max(members, key=lambda name: sum(map(_nearness, kin[name].values())))
        trees.append(_tree(root, members, kin))
        left = [name for name in left if name not in members]
    return tuple(trees)


def _nearness(pair: Kinship) -> float:
    """Return how much two agree at all places that both have."""
    shares = [pair.overlap, pair.residual, pair.qk, pair.ov]
    known = [share for share in shares if share is not None]
    return sum(known) / max(1, len(known))


def _reached(name: str, kin: Mapping[str, Mapping[str, Kinship]]) -> list[str]:
    found, at = [name], 0
    while at < len(found):
        found.extend(other for other in kin[found[at]] if other not in found)
        at += 1
    return found


def _tree(root: str, members: Sequence[str], kin: Mapping[str, Mapping[str, Kinship]]) -> Branch:
    """Grow the tree of greatest nearness from its root (Prim 1957)."""
    above: dict[str, str] = {root: root}
    while len(above) < len(members):
        steps = (
            (_nearness(pair), inside, other)
            for inside in above
            for other, pair in kin[inside].items()
            if other not in above
        )
        _, inside, other = max(steps)
        above[other] = inside
    return _branch(root, root, above, kin)


def _branch(
    name: str, parent: str, above: Mapping[str, str], kin: Mapping[str, Mapping[str, Kinship]]
) -> Branch:
    below = tuple(
        _branch(child, name, above, kin)
        for child, over in above.items()
        if over == name and child != name
    )
    if name == parent:
        return Branch(name, None, None, below)
    return Branch(name, kin[name][parent].kind, kin[name][parent].overlap, below)


def lines(branch: Branch, depth: int = 0) -> Iterator[str]:
    """Yield a tree as lines of text."""
    said = "" if branch.kind is None else f"  ({branch.kind}, {branch.overlap:.2f})"
    yield f"{'  ' * depth}{branch.name}{said}"
    for child in branch.below:
        yield from lines(child, depth + 1)


def reasons(sketches: Sequence[Sketch], pairs: Sequence[Kinship]) -> list[SharedRelation]:
    """Return for each pair of kin what both list and none of the models that are kin to neither."""
    by_name = {sketch.name: sketch for sketch in sketches}
    kin = {frozenset((pair.a, pair.b)) for pair in pairs if pair.kind in KIN}
    found: list[SharedRelation] = []
    for pair in pairs:
        if pair.kind in KIN:
            strangers = [
                sketch
                for name, sketch in by_name.items()
                if not {frozenset((pair.a, name)), frozenset((pair.b, name))} & kin
                and name not in (pair.a, pair.b)
            ]
            found += shared_relations(by_name[pair.a], by_name[pair.b], strangers)
    return found


def shared_relations(
    a: Sketch, b: Sketch, strangers: Sequence[Sketch], most: int = MOST_RELATIONS
) -> list[SharedRelation]:
    """Return what two models list and no stranger does, the nearest first.

    Parameters
    ----------
    a, b
        The models.
    strangers
        Models that are kin of neither; only relations whose two concepts one of them knows count.
    most
        How many are returned.
    """
    own, other = _relations(a), _relations(b)
    # of strangers the whole lists are looked at
    held = [(_relations(each, EMBEDDING_LENGTH), *_known(each)) for each in strangers]
    labels = _labels((a, b))
    found = []
    for pair in own.keys() & other.keys():
        without = sum(
            pair[0] in asked and pair[1] in known and pair not in lists
            for lists, asked, known in held
        )
        if not any(pair in lists for lists, *_ in held) and (without or not strangers):
            found.append((own[pair] + other[pair], -without, pair))
    return [
        SharedRelation(
            a.name, b.name, labels[pair[0]], labels[pair[1]], own[pair], other[pair], -without
        )
        for _, without, pair in sorted(found)[:most]
    ]


def _relations(sketch: Sketch, length: int = LENGTH) -> dict[tuple[int, int], int]:
    """Return the rank of each relation at the embedding, by its concepts' ids."""
    keys = sketch.keys.tolist()
    return {
        (keys[number], keys[neighbor]): rank
        for number, neighbors in enumerate(sketch.places[0].lists[:, :length].tolist())
        for rank, neighbor in enumerate(neighbors, 1)
        if neighbor < len(keys)
    }


def _known(sketch: Sketch) -> tuple[set[int], set[int]]:
    """Return the concepts whose neighbours a sketch lists, and all that it knows."""
    keys = sketch.keys.tolist()
    return set(keys[: len(sketch.places[0].lists)]), set(keys)


def _labels(sketches: Sequence[Sketch]) -> dict[int, str]:
    """Return what people read of each concept: its label, or its id where none of them has one."""
    by_labels = sorted(sketches, key=lambda sketch: bool(sketch.labels))
    return {
        key: sketch.labels[number] if sketch.labels else f"{key:0{2 * ID_BYTES}x}"
        for sketch in by_labels
        for number, key in enumerate(sketch.keys.tolist())
    }
