"""A query's tree changed, and made a query again in the words that somebody typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import permutations

from bot.query import Query, QueryError, parse, shown
from bot.query.tree import And, Leaf, Node, Not, Or, Phrase, Word

#: of so many words people type a phrase
PHRASED = (2, 3)


def changed(node: Node, change: Callable[[Leaf, bool], Node], *, wanted: bool = True) -> Node:
    """The tree with each leaf changed; the change is told whether the leaf is wanted."""
    if isinstance(node, And):
        return together([changed(part, change, wanted=wanted) for part in node.parts])
    if isinstance(node, Or):
        return Or(tuple(changed(part, change, wanted=wanted) for part in node.parts))
    if isinstance(node, Not):
        return Not(changed(node.part, change, wanted=not wanted))
    return change(node, wanted)


def together(parts: Sequence[Node]) -> Node:
    """All of these."""
    return And(tuple(parts)) if len(parts) > 1 else parts[0]


def phrases(root: Node) -> Iterator[tuple[Phrase, str, tuple[Node, ...]]]:
    """Two or three words that were asked for anywhere: as a phrase, its words, and what else was asked for.

    In each order, for people type them in one and the tree has them in another.
    """
    if isinstance(root, And):
        asked = [part for part in root.parts if isinstance(part, Word)]
        rest = tuple(part for part in root.parts if not isinstance(part, Word))
        if len(asked) in PHRASED:
            for order in permutations(asked):
                yield Phrase(order), " ".join(word.text for word in order), rest


def written(node: Node, spelling: Mapping[Leaf, str]) -> Query | None:
    """The query of that tree in those words; None when it is too long written out, or nothing is left."""
    try:
        meant = parse(shown(node, {}))
        typed = parse(shown(node, spelling))
    except QueryError:
        return None
    return typed if typed == meant else meant
