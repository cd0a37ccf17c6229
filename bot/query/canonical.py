"""Equal meaning, equal text: the one tree of all queries that mean the same.

A query becomes a disjunction of clauses (sets of wanted and unwanted leaves), loses what another clause already says,
and is put together again by factoring: leaves that always stand together are joined by AND, leaves that never do by OR
(the co-occurrence graph of a read-once function; Golumbic, Mintz, Rotics 2006). What cannot be factored stays a
disjunction. Past `CLAUSES` clauses a query keeps the shape it was written in, sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.query.tree import JOINTS, NO_LEAF, And, Exact, Field, Leaf, Node, Not, Or, Within, Word, leaves
from bot.text import family, unusual

#: most clauses that a query is multiplied out to; 64 words cannot spell out more of them
CLAUSES = 64

#: a clause: two bits for each leaf, wanted at 2i and unwanted at 2i + 1
Clause = int


class TooManyClauses(Exception):
    """The query has more clauses than it is worth multiplying out."""


def clauses(root: Node) -> list[tuple[tuple[Leaf, ...], tuple[Leaf, ...]]]:
    """A canonical query as alternatives of (wanted leaves, unwanted leaves); raises TooManyClauses."""
    parts = root.parts if isinstance(root, And) else (root,)
    wanted = tuple(part for part in parts if not isinstance(part, NO_LEAF))
    unwanted = tuple(part.part for part in parts if isinstance(part, Not) and not isinstance(part.part, NO_LEAF))
    if len(wanted) + len(unwanted) == len(parts):  # as nearly every query is
        return [(wanted, unwanted)]
    numbers = _numbers(root)
    return [
        (
            tuple(leaf for leaf, i in numbers.items() if clause >> 2 * i & 1),
            tuple(leaf for leaf, i in numbers.items() if clause >> 2 * i & 2),
        )
        for clause in sorted(_multiplied(root, numbers, wanted=True))
    ]


def canonical(root: Node, fits: Callable[[Node], bool]) -> Node | None:
    """The tree of that meaning, or the query as it is, sorted, where that does not fit; None when nothing can match."""
    if not isinstance(root, NO_LEAF):
        return root
    ordered = _in_order(root)
    # the second try is the one that the sorted text itself would get, so that parsing it changes nothing
    for tree in (root, ordered):
        numbers = _numbers(tree)
        try:
            found = _reduced(_multiplied(tree, numbers, wanted=True), list(numbers))
        except TooManyClauses:
            continue
        if not found:
            return None
        factored = _factored(found, [_literal(leaf, wanted) for leaf in numbers for wanted in (True, False)])
        if fits(factored):
            return factored
    return ordered


def needs_a_word(node: Node, *, wanted: bool = True) -> bool:
    """True when no paper can match without at least one leaf that is wanted."""
    if isinstance(node, Not):
        return needs_a_word(node.part, wanted=not wanted)
    if isinstance(node, JOINTS):
        some = any if isinstance(node, And) is wanted else all
        return some(needs_a_word(part, wanted=wanted) for part in node.parts)
    return wanted


# ------------------------------------------------------------------------------------------ multiply out


def _numbers(root: Node) -> dict[Leaf, int]:
    distinct = dict.fromkeys(leaf for leaf, _ in leaves(root))
    return {leaf: i for i, leaf in enumerate(sorted(distinct, key=_order))}


def _multiplied(node: Node, numbers: dict[Leaf, int], *, wanted: bool) -> set[Clause]:
    if isinstance(node, Not):
        return _multiplied(node.part, numbers, wanted=not wanted)
    if isinstance(node, JOINTS):
        parts = [_multiplied(part, numbers, wanted=wanted) for part in node.parts]
        if isinstance(node, And) is wanted:
            product = {0}
            for part in parts:
                if len(product) * len(part) > 2 * CLAUSES:
                    raise TooManyClauses
                product = _smallest(a | b for a in product for b in part)
                if len(product) > CLAUSES:
                    raise TooManyClauses
            return product
        union = _smallest(clause for part in parts for clause in part)
        if len(union) > CLAUSES:
            raise TooManyClauses
        return union
    return {(1 if wanted else 2) << 2 * numbers[node]}


def _smallest(found: Iterable[Clause]) -> set[Clause]:
    """Without the clauses that ask for more than another one does."""
    kept: list[Clause] = []
    for clause in sorted(set(found), key=int.bit_count):
        if not any(clause & other == other for other in kept):
            kept.append(clause)
    return set(kept)


def _reduced(found: set[Clause], order: list[Leaf]) -> set[Clause]:
    """Without contradictions, and without what follows from the rest."""
    implied = _implications(order)
    closed = set()
    for clause in found:
        full = clause
        for literal, follows in implied.items():
            if clause >> literal & 1:
                full |= follows
        if not full & full >> 1 & _even(len(order)):
            closed.add(full)
    closed = _merged(_smallest(closed))
    # what was added because it follows goes again: title:mamba says mamba too
    reduced = set()
    for clause in closed:
        redundant = 0
        for literal, follows in implied.items():
            if clause >> literal & 1:
                redundant |= follows
        reduced.add(clause & ~redundant)
    return reduced


def _merged(found: set[Clause]) -> set[Clause]:
    """`a b OR a -b` is `a`: clauses that differ in the sign of one leaf become one (Quine 1952)."""
    while True:
        shorter = {clause ^ 1 << i for clause in found for i in _bits(clause) if clause ^ 3 << (i & ~1) in found}
        if not shorter:
            return found
        found = _smallest(found | shorter)
        if len(found) > CLAUSES:
            raise TooManyClauses


def _even(count: int) -> int:
    return sum(1 << 2 * i for i in range(count))


def _implications(order: list[Leaf]) -> dict[int, Clause]:
    """What each literal brings with it: wanting title:mamba is wanting mamba, not wanting mamba is not wanting it."""
    implied: dict[int, Clause] = {}
    for i, narrow in enumerate(order):
        for j, wide in enumerate(order):
            if i != j and _says(narrow, wide):
                implied[2 * i] = implied.get(2 * i, 0) | 1 << 2 * j
                implied[2 * j + 1] = implied.get(2 * j + 1, 0) | 1 << 2 * i + 1
    return implied


def _says(narrow: Leaf, wide: Leaf) -> bool:
    if isinstance(narrow, Within):
        return (
            _says_word(narrow.leaf, wide.leaf)
            if isinstance(wide, Within) and narrow.field == wide.field
            else (narrow.leaf == wide or _says_word(narrow.leaf, wide))
        )
    return _says_word(narrow, wide)


def _says_word(narrow: Leaf, wide: Leaf) -> bool:
    """`=tokenizer` is one of the family of `tokenization`."""
    if not isinstance(narrow, Exact) or not isinstance(wide, Word) or unusual(wide.text):
        return False
    return family(narrow.text) == family(wide.text)


# ---------------------------------------------------------------------------------------- put together


def _order(node: Node) -> tuple[int, str]:
    """Words first, then fields, then alternatives, then what is left out; each by its text."""
    rank = 3 if isinstance(node, Not) else 2 if isinstance(node, Or) else 1 if isinstance(node, Field | Within) else 0
    return rank, str(node)


def _join(kind: type[And] | type[Or], parts: Iterable[Node]) -> Node:
    flat: dict[Node, None] = {}
    for part in parts:
        for each in part.parts if isinstance(part, kind) else (part,):
            flat[each] = None
    if len(flat) == 1:
        return next(iter(flat))
    if kind is Or and all(isinstance(part, Not) for part in flat):
        return Not(_join(And, (part.part for part in flat if isinstance(part, Not))))
    return kind(tuple(sorted(flat, key=_order)))


def _literal(leaf: Leaf, wanted: bool) -> Node:
    return leaf if wanted else Not(leaf)


def _factored(found: set[Clause], literals: list[Node]) -> Node:
    if len(found) == 1:
        return _join(And, (literals[i] for i in _bits(next(iter(found)))))
    together: dict[int, Clause] = {}
    for clause in found:
        for i in _bits(clause):
            together[i] = together.get(i, 0) | clause
    groups = _components(together)
    if len(groups) > 1:
        return _join(Or, (_factored({c for c in found if c & group}, literals) for group in groups))
    everything = groups[0]
    groups = _components({i: everything & ~met | 1 << i for i, met in together.items()})
    if len(groups) > 1:
        factors = [{clause & group for clause in found} for group in groups]
        size = 1
        for factor in factors:
            size *= len(factor)
        # every clause has one part of each factor, so equal size means that the factors' product is just the clauses
        if size == len(found) and all(0 not in factor for factor in factors):
            return _join(And, (_factored(factor, literals) for factor in factors))
    return _join(Or, (_factored({clause}, literals) for clause in found))


def _bits(clause: Clause) -> Iterable[int]:
    while clause:
        bit = clause & -clause
        yield bit.bit_length() - 1
        clause ^= bit


def _components(neighbours: dict[int, Clause]) -> list[Clause]:
    """Connected parts of a graph, each as a set of bits."""
    left = set(neighbours)
    groups = []
    while left:
        group, border = 0, 1 << min(left)
        while border:
            group |= border
            reached = 0
            for i in _bits(border):
                left.discard(i)
                reached |= neighbours[i]
            border = reached & ~group
        groups.append(group)
    return groups


def _in_order(node: Node, *, wanted: bool = True) -> Node:
    """The same shape with NOT beside its leaf, flat and sorted."""
    if isinstance(node, Not):
        return _in_order(node.part, wanted=not wanted)
    if isinstance(node, JOINTS):
        kind = And if isinstance(node, And) is wanted else Or
        return _join(kind, (_in_order(part, wanted=wanted) for part in node.parts))
    return _literal(node, wanted)
