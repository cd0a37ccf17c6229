"""What the index knows of its queries: each distinct query, each distinct leaf, and the alternatives that wait."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Literal, TypeAlias

from bot.matching.needles import Keys
from bot.query import And, Leaf, Node, Not
from bot.query.tree import JOINTS


class Entry:
    """A distinct query and the ids it goes by."""

    __slots__ = ("ids", "root")

    def __init__(self, root: Node) -> None:
        self.root = root
        #: one id, as nearly always, or several
        self.ids: int | set[int] | None = None


class LeafEntry(Entry):
    """A distinct leaf, which may be a query of its own, and the alternatives that wait for it."""

    __slots__ = ("needles", "uses", "waiting")
    root: Leaf

    def __init__(self, leaf: Leaf, needles: tuple[Keys, ...]) -> None:
        self.root = leaf
        self.ids = None
        #: sequences of keys it is found by
        self.needles = needles
        #: queries it stands in
        self.uses = 0
        self.waiting: Waiting | None = None


class Waiting:
    """What may hold when a leaf does."""

    __slots__ = ("alone", "pairs", "whole")

    def __init__(self) -> None:
        #: alternatives with a second wanted leaf, by that leaf
        self.pairs: dict[LeafEntry, tuple[Clause, ...]] = {}
        #: alternatives in which it is the only wanted leaf
        self.alone: dict[Clause, None] = {}
        #: queries of too many alternatives, which cannot hold unless this leaf or another that knows them does
        self.whole: dict[JoinedEntry, None] = {}

    def add(self, entry: JoinedEntry, second: LeafEntry | None, clause: Clause | None) -> None:
        """Takes an alternative, or a whole query."""
        if clause is None:
            self.whole[entry] = None
        elif second is None:
            self.alone[clause] = None
        else:
            self.pairs[second] = (*self.pairs.get(second, ()), clause)

    def remove(self, entry: JoinedEntry, second: LeafEntry | None, clause: Clause | None) -> None:
        """Gives it away again."""
        if clause is None:
            del self.whole[entry]
        elif second is None:
            del self.alone[clause]
        elif left := tuple(other for other in self.pairs.pop(second) if other is not clause):
            self.pairs[second] = left

    def __bool__(self) -> bool:
        return bool(self.pairs or self.alone or self.whole)


class JoinedEntry(Entry):
    """A distinct query of several leaves."""

    __slots__ = ("leaves", "places", "tree", "wanted")

    def __init__(self, root: Node, known: Mapping[Leaf, LeafEntry]) -> None:
        super().__init__(root)
        self.leaves = tuple(known.values())
        #: the query with its leaves as they are known here
        self.tree = _grown(root, known)
        #: the leaves that must all hold, in a query without alternatives, as nearly every one is; else empty
        self.wanted = _wanted(self.tree)
        #: where its alternatives wait: under a leaf, and there under a second one
        self.places: list[Place] = []


class Clause:
    """One alternative of a query: it holds with its first leaves when the rest does too and nothing unwanted does."""

    __slots__ = ("entry", "rest", "unwanted")

    def __init__(self, entry: Entry, rest: tuple[LeafEntry, ...], unwanted: tuple[LeafEntry, ...]) -> None:
        self.entry = entry
        self.rest = rest
        self.unwanted = unwanted


#: a query, with the leaves as the index knows them
Tree: TypeAlias = "LeafEntry | tuple[Literal['and', 'or', 'not'], tuple[Tree, ...]]"
#: an alternative (or with None, the whole query), under its first leaf and, if it has one, its second
Place: TypeAlias = tuple[LeafEntry, LeafEntry | None, Clause | None]


def _grown(node: Node, known: Mapping[Leaf, LeafEntry]) -> Tree:
    if isinstance(node, Not):
        return "not", (_grown(node.part, known),)
    if isinstance(node, JOINTS):
        return "and" if isinstance(node, And) else "or", tuple(_grown(part, known) for part in node.parts)
    return known[node]


def holds(tree: Tree, found: Container[LeafEntry]) -> bool:
    """True when a query holds, given the leaves that do."""
    if isinstance(tree, LeafEntry):
        return tree in found
    kind, parts = tree
    if kind == "not":
        return not holds(parts[0], found)
    return (all if kind == "and" else any)(holds(part, found) for part in parts)


def _wanted(tree: Tree) -> tuple[LeafEntry, ...]:
    if isinstance(tree, LeafEntry) or tree[0] != "and":
        return ()
    wanted = tuple(part for part in tree[1] if isinstance(part, LeafEntry))
    others = [part[0] for part in tree[1] if not isinstance(part, LeafEntry)]
    return wanted if set(others) <= {"not"} else ()
