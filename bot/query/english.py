"""Plain English in a query: "papers about tokenization, but not surveys, in cs.CL".

The tokens of such a sentence are rewritten into those of the query language; the grammar sees nothing else. What is
understood: an opening ("new papers on", "anything about"), "but not", "except" and "excluding" up to the next comma or
clause, "in cs.CL", "by Yann LeCun", "from bioRxiv", "in the title", "with code".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.query import categories
from bot.query.characters import Typed
from bot.query.errors import QueryError
from bot.query.leaves import PARTICLES, is_source, like_a_name
from bot.query.lexing import LENGTH, Token, tokens
from bot.query.tree import ABOUT, listed

_ASKING = listed(
    "please show find give get send bring tell follow me us i want would like to see all any every some the more most"
    " new newest latest recent current fresh interesting"
)
_PAPERS = listed(
    "paper papers article articles preprint preprints publication publications work works research literature study"
    " studies result results anything everything something stuff news"
)
_JOINING = listed("that which are is deal deals dealing talk talks talking written published posted related")
#: of `ABOUT` those that no topic begins with, as "on policy" does
_OPENING = listed("about regarding concerning")
_BREAKS = listed("but except excluding")
#: words after a comma that belong to what stands before it
_LEADING_ON = _BREAKS | listed("in by from with without no")
#: what a line of `list text` begins with
_COMMAND = re.compile(r"(?:/?papers\s+)?(?:follow!?|subscribe|add)\s+", re.IGNORECASE)
_STOPS = _BREAKS | ABOUT | listed("in by from at")


def said(found: list[Token]) -> list[Token]:
    """The tokens with plain English rewritten; the same when there is none."""
    if len(found) < 2:
        return found
    found = _joined_names(found)
    body = _without_opening(found)
    sentence = _Sentence(body, opened=len(body) < len(found))
    sentence.read()
    return sentence.out if sentence.english else body


def _joined_names(found: list[Token]) -> list[Token]:
    """A name behind `author:` goes on while the words look like one: author:Yann LeCun, author:LeCun, Yann."""
    joined: list[Token] = []
    at = 0
    while at < len(found):
        token = found[at]
        at += 1
        if token.kind == "word" and joined and joined[-1].kind == "field" and joined[-1].text == "author":
            end = at
            while like_a_name(token.text) and (like_a_name(_raw(found, end)) or _raw(found, end) in PARTICLES):
                end += 1
            if end == at and _first_name_follows(found, at):
                end = len(found)
            text = " ".join("," if part.kind == "comma" else part.text for part in found[at - 1 : end])
            token = replace(token, text=text.replace(" ,", ","), end=found[end - 1].end)
            at = end
        joined.append(token)
    return joined


def _first_name_follows(found: Sequence[Token], comma: int) -> bool:
    """`LeCun, Yann` at the end of a query is one name."""
    rest = found[comma + 1 :]
    follows = comma < len(found) and found[comma].kind == "comma" and "\n" not in found[comma].text
    return follows and 0 < len(rest) < 3 and all(like_a_name(_raw(rest, i)) for i in range(len(rest)))


def split_topics(text: str) -> list[str]:
    """Parts of "a, b" that may be topics of their own; the whole text alone when it is one topic or not a query.

    A comma inside parentheses or quotation marks, in a name ("author:LeCun, Yann") or before "but", "in", "by" and the
    like does not separate topics. A line break always does.
    """
    if len(text) > LENGTH:
        return [text.strip()]
    typed = Typed(text)
    try:
        found = tokens(typed.text)
    except QueryError:
        return [text.strip()]
    topics: list[list[Token]] = [[]]
    depth = 0
    for i, token in enumerate(found):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if token.kind == "comma" and depth == 0 and ("\n" in token.text or not _goes_on(found, i)):
            topics.append([])
        else:
            topics[-1].append(token)
    return [typed.text[part[0].start : part[-1].end] for part in topics if part] or [text.strip()]


def separate_topics(text: str) -> list[tuple[int, str]]:
    """Topics that somebody surely tells apart, by lines or semicolons, each with the number of its line, from 1.

    Lines may begin as commands do: what `list text` prints is understood. A line that is no query is given as it is.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > 1 and all(_COMMAND.match(line) for _, line in lines[1:]):
        lines = [(number, _COMMAND.sub("", line, count=1)) for number, line in lines]
    return [(number, topic) for number, line in lines for topic in _by_semicolon(line)]


