"""How a query was understood, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from bot.query.tree import JOINTS, And, Exact, Field, Leaf, Node, Not, Or, Phrase, Prefix, Within, Word, leaves
from bot.text import FAMILY, KEPT, Acronyms, fold, members, unusual

_HAS = {"code": "with code", "doi": "with a DOI", "journal": "published in a journal", "pdf": "with a PDF"}
_SOURCES = {"arxiv": "arXiv", "huggingface": "Hugging Face", "biorxiv": "bioRxiv", "medrxiv": "medRxiv"}


def plain_words(root: Node, typed: Mapping[Leaf, str], acronyms: Acronyms = KEPT) -> str:
    """A query as a sentence: "papers about tokenization (tokenizer, …), but not surveys, in cs.CL".

    `typed` is how each leaf was typed, in the order of the typed text; `acronyms` are those in force.
    """
    return _Sentence(typed, acronyms).said(root)


class _Sentence:
    def __init__(self, typed: Mapping[Leaf, str], acronyms: Acronyms) -> None:
        self.typed = typed
        self.acronyms = acronyms
        self.order = {leaf: i for i, leaf in enumerate(typed)}
        #: other forms of a word help where the sentence is short
        self.forms = False

    def said(self, root: Node) -> str:
        parts = self._as_typed(root.parts) if isinstance(root, And) else [root]
        wanted = [part for part in parts if not isinstance(part, Not)]
        topics = [part for part in wanted if not _is_clause(part)]
        clauses = [part for part in wanted if _is_clause(part)]
        unwanted = [part.part for part in parts if isinstance(part, Not)]
        self.forms = len(topics) < 3
        said = "papers"
        if len(topics) == 1 and isinstance(topics[0], Or) and any(map(_is_clause, topics[0].parts)):
            said += " " + " or ".join(map(self._either, self._as_typed(topics[0].parts)))
        elif topics:
            said += " about " + " and ".join(self._topic(part, nested=len(topics) > 1) for part in topics)
        self.forms = False
        if unwanted:
            said += ", but not " + " or ".join(self._unwanted(part) for part in unwanted)
            said += "," if clauses else ""
        return " ".join([said, *map(self._clause, clauses)])

    def _as_typed(self, parts: Iterable[Node]) -> list[Node]:
        return sorted(parts, key=lambda part: min(self.order.get(leaf, 0) for leaf, _ in leaves(part)))

    def _either(self, node: Node) -> str:
        """One of several of which some are no topics: "in cs.CL or about mamba"."""
        return self._clause(node) if _is_clause(node) else f"about {self._topic(node)}"

    def _unwanted(self, node: Node) -> str:
        if isinstance(node, And):
            return " and ".join(map(self._topic, self._as_typed(node.parts))) + " together"
        if _is_clause(node):
            return self._clause(node)
        return self._topic(node, nested=False)

    def _topic(self, node: Node, *, nested: bool = True) -> str:
        if isinstance(node, JOINTS):
            parts = [self._topic(part) for part in self._as_typed(node.parts)]
            text = (" and " if isinstance(node, And) else " or ").join(parts)
            return f"({text})" if nested else text
        if isinstance(node, Not):
            return "anything but " + self._unwanted(node.part)
        if isinstance(node, Field):
            return "papers " + self._clause(node)
        if isinstance(node, Within):
            return f"{self._words(node.leaf, node)} in the {node.field}"
        return self._words(node, node)

    def _words(self, leaf: Leaf, typed_as: Leaf) -> str:
        typed = self.typed.get(typed_as, str(leaf).strip('"=*'))
        if isinstance(leaf, Exact):
            return f"the very word {leaf.text}"
        if isinstance(leaf, Prefix):
            return f"words that begin with {leaf.text}"
        if isinstance(leaf, Phrase):
            said = _phrase(leaf, typed)
            short = self._short_form(leaf) if self.forms else ""
            return f"{said} (or {short})" if short else said
        if isinstance(leaf, Word) and self.forms:
            if acronym := unusual(leaf.text):
                long = self._long_form(acronym)
                return f"{typed} (in this spelling, or “{long}”)" if long else f"{typed} (in this spelling)"
            others = [form for form in members(typed) if form != fold(typed)]
            more = ", …" if len(others) > 3 else ""
            return f"{typed} ({', '.join(others[:3])}{more})" if others else typed
        return typed

    def _clause(self, node: Node) -> str:
        if isinstance(node, Or):
            first, *others = map(self._clause, self._as_typed(node.parts))
            return " or ".join([first, *(other.split(" ", 1)[1] for other in others)])
        if not isinstance(node, Field):
            return ""
        if node.name == "author":
            return f"by {self.typed.get(node, node.value)}"
        if node.name == "cat":
            whole = node.value.endswith(".*")
            return f"in {node.value.removesuffix('.*')}" + (" and its subjects" if whole else "")
        if node.name == "source":
            return f"from {_SOURCES.get(node.value, node.value)}"
        return _HAS[node.value]

    def _long_form(self, acronym: str) -> str:
        """What an acronym stands for, "" when neither we nor papers say."""
        return _kept().get(acronym) or dict(self.acronyms.learned).get(acronym, "")

    def _short_form(self, leaf: Phrase) -> str:
        """An acronym that stands for a phrase and is found with it; "" when there is none."""
        if not all(isinstance(word, Word) for word in leaf.words):
            return ""
        return next(iter(self.acronyms.short_forms(tuple(FAMILY[word.text] for word in leaf.words))), "")


@cache
def _kept() -> dict[str, str]:
    return dict(KEPT.pairs())


def _phrase(leaf: Phrase, typed: str) -> str:
    if any(isinstance(word, Prefix) for word in leaf.words):
        return f"“{typed}…”"
    said = f"“{typed}”" if " " in typed else typed
    return f"the very words {said}" if all(isinstance(word, Exact) for word in leaf.words) else said


def _is_clause(node: Node) -> bool:
    """True for what reads as "in cs.CL", "by Yann LeCun or Geoffrey Hinton"."""
    if isinstance(node, Or):
        return all(isinstance(part, Field) for part in node.parts) and len({_name(part) for part in node.parts}) == 1
    return isinstance(node, Field)


def _name(node: Node) -> str:
    return node.name if isinstance(node, Field) else ""
