"""The one error of the query language."""

from __future__ import annotations

from bot.ports import PaperroundError


class QueryError(PaperroundError):
    """A query that is not understood: one sentence, the place in the text, and the corrected query or ""."""

    def __init__(self, message: str, start: int = 0, end: int = 0, suggestion: str = "") -> None:
        super().__init__(message)
        self.message = message
        #: the part of the typed text that is meant, as text[start:end]
        self.start = start
        self.end = end
        self.suggestion = suggestion
