"""The vault: installations with their tokens encrypted, and the states of those that begin.

A row that no key of ours opens counts as not installed, and `undecryptable` counts it.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, select, update

from bot.ports import Installation
from storage.cipher import Cipher
from storage.dialect import insert
from storage.schema import install_states, installations


def install(connection: Connection, cipher: Cipher, installation: Installation) -> None:
    """See `bot.ports.Vault.install`."""
    key = {"platform": installation.platform, "workspace": installation.workspace}
    values = {"secret": cipher.sealed(installation.secret), "at": installation.at, "until": installation.until}
    new = insert(connection, installations).values(**key, **values)
    newer = new.excluded.at >= installations.c.at
    connection.execute(new.on_conflict_do_update(index_elements=list(key), set_=values, where=newer))


def installation(connection: Connection, cipher: Cipher, platform: str, workspace: str) -> Installation | None:
    """See `bot.ports.Vault.installation`."""
    row = connection.execute(select(installations).where(_is(platform, workspace))).one_or_none()
    return _opened(cipher, row) if row else None


def all_of(connection: Connection, cipher: Cipher, platform: str) -> list[Installation]:
    """See `bot.ports.Vault.installations`."""
    question = select(installations).where(installations.c.platform == platform).order_by(installations.c.workspace)
    opened = (_opened(cipher, row) for row in connection.execute(question))
    return [one for one in opened if one is not None]


def undecryptable(connection: Connection, cipher: Cipher) -> int:
    """Installations that no key of ours opens."""
    secrets = connection.execute(select(installations.c.secret)).scalars()
    return sum(cipher.opened(secret) is None for secret in secrets)


def renew(connection: Connection, cipher: Cipher, fresh: Installation, instead_of: Installation) -> bool:
    """See `bot.ports.Vault.renew`. When it was installed stays: a renewal is not an installation."""
    here = _is(fresh.platform, fresh.workspace)
    row = connection.execute(select(installations).where(here).with_for_update()).one_or_none()
    if row is None or cipher.opened(row.secret) != instead_of.secret:
        return False
    values = {"secret": cipher.sealed(fresh.secret), "until": fresh.until}
    connection.execute(update(installations).where(here).values(**values))
    return True


def uninstall(connection: Connection, platform: str, workspace: str, before: datetime) -> None:
    """See `bot.ports.Vault.uninstall`."""
    connection.execute(delete(installations).where(_is(platform, workspace), installations.c.at <= before))


def reseal(connection: Connection, cipher: Cipher) -> None:
    """Encrypt by the newest key what an older one encrypted, so that the older one may go."""
    for row in connection.execute(select(installations)).all():
        if cipher.is_of_newest(row.secret) or (secret := cipher.opened(row.secret)) is None:
            continue
        # several processes start at once: what another one has changed since stays
        read = and_(_is(row.platform, row.workspace), installations.c.secret == row.secret)
        connection.execute(update(installations).where(read).values(secret=cipher.sealed(secret)))


def _is(platform: str, workspace: str) -> ColumnElement[bool]:
    return and_(installations.c.platform == platform, installations.c.workspace == workspace)


def _opened(cipher: Cipher, row: Row[Any]) -> Installation | None:
    secret = cipher.opened(row.secret)
    return None if secret is None else Installation(row.platform, row.workspace, secret, row.at, row.until)


# ------------------------------------------------------------------------ installations that begin


def give_state(connection: Connection, platform: str, state: str, until: datetime) -> None:
    """See `bot.ports.Vault.give_state`."""
    values = {"digest": _digest(platform, state), "until": until}
    connection.execute(insert(connection, install_states).values(**values).on_conflict_do_nothing())


def take_state(connection: Connection, platform: str, state: str, now: datetime) -> bool:
    """See `bot.ports.Vault.take_state`."""
    given = install_states.c.digest == _digest(platform, state)
    taken = delete(install_states).where(given, install_states.c.until > now)
    return connection.execute(taken).rowcount == 1


def _digest(platform: str, state: str) -> str:
    return sha256(f"{platform}\x00{state}".encode()).hexdigest()


def tidy(connection: Connection, now: datetime) -> None:
    """Forget states that have ended."""
    connection.execute(delete(install_states).where(install_states.c.until <= now))
