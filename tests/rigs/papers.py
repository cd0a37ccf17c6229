"""Papers as messages show them: what a layout lays out."""

from __future__ import annotations

from bot.models import Action, Message

SAVE = Action("Save", "save p17")
PAPER = Message(
    title="A Family of Tokenizers",
    url="https://arxiv.org/abs/2604.10005",
    body="What it says.",
    facts=("Ada Lovelace, Alan Turing +3", "arXiv cs.CL · 14 Apr", "tokenization in the title"),
    actions=(SAVE, Action("PDF", url="https://arxiv.org/pdf/2604.10005"), Action("Why", "why p17", more=True)),
    notice="1 new paper: A Family of Tokenizers",
)


def item(number: int, *actions: Action, group: str = "tokenization") -> Message:
    """A paper in a list."""
    url = f"https://arxiv.org/abs/2604.{number:05}"
    return Message(f"Paper number {number}", url, facts=("Ada Lovelace",), group=group, actions=actions)
