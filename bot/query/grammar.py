"""Tokens to a tree.

alternatives = all { OR all }
all          = { NOT } item { [AND] { NOT } item }
item         = "(" alternatives ")" | field item | word | phrase
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.messages import misreading
from bot.query import categories, leaves
from bot.query.errors import QueryError
from bot.query.lexing import FieldName, Token
from bot.query.tree import And, Field, Leaf, Node, Not, Or, Within
from bot.text import words

#: what stands around a typed word and says nothing; ++ is kept for an error
_AROUND = re.compile(r"^[^\w=]+|[^\w*]+$")


class Grammar:
    """One reading of one query."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0
        #: how each leaf was typed, for the plain words
        self.typed: dict[Leaf, str] = {}
        #: how each leaf was typed, as it can be typed again; see `shown`
        self.spelling: dict[Leaf, str] = {}
        #: the first word that says nothing, for an error when there is no other
        self.empty: Token | None = None

    def tree(self) -> Node | None:
        """The whole query; None when no word in it says anything."""
        return self._alternatives(None)

    def _next(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _take(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def _alternatives(self, field: FieldName | None) -> Node | None:
        parts: list[Node] = []
        operator: Token | None = None
        while True:
            first = self.at
            part = self._all(field)
            token = self._next()
            following = token if token and token.kind == "or" else None
            lonely = operator or following
            if self.at == first and lonely:
                without = " ".join((self.text[: lonely.start] + " " + self.text[lonely.end :]).split())
                raise QueryError(misreading.LONE_OR, lonely.start, lonely.end, without)
            if part is not None:
                parts.append(part)
            if following is None:
                break
            operator = self._take()
        return Or(tuple(parts)) if len(parts) > 1 else parts[0] if parts else None

    def _all(self, field: FieldName | None) -> Node | None:
        parts: list[Node] = []
        while (token := self._next()) and token.kind not in ("close", "or"):
            if token.kind in ("and", "comma"):
                self._take()
                continue
            part = self._item(field)
            if part is not None:
                parts.append(part)
        return And(tuple(parts)) if len(parts) > 1 else parts[0] if parts else None

    def _item(self, field: FieldName | None) -> Node | None:
        negative = False
        token = self._take()
        first = token
        while token.kind in ("not", "and"):
            negative ^= token.kind == "not"
            if (following := self._next()) is None or following.kind in ("close", "or", "comma"):
                without = " ".join((self.text[: first.start] + " " + self.text[token.end :]).split())
                raise QueryError(misreading.LONE_NOT, first.start, token.end, without)
            token = self._take()
        if token.kind == "open":
            part = self._group(token, field)
        elif token.kind == "field":
            part = self._fielded(token, field)
        else:
            part = self._leaf(token, field)
        return Not(part) if negative and part is not None else part

    def _group(self, opening: Token, field: FieldName | None) -> Node | None:
        part = self._alternatives(field)
        closing = self._take()  # parentheses are balanced: the lexer saw to it
        if self.tokens[self.at - 2] is opening:
            without = " ".join((self.text[: opening.start] + " " + self.text[closing.end :]).split())
            raise QueryError(misreading.NOTHING_IN_PARENTHESES, opening.start, closing.end, without)
        return part

    def _fielded(self, name: Token, outer: FieldName | None) -> Node | None:
        if outer:
            raise QueryError(misreading.field_inside(name.text, outer), name.start, name.end)
        field: FieldName = name.text  # type: ignore[assignment]  # the lexer knows only these
        token = self._next()
        if token is None or token.kind not in ("word", "phrase", "open"):
            without = " ".join((self.text[: name.start] + " " + self.text[name.end :]).split())
            raise QueryError(misreading.empty_field(field), name.start, name.end, without)
        self._take()
        if token.kind == "open":
            return self._group(token, field)
        if field == "cat":
            self._check_called(token)
        if field == "cat" and "," in token.text:  # cat:cs.CL,cs.LG
            either = [self._leaf(replace(token, text=value), field) for value in token.text.split(",") if value]
            return Or(tuple(part for part in either if part is not None))
        return self._leaf(token, field)

    def _check_called(self, first: Token) -> None:
        """cat:machine learning names no category, but is the name of one."""
        named = [first]
        for token in self.tokens[self.at : self.at + 3]:
            if token.kind != "word":
                break
            named.append(token)
        for many in range(len(named), 0, -1):
            name = " ".join(token.text for token in named[:many])
            if category := categories.called(name):
                last = named[many - 1]
                better = self.text[: first.start] + category + self.text[last.end :]
                raise QueryError(misreading.called(first.text, name, category), first.start, last.end, better)

    # ------------------------------------------------------------------------------------------ leaves

    def _leaf(self, token: Token, field: FieldName | None) -> Node | None:
        try:
            leaf, typed = self._read(token, field)
        except QueryError as error:
            if error.suggestion:
                error.suggestion = self.text[: token.start] + error.suggestion + self.text[token.end :]
            raise
        if leaf is None:
            self.empty = self.empty or (token if words(token.text) else None)
            return None
        self.typed.setdefault(leaf, typed)
        self.spelling.setdefault(leaf, self._spelled(leaf, token, typed))
        return leaf

    def _spelled(self, leaf: Leaf, token: Token, typed: str) -> str:
        if isinstance(leaf, Field):
            # what arXiv does not know is told as it was typed
            own = leaf.name == "author" or (leaf.name == "cat" and not categories.known(leaf.value))
            return str(replace(leaf, value=typed if leaf.name == "author" else token.text)) if own else str(leaf)
        if token.kind == "phrase":
            inside, star = token.text.removesuffix("*"), "*" if token.text.endswith("*") else ""
            return f'{"=" if token.exact else ""}"{" ".join(inside.split())}"{star}'
        return _AROUND.sub("", token.text)

    def _read(self, token: Token, field: FieldName | None) -> tuple[Leaf | None, str]:
        if field == "author":
            name = self._name(token)
            return leaves.name_leaf(name, token), name
        if field in ("cat", "source", "has"):
            read = {"cat": leaves.category_leaf, "source": leaves.source_leaf, "has": leaves.has_leaf}[field]
            leaf = read(token.text, token)
            return leaf, leaf.value
        if field is None and token.kind == "word" and categories.known(token.text):
            leaf = leaves.category_leaf(token.text, token)
            return leaf, leaf.value
        found = leaves.word_leaf(token)
        text = _AROUND.sub("", token.text) if token.kind == "word" else token.text
        typed = " ".join(text.strip("='`").replace("*", "").split())
        if found is None or field is None:
            return found, typed
        return Within("title" if field == "title" else "abstract", found), typed

    def _name(self, token: Token) -> str:
        """The name that begins here; in a group words run on: author:(yann lecun OR geoffrey hinton)."""
        name = token.text
        while self.tokens[self.at - 2].kind != "field" and (following := self._next()) and following.kind == "word":
            name += " " + self._take().text
        return name
