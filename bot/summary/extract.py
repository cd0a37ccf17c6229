"""The weighing of an abstract's sentences, and the choice of two."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from bot.models import Paper
from bot.summary import cues
from bot.summary.sentences import sentences

#: no abstract is longer; what pretends to be one costs no more
_MOST = 60
_STOP = re.compile(
    "and|are|been|between|both|but|can|for|from|has|have|into|its|may|more|most|not|our|such|than|that|the|their|them|these|"
    "they|this|those|through|under|using|via|was|were|when|where|which|while|with|within|without|towards?|"
    "based|new|novel|paper|proposed?|approach|methods?|results|show"
)


@dataclass(frozen=True, slots=True)
class _Sentence:
    place: int
    text: str
    words: frozenset[str]
    #: how much it says
    weight: float
    #: what it loses where the sentence before it is not shown
    lean: float
    claims: bool
    results: bool


def plain(paper: Paper, limit: int = 400) -> str:
    """The source's own one-line summary, or else the two most informative sentences of the abstract, in its order.

    At most `limit` characters: one sentence where no two fit, and where none fits still a whole one. Never the line
    that says where the code is, unless there is nothing else. "" without an abstract.
    """
    if paper.tldr:
        return " ".join(paper.tldr.split())
    found = sentences(paper.abstract)[:_MOST]
    told = [sentence for sentence in found if not _only_says_where(sentence)] or found[:1]
    weighed = _weighed(told, paper.title)
    single = [(sentence,) for sentence in weighed]
    choices = [choice for choice in (*single, *combinations(weighed, 2)) if len(_joined(choice)) <= limit]
    return _joined(max(choices or single, key=_worth, default=()))


def _joined(choice: tuple[_Sentence, ...]) -> str:
    return " ".join(sentence.text for sentence in choice)


def _worth(choice: tuple[_Sentence, ...]) -> float:
    """What one sentence or two say together."""
    first, *rest = choice
    worth = first.weight - first.lean
    for second in rest:
        lean = second.lean * (0.1 if second.place == first.place + 1 else 1.0)
        same = len(first.words & second.words) / (min(len(first.words), len(second.words)) or 1)
        complete = 0.5 if first.claims and second.results else 0.0
        worth += second.weight - lean + complete - 1.2 * max(0.0, same - 0.3)
    return worth


def _only_says_where(sentence: str) -> bool:
    return len(re.sub(r"https?://\S+", "", sentence)) < 200 and bool(cues.WHERE.search(sentence))


def _weighed(told: list[str], title: str) -> list[_Sentence]:
    topic = frozenset(_words(title))
    counts = Counter(word for said in told for word in set(_words(said)))
    # the sentence that first says what the paper is about; what stands before it is background
    subjects = (place for place, said in enumerate(told) if cues.CLAIM.search(said) or cues.SUBJECT.search(said))
    named = (place for place, said in enumerate(told) if _names_itself(said, title))
    begins = min((place for place in (next(subjects, None), next(named, None)) if place is not None), default=-1)
    return [_sentence(place, said, topic, counts, begins) for place, said in enumerate(told)]


def _sentence(place: int, said: str, topic: frozenset[str], counts: Counter[str], begins: int) -> _Sentence:
    words = frozenset(_words(said))
    claims, results = bool(cues.CLAIM.search(said)), bool(cues.RESULT.search(said))
    subject = claims or bool(cues.SUBJECT.search(said)) or place == begins
    figure, carries_on = bool(cues.FIGURE.search(said)), bool(cues.CARRIES_ON.match(said))
    weight = sum(
        amount
        for amount, holds in (
            *((1.5, claims), (0.9, subject and not claims), (0.4, not subject and bool(cues.PASSIVE.search(said)))),
            *((0.7, results), (0.4, figure and (results or claims))),
            *(
                (0.9, place == begins),
                (-1.0, place < begins),
                (-0.5, not subject and bool(cues.BACKGROUND.match(said))),
            ),
            *((-0.6, bool(cues.OUTLOOK.search(said))), (-0.4, not figure and bool(cues.TRIED.search(said)))),
            *(
                (-1.5, place > begins and bool(cues.RELEASE.match(said))),
                (-0.3, carries_on),
                (-0.5, said.endswith("?")),
            ),
        )
        if holds
    )
    weight += 1.2 * len(words & topic) / (len(topic) or 1)
    weight += 0.8 * sum(counts[word] > 1 for word in words) / (len(words) or 1)
    lean = 1.6 if cues.LEANS.match(said) else 0.2 if carries_on else 1.6 if cues.LEANS_INSIDE.match(said) else 0.0
    # the first has nothing to lean on
    lean = lean if place else 0.0
    # background still says more than nothing; a scrap does not
    weight = max(weight, 0.05) if len(said) >= 40 else -1.0
    return _Sentence(place, said, words, weight, lean, claims, results)


def _names_itself(said: str, title: str) -> bool:
    """Whether a sentence begins with the name that stands before the title's colon: "ARGOS is the first …"."""
    name, colon, _ = title.casefold().partition(":")
    return bool(colon) and len(name) < 30 and said.casefold().startswith((f"{name} ", f"{name},", f"the {name} "))


def _words(text: str) -> Iterator[str]:
    """Content words without case and common endings."""
    for word in re.findall(r"[^\W_]+", text.casefold()):
        if len(word) > 2 and not _STOP.fullmatch(word):
            yield re.sub(r"(?:ing|ed|es|s|ly|al|ion|ions)$", "", word) if len(word) > 5 else word
