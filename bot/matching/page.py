"""A paper as the index reads it: its words, and what is known of it beside its words."""

from __future__ import annotations

from typing import Literal

from bot.matching.needles import REMEMBERED, Keys
from bot.models import Paper, Reason
from bot.query import categories
from bot.text import source_names, words


class Page:
    """A paper and its words."""

    __slots__ = ("abstract", "paper", "title")

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.title = words(paper.title)
        self.abstract = words(paper.abstract)

    def reason(self, field: Literal["title", "abstract"], place: int, length: int) -> Reason:
        """The words at a place as they stand, with the hyphens between them."""
        found = self.title if field == "title" else self.abstract
        if length == 1:
            return Reason(found[place], field, place)
        text = self.paper.title if field == "title" else self.paper.abstract
        return Reason(_written(text, found[place : place + length]), field, place)


def _written(text: str, found: list[str]) -> str:
    for joint in (" ", "-"):
        written = joint.join(found)
        if written in text:
            return written
    start = -1
    while (start := text.find(found[0], start + 1)) >= 0:
        end = start + len(found[0])
        for word in found[1:]:
            following = text.find(word, end)
            if following < 0 or any(map(str.isalnum, text[end:following])):
                break
            end = following + len(word)
        else:
            return text[start:end]
    return " ".join(found)


class _Categories(dict[str, Keys]):
    """Keys of a category: each of its names, and all of each archive."""

    def __missing__(self, category: str) -> Keys:
        if len(self) > REMEMBERED:
            self.clear()
        names = categories.names(category)
        keys = [f"cat:{name}" for name in names]
        keys += [f"cat:{name.split('.')[0]}.*" for name in names]
        found = self[category] = tuple(dict.fromkeys(keys))
        return found


CATEGORIES = _Categories()


def facts(paper: Paper) -> list[str]:
    """Keys of what is known of a paper beside its words and authors."""
    found: list[str] = []
    for category in paper.categories:
        found += CATEGORIES[category]
    for source in paper.sources:
        found.extend(f"source:{name}" for name in source_names(source))
    if paper.code:
        found.append("has:code")
    if paper.pdf:
        found.append("has:pdf")
    if paper.journal:
        found.append("has:journal")
    if paper.identifier("doi"):
        found.append("has:doi")
    return found