def _by_semicolon(line: str) -> list[str]:
    if ";" not in line or len(line) > LENGTH:
        return [line]
    typed = Typed(line)
    try:
        found = tokens(typed.text)
    except QueryError:
        return [line]
    ends, depth = [0], 0
    for token in found:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if token.kind == "comma" and ";" in token.text and depth == 0:
            ends += [token.start, token.end]
    ends.append(len(typed.text))
    parts = [typed.text[start:end].strip() for start, end in zip(ends[::2], ends[1::2], strict=True)]
    return [part for part in parts if part]


def _goes_on(found: Sequence[Token], comma: int) -> bool:
    """True when what follows a comma belongs to what stands before it."""
    after = next(iter(found[comma + 1 : comma + 2]), None)
    if after is None or after.kind in ("or", "and", "not"):
        return True
    if after.kind == "word" and after.text.lower() in _BREAKS | {
        "in",
        "by",
        "from",
        "with",
        "without",
        "no",
        "especially",
    }:
        return True
    of_author = comma > 1 and found[comma - 2].kind == "field" and found[comma - 2].text == "author"
    return of_author and _first_name_follows(found, comma)


def _without_opening(found: list[Token]) -> list[Token]:
    at = 0
    while at < len(found) and _word(found, at) in _ASKING:
        at += 1
    if _word(found, at) in _OPENING and at + 1 < len(found):
        return found[at + 1 :]
    if _word(found, at) not in _PAPERS:
        return found
    at += 1
    while _word(found, at) in _JOINING:
        at += 1
    if _word(found, at - 1) == "related" and _word(found, at) == "to":
        return found[at + 1 :]
    if _word(found, at) in ABOUT - ({"with"} if _word(found, at + 1) == "code" else set()):
        return found[at + 1 :]
    clause = _clause(found, at, opened=True)
    return found[at:] if clause else found


def _word(found: Sequence[Token], at: int) -> str:
    return found[at].text.lower() if at < len(found) and found[at].kind == "word" else ""


class _Sentence:
    """A sentence in its segments: topics, what is left out, and clauses."""

    def __init__(self, found: list[Token], *, opened: bool) -> None:
        self.found = found
        self.opened = opened
        #: True when there is something to rewrite
        self.english = opened
        self.out: list[Token] = []
        self.segment: list[Token] = []
        self.negative = False

    def read(self) -> None:
        """Fills `out`."""
        at = depth = 0
        while at < len(self.found):
            token = self.found[at]
            depth += {"open": 1, "close": -1}.get(token.kind, 0)
            step = 0 if depth or token.kind == "close" else self._step(at)
            if not step:
                # a field keeps the word it is about, whatever that is
                step = 2 if token.kind == "field" and depth == 0 and self._kind(at + 1) in ("word", "phrase") else 1
                self.segment += self.found[at : at + step]
            at += step
        self._flush()

    def _step(self, at: int) -> int:
        """How many tokens are plain English from here; 0 when the next one is a part of the topic."""
        if self.found[at].kind == "comma":
            self.english = True
            self._flush()
            return 1
        if self._kind(at - 1) == "not" and self.segment:
            return 0  # -excluding leaves that word out
        if step := self._exclusion(at):
            self.english = True
            self._flush()
            self.negative = True
            return step
        if step := _place(self.found, at):
            if self.segment:
                self._in_field(self.found[at + step - 1])
                return step
            return 0
        if clause := _clause(self.found, at, opened=self.opened):
            self.english = True
            if self.segment or not self.negative:
                self._flush()
            rewritten, step = clause
            if self.negative:
                self.out.append(replace(rewritten[0], kind="not"))
                self.negative = False
            self.out += rewritten
            return step
        word = _word(self.found, at)
        return 1 if self.opened and (word == "but" or (word in ABOUT and not self.segment)) else 0

    def _exclusion(self, at: int) -> int:
        word = _word(self.found, at)
        after = self._kind(at - 1) == "comma" or self.opened
        no = ("not", "no", "without", "never")
        if word == "but" and self._text(at + 1) in no:
            step = 2
        elif word in ("except", "excluding") and (self.segment or self.opened):
            step = 1 + (self._text(at + 1) == "for")
        elif after and (self._text(at) == "not" or (self._kind(at - 1) == "comma" and word in no)):
            step = 1
        elif self.opened and self._kind(at) == "and" and self._text(at + 1) == "not":
            step = 2
        else:
            return 0
        return step + (_word(self.found, at + step) in ABOUT)

    def _in_field(self, place: Token) -> None:
        """The last words go into title or abstract: those behind "with", or the whole segment."""
        self.english = True
        cut = max((i + 1 for i in range(len(self.segment)) if _word(self.segment, i) == "with"), default=0)
        words, self.segment = self.segment[cut:], self.segment[: max(cut - 1, 0)]
        if not words:
            words, self.segment = self.segment, []
        name = "title" if place.text.lower().startswith("title") else "abstract"
        field = replace(place, kind="field", text=name)
        if self.negative:
            self.segment += [field, *_grouped(words)]
        else:
            self._flush()
            self.out += [field, *_grouped(words)]

    def _flush(self) -> None:
        segment = [token for token in self.segment if token.kind != "comma"]
        if any(token.kind not in ("and", "or", "not") for token in segment):
            if self.negative:
                depth = 0
                for i, token in enumerate(segment):
                    depth += {"open": 1, "close": -1}.get(token.kind, 0)
                    if token.kind == "and" and depth == 0:  # "no surveys and reviews" wants neither
                        segment[i] = replace(token, kind="or")
                self.out.append(replace(segment[0], kind="not"))
            self.out += _grouped(segment)
            self.negative = False
        self.segment = []

    def _kind(self, at: int) -> str:
        return self.found[at].kind if 0 <= at < len(self.found) else ""

    def _text(self, at: int) -> str:
        return self.found[at].text.lower() if self._kind(at) in ("word", "not") else ""


