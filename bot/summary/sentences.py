"""Where a sentence of an abstract ends."""

from __future__ import annotations

import re

#: words that no sentence ends with; "al" only where a sentence clearly begins after it
_NEVER_LAST = re.compile(
    r"e\.g|i\.e|vs|cf|resp|viz|approx|ca|dr|prof|mr|mrs|st|w\.r\.t|a\.k\.a|incl|esp|al|"
    r"phys|rev|lett|proc|ser|astron|astrophys|appl|numer|commun|conf|univ|inc|ltd|corp|jr"
)
#: words that end none before a number: "Fig. 2" goes on, "a figure. We" does not
_BEFORE_NUMBER = re.compile(r"figs?|eqs?|eqn|sect?|secs|refs?|tab|thm|lem|prop|cor|def|ch|vol|nos?|pp|app")
#: words that begin a sentence even after an initial or an ellipsis
_OPENERS = (
    "We|The|This|These|Our|In|It|However|Here|To|A|An|For|With|By|Moreover|Furthermore|Finally|As|On|At|From|Using|Based|"
    "Although|While|When|Unlike|Recent|Recently|Existing|They|Such|Both|Specifically|Additionally|Experiments|Extensive|"
    "Results|Thus|Therefore"
)
_OPENER = re.compile(rf"(?:{_OPENERS})\b")
#: small letters that begin a sentence: "mRNA", "k-Means", "α", an address
_SMALL_START = re.compile(r"[a-z]+[A-Z]|[a-z]-[A-Z]|[α-ω]\b|https?://")
#: a point, what closes behind it, and white space; or a point that somebody typed no space after: "method.We"
_BREAK = re.compile(rf"[.!?…][)\]}}\"'”’»]*\s+|(?<=[a-z)\]]{{2}})\.(?=(?:{_OPENERS})[\s,])")
_OPENING = "([{"
_BRACKET = re.compile(r"[()\[\]{}]")
#: characters; two brackets further apart are no pair
_LONGEST_BRACKET = 400


def sentences(text: str) -> list[str]:
    """The sentences of a text, with single white space; nothing is left out and nothing is changed.

    No sentence ends after an abbreviation, an initial, a number of a list, inside brackets, or at a decimal point.
    """
    text = " ".join(text.split())
    inside = _bracketed(text)
    found, start = [], 0
    for match in _BREAK.finditer(text):
        end = match.end()
        # only the words around the point decide, so that a text without end costs no more than its length
        if not inside[end - 1] and _ends(text[max(start, end - 80) : end].rstrip(), text[end : end + 20]):
            found.append(text[start:end].rstrip())
            start = end
    return [*found, text[start:]] if text else []


def _ends(sentence: str, rest: str) -> bool:
    """Whether a sentence ends at a point, given what follows it."""
    if rest[0] in ".,;:" or (rest[0].islower() and not _SMALL_START.match(rest)):
        return False
    if sentence[-1] not in ".…":
        return True
    opens = bool(_OPENER.match(rest))
    if sentence.endswith(("...", "…", ". .")):
        return opens
    word = re.split(r"[\s(\[“\"'‘]", sentence.rstrip("."))[-1].casefold()
    if _NEVER_LAST.fullmatch(word):
        return word == "al" and opens
    if _BEFORE_NUMBER.fullmatch(word):
        return not re.match(r"[\d(\[]|[IVX]+\b", rest)
    if re.fullmatch(r"[^\W\d_](?:\.-?[^\W\d_])*", word):
        # an initial, a variable, "U.S."
        return opens
    if word.isdecimal() and len(word) < 3:
        # "1. We": the number of a list, unless a word stands before it
        return not re.search(r"(?:^|[.;:,])\s*\d+\.$", sentence)
    return True


def _bracketed(text: str) -> list[bool]:
    """For every character whether it lies inside brackets; a bracket without a partner counts for nothing."""
    inside = [False] * len(text)
    opened: list[int] = []
    for found in _BRACKET.finditer(text):
        place = found.start()
        if text[place] in _OPENING:
            opened.append(place)
        elif opened:
            # of whatever kind: "[0, 1)" is a pair
            start = opened.pop()
            if place - start <= _LONGEST_BRACKET:
                inside[start:place] = [True] * (place - start)
    return inside
