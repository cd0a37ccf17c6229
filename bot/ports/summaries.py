"""Who says in a sentence or two what a paper says, where the operator named somebody."""

from __future__ import annotations

from typing import Protocol


class Summariser(Protocol):
    """A model of the operator's choice. What it says is judged by `bot.summary.checked` before anybody sees it."""

    #: what answers; kept beside what it said
    model: str
    #: papers that it is asked about in one day (UTC) at most
    budget: int
    #: seconds that a digest waits for its summaries at most
    patience: float
    #: what leaves the house for it, in one sentence: for `help privacy`
    sees: str

    async def summarise(self, title: str, abstract: str) -> str:
        """What it says of that paper, as it came.

        Raises SummaryError and nothing else, in the time that the operator gave it.
        """
        ...

    async def close(self) -> None:
        """Give back every connection."""
        ...
