"""Word families: a word means its inflections, its spellings, and the verb, agent and act of the same idea.

"tokenization" is tokenizer, tokenized, tokenisers, and never token. Two words are of one family exactly when their keys
are equal; a key is a word itself, so it can be shown.

What is known stands in `families.tsv`, made and explained by `jobs.word_table`: families of English verbs with their
acts and agents, irregular plurals, and how many recorded papers hold each form. What stands nowhere follows the rules
of `bot.text.inflection`, and a compound (finetuned, reranker) follows its last part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from bot.text.inflection import made, singular, verb
from bot.text.spelling import american
from bot.text.words import LONGEST, MEMORY, fold, words

_INFLECTED = re.compile("[a-z]{3,}(?:s|ed|ing|er|or|ion|ment|al)$")
_LATIN = re.compile("[a-z]+$")
#: a compound's first part, when it is short; a longer one needs no list
_PREFIXES = frozenset(words("bi co de en ex im in re un up"))
_AGENT = re.compile("(?:er|or)s?$")


class Table(NamedTuple):
    """What `families.tsv` says."""

    #: key of each known form
    keys: dict[str, str]
    #: the verb of a family whose key is not the verb: "routing" -> "route"
    verbs: dict[str, str]
    #: attested forms of a family by its key: the one it is called by, then the most frequent first
    members: dict[str, tuple[str, ...]]
    #: recorded papers that hold a word of a family, by its key; who holds two forms counts twice
    papers: dict[str, int]


@cache
def table() -> Table:
    """The shipped table, read once."""
    found = Table({}, {}, {}, {})
    for line in files(__package__).joinpath("families.tsv").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        key, root, forms = line.split("\t")
        counted = [_counted(form) for form in forms.split()]
        found.keys.update((form, key) for form, _ in counted)
        found.members[key] = tuple(form for form, papers in counted if papers) or (counted[0][0],)
        found.papers[key] = sum(papers for _, papers in counted)
        if root:
            found.verbs[key] = root
    return found


def _counted(form: str) -> tuple[str, int]:
    word, _, papers = form.partition(":")
    return word, int(papers or 0)


class _Family(dict[str, str]):
    """Keys by surface word of any case; an unknown word is worked out once."""

    def __missing__(self, word: str) -> str:
        if len(word) > LONGEST:
            return _key(fold(word[:LONGEST]))
        if len(self) >= MEMORY:
            self.clear()
        key = self[word] = _key(fold(word))
        return key


#: key of the family of a surface word: `list(map(FAMILY.__getitem__, words))` is the quick way for a whole text
FAMILY = _Family()


def family(word: str) -> str:
    """Key of the family of a surface word of any case: a lower-case word. Equal keys, one family."""
    return FAMILY[word]


def members(word: str) -> tuple[str, ...]:
    """Forms of a word's family found in recorded papers: first its name, the same for every form; never empty.

    The name is the act where papers have one ("tokenisers" -> tokenization), the rest is by frequency. Of a family that
    no paper held it is the key alone.
    """
    key = FAMILY[word]
    return table().members.get(key) or (key or word,)


def vocabulary() -> Mapping[str, str]:
    """Every known form of every known family, lower-case, with its family's key."""
    return table().keys


def _key(word: str) -> str:
    if len(word) > 40 or not _LATIN.match(word):
        return word
    keys = table().keys
    if word in keys:
        return keys[word]
    word = american(word)
    if word in keys:
        return keys[word]
    one = singular(word)
    if one in keys:
        return keys[one]
    if len(one) < 5:
        return one if one == word else _key(one)
    if _AGENT.search(one) and (key := keys.get(one[:-2] + "ing")):
        return key
    root = _root(one)
    # a key is its own key: "unbiased" leads to "unbias", and that on to where "unbias" itself leads
    return root if root == word else _key(root)


def _root(word: str) -> str:
    """What an unknown word, no plural, comes from: by its last part if that is known, else by rule."""
    act = made(word)
    if act != word:
        # "underrepresentation" is from underrepresent; but "correlation" is no "cor relation"
        root = _compound(word, 8)
        return act if root in ("", word) else root
    if root := _compound(word, 5):
        return root
    if _AGENT.search(word) and (root := _compound(word[:-2] + "ing", 5)) and not root.endswith("ing"):
        return root
    return verb(word, table().keys)


def _compound(word: str, least: int) -> str:
    """A word after its longest known last part: "finetuned" after "tuned" is "finetune"; "" when none is known.

    What ends in a word of its own family is left as it is: "hyperparameter" is nobody who hyperparametes.
    """
    if not _INFLECTED.match(word):
        return ""
    known = table()
    for start in range(2, len(word) - least + 1):
        if (key := known.keys.get(word[start:])) and (start > 2 or word[:2] in _PREFIXES):
            return word[:start] + known.verbs.get(key, key)
    return ""
