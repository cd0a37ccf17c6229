"""Column types that hold the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator

_decode = json.JSONDecoder().raw_decode


def clean(text: str) -> str:
    """The text without what a database refuses: NUL (PostgreSQL) and lone surrogates (both)."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    if not text.isascii():
        text = text.encode("utf-8", "ignore").decode()
    return text


def _clean_inside(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): _clean_inside(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean_inside(item) for item in value]
    return value


def packed(value: Any) -> str:
    """A value as JSON text that a database takes."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if "\\u0000" in text or not (text.isascii() or text.isprintable()):
        text = json.dumps(_clean_inside(value), ensure_ascii=False, separators=(",", ":"))
    return text


def unpacked(text: str | None) -> Any:
    """The value of JSON text that `packed` made."""
    if text == "[]":  # half of all values
        return []
    # raw_decode: there is no white space around it, and this is most of the work of reading papers
    return None if text is None else _decode(text)[0]


class Moment(TypeDecorator[datetime]):
    """An instant: aware UTC in and out, `timestamptz` on PostgreSQL, sortable text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC for the database; a naive time is a bug of the caller and raises ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware UTC for the house."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text without what a database refuses."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Cleaned text for the database."""
        return None if value is None else clean(value)


class Json(TypeDecorator[Any]):
    """A value as JSON text; nothing inside it is ever asked for in SQL. Tuples come back as lists."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """JSON text for the database."""
        return None if value is None else packed(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The value again."""
        return unpacked(value)
