"""What people set for themselves."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from bot.models import Person
from storage.persons import is_person, number_for
from storage.schema import persons


def news(connection: Connection, person: Person) -> bool:
    """See `bot.ports.AnswerStore.news`."""
    return bool(connection.execute(select(persons.c.news).where(is_person(person))).scalar_one_or_none())


def set_news(connection: Connection, person: Person, wanted: bool) -> None:
    """See `bot.ports.AnswerStore.set_news`."""
    connection.execute(update(persons).where(persons.c.id == number_for(connection, person)).values(news=wanted))
