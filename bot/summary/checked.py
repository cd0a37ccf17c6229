"""Whether what a summariser said may be shown; pure, and sceptical.

Whoever wrote the abstract may have spoken to the model, and a model may say anything. So what it says is shown only
when it looks like a summary of that paper and can do nothing: one or two whole sentences, no link, no mention, no
markup, no order, nothing about itself, no word of what it was asked, its figures those of the abstract, its words
mostly those of title and abstract. A refusal costs little: the plain summary is shown instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from bot.ports import SummaryError
from bot.summary.asked import INSTRUCTION
from bot.summary.sentences import sentences
from bot.text import FAMILY, fold, readable, words

#: characters that are shown at least and at most; more than ten times that is not even looked at
SHORTEST, LONGEST = 30, 400
#: of its content words so many at least must be the paper's: of 89 recorded summaries that a model wrote
#: (Hugging Face's `ai_summary`) the lowest has 0.53; of 7,832 times one of another paper's, 15 pass
OWN_WORDS = 0.5
#: words in a row that are not ours by chance
_ECHO = 6

#: what wraps an answer without changing it
_LABEL = re.compile(r"^(?:summary|tl;?dr)\s*:\s*", re.IGNORECASE)
_QUOTED = re.compile(r"^[\"“](.*)[\"”]$", re.DOTALL)


def _sign(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts), re.IGNORECASE | re.MULTILINE)


#: what does something where it is shown
_ACTS = {
    "a link": _sign(r"\w+://", r"\bwww\.", r"\b(?:mailto|javascript|data|tel|vbscript):\S", r"\w\.[a-z]{2,}/\w"),
    # "pass@1" and "recall@k" are measures
    "a mention": _sign(r"@(?!(?<=\w@)(?:\d[\d.]*%?|[knm])(?!\w))", r"<[!@#:&/]"),
    "markup": _sign(r"</?[a-z][^<>]*>", r"^\s*(?:[#>*•‣-]|\d{1,2}[.)])\s", r"`", r"!?\[[^\]]*\]\s*\("),
    "a command": _sign(r"(?:^|\s)/[a-z]+\b"),
}
#: what is no summary, in the text as it is shown
_WRONG = {
    "markup": _sign(
        r"\*|~~|\|\||__|(?<!\w)_\w[^_]*_(?!\w)|[\\{}]", r":[a-z]+_?[a-z]+:", r"[\u2600-\u27bf\U0001f000-\U0001faff]"
    ),
    "a word about itself": _sign(
        r"\b(?:as|i am|i'm) an? (?:ai|artificial|(?:large )?language model|assistant|llm)\b",
        r"\bi(?:['’]m| am)? (?:cannot|can['’]?t|can not|won['’]t|sorry|unable|apologi[sz]e|hope|think|believe|will)\b",
        r"^(?:sure|certainly|of course|okay|ok|yes|no|here(?:['’]s| is| are)|hello|hi|thanks?|thank you)\b",
        r"\b(?:the|this|your) (?:provided|given|above|following|users?['’]?s?) (?:abstract|text|title|paper|message)\b",
        r"\bthe (?:abstract|user|text) (?:says|states|asks|wants|provided|above|is about)\b",
        r"\b(?:let me know|feel free|happy to help|my (?:system )?(?:instructions|prompt))\b",
    ),
    "an order": _sign(
        r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|prompts?|rules|above|previous|prior|system)\b",
        r"\b(?:click|visit|subscribe|sign up|log in|contact|follow|email|buy|download|paste) "
        r"(?:here|us|me|now|today|your|the link|at)\b",
        r"\b(?:passwords?|passwd|api keys?|credit cards?|bitcoin address)\b",
    ),
    "a question or a cry": _sign(r"[?!]"),
}
#: what may stand in it only where the paper itself says so
_UNLESS_SAID = re.compile(
    r"\b(?:you|your|yours|yourself|i|me|my|stupid|idiots?|idiotic|morons?|dumb|fools?|foolish|garbage|trash|worthless|"
    r"useless|pathetic|ridiculous|nonsense|crap|shit\w*|fuck\w*|damn\w*|bullshit|bastards?|hate|ugly|laughable|scam|"
    r"fraud|brilliant|revolutionary|amazing|awesome|groundbreaking|incredible)\b",
    re.IGNORECASE,
)
#: a name with a point in it may be made a link
_WITH_POINT = re.compile(r"\b[a-z0-9-]{2,}\.[a-z]{2,}\b", re.IGNORECASE)
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_WHOLE = re.compile(r"[^.\s][)\]”\"’]?\.[)\]”\"’]?$")
#: words that hold English sentences together
_GLUE = frozenset(
    words(
        "a an the of to in and or for with by is are was were be been on that which from as at their its it this these "
        "those via using between while than into can has have not both such we our they more most also how when where"
    )
)


def checked(said: str, title: str, abstract: str) -> str:
    """What was said on one line of readable Unicode, at most `LONGEST` characters, when it may be shown.

    Raises SummaryError, which names what is wrong and quotes nothing.
    """
    said = said.strip()
    if not said:
        raise SummaryError("The answer is empty.")
    if len(said) > 10 * LONGEST:
        raise SummaryError("The answer is too long.")
    said = _QUOTED.sub(r"\1", _LABEL.sub("", said)).strip()
    shown = readable(said)
    wrong = _acts(said) or _acts(shown) or _no_summary(shown) or _not_of_the_paper(shown, title, abstract)
    if wrong:
        raise SummaryError(f"The answer {wrong}.")
    return shown


def _acts(said: str) -> str:
    """What in it could do something where it is shown: looked for before and after the text is made readable."""
    return next((f"holds {name}" for name, sign in _ACTS.items() if sign.search(said)), "")


def _no_summary(said: str) -> str:
    """Why it is not one or two whole sentences about something."""
    if wrong := next((f"holds {name}" for name, sign in _WRONG.items() if sign.search(said)), ""):
        return wrong
    if not SHORTEST <= len(said) <= LONGEST:
        return "is too short" if len(said) < SHORTEST else "is too long"
    if not _WHOLE.search(said):
        return "breaks off"
    if len(sentences(said)) > 2:
        return "has more than two sentences"
    told = [fold(word) for word in words(said)]
    if _runs(told) & _runs_of_instruction():
        return "repeats what was asked"
    if not 0 < sum(word in _GLUE for word in told) <= 0.7 * len(told):
        return "is no English"
    if len(set(told)) < 0.5 * len(told):
        return "repeats itself"
    return ""


def _not_of_the_paper(said: str, title: str, abstract: str) -> str:
    """What in it is not from the paper."""
    source = f"{title} {abstract}"
    paper = set(map(fold, words(source)))
    if any(fold(found[0]) not in paper for found in _UNLESS_SAID.finditer(said)):
        return "is rude, or speaks to somebody"
    if any(found[0] not in title for found in _WITH_POINT.finditer(said)):
        return "holds what could be a link"
    if _figures(said) - _figures(source):
        return "holds a figure that the paper does not"
    told, own = _content(words(said)), _content(paper)
    if len(told & own) < OWN_WORDS * len(told) or not told & _content(words(title)):
        return "speaks of something else"
    return ""


def _figures(text: str) -> set[str]:
    return {found.replace(",", "") for found in _FIGURE.findall(text)}


def _content(said: Iterable[str]) -> set[str]:
    """Families of those words that say what a text is about."""
    return {FAMILY[word] for word in map(fold, said) if len(word) > 2 and word not in _GLUE}


def _runs(told: list[str]) -> set[tuple[str, ...]]:
    return {tuple(told[start : start + _ECHO]) for start in range(len(told) - _ECHO + 1)}


@cache
def _runs_of_instruction() -> set[tuple[str, ...]]:
    return _runs([fold(word) for word in words(INSTRUCTION)])
