"""What a search may ask the database before the matcher decides."""

from __future__ import annotations

from collections.abc import Iterable

from bot.matching.needles import Keys, ways
from bot.query import And, Field, Node, Not, Or, Query, Within, categories
from bot.text import KEPT, Acronyms, asked_keys, author_features, family, feature, fold, pairs

#: words and pairs of a phrase that are asked for: a paper that has three of them mostly has the phrase
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
    # each way to write it has all that is in it: a group takes one of each way, the rarest, the next one, …
    found = ways(leaf, acronyms)
    written = [_rarest(keys, max(found, key=len)) for keys in found]
    return [
        _united(feature for groups in written for feature in groups[min(turn, len(groups) - 1)])
        for turn in range(max(map(len, written)))
    ]


def _rarest(keys: Keys, whole: Keys) -> list[Group]:
    """Of what a paper has in which these keys follow each other, what few others have: pairs, and the longest words.

    `whole` is the same with every word apart.
    """
    if len(keys) < len(whole) and (joined := [key for key in keys if key not in whole and fold(key) == key]):
        # words put together, as hardly any paper does: their frequent neighbours would only let more pass
        return [_of_key(max(joined, key=len))]
    found: list[Group] = [(pair,) for pair in pairs(map(_families, keys))]
    return [*found[: MOST - 1], *map(_of_key, sorted(keys, key=len, reverse=True))][:MOST]


def _families(key: str) -> tuple[str, ...]:
    """The family of each word that has a key; nothing where they may be of several."""
    if key.startswith("="):
        return (family(key[1:]),)
    return () if key.endswith("*") or fold(key) != key else (key,)


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
        return author_features(asked_keys(field.value))
    if field.name == "cat":
        star = "*" if field.value.endswith(".*") else ""
        return tuple(feature("cat", name) + star for name in categories.written(field.value.removesuffix(".*")))
    if field.name == "source" or field.value == "code":
        return (feature(field.name, field.value),)
    return ()
