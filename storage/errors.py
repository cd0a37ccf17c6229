"""What goes wrong in a database, in our words."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from bot.ports import Busy, Full, StorageError, Unusable

_UNUSABLE = (
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_AUTH,
)
# https://www.postgresql.org/docs/15/errcodes-appendix.html: lock_not_available, serialization_failure,
# deadlock_detected, query_canceled (our lock_timeout), too_many_connections
_POSTGRES_BUSY = ("55P03", "40001", "40P01", "57014", "53300")


@contextmanager
def translated(database: str) -> Iterator[None]:
    """Let ours pass, and turn what a database can say into StorageError and its kinds.

    `database` is its name for people. The text of the original error is never quoted: it may hold what was stored.
    """
    try:
        yield
    except exc.TimeoutError as error:
        raise Busy(f"Every connection to {database} is in use; try again.") from error
    except exc.DBAPIError as error:
        raise _ours(error.orig, database) from error
    except sqlite3.Error as error:
        raise _ours(error, database) from error
    except exc.SQLAlchemyError as error:
        raise StorageError(f"{database} did not answer the question.") from error
    except OSError as error:
        raise _of_system(error, database) from error


def _ours(error: BaseException | None, database: str) -> StorageError:
    # the primary code is the low byte: https://www.sqlite.org/rescode.html
    code = getattr(error, "sqlite_errorcode", -1) & 0xFF
    state = getattr(error, "sqlstate", None) or ""
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or state in _POSTGRES_BUSY:
        return Busy(f"Somebody else is writing to {database}; try again.")
    if code == sqlite3.SQLITE_FULL or state == "53100":
        return Full(f"There is no room left for {database}.")
    if code == sqlite3.SQLITE_READONLY:
        return Unusable(f"{database} may only be read: check the permissions of the file and its folder.")
    if code in _UNUSABLE:
        return Unusable(f"{database} is damaged or not a Paperround database: restore a backup of it.")
    if state[:2] in {"08", "57"} or (state == "" and type(error).__name__ == "OperationalError" and code == 0xFF):
        return StorageError(f"The connection to {database} was lost; try again.")
    return StorageError(f"{database} did not do it; nothing changed.")


def _of_system(error: OSError, database: str) -> StorageError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Full(f"There is no room left for {database}.")
    return Unusable(f"{database} cannot be opened: {error.strerror}.")
