"""Why a paper came here, or why not. Data in, explanation out; the words are `bot.messages.understanding`'s.

`failures`  which parts of a query a paper fails
`fate`      what became, or becomes, of a paper that a channel's topic matches
`snippets`  the words that matched, as they stand
"""

from bot.why.failures import Absent, Failure, NoneOf, Unwanted, failures
from bot.why.fate import Fate, Topic, explained, showing
from bot.why.snippets import snippet

__all__ = [
    "Absent",
    "Failure",
    "Fate",
    "NoneOf",
    "Topic",
    "Unwanted",
    "explained",
    "failures",
    "showing",
    "snippet",
]
