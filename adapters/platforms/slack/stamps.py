"""Slack's clock, which names its messages and orders what happens: seconds since 1970 with six decimals, as text.

https://docs.slack.dev/messaging/retrieving-messages/
"""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """A moment as Slack writes it."""
    return f"{moment.timestamp():.6f}"


def moment(text: str) -> datetime:
    """What Slack wrote, as a moment. Raises ValueError."""
    return datetime.fromtimestamp(float(text), UTC)