def _grouped(found: list[Token]) -> list[Token]:
    first, last = found[0], found[-1]
    opening = Token("open", "(", first.start, first.start)
    return [opening, *found, Token("close", ")", last.end, last.end)]


def _place(found: Sequence[Token], at: int) -> int:
    """Length of "in the title", "in titles", "in the abstract"."""
    if _word(found, at) != "in":
        return 0
    step = 2 if _word(found, at + 1) in ("the", "their") else 1
    return step + 1 if _word(found, at + step) in ("title", "titles", "abstract", "abstracts") else 0


def _clause(found: Sequence[Token], at: int, *, opened: bool) -> tuple[list[Token], int] | None:
    """A clause of a sentence as tokens of a field, and how many tokens it was."""
    word = _word(found, at)
    start = at
    at += 1
    while _word(found, at) in ("the", "category", "categories"):
        at += 1
    if word == "in" and categories.known(_raw(found, at)):
        return _several(found, start, at, "cat")
    if word in ("from", "on", "in", "at") and is_source(_raw(found, at)):
        return _several(found, start, at, "source")
    if word in ("by", "from") and (name := _name(found, at, opened=opened and word == "by")):
        field = replace(found[start], kind="field", text="author")
        return [field, name[0]], at + name[1] - start
    if opened and word in ("with", "has", "have") and _word(found, at) == "code":
        available = _word(found, at + 1) in ("available", "released")
        return [replace(found[start], kind="field", text="has"), found[at]], at + 1 + available - start
    return None


def _several(found: Sequence[Token], start: int, at: int, name: str) -> tuple[list[Token], int]:
    """`in cs.CL or cs.LG` is either."""
    fits = categories.known if name == "cat" else is_source
    values = [found[at]]
    at += 1
    while at + 1 < len(found) and found[at].kind in ("or", "and", "comma") and fits(_raw(found, at + 1)):
        values += [replace(found[at], kind="or"), found[at + 1]]
        at += 2
    return [replace(found[start], kind="field", text=name), *_grouped(values)], at - start


def _raw(found: Sequence[Token], at: int) -> str:
    return found[at].text if at < len(found) and found[at].kind == "word" else ""


def _name(found: Sequence[Token], at: int, *, opened: bool) -> tuple[Token, int] | None:
    """A name as one token, and how many tokens it was; capitals tell, or the opening of the sentence."""
    if at < len(found) and found[at].kind == "phrase":
        return found[at], 1
    end = at
    while end < len(found) and end - at < 5:
        word = _raw(found, end)
        if not word or not (
            like_a_name(word) or (opened and word.lower() not in _STOPS) or (end > at and word in PARTICLES)
        ):
            break
        end += 1
    if end - at < (1 if opened else 2):
        return None
    text = " ".join(token.text for token in found[at:end])
    return Token("phrase", text, found[at].start, found[end - 1].end), end - at
