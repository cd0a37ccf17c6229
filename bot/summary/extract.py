"""The weighing of an abstract's sentences, and the choice of two."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from bot.models import Paper
from bot.summary import cues
from bot.summary.sentences import sentences

#: characters of a summary: of the first two sentences of an abstract one in ten is longer
LIMIT = 480
#: no abstract is longer; what pretends to be one costs no more
_MOST = 60
_STOP = re.compile(
    "and|are|been|between|both|but|can|for|from|has|have|into|its|may|more|most|not|our|such|than|that|the|their|them|these|"
    "they|this|those|through|under|using|via|was|were|when|where|which|while|with|within|without|towards?|"
    "based|new|novel|paper|proposed?|approach|methods?|results|show"
)


_WORD = re.compile(r"[^\W_]+")
_ENDING = re.compile(r"(?:ing|ed|es|s|ly|al|ion|ions)$")


@dataclass(frozen=True, slots=True)
class _Sentence:
    place: int
    text: str
    #: the text as the cues know it
    told: str
    words: frozenset[str]
    #: how much it says
    weight: float
    #: what it loses where the sentence before it is not shown
    lean: float
    #: says what the paper does; what came out of it
    claims: bool
    results: bool


def plain(paper: Paper, limit: int = LIMIT) -> str:
    """The source's own one-line summary, or else the two most informative sentences of the abstract, in its order.

    At most `limit` characters: one sentence where no two fit, and where none fits still a whole one. Never the line
    that says where the code is, unless there is nothing else. "" without an abstract. Takes a millisecond: storage asks
    once a text and keeps the answer (`Paper.plain`).
    """
    if paper.tldr:
        return " ".join(paper.tldr.split())
    return _chosen(paper.title, paper.abstract, limit)


def _chosen(title: str, abstract: str, limit: int) -> str:
    found = sentences(abstract)[:_MOST]
    told = [said for said in found if not _only_says_where(said) or _names_itself(said, title)] or found[:1]
    weighed = _weighed(told, title)
    single = [(sentence,) for sentence in weighed]
    choices = [choice for choice in (*single, *combinations(weighed, 2)) if _length(choice) <= limit] or single
    # two lesser ones must not keep out the one that says most, only because it is long
    best = max((one for choice in choices for one in choice), key=lambda one: one.weight - one.lean, default=None)
    return _joined(max(choices, key=lambda choice: _worth(choice) + 0.8 * (best in choice), default=()))


def _joined(choice: tuple[_Sentence, ...]) -> str:
    return " ".join(sentence.text for sentence in choice)


def _length(choice: tuple[_Sentence, ...]) -> int:
    """Characters of these sentences, joined."""
    return sum(len(sentence.text) for sentence in choice) + len(choice) - 1


def _worth(choice: tuple[_Sentence, ...]) -> float:
    """What one sentence or two say together."""
    first, *rest = choice
    worth = first.weight - first.lean - (0.6 if cues.ADDS.match(first.told) else 0.0)
    for second in rest:
        lean = second.lean * (0.1 if second.place == first.place + 1 else 1.0)
        same = len(first.words & second.words) / (min(len(first.words), len(second.words)) or 1)
        complete = 0.5 if first.claims and second.results else 0.0
        worth += second.weight - lean + complete - 1.2 * max(0.0, same - 0.3)
    return worth


def _only_says_where(sentence: str) -> bool:
    return len(re.sub(r"https?://\S+", "", sentence)) < 200 and bool(cues.WHERE.search(cues.told(sentence)))


def _weighed(texts: list[str], title: str) -> list[_Sentence]:
    topic = frozenset(_words(title))
    words = [frozenset(_words(text)) for text in texts]
    told = list(map(cues.told, texts))
    counts = Counter(word for some in words for word in some)
    # the sentence that first says what the paper is about; what stands before it is background
    about = (place for place, said in enumerate(told) if cues.CLAIM.search(said) or cues.SUBJECT.search(said))
    named = (place for place, text in enumerate(texts) if _names_itself(text, title))
    begins = min((place for place in (next(about, None), next(named, None)) if place is not None), default=-1)
    return [
        _sentence(place, text, said, some, topic, counts, begins)
        for place, (text, said, some) in enumerate(zip(texts, told, words, strict=True))
    ]


def _sentence(  # noqa: PLR0917 - what weighs is many things
    place: int, text: str, said: str, words: frozenset[str], topic: frozenset[str], counts: Counter[str], begins: int
) -> _Sentence:
    figure, carries_on = bool(cues.FIGURE.search(said)), bool(cues.CARRIES_ON.match(said))
    # "Simulations validate our approach" says nothing of what came out
    assures = not figure and bool(cues.ASSURES.search(said))
    claims, results = bool(cues.CLAIM.search(said)), not assures and bool(cues.RESULT.search(said))
    subject = claims or place == begins or bool(cues.SUBJECT.search(said))
    weight = (
        1.5 * claims
        + 0.9 * (subject and not claims)
        + 0.4 * (not subject and bool(cues.PASSIVE.search(said)))
        + 0.7 * results
        + 0.4 * (figure and (results or claims))
        + 0.9 * (place == begins)
        - 1.0 * (place < begins)
        - 0.5 * (not subject and bool(cues.BACKGROUND.match(said)))
        - 0.9 * bool(cues.OUTLOOK.search(said))
        - 0.4 * (not figure and bool(cues.TRIED.search(said)))
        - 1.2 * assures
        - 1.5 * (place > begins and bool(cues.RELEASE.match(said)))
        - 0.3 * carries_on
        - (0.3 if results else 0.9) * bool(cues.ADDS.match(said))
        - 0.5 * said.endswith("?")
        + 1.2 * len(words & topic) / (len(topic) or 1)
        + 0.8 * sum(counts[word] > 1 for word in words) / (len(words) or 1)
    )
    # background still says more than nothing; a scrap does not
    weight = max(weight, 0.05) if len(said) >= 40 and not assures else min(weight, -0.5)
    return _Sentence(place, text, said, words, weight, _lean(place, said, begins), claims or place == begins, results)


def _lean(place: int, said: str, begins: int) -> float:
    """What a sentence loses where the one before it is not shown."""
    if place == 0:
        return 0.0  # it has nothing to lean on
    carries_on = cues.CARRIES_ON.match(said)
    leans = cues.LEANS.match(said) or (not carries_on and cues.LEANS_INSIDE.match(said))
    lean = 1.6 if leans else 0.2 if carries_on else 0.0
    # what the paper is about is worth saying all the same
    return min(lean, 0.6) if place == begins else lean


def _names_itself(said: str, title: str) -> bool:
    """Whether a sentence begins with the name that stands before the title's colon: "ARGOS is the first …"."""
    name, colon, _ = title.casefold().partition(":")
    return bool(colon) and len(name) < 30 and said.casefold().startswith((f"{name} ", f"{name},", f"the {name} "))


def _words(text: str) -> Iterator[str]:
    """Content words without case and common endings."""
    return filter(None, map(_content, _WORD.findall(text.casefold())))


# abstracts share their words
@lru_cache(maxsize=50_000)
def _content(word: str) -> str:
    """The word without a common ending; "" for one that says nothing of the content."""
    if len(word) <= 2 or _STOP.fullmatch(word):
        return ""
    return _ENDING.sub("", word) if len(word) > 5 else word
