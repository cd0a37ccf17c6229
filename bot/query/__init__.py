"""The query language: what people type becomes a tree, a canonical text and plain words.

    tokenization · "knowledge graph" · token* · transformer -survey · (LoRA OR "low-rank adaptation") quantization
    title:mamba · author:"Yann LeCun" · cat:cs.CL · cat:cs.* · source:biorxiv · =tokenizer · has:code
    papers about tokenization, but not surveys, in cs.CL

Words next to each other must all be there, and AND binds closer than OR. A phrase is words in order; a hyphen makes a
phrase, and `fine-tuning`, `"fine tuning"` and `finetuning` are one. Words that stand in every paper ("the", "of")
say nothing outside a phrase.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.messages import misreading
from bot.query import categories
from bot.query.canonical import canonical, needs_a_word
from bot.query.characters import Typed
from bot.query.english import said, separate_topics, split_topics
from bot.query.errors import QueryError
from bot.query.grammar import Grammar
from bot.query.lexing import LENGTH, TERMS, tokens
from bot.query.shown import shown
from bot.query.tree import And, Exact, Field, Leaf, Node, Not, Or, Phrase, Prefix, Single, Within, Word, leaves
from bot.query.wording import plain_words
from bot.text import Acronyms

__all__ = [
    "And",
    "Exact",
    "Field",
    "Leaf",
    "Node",
    "Not",
    "Or",
    "Phrase",
    "Prefix",
    "Query",
    "QueryError",
    "Single",
    "Within",
    "Word",
    "categories",
    "different_topics",
    "leaves",
    "parse",
    "separate_topics",
    "shown",
    "split_topics",
]

#: a longer query is shown in its canonical text
TYPED = 500


@dataclass(frozen=True, slots=True)
class Query:
    """What is followed. Two queries are equal when their canonical texts are."""

    #: canonical: equal meaning, equal text; parsing it gives this query again
    text: str
    root: Node = field(compare=False)
    #: how it was understood: "papers about tokenization (tokenizer, tokenize, …), but not surveys, in cs.CL"
    plain: str = field(compare=False)
    #: as somebody typed it, tidied; parsing it gives this query again
    typed: str = field(default="", compare=False)
    #: the words it was typed in, for `shown`
    spelling: Mapping[Leaf, str] = field(default_factory=dict, compare=False, repr=False)
    #: the words it was typed in, for a sentence
    words: Mapping[Leaf, str] = field(default_factory=dict, compare=False, repr=False)

    def __str__(self) -> str:
        return self.text

    def understood(self, acronyms: Acronyms) -> str:
        """`plain` with the acronyms in force; those that were learned are told as papers write them."""
        return plain_words(self.root, self.words, acronyms)


def parse(text: str) -> Query:
    """Reads a query; raises QueryError for what is not one.

    Takes less than 50 ms whatever the text is: at most 2,000 characters, 64 words and phrases, and 20 levels are read.
    """
    try:
        return _parsed(text)
    except QueryError as error:
        error.suggestion = _repaired(error.suggestion)
        raise


def different_topics(text: str) -> list[str]:
    """What `split_topics` gives, with topics that mean the same named once: "mamba, Mamba" is one topic."""
    topics = split_topics(text)
    if len(topics) < 2:
        return topics
    parts: dict[str, str] = {}
    for part in topics:
        try:
            meaning = parse(part).text
        except QueryError:
            meaning = part
        parts.setdefault(meaning, part)
    return list(parts.values())


def _repaired(suggestion: str) -> str:
    """A suggestion that is a right query, after at most three more repairs; "" when there is none."""
    for _ in range(3):
        suggestion = " ".join(suggestion.split())
        if not suggestion:
            break
        try:
            _parsed(suggestion)
        except QueryError as error:
            suggestion = error.suggestion
        else:
            return suggestion
    return ""


def _parsed(text: str) -> Query:
    if len(text) > LENGTH:
        raise QueryError(misreading.too_long(len(text), LENGTH, TERMS), LENGTH, len(text))
    typed = Typed(text)
    try:
        return _read(typed.text)
    except QueryError as error:
        error.start, error.end = typed.place(error.start, error.end)
        raise


def _read(text: str) -> Query:
    root, grammar = _understood(text)
    found = Query(str(root), root, plain_words(root, grammar.typed), "", grammar.spelling, grammar.typed)
    return replace(found, typed=_as_typed(text, found))


def _as_typed(text: str, query: Query) -> str:
    """The query as it was typed, where that is understood as the same again; else its canonical text."""
    typed = shown(query.root, query.spelling)
    if typed in (text, query.text):
        return typed
    try:
        same = len(typed) <= TYPED and str(_understood(typed)[0]) == query.text
    except QueryError:
        same = False
    return typed if same else query.text


def _understood(text: str) -> tuple[Node, Grammar]:
    """The canonical tree of a text, and how it was read."""
    grammar = Grammar(text, said(tokens(text)))
    tree = grammar.tree()
    if tree is None:
        raise _nothing(text, grammar)
    if not needs_a_word(tree):
        raise _only_negative(text, tree)
    root = canonical(tree, _can_be_read)
    if root is None:
        raise QueryError(misreading.NO_PAPER, 0, len(text))
    if not _can_be_read(root):
        raise QueryError(misreading.WRITTEN_OUT, 0, len(text))
    if not needs_a_word(root):
        raise _only_negative(text, root)
    return root, grammar


def _can_be_read(root: Node) -> bool:
    """True when the canonical text can be parsed again."""
    text = str(root)
    if len(text) < TERMS:
        return True
    try:
        tokens(text)
    except QueryError:
        return False
    return len(text) <= LENGTH


def _nothing(text: str, grammar: Grammar) -> QueryError:
    if grammar.empty:
        word = grammar.empty
        return QueryError(misreading.says_nothing(word.text), word.start, word.end)
    if text.strip():
        return QueryError(misreading.NO_WORD, 0, len(text))
    return QueryError(misreading.NO_TOPIC, 0, 0)


def _only_negative(text: str, tree: Node) -> QueryError:
    unwanted = [leaf for leaf, wanted in leaves(tree) if not wanted]
    if any(wanted for _, wanted in leaves(tree)):
        return QueryError(misreading.one_only_leaves_out(unwanted[0]), 0, len(text))
    better = " ".join(str(leaf) for leaf in unwanted)
    return QueryError(misreading.only_leaves_out(unwanted[0]), 0, len(text), better)
