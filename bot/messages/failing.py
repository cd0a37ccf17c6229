"""What stands between a query and a paper, in words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages.digests import NAMES, counted
from bot.models import Paper
from bot.query import Exact, Field, Leaf, Phrase, Prefix, Within, Word
from bot.text import unusual
from bot.why import Absent, Failure, NoneOf, Unwanted

#: parts of one query whose failure is told
PARTS = 3


def failed(failures: Sequence[Failure], paper: Paper, query: str = "") -> str:
    """Why a paper does not match: "it has “survey” in the title, which is left out". `query` needs no naming."""
    said = [_failure(one, paper, query) for one in failures[:PARTS]]
    if more := len(failures) - len(said):
        said.append(f"and {counted(more, 'further part')}")
    return "; ".join(said)


def _failure(one: Failure, paper: Paper, query: str) -> str:
    match one:
        case Absent():
            return _absent(one, paper, query)
        case Unwanted():
            return _unwanted(one)
        case NoneOf(alternatives):
            return _none_of(alternatives, paper)


def _none_of(alternatives: Sequence[Sequence[Failure]], paper: Paper) -> str:
    single = [parts[0] for parts in alternatives if len(parts) == 1]
    if len(single) == len(alternatives):
        words = [
            _name(one.leaf) for one in single if isinstance(one, Absent) and not isinstance(one.leaf, Field | Within)
        ]
        if len(words) == len(single):
            return f"neither {', '.join(words[:-1])} nor {words[-1]} is in its title or abstract"
        together = [one.reason.word for one in single if isinstance(one, Unwanted)]
        if len(together) == len(single):
            quoted = [f"“{word}”" for word in together]
            return f"it has {', '.join(quoted[:-1])} and {quoted[-1]} together, which is left out"
    return "no alternative holds: " + ", or ".join(failed(parts, paper) for parts in alternatives[:PARTS])


def _absent(one: Absent, paper: Paper, query: str) -> str:
    leaf = one.leaf
    if isinstance(leaf, Field):
        return _unknown(leaf, paper)
    place = f"in its {leaf.field}" if isinstance(leaf, Within) else "in its title or abstract"
    said = f"{_missing(leaf.leaf if isinstance(leaf, Within) else leaf, alone=str(leaf) == query)} {place}"
    if one.elsewhere is not None:
        said += f" (“{one.elsewhere.word}” is in the {one.elsewhere.field})"
    elif one.nearly:
        said += f" (“{one.nearly}” is another word)"
    return said


def _missing(leaf: Leaf, *, alone: bool) -> str:
    if isinstance(leaf, Word) and not unusual(leaf.text):
        return "not" if alone else f"{_name(leaf)} is not"
    if isinstance(leaf, Prefix):
        return f"no word that begins with {leaf.text}"
    return f"{_name(leaf)} is not"


def _name(leaf: Leaf) -> str:
    """A leaf as a sentence names it."""
    match leaf:
        case Word(text):
            return text
        case Exact(text):
            return f"the very word {text}"
        case Phrase():
            inside = str(leaf).strip('"')
            return f"“{inside}”"
        case _:
            return str(leaf)


def _unknown(field: Field, paper: Paper) -> str:
    has = {
        "code": "no code is known",
        "doi": "it has no DOI",
        "journal": "no journal is named",
        "pdf": "no PDF is known",
    }
    match field.name:
        case "author":
            return f"no author is called {field.value}"
        case "cat":
            return f"it is in {', '.join(paper.categories)}" if paper.categories else "it names no category"
        case "source":
            return f"it came from {', '.join(NAMES.get(one, one) for one in paper.sources)}"
        case "has":
            return has.get(field.value, f"it has no {field.value}")


def _unwanted(one: Unwanted) -> str:
    word = one.reason.word
    match one.reason.field:
        case "title" | "abstract":
            return f"it has “{word}” in the {one.reason.field}, which is left out"
        case "author":
            return f"{word} is among its authors, who is left out"
        case "cat":
            return f"it is in {word}, which is left out"
        case "source":
            return f"it came from {NAMES.get(word, word)}, which is left out"
        case _:  # has:
            return f"it has {'a DOI' if word == 'doi' else word}, which is left out"
