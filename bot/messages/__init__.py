"""Every sentence said.

`digests`  what a channel gets: leads, papers, the line on a quiet first day
`answers`  what a person gets: following, papers, the reading list
`reports`  how things are: sources, status, help

Plain text only: the platforms escape, trim and lay out.
"""

from bot.messages import answers, digests, reports

__all__ = ["answers", "digests", "reports"]
