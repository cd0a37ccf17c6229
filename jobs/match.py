"""`paperround match`: queries tried on papers, offline, line by line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from bot.matching import QueryIndex
from bot.messages.digests import why
from bot.models import Paper
from bot.query import Query, QueryError, parse
from bot.text import readable

#: exit codes: a query is wrong, or there was nothing to read
WRONG, NOTHING = 2, 1


def run(query: str | None, papers: str, queries: str | None, out: TextIO, err: TextIO) -> int:
    """Prints query id, paper id, score and reason of each match, tab-separated, by paper and then by query.

    `papers` is a file of one JSON object a line (id, title, abstract; authors, categories, source and code if there),
    `queries` one of id TAB query a line; "-" is standard input. A bad line is reported with its number, and the rest
    goes on. Returns 0, or 2 when the query is wrong, or 1 when a line was not read or there was nothing to read.
    """
    for stream in (out, err):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")  # a title may hold what a terminal cannot show
    if (query is None) == (queries is None) or papers == queries == "-":
        err.write("paperround: give one QUERY, or --queries FILE.tsv; only one of the files can be standard input.\n")
        return WRONG
    asking, told = Lines(queries or "", err, comments=True), Lines(papers, err)
    try:
        asked = _asked(query, asking, err)
        if not asked.names:
            return WRONG if query is not None else NOTHING
        _try(asked, told, out)
    except BrokenPipeError:
        _hush(out)  # the reader (head) has seen enough
        return 0
    except OSError as error:
        err.write(f"paperround: {error.filename or papers} cannot be read: {error.strerror}.\n")
        return NOTHING
    if told.count == told.refused:
        err.write(f"paperround: {papers} holds no paper.\n")
        return NOTHING
    for lines in (asking, told):
        if lines.refused:
            were = "was" if lines.refused == 1 else "were"
            err.write(f"paperround: {lines.refused} of {lines.count} lines of {lines.name} {were} not read.\n")
    return NOTHING if asking.refused or told.refused else 0


class Lines:
    """The lines of a file that say something; one that cannot be read is told of with its number."""

    def __init__(self, name: str, err: TextIO, *, comments: bool = False) -> None:
        self.name = name
        self.count = 0
        self.refused = 0
        self._err = err
        self._comments = comments

    def __iter__(self) -> Iterator[tuple[int, str]]:
        with _opened(self.name) as lines:
            for number, line in enumerate(lines, 1):
                try:
                    text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
                except UnicodeDecodeError:
                    self.count += 1
                    self.refuse(number, "this line is not UTF-8")
                    continue
                if text.strip() and not (self._comments and text.startswith("#")):
                    self.count += 1
                    yield number, text

    def refuse(self, number: int, why: str) -> None:
        """Say why that line is left out."""
        self.refused += 1
        self._err.write(f"{self.name}:{number}: {why}\n")


class Asked:
    """The queries with their names, and the index that knows them by their place."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.queries: list[Query] = []
        self.index = QueryIndex()

    def add(self, name: str, text: str) -> None:
        """Adds a query; raises QueryError."""
        query = parse(text)
        self.index.add(len(self.names), query)
        self.names.append(_one_line(name))
        self.queries.append(query)


def _asked(query: str | None, lines: Lines, err: TextIO) -> Asked:
    asked = Asked()
    if query is not None:
        try:
            asked.add("1", query)
        except QueryError as error:
            err.write(f"paperround: {_complaint(error)}\n")
        return asked
    for number, line in lines:
        name, tab, text = line.partition("\t")
        if not tab:
            lines.refuse(number, "There is no tab between an id and a query.")
            continue
        try:
            asked.add(name, text)
        except QueryError as error:
            lines.refuse(number, _complaint(error))
    if not asked.names:
        err.write(f"paperround: {lines.name} holds no query.\n")
    return asked


def _try(asked: Asked, lines: Lines, out: TextIO) -> None:
    """Match every paper as it comes."""
    for number, line in lines:
        try:
            paper = read_paper(json.loads(line), str(number))
        except (ValueError, RecursionError) as error:
            lines.refuse(number, f"not a paper: {_one_line(str(error))}")
            continue
        matches = asked.index.match(paper)
        for match in matches:
            reason = _one_line(why(asked.queries[match.query].text, match))
            out.write(f"{asked.names[match.query]}\t{_one_line(paper.id)}\t{match.score:.3f}\t{reason}\n")
        if matches:
            out.flush()


def read_paper(record: Any, name: str) -> Paper:
    """A paper from a JSON object; `name` is its id when it has none. Raises ValueError for anything else."""
    if not isinstance(record, dict):
        raise ValueError("a JSON object is expected")  # noqa: TRY004  # what is wrong is a value in a file
    title = record.get("title")
    if not isinstance(title, str) or not title.strip():
        raise ValueError("there is no title")
    identifier = record.get("id")
    if identifier is not None and (isinstance(identifier, bool) or not isinstance(identifier, str | int)):
        raise ValueError("the id is neither text nor a number")
    return Paper(
        id=str(identifier) if identifier not in (None, "") else name,
        title=readable(title),
        abstract=readable(_text(record, "abstract") or _text(record, "summary")),
        authors=tuple(map(readable, _texts(record, "authors"))),
        categories=_texts(record, "categories"),
        sources=_texts(record, "source") or _texts(record, "sources"),
        code=_text(record, "code"),
    )


def _text(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} is not text")
    return value or ""


def _texts(record: dict[str, Any], name: str) -> tuple[str, ...]:
    value = record.get(name)
    if isinstance(value, str):
        value = value.split(";") if name == "authors" else [value]
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"{name} is not a list of texts")
    return tuple(each.strip() for each in value if each.strip())


def _complaint(error: QueryError) -> str:
    return error.message + (f" Try: {error.suggestion}" if error.suggestion else "")


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
    else:
        with Path(name).open("rb") as file:
            yield file


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _hush(out: TextIO) -> None:
    """Nothing more can be written: let the flush at the end of the process go nowhere."""
    try:
        descriptor = out.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
