"""The errors that may pass through the doors.

    PaperroundError
    ├── SettingError         a setting is missing or wrong
    ├── CommandError         somebody typed what we do not understand
    ├── SourceError          a source gave nothing that can be trusted
    ├── SummaryError         a model gave no summary that can be shown
    ├── PostError            a platform did not take a message
    │   ├── NotSent          surely not there: try again later
    │   ├── Doubtful         it may be there: a timeout, a dropped connection, a 5xx
    │   ├── Refused          this very message is not acceptable: the others are
    │   ├── ChannelGone      nothing can be posted in this channel
    │   └── Unauthorised     nothing can be posted with this token
    └── StorageError         the database did not do it; nothing changed
        ├── Busy             somebody else is writing: try again
        ├── Full             no room left
        ├── Invalid          no database could do this: asking again is of no use
        └── Unusable         corrupt, newer than this program, or in use by another process

An error's text is one sentence for people and never holds a secret.
"""

from __future__ import annotations

from bot.models import Ask, Health


class PaperroundError(Exception):
    """The root of every error of ours."""


class SettingError(PaperroundError):
    """A setting is missing or wrong; the text names the variable, its form and where to get it."""


class CommandError(PaperroundError):
    """What was typed is not understood; `suggestion` is the nearest right command, or "".

    `label` is what its button is called where that is not the command; `ask` are the fields that it leaves open.
    """

    def __init__(self, message: str, suggestion: str = "", label: str = "", ask: tuple[Ask, ...] = ()) -> None:
        super().__init__(message)
        self.suggestion = suggestion
        self.label = label
        self.ask = ask


class SourceError(PaperroundError):
    """A source gave nothing that can be trusted; `health` says what happened."""

    def __init__(self, health: Health) -> None:
        super().__init__(health.detail)
        self.health = health


class SummaryError(PaperroundError):
    """Whoever was asked for a summary gave none that can be shown."""

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        #: seconds we are asked to stay away; 0 when nobody says
        self.retry_after = retry_after


class PostError(PaperroundError):
    """A platform did not take a message."""

    def __init__(self, message: str, retry_after: float = 0.0, limit: str = "") -> None:
        super().__init__(message)
        #: seconds the platform asks us to wait; 0 when it does not say
        self.retry_after = retry_after
        #: the bucket (`Limit.name`) that is to wait; "" when only this message is
        self.limit = limit


class NotSent(PostError):
    """The message is surely not there."""


class Doubtful(PostError):
    """The message may be there."""


class Refused(PostError):
    """The platform does not accept this very message."""


class ChannelGone(PostError):
    """Nothing can be posted in this channel."""


class Unauthorised(PostError):
    """Nothing can be posted with this token: in this workspace, or, where one token serves all, anywhere."""

    def __init__(self, message: str, *, everywhere: bool = False) -> None:
        super().__init__(message)
        self.everywhere = everywhere


class StorageError(PaperroundError):
    """The database did not do it; nothing changed."""


class Busy(StorageError):
    """Somebody else is writing."""


class Full(StorageError):
    """No room is left."""


class Invalid(StorageError):
    """What was asked holds something that the database refuses, now and always."""


class Unusable(StorageError):
    """The database is corrupt, newer than this program, or in use by another process."""
