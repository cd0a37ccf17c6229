"""Joins forms to families on the evidence of the counts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from bot.text.inflection import singular, verb
from jobs.word_table.corpus import Corpus
from jobs.word_table.lexicon import Choices, Lexicon
from jobs.word_table.suffixes import ACTS, AGENTS, LISTED_ACTS, QUALITIES, TECHNIQUES

#: a bare form that is a noun or adjective too joins its verb's family from this lift on, …
BARE_LIFT = 8.0
#: … or, if it is no adjective, when papers have the verb's other forms this many times as often (estimate), …
BARE_RATIO = 1.0
#: … an act or agent from this one on (they are made from the verb, so little is asked), …
ACT_LIFT = 1.75
#: … an adjective and its quality (sparse, sparsity) or a technique and its adjective from this one on
QUALITY_LIFT = 9.0
#: papers that make a word known
OFTEN = 3
TECHNIQUE_LIFT = 7.0
#: and an adjective in more papers than this share is everybody's
EVERYDAY = 0.035


class Families:
    """Forms that belong together (a disjoint-set forest)."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def find(self, form: str) -> str:
        """Representative of a form's family."""
        while (parent := self._parent.setdefault(form, form)) != form:
            self._parent[form] = self._parent[parent]
            form = parent
        return form

    def __contains__(self, form: str) -> bool:
        return form in self._parent

    def join(self, first: str, *others: str) -> None:
        """Make one family of several forms'."""
        for other in others:
            self._parent[self.find(other)] = self.find(first)

    def all(self) -> Mapping[str, set[str]]:
        """Every family by its representative."""
        found: dict[str, set[str]] = defaultdict(set)
        for form in self._parent:
            found[self.find(form)].add(form)
        return found


#: endings of a word for an act or a quality
_ACT = re.compile("(?:ion|ing|ment|al|[ae]nce|ysis|esis|ity|ness|graphy|metry|scopy|ology|ics|ery|ure|age)$")


