"""What stands on the screen and can be pointed at: numbered papers and buttons."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.messages import terminal as sentences
from bot.models import Action, Message, Place
from bot.ports import CommandError

#: a paper that comes this long after the one before it begins a new list
PAUSE = timedelta(minutes=10)
#: buttons that can still be pressed
BUTTONS = 400
#: lists that papers can still be added to
LISTS = 50
#: letters of a title that tells which message a button stands at
TITLE = 60
#: labels that are told of those there are
MOST_LABELS = 10

BOOKMARK = "🔖"
#: what a bookmark is typed as
BOOKMARKS = frozenset({"🔖", ":bookmark:", "bookmark", "save"})


@dataclass(slots=True)
class Numbered:
    """A paper with a number beside it."""

    title: str
    url: str
    #: the message it has for itself; "" while it is only an item of a list
    message: str = ""


@dataclass(slots=True)
class Listing:
    """Papers numbered together: a lead with its thread, a private list, papers posted one after the other."""

    #: the message that holds the numbers; "" when each paper is a message of its own
    message: str = ""
    private: bool = False
    papers: list[Numbered] = field(default_factory=list)
    #: number of the first paper
    first: int = 1

    def paper(self, number: int) -> Numbered:
        """The paper of that number. Raises CommandError with the numbers there are."""
        if not self.first <= number < self.first + len(self.papers):
            raise CommandError(sentences.no_paper(number, self.first, self.first + len(self.papers) - 1))
        return self.papers[number - self.first]


@dataclass(frozen=True, slots=True)
class Button:
    """An action as it was printed."""

    message: str
    action: Action
    listing: Listing
    #: the paper it stands at; None when it belongs to the whole message
    number: int | None = None
    #: what the message is called
    title: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a message stands among the numbered papers."""

    listing: Listing
    #: the number of the paper that the message is; None when it is not one
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a reaction to paper N is on this platform: an emoji at a message, or a command."""

    message: str = ""
    emoji: str = ""
    command: str = ""
    #: the paper; "" for a whole list
    title: str = ""


def is_paper(message: Message) -> bool:
    """True for a message that is one paper: it has a title that leads somewhere."""
    return bool(message.title and message.url and not message.items)


def numbered(message: Message) -> bool:
    """True for a list of papers."""
    return any(is_paper(item) for item in message.items)


def numbered_words(words: str) -> tuple[int | None, str]:
    """The number that words begin with, or None, and the rest: "2 Save" is 2 and "Save"."""
    first, _, rest = words.strip().partition(" ")
    return (int(first), rest.strip()) if first.isdecimal() and len(first) <= 4 else (None, words.strip())


def keycap(number: int) -> str:
    """The emoji of a number from 1 to 10."""
    return "🔟" if number == 10 else f"{number}\ufe0f\u20e3"


class Screen:
    """Remembers what was printed."""

    def __init__(self) -> None:
        self._last = Listing()
        self._leads: dict[str, Listing] = {}
        self._buttons: deque[Button] = deque(maxlen=BUTTONS)
        self._turned = True
        self._at: datetime | None = None
        #: the button of an older message that was just asked for
        self._older = ""

    def turn(self) -> None:
        """Somebody typed: papers posted from now on are numbered from 1."""
        self._turned = True

    def spot(self, place: Place, message: Message, now: datetime) -> Spot:
        """Where the message will stand; nothing is remembered yet."""
        if numbered(message):
            papers = [Numbered(item.title, item.url) for item in message.items]
            return Spot(Listing(private=place.kind not in ("channel", "thread"), papers=papers, first=message.first))
        if not is_paper(message) or place.kind not in ("channel", "thread"):
            return Spot(self._last)
        if place.kind == "thread":
            listing = self._leads.get(place.under) or Listing(place.under)
            same = (n for n, paper in enumerate(listing.papers, 1) if (paper.title, paper.url) == _name(message))
            return Spot(listing, next(same, len(listing.papers) + 1))
        goes_on = not self._turned and not self._last.message and self._at is not None and now - self._at < PAUSE
        listing = self._last if goes_on else Listing()
        return Spot(listing, len(listing.papers) + 1)

    def keep(self, spot: Spot, place: Place, message: Message, posted: str, now: datetime) -> None:
        """Remember what was printed there."""
        listing, title = spot.listing, _called(message)
        self._older = ""
        if numbered(message):
            listing.message = posted
            self._lead(posted, listing)
        elif spot.number is not None:
            if place.kind == "thread":
                self._lead(place.under, listing)
            if spot.number > len(listing.papers):
                listing.papers.append(Numbered(*_name(message)))
            listing.papers[spot.number - 1].message = posted
            self._turned, self._at = False, now
            self._last = listing
        for number, item in enumerate(message.items, message.first):
            at = number if numbered(message) else None
            self._buttons.extend(Button(posted, action, listing, at, title) for action in item.actions)
        self._buttons.extend(Button(posted, action, listing, spot.number, title) for action in message.actions)

    def reaction(self, number: int | None, emoji: str, kind: str) -> Reaction:
        """What reacting to paper `number` of the last list means; None is the list itself.

        Raises CommandError with a sentence when there is nothing to react to.
        """
        listing = self._last
        if not listing.papers:
            raise CommandError(sentences.NO_PAPER_YET)
        if number is None:
            if not listing.message or listing.private:
                raise CommandError(sentences.which_paper(kind, emoji))
            return Reaction(listing.message, emoji)
        paper = listing.paper(number)
        if paper.message:
            return Reaction(paper.message, emoji, title=paper.title)
        if emoji != BOOKMARK:
            if listing.private:
                raise CommandError(sentences.ONLY_YOURS)
            return Reaction(listing.message, emoji, title=paper.title)
        if listing.private or number > 10:  # nobody can react to a private answer, and there is no keycap 11
            return Reaction(command=f"{'save' if kind == 'react' else 'unsave'} {number}")
        return Reaction(listing.message, keycap(number), title=paper.title)

    def button(self, label: str) -> Button:
        """The button of that label: "Save", the beginning of it, or "2 Save" for the one at paper 2 of the last list.

        Only the last message with buttons is meant, with the list it belongs to; one of an older message when it is
        asked for twice. Raises CommandError with a sentence that names the labels there are.
        """
        again, self._older = self._older == _folded(label), ""
        latest = self._latest()
        found = _named(label, latest)
        older = [] if found else _named(label, self._buttons)
        number, rest = numbered_words(label)
        if not found and not older and number is not None and rest:
            return self._button_at(number, rest)
        if older:
            if not again:
                self._older = _folded(label)
                raise CommandError(sentences.older_button(older[0].title, label))
            found = older
        if not found:
            raise CommandError(sentences.no_button(label, _labels(latest)[:MOST_LABELS]))
        first = found[0]
        others = {button.number for button in found if button.listing is first.listing}
        if first.number is not None and len(others) > 1:
            raise CommandError(sentences.at_several_papers(first.action.label))
        return _only(found)

    def _button_at(self, number: int, label: str) -> Button:
        at = [button for button in self._buttons if button.number == number and button.listing is self._last]
        self._last.paper(number)
        found = _named(label, at)
        if not found:
            raise CommandError(sentences.no_button(sentences.at_paper(label, number), _labels(at)[:MOST_LABELS]))
        return _only(found)

    def labels(self) -> list[str]:
        """The labels of the last message with buttons, or of the list it belongs to."""
        return _labels(self._latest())

    def _latest(self) -> list[Button]:
        """The buttons of the last message that has any; of a list of papers those of all its messages."""
        if not self._buttons:
            return []
        last = self._buttons[-1]
        together = last.number is not None or last.message == last.listing.message
        return [
            one
            for one in self._buttons
            if one.message == last.message
            or (
                together
                and one.listing is last.listing
                and (one.number is not None or one.message == last.listing.message)
            )
        ]

    def _lead(self, message: str, listing: Listing) -> None:
        self._last = self._leads[message] = listing
        while len(self._leads) > LISTS:
            del self._leads[next(iter(self._leads))]


def _called(message: Message) -> str:
    """What a message is called in a sentence about it."""
    text = " ".join((message.title or message.body or message.notice).split())
    return text if len(text) <= TITLE else text[: TITLE - 1].rstrip() + "…"


def _folded(label: str) -> str:
    return " ".join(label.casefold().split())


def _name(message: Message) -> tuple[str, str]:
    return message.title, message.url


def _named(label: str, buttons: Iterable[Button]) -> list[Button]:
    """Buttons of that label, or else of the newest label that begins like it; the newest first.

    Raises CommandError when several labels of one message begin like it.
    """
    wanted = _folded(label)
    newest = list(buttons)[::-1]
    same = [button for button in newest if button.action.label.casefold() == wanted]
    if same or not wanted:
        return same
    like = [button for button in newest if button.action.label.casefold().startswith(wanted)]
    together = _labels(button for button in reversed(like) if button.message == like[0].message)
    if len(together) > 1:
        raise CommandError(sentences.which_button(together))
    return [button for button in like if button.action.label in together]


def _only(found: Sequence[Button]) -> Button:
    """The newest of these, if it is the only one in its place. Raises CommandError with what the others would type."""
    first = found[0]
    beside = [one for one in found if (one.message, one.number) == (first.message, first.number)]
    commands = dict.fromkeys(one.action.command or one.action.url for one in reversed(beside))
    if len(commands) > 1:
        raise CommandError(sentences.which_command(first.action.label, list(commands)))
    return first


def _labels(buttons: Iterable[Button]) -> list[str]:
    """The labels of the newest message first, in the order they stand there."""
    messages: dict[str, list[str]] = {}
    for button in buttons:
        messages.setdefault(button.message, []).append(button.action.label)
    return list(dict.fromkeys(label for labels in reversed(messages.values()) for label in labels))
