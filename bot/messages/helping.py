"""Help: the commands, and what is seen and kept of people."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from bot.commands import BY_WORD, TABLE, Command
from bot.messages.digests import counted
from bot.models import Action, Message
from bot.ports import Sight, Traces

QUERY_HELP = """
A word means its family: tokenization finds tokenizers and tokenized, never tokens.
two words             both, anywhere            "knowledge graph"   in this order
mamba OR transformer  one of them               -survey             not this
token*                any ending                =tokenizer          this word alone
title:mamba  author:"Yann LeCun"  cat:cs.CL  cat:cs.*  source:arxiv  has:code"""

#: what is kept of a person, and for how long; `tests.test_privacy` compares it with the tables
KEPT = (
    "Your id and name here, and whether you want news of saved papers: until you say `forget me`.",
    "Your reading list, with its notes, tags and citation keys: until you remove a paper or say `forget me`.",
    "The topics you follow, with your name beside them: in a channel they stay when you go, by a former member.",
    "The last list you were shown in a channel, so that you can say `save 2`: until the next one.",
    "Commands too long for the button that types them, your last 50, and when I last asked whether to forget you: "
    "until you say `forget me`.",
    "What you typed or reacted to: until it is answered, seconds later. Then only a number, 7 days, to know a repeat.",
    "Which papers a channel had, so that none comes twice; its messages, and who shared what, for 48 hours.",
)
#: who else learns something
TOLD = (
    "Others in a channel are told when you change it or share a paper there.",
    "Nobody sees your reading list; `trending` counts savers from three up, and names none.",
    "Sources, and a summary model where there is one, hear of papers, never of people.",
    "Another workspace sees nothing of this one.",
)


def help_short() -> Message:
    """Help in eight lines."""
    return Message(
        title="New papers, delivered to your channel.",
        body=table(command for command in TABLE if command.main),
        note="React with 🔖 (bookmark) to a paper to save it on your own list.",
        actions=(Action("All commands", "help all"), Action("Privacy", "help privacy")),
    )


def help_all() -> Message:
    """Every command."""
    return Message(
        title="All commands",
        body=table(command for command in TABLE if not command.hidden),
        note="`/papers help follow` tells more about one of them.",
    )


def help_one(word: str) -> Message | None:
    """One command with examples, or None."""
    command = BY_WORD.get(word.lower())
    if command is None or command.hidden:
        return None
    examples = "\n".join(f"/papers {example}" for example in command.examples)
    return Message(
        title=f"/papers {command.word} {command.fields}".strip(),
        body=f"{command.does[:1].upper()}{command.does[1:]}.\n\n{examples}"
        + (f"\n{QUERY_HELP}" if "QUERY" in command.fields else ""),
    )


def help_query() -> Message:
    """The query language."""
    return Message(
        title="What can be followed and searched for",
        body=QUERY_HELP.strip(),
        note="`/papers preview mamba OR transformer` shows how it is understood and what it brings.",
    )


def help_undo() -> Message:
    """*Undo* is no command."""
    return Message(
        title="Undo is a button.",
        body="It stands below what changed something: following, unfollowing, editing, settings, moving.",
    )


#: what there is help about besides commands
ABOUT = {
    **dict.fromkeys(("query", "queries", "topic", "search language", "syntax"), help_query),
    **dict.fromkeys(("undo", "button", "buttons"), help_undo),
}


def help_like(word: str) -> str:
    """What was perhaps meant, or ""."""
    known = [*ABOUT, "all", "privacy", *(word for word, command in BY_WORD.items() if not command.hidden)]
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.7)
    return BY_WORD[near[0]].word if near and near[0] in BY_WORD else "".join(near)


def table(commands: Iterable[Command]) -> str:
    """Commands with what they do, aligned."""
    rows = [(f"{one.word} {one.fields}".strip(), one.does) for one in commands]
    width = max(len(left) for left, _ in rows)
    return "\n".join(f"{left:<{width}}  {right}" for left, right in rows)


# --------------------------------------------------------------------------------------------- privacy


def privacy(sight: Sight | None) -> Message:
    """Exactly what the bot can see and keeps; `sight` is what this platform's adapter declares."""
    parts = []
    if sight is not None:
        parts += [("I see", sight.sees), ("I never see", sight.never)]
    parts += [("I keep", (*KEPT, *(sight.keeps if sight else ()))), ("Who else learns of it", TOLD)]
    said = ["\n".join([f"{head}:", *(f"- {line}" for line in lines)]) for head, lines in parts if lines]
    return Message(
        title="What I see and keep",
        body="\n\n".join(said),
        note="What you take away stays in the operator's backups until they are thrown away, within 30 days.",
        actions=(Action("Forget me", "forget me"),),
    )


def forget_asked(traces: Traces) -> Message:
    """What goes and what stays, before anything does."""
    goes = ["your name", "your settings"]
    if traces.saved:
        noted = f" ({traces.noted} with your notes or tags)" if traces.noted else ""
        goes.append(f"your reading list, {counted(traces.saved, 'paper')}{noted}")
    if traces.direct:
        goes.append(f"your direct messages with me, with {counted(traces.direct, 'topic')} followed there")
    stays = "messages that were posted, where they are."
    if traces.followed:
        topics = f"{counted(traces.followed, 'topic')} that you followed in channels"
        stays = f"{topics}, from now on by a former member; {stays}"
    export = "`/papers export bibtex` gives you your list first. " if traces.saved else ""
    return Message(
        title="Forget you, for good?",
        facts=(f"This goes, at once: {'; '.join(goes)}.", f"This stays: {stays}"),
        body=f"{export}It cannot be undone. Backups that the operator made before hold it until they are thrown away, "
        "within 30 days; should one be restored, say it again.",
        actions=(Action("Forget me now", "forget me now"),),
    )


def forgotten() -> Message:
    """The answer to `forget me now`."""
    return Message(
        title="You are forgotten.",
        body="Nothing of you is kept here any more. Whatever you type or save next begins anew.",
    )