class Builder:
    """Joins forms to families."""

    def __init__(self, corpus: Corpus, lexicon: Lexicon, choices: Choices) -> None:
        self.corpus, self.lexicon, self.choices = corpus, lexicon, choices
        self.families = Families()
        #: act forms of each verb (routing, routed) and bare ones (route, routes)
        self.acts: dict[str, set[str]] = {}
        self.bares: dict[str, set[str]] = {}
        #: the verbs of each act form, the other way round
        self.acted: dict[str, set[str]] = defaultdict(set)
        #: nouns made from each verb
        self.derived: dict[str, list[str]] = defaultdict(list)
        #: what was decided on how much evidence, for the eye
        self.log: list[str] = []

    def build(self) -> None:
        """Everything, in order."""
        self._nouns()
        self._verbs()
        self._derive()
        for name in self.acts:
            self._settle(name)
        self._qualities()
        self._degrees()
        self._alone()
        for first, second in self.choices.joined:
            self.families.join(first, second)

    def _nouns(self) -> None:
        for lemma, forms in sorted(self.lexicon.nouns.items()):
            for form in forms - {lemma}:
                if self._belongs(form, lemma, self.lexicon.nouns):
                    self.families.join(lemma, form)

    def _degrees(self) -> None:
        others = self.acted.keys() | self.lexicon.nouns.keys() | self.acts.keys()
        others |= self.choices.apart | self.choices.underived
        for adjective, forms in sorted(self.lexicon.degrees.items()):
            self.families.join(adjective, *(forms - others))

    def _alone(self) -> None:
        """Give words their own family that a rule would take for a form of another."""
        named = {word for word in self.corpus.papers if word not in self.corpus.lower and self.corpus.count(word) > 1}
        plain = {
            word for word in self.lexicon.adjectives | self.lexicon.nouns.keys() if not word.endswith(("ed", "ing"))
        }
        for word in named | plain | self.lexicon.others | self.choices.apart | self.choices.underived:
            if word.isascii() and word.isalpha():
                self.families.find(word)
        for word in self.corpus.papers:
            one = singular(word)
            if word in self.families or self.corpus.count(word) < OFTEN:
                continue
            if re.fullmatch("[a-z]{4,}", word) and not _inflected(one):
                self.families.join(one, word)

    def _belongs(self, form: str, lemma: str, lexicon: Mapping[str, set[str]]) -> bool:
        """Whether a form goes with a lemma, where it may be a form of two, or a word of its own."""
        if form in self.choices.forms:
            return self.choices.forms[form] == lemma
        if form in self.choices.apart:
            return False
        if singular(form) == lemma or (form.endswith(("ing", "ed")) and verb(form, lexicon) == lemma):
            return True
        return (
            form not in lexicon
            and form not in self.lexicon.adjectives
            and not ((one := singular(form)) != form and one in lexicon)
        )

    def _verbs(self) -> None:
        for name, forms in sorted(self.lexicon.verbs.items()):
            own = {form for form in forms - {name} if self._belongs(form, name, self.lexicon.verbs)}
            self.bares[name] = {name} | {form for form in own if form.endswith("s") and singular(form) == name}
            acts = own - self.bares[name]
            acts |= {form + "s" for form in acts if form.endswith("ing")}
            # "bound" is a past of bind, but a noun and a verb of its own
            acts = {form for form in acts if not self._own(form)}
            self.acts[name] = acts
            for form in acts:
                self.acted[form].add(name)
            if acts:
                self.families.join(*sorted(acts))

    def _own(self, form: str) -> bool:
        if form in self.choices.apart or singular(form) in self.choices.apart:
            return True
        return not form.endswith(("ing", "ings", "ed")) and (form in self.lexicon.nouns or form in self.lexicon.verbs)

    def _derive(self) -> None:
        listed = {noun: suffix for suffix, nouns in LISTED_ACTS.items() for noun in nouns.split()}
        candidates = set(self.lexicon.nouns) | {one for word in self.corpus.papers if (one := singular(word)).isalpha()}
        for noun in sorted(candidates):
            if noun in self.choices.apart | self.choices.underived or len(noun) < 5:
                continue
            if noun in listed:
                suffix = listed[noun]
                found = self._verb_of(noun[: -len(suffix)], ("", "e", "y"))
            else:
                found = self._act_of(noun) or self._agent_of(noun)
            if found and found != noun:
                self.derived[found].append(noun)

    def _verb_of(self, stem: str, endings: Iterable[str]) -> str:
        stems = {stem + ending for ending in endings}
        if len(stem) > 2 and stem[-1] == stem[-2]:
            stems.add(stem[:-1])
        if stem.endswith("i"):
            stems.add(stem[:-1] + "y")
        return max(sorted(one for one in stems & self.acts.keys() if len(one) > 2), key=self._weight, default="")

    def _act_of(self, noun: str) -> str:
        """The verb that papers have most, of those the noun may be the act of."""
        names = {
            noun.removesuffix(suffix) + ending
            for suffix, endings in ACTS
            if noun.endswith(suffix) and len(noun) > len(suffix)
            for ending in endings
        }
        return max(sorted(names & self.acts.keys()), key=self._weight, default="")

    def _weight(self, name: str) -> tuple[int, int]:
        return len(self.corpus.holding(self.acts[name])), len(self.corpus.holding(self.bares[name]))

    def _agent_of(self, noun: str) -> str:
        for suffix in AGENTS:
            if noun.endswith(suffix) and not (suffix == "er" and noun[:-2] in self.lexicon.adjectives):
                return self._verb_of(noun.removesuffix(suffix), ("", "e"))
        return ""

    def _settle(self, name: str) -> None:
        """Decide which of a verb's bare form and derived nouns share the family of its act."""
        acts, bares = self.acts[name], self.bares[name]
        joined = set(acts)
        for noun in self.derived[name]:
            forms = self._forms(noun)
            lift = self.corpus.lift(forms, (acts | bares) - forms)
            self._note("act", noun, name, lift)
            if lift is None or lift >= ACT_LIFT:
                self.families.join(noun, *acts, *forms)
                joined |= forms
        lift = self.corpus.lift(bares, joined - bares)
        ambiguous = name in self.lexicon.nouns or name in self.lexicon.adjectives
        rest, bare = len(self.corpus.holding(joined)), len(self.corpus.holding(bares))
        often = name not in self.lexicon.adjectives and rest >= BARE_RATIO * bare
        if name in self.choices.apart:
            joins = False
        else:
            joins = not ambiguous or name in self.choices.bare or lift is None or lift >= BARE_LIFT or often
        if ambiguous:
            self._note("bare", name, "apart" if not joins else "joined", lift)
        if joins:
            self.families.join(*sorted(bares | joined))
        else:
            self.families.join(*sorted(bares))

    def _forms(self, noun: str) -> set[str]:
        forms = {noun} | self.lexicon.nouns.get(noun, set())
        plural = noun + "s"
        if singular(plural) == noun and self.corpus.count(plural):
            forms.add(plural)
        return forms

    def _qualities(self) -> None:
        known = self.lexicon.adjectives | {
            word for word in self.corpus.papers if word.endswith(("ble", "ic", "ical")) and self.corpus.count(word) > 1
        }
        for noun in sorted(set(self.lexicon.nouns) | set(self.corpus.papers)):
            suffix, endings = next(((s, e) for s, e in QUALITIES if noun.endswith(s)), ("", ()))
            if suffix == "ics" and noun not in self.lexicon.nouns and noun[:-1] in self.lexicon.nouns:
                continue  # logics are several
            for adjective in (noun.removesuffix(suffix) + ending for ending in endings if suffix):
                apart = {noun, adjective} & self.choices.apart
                if not apart and (adjective in known or suffix in TECHNIQUES):
                    self._quality(noun, adjective, suffix)

    def _quality(self, noun: str, adjective: str, suffix: str) -> None:
        lift = self.corpus.lift(self._forms(noun), {adjective})
        self._note("quality", noun, adjective, lift)
        if lift is None:
            joins = suffix in TECHNIQUES
        else:
            everyday = self.corpus.count(adjective) > EVERYDAY * self.corpus.size
            joins = lift >= TECHNIQUE_LIFT if suffix in TECHNIQUES else lift >= QUALITY_LIFT and not everyday
        if joins:
            self.families.join(noun, adjective)

    def _note(self, kind: str, word: str, other: str, lift: float | None) -> None:
        shown = "?" if lift is None else f"{lift:.1f}"
        self.log.append(f"{kind}\t{word}\t{other}\t{shown}\t{self.corpus.count(word)}")

    def key(self, forms: set[str]) -> tuple[str, str]:
        """Key of a family, and the verb behind it where that is another word."""
        bare = sorted((form for form in forms if form in self.acts), key=lambda form: (-self.corpus.count(form), form))
        for name in bare:
            if self.acts[name] & forms or not self.acts[name]:
                return name, ""
        names = {name for form in forms for name in self.acted.get(form, ())}
        if names and not bare:
            name = max(names, key=lambda name: (self.corpus.count(name), name))
            act = next((form for form in sorted(self.acts[name]) if form.endswith("ing")), min(self.acts[name]))
            return act, name
        nouns = [form for form in forms if singular(form) == form] or sorted(forms)
        return min(nouns, key=lambda form: (form not in self.lexicon.nouns, len(form), form)), ""

    def name(self, forms: set[str], key: str) -> str:
        """The form a family is called by: its most frequent act (tokenization, scheduling), else its key."""
        acts = [form for form in forms if _ACT.search(form) and singular(form) == form and self._noun(form)]
        return max(sorted(acts), key=self.corpus.count) if any(map(self.corpus.count, acts)) else key

    def _noun(self, form: str) -> bool:
        return form in self.lexicon.nouns or self.corpus.count(form + "s") > 0 or not form.endswith("ing")


def rows(builder: Builder) -> Iterator[str]:
    """Lines of the table: families whose forms no rule would bring together, and those that papers hold."""
    corpus = builder.corpus
    placed: Counter[str] = Counter()
    for forms in builder.families.all().values():
        key, root = builder.key(forms)
        placed[key] += 1
        name = builder.name(forms, key)
        shown = sorted(forms, key=lambda form: (form != name, -corpus.count(form), form))
        # a plural by rule needs no entry, nor does a noun with no other forms
        shown = [form for form in shown if corpus.count(form) or form == key or singular(form) not in forms - {form}]
        often = any(corpus.count(form) >= OFTEN for form in shown)
        if often or any(singular(form) != key or _inflected(form) for form in shown):
            yield f"{key}\t{root}\t" + " ".join(f"{f}:{n}" if (n := corpus.count(f)) else f for f in shown)
    twice = [key for key, times in placed.items() if times > 1]
    if twice:
        raise SystemExit(f"two families have one key: {twice}")


def _inflected(form: str) -> bool:
    """Whether a rule might take a form for one of another word."""
    return form.endswith(("ing", "ed", "er", "or", "ion", "ment", "al", "s", "ic", "ical")) and len(form) > 4
