"""What a text says: readable Unicode, words, word families, acronyms, author names, features of a paper.

`readable` once, when a paper is made; then `words`, and `FAMILY` and `UNUSUAL` for each word of a text. One unit to
everybody else: import from here.
"""

from bot.text.acronyms import KEPT, Acronyms, Definition, established, learn
from bot.text.compounds import begun, parts
from bot.text.families import FAMILY, family, members, vocabulary
from bot.text.features import FEATURES_VERSION, author_features, feature, features, source_names
from bot.text.names import asked_keys, name_key, name_keys, same_name, surname_keys
from bot.text.pairs import pairs
from bot.text.readable import one_line, readable
from bot.text.words import UNUSUAL, fold, spellings, unusual, words

__all__ = [
    "FAMILY",
    "FEATURES_VERSION",
    "KEPT",
    "UNUSUAL",
    "Acronyms",
    "Definition",
    "asked_keys",
    "author_features",
    "begun",
    "established",
    "family",
    "feature",
    "features",
    "fold",
    "learn",
    "members",
    "name_key",
    "name_keys",
    "one_line",
    "pairs",
    "parts",
    "readable",
    "same_name",
    "source_names",
    "spellings",
    "surname_keys",
    "unusual",
    "vocabulary",
    "words",
]
