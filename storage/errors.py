"""What goes wrong in a database, in our words."""

from __future__ import annotations

import errno
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from bot.ports import Busy, Full, Invalid, StorageError, Unusable

_UNUSABLE = (
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_AUTH,
)
#: a statement or a value that it does not take, whenever it is asked
_INVALID = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_RANGE)
# SQLSTATEs: https://www.postgresql.org/docs/15/errcodes-appendix.html
#: lock_not_available, serialization_failure, deadlock_detected, query_canceled (a time limit), too_many_connections
_POSTGRES_BUSY = ("55P03", "40001", "40P01", "57014", "53300")
#: disk_full
_POSTGRES_FULL = ("53100",)
#: read_only_sql_transaction, insufficient_privilege
_POSTGRES_READ_ONLY = ("25006", "42501")
#: data_corrupted, index_corrupted
_POSTGRES_DAMAGED = ("XX001", "XX002")
#: data_exception, syntax_error_or_access_rule_violation
_POSTGRES_INVALID = ("22", "42")
#: connection_exception, operator_intervention
_POSTGRES_LOST = ("08", "57")
#: invalid_password, invalid_authorization_specification
_POSTGRES_REFUSED = ("28P01", "28000")
#: invalid_catalog_name
_POSTGRES_MISSING = ("3D000",)
# libpq keeps no SQLSTATE of a connection that was not made, so its words are read; a server that speaks another
# language is told of in general
_REFUSED = re.compile(r'authentication failed|no password supplied|role ".*" does not exist|no pg_hba\.conf entry')
_MISSING = re.compile(r'FATAL: +database ".*" does not exist')
_UNKNOWN = re.compile(r"failed to resolve host|could not translate host name")
_SILENT = re.compile(
    r"Connection refused|No such file or directory|timeout expired|Connection timed out|No route to host"
)


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
        # no statement: there was no connection to say one on, or it was lost at the very end
        lost = error.connection_invalidated or (error.statement is None and not isinstance(error.orig, sqlite3.Error))
        raise _ours(error.orig, database, lost=lost) from error
    except sqlite3.Error as error:
        raise _ours(error, database) from error
    except exc.SQLAlchemyError as error:
        if isinstance(error, exc.StatementError) and isinstance(error.orig, ValueError | TypeError):
            # a value that is none for its column never came as far as the database
            raise Invalid(f"{database} did not do it; nothing changed.") from error
        raise StorageError(f"{database} did not answer the question.") from error
    except OSError as error:
        raise _of_system(error, database) from error


def _ours(error: BaseException | None, database: str, *, lost: bool = False) -> StorageError:
    # the primary code is the low byte: https://www.sqlite.org/rescode.html
    code = getattr(error, "sqlite_errorcode", -1) & 0xFF
    state = getattr(error, "sqlstate", None) or ""
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or state in _POSTGRES_BUSY:
        return Busy(f"Somebody else is writing to {database}; try again.")
    if code == sqlite3.SQLITE_FULL or state in _POSTGRES_FULL:
        return Full(f"There is no room left for {database}.")
    if code == sqlite3.SQLITE_READONLY:
        return Unusable(f"{database} may only be read: check the permissions of the file and its folder.")
    if state in _POSTGRES_READ_ONLY:
        return Unusable(f"{database} may only be read: the user in DATABASE_URL must own it, on a server that writes.")
    if code in _UNUSABLE or state in _POSTGRES_DAMAGED:
        return Unusable(f"{database} is damaged or not a Paperround database: restore a backup of it.")
    if lost or state[:2] in _POSTGRES_LOST or state in _POSTGRES_REFUSED + _POSTGRES_MISSING:
        return StorageError(f"There is no connection to {database}: {_why(error, state)}")
    if code in _INVALID or state[:2] in _POSTGRES_INVALID:
        return Invalid(f"{database} did not do it; nothing changed.")
    return StorageError(f"{database} did not do it; nothing changed.")


def _why(error: BaseException | None, state: str) -> str:
    """Why PostgreSQL is not connected to, and the remedy; never its own words, which may quote an address."""
    said = str(error)
    if state in _POSTGRES_REFUSED or _REFUSED.search(said):
        return "its server refuses the user or the password in DATABASE_URL."
    if state in _POSTGRES_MISSING or _MISSING.search(said):
        return "its server has no such database: make it, or correct DATABASE_URL."
    if _UNKNOWN.search(said):
        return "no host of that name is known: correct DATABASE_URL."
    tried = getattr(error, "pgconn", None)
    if _SILENT.search(said) and tried is not None:
        return f"nothing answers at {tried.host.decode()}:{tried.port.decode()}."
    return "see that its server runs and DATABASE_URL is right."


def _of_system(error: OSError, database: str) -> StorageError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Full(f"There is no room left for {database}.")
    return Unusable(f"{database} cannot be opened: {error.strerror}.")
