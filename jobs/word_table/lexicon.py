"""What is known of English beforehand: inflections by lemminflect, and our own choices."""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from importlib.resources import files

from bot.text.inflection import verb
from bot.text.spelling import american
from jobs.word_table.corpus import Corpus


class Lexicon:
    """Forms of English verbs and nouns, in American spelling."""

    def __init__(self) -> None:
        self.verbs: dict[str, set[str]] = defaultdict(set)
        self.nouns: dict[str, set[str]] = defaultdict(set)
        self.adjectives: set[str] = set()
        #: comparatives and superlatives by their adjective
        self.degrees: dict[str, set[str]] = defaultdict(set)
        #: everything else that has only one form: adverbs, prepositions
        self.others: set[str] = set()
        table = files("lemminflect").joinpath("resources", "lemma_lu.csv.gz").read_bytes()
        for line in gzip.decompress(table).decode().splitlines():
            form, kind, lemmas = line.split(",")
            for lemma in lemmas.split("/"):
                if re.fullmatch("[a-z]{2,}", lemma) and re.fullmatch("[a-z]{2,}", form):
                    self._add(kind, american(lemma), american(form))

    def adopt(self, corpus: Corpus) -> None:
        """Add the verbs that papers use and the lexicon has not: finetune, inpaint, tokenize."""
        known = {form for forms in (*self.verbs.values(), *self.nouns.values()) for form in forms}
        for act in sorted(corpus.papers):
            found = re.fullmatch("([a-z]{4,})(?:ing|ed)", act)
            if not found or act in known:
                continue
            name = verb(act, corpus.papers)
            forms = {name, name + "s", found[1] + "ing", found[1] + "ed"}
            # one form alone may be anything: "ising"
            if name != act and name not in self.verbs and len(forms & corpus.papers.keys()) > 1:
                self.verbs[name] = forms

    def _add(self, kind: str, lemma: str, form: str) -> None:
        if kind in ("verb", "noun"):
            # labelled and labeled are one: keep the forms, one lemma
            (self.verbs if kind == "verb" else self.nouns)[lemma].update((lemma, form))
        elif kind == "adj":
            self.adjectives.add(lemma)
            if form in (
                lemma + "er",
                lemma + "est",
                lemma + "r",
                lemma + "st",
                lemma[:-1] + "ier",
                lemma[:-1] + "iest",
            ):
                self.degrees[lemma].add(form)
        else:
            self.others.add(form)


class Choices:
    """What `word_choices.tsv` says."""

    def __init__(self, text: str) -> None:
        self.apart: set[str] = set()
        self.bare: set[str] = set()
        self.underived: set[str] = set()
        self.joined: list[tuple[str, str]] = []
        self.forms: dict[str, str] = {}
        for line in text.splitlines():
            if line and not line.startswith("#"):
                what, named, _ = line.split("\t")
                for word in named.split():
                    first, _, second = word.partition("=")
                    if what == "apart":
                        self.apart.add(first)
                    elif what == "not":
                        self.underived.add(first)
                    elif what == "with":
                        self.bare.add(first)
                    elif what == "join":
                        self.joined.append((first, second))
                    else:
                        self.forms[first] = second
