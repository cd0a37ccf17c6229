"""A query in the words somebody typed it in: its tree as text, in their order and spelling.

`"retrieval augmented generation"` is shown so, though its canonical text says "augmentation".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from bot.query.tree import JOINTS, And, Field, Leaf, Node, Not, Phrase, Within, Word, leaves

#: how each leaf was typed, in the order of the typed text; a word within title or abstract without that field
Spelling: TypeAlias = Mapping[Leaf, str]


def shown(root: Node, spelling: Spelling) -> str:
    """A tree as a query in those words, whatever stands in what; leaves that nobody typed are canonical and last."""
    return _Text(spelling).of(root)


class _Text:
    def __init__(self, spelling: Spelling) -> None:
        self.spelling = spelling
        self.places = {_word(leaf): place for place, leaf in reversed([*enumerate(spelling)])}

    def of(self, node: Node) -> str:
        if isinstance(node, JOINTS):
            joint = " " if isinstance(node, And) else " OR "
            parts = sorted(node.parts, key=self._place)
            return joint.join(f"({self.of(part)})" if isinstance(part, JOINTS) else self.of(part) for part in parts)
        if isinstance(node, Not):
            return f"-({self.of(node.part)})" if isinstance(node.part, JOINTS) else f"-{self.of(node.part)}"
        if isinstance(node, Within):
            return f"{node.field}:{self._leaf(node.leaf, node)}"
        return self._leaf(node, node)

    def _leaf(self, leaf: Leaf, typed_as: Leaf) -> str:
        for one in (typed_as, leaf, *_fielded(leaf)):
            if one in self.spelling:
                return self.spelling[one]
        if isinstance(leaf, Phrase):
            pieces = [self._leaf(word, word) for word in leaf.words]
            if all(isinstance(word, Word) for word in leaf.words) and not any('"' in piece for piece in pieces):
                return '"' + " ".join(pieces) + '"' if pieces != [str(word) for word in leaf.words] else str(leaf)
        return str(leaf)

    def _place(self, node: Node) -> int:
        return min(self._place_of(leaf) for leaf, _ in leaves(node))

    def _place_of(self, leaf: Leaf) -> int:
        last = len(self.spelling)
        word = _word(leaf)
        if isinstance(word, Phrase) and word not in self.places:
            return min(self.places.get(one, last) for one in word.words)
        return self.places.get(word, last)


def _word(leaf: Leaf) -> Leaf:
    """What a leaf looks for, wherever."""
    return leaf.leaf if isinstance(leaf, Within) else leaf


def _fielded(leaf: Leaf) -> tuple[Leaf, ...]:
    if isinstance(leaf, Field | Within):
        return ()
    return Within("title", leaf), Within("abstract", leaf)
