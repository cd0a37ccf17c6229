"""A person's own page, on platforms that have one: their reading list, a search in it, and what is brought to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.messages.digests import counted
from bot.models import Action, Ask, Message, Subscription
from bot.reading import unpaged

#: topics that are shown
TOPICS: Final = 15
DIRECT: Final = "What I bring to our direct messages"
MORE_PAGES: Final = "Your list has more pages."
#: the list without what was searched for
WHOLE: Final = Action("The whole list", "home")


def home(page: Message, about: str, topics: Sequence[Subscription], *, wrong: str = "") -> Message:
    """A page of their list with a search, and the topics of their direct messages.

    `about` is what was searched for; `wrong` says why that could not be read, and `page` is the whole list then.
    """
    about = unpaged(about)
    brought = tuple(
        Message(title=one.shown, group=DIRECT, actions=(Action("Unfollow", f"unfollow {one.number}"),))
        for one in topics[:TOPICS]
    )
    if len(topics) > TOPICS:
        more = f"… and {counted(len(topics) - TOPICS, 'more topic')}: type `/papers list` in our direct messages."
        brought += (Message(body=more, group=DIRECT),)
    # pages of the list stay here, and are turned where one has read to the end
    actions = [replace(one, command=_here(one.command)) for one in page.actions]
    pages = tuple(one for one in actions if page.items and one.command.partition(" ")[0] == "home")
    turned = (Message(body=MORE_PAGES, actions=pages),) if pages else ()
    others = tuple(one for one in actions if one not in pages)
    if about and page.items and not wrong:
        others = (WHOLE, *others)
    return replace(
        page,
        body=f"I could not read “{about}”: {wrong}" if wrong else page.body,
        items=(*page.items, *turned, *brought),
        actions=(_search(about), *others) if page.items or page.actions else (),
    )


def _here(command: str) -> str:
    word, blank, rest = command.partition(" ")
    return f"home{blank}{rest}" if word == "saved" else command


def _search(about: str) -> Action:
    field = Ask("query", "Words, a #tag, since:may; nothing for the whole list", value=about, optional=True)
    return Action("Search", "home {query}", ask=(field,))
