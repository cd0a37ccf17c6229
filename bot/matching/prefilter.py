"""What a search may ask the database before the matcher decides."""

from __future__ import annotations

from collections.abc import Iterable

from bot.matching.needles import ways
from bot.query import And, Field, Node, Not, Or, Query, Within, categories
from bot.text import KEPT, Acronyms, feature, fold, surname_keys

#: words of a phrase that are asked for: a paper that has three of them mostly has the phrase
MOST = 3
#: features one of which must be there
Group = tuple[str, ...]


def prefilter(query: Query, acronyms: Acronyms = KEPT) -> tuple[Group, ...]:
    """Groups of features, each of which must have one among `bot.text.features` of a paper that matches.

    A feature that ends in "*" is a prefix. No group at all means no restriction. What passes need not match.
    """
    return tuple(dict.fromkeys(_groups(query.root, acronyms)))


def _groups(node: Node, acronyms: Acronyms) -> list[Group]:
    if isinstance(node, And):
        return [group for part in node.parts for group in _groups(part, acronyms)]
    if isinstance(node, Or):
        parts = [_groups(part, acronyms) for part in node.parts]
        if not all(parts):
            return []
        # of each alternative the group that is likely to let the fewest papers pass
        return [_united(feature for groups in parts for feature in min(groups, key=_width))]
    if isinstance(node, Not):
        return []
    if isinstance(node, Field):
        group = _field(node)
        return [group] if group else []
    leaf = node.leaf if isinstance(node, Within) else node
    # each way to write it has all its words: a group takes one of each way, the longest, the next one, …
    written = [sorted(keys, key=len, reverse=True) for keys in ways(leaf, acronyms)]
    most = min(MOST, max(map(len, written)))
    return [
        _united(feature for keys in written for feature in _of_key(keys[min(turn, len(keys) - 1)]))
        for turn in range(most)
    ]


def _united(found: Iterable[str]) -> Group:
    return tuple(sorted(set(found)))


def _width(group: Group) -> tuple[int, int]:
    return sum(feature.endswith("*") for feature in group), len(group)


def _of_key(key: str) -> Group:
    if key.startswith("="):
        return (fold(key[1:]),)
    if key.endswith("*"):
        return (fold(key[:-1]) + "*",)
    # an unusual spelling is found with its plural; the features hold every word without case
    return (fold(key), fold(key) + "s") if fold(key) != key else (key,)


def _field(field: Field) -> Group:
    if field.name == "author":
        return tuple(feature("author", key) for key in surname_keys(field.value))
    if field.name == "cat":
        star = "*" if field.value.endswith(".*") else ""
        return tuple(feature("cat", name) + star for name in categories.written(field.value.removesuffix(".*")))
    if field.name == "source" or field.value == "code":
        return (feature(field.name, field.value),)
    return ()
