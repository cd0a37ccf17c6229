"""The exam that every platform sits: what people and the house may rely on, asked through the doors only.

A new platform joins with a rig (`tests.rigs.platform.Rig`) and one line in `RIGS`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from bot.models import Action, Ask, File, Message, Place
from bot.ports import Doubt, PostError
from tests.rigs.console import console_rig
from tests.rigs.discord.exam import discord_rig
from tests.rigs.neutral.exam import neutral_rig
from tests.rigs.platform import BUSY, Rig
from tests.rigs.slack import HISTORY, SCOPES, App
from tests.rigs.slack.exam import slack_rig

RIGS: dict[str, Callable[[], AbstractAsyncContextManager[Rig]]] = {
    "console": console_rig,
    "discord": discord_rig,
    "neutral": neutral_rig,
    "slack": slack_rig,
}
#: those of them that can do something else in doubt
IN_DOUBT: dict[str, Callable[[], AbstractAsyncContextManager[Rig]]] = RIGS | {
    f"neutral, {doubt.name}": partial(neutral_rig, doubt) for doubt in Doubt
}
IN_DOUBT["slack, with history"] = partial(slack_rig, "on", App(scopes=(*SCOPES, *HISTORY)))

SAVE = Action("Save", "save p17")
NOTE = Action("Note", "note p17 {text} {tag}", ask=(Ask("text", "Your note"), Ask("tag", "Tag", optional=True)))
PAPER = Message(
    title="A Family of Tokenizers",
    url="https://arxiv.org/abs/2604.10005",
    body="What it says in two sentences. And the second one.",
    facts=("Ada Lovelace, Alan Turing +3", "arXiv cs.CL · 14 Apr", "tokenization in the title"),
    actions=(SAVE, Action("PDF", url="https://arxiv.org/pdf/2604.10005"), NOTE),
    notice="1 new paper: A Family of Tokenizers",
)
LEAD = Message(
    title="3 new papers · Tuesday 14 April",
    note="3 more tokenization",
    items=tuple(
        Message(
            title=f"Paper number {number}",
            url=f"https://arxiv.org/abs/2604.1000{number}",
            facts=("Ada Lovelace", "arXiv cs.CL · 14 Apr"),
            group="tokenization" if number < 3 else "reasoning",
        )
        for number in (1, 2, 3)
    ),
)
LINE = Message(body="Ada follows tokenization here (about 20 a week).")

#: what a title may hold; each must be read as text, so the last word must come through
HOSTILE = (
    "[bold red]markup[/bold red] rich",
    "\x1b[31mred\x1b[0m \x1b[2J\x1b[1;1H ansi",
    "\x9b31mred\x9b0m \x90dcs\x9c eight-bit",
    "\x1b]8;;https://evil.example/a\x1b\\click\x1b]8;;\x1b\\ \x1b]0;title\x07 hyperlink",
    "\x1bPq#0;2;0;0;0#0~~@@vv@@~~@@~~$\x1b\\ sixel",
    "\u202egpj.exe\u202c \u2066isolate\u2069 \u200e\u200f\u061c direction",
    "first\rsecond\x08\x08\x08\x00\x07\x0b\x0c\x7f\x85\u2028\u2029 overwritten",
    "<@U024BE7LH> <!channel> <!here> <#C024BE7LR|nlp> slackping",
    "@everyone @here <@80351110224678912> <@&165511591545143296> <:x:41771983429993937> </papers:1> discordping",
    "<https://evil.example/b|arXiv> forged",
    "[arXiv](https://evil.example/c) <https://evil.example/d> https://evil.example/e markdown",
    "*bold* _italic_ ~struck~ `code` ```block``` ||spoiler|| > quote # heading -# small styled",
    "&lt;b&gt; &amp; <b>bold</b> <script>alert(1)</script> entities",
    ":bookmark: <t:1543392060:R> <!date^1392734382^{date}|x> shortcode",
    "cs.AI is not an address, nor is papers.example dotted",
    "lone \ud800 surrogate",
    "nai\u0308ve E\u0301cole \U0001f469\u200d\U0001f52c \U0001f3f4\U000e0067\U000e0062\U000e007f \ufdfd wide",
    "z" + "\u0301" * 300 + " combining",
    "long " + "word " * 1000,
)


@pytest.fixture(params=sorted(RIGS))
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    async with RIGS[request.param]() as listening:
        yield listening


async def place(rig: Rig, kind: str) -> Place:
    """A place of that kind as the house gets it: an answer needs an act, a thread needs a message."""
    match kind:
        case "thread":
            lead = await rig.platform.post(Place(rig.channel), LEAD, "lead-of-the-thread-00000")
            return Place(rig.channel, "thread", under=lead.thread or lead.id)
        case "private" | "unfurl":
            before = len(rig.inbox.acts)
            await rig.types("list")
            act = (await rig.inbox.until(before + 1))[-1]
            chosen = Place(act.channel, person=act.person, reply=act.reply)
            return replace(chosen, kind="private") if kind == "private" else replace(chosen, kind="unfurl")
        case "home":
            return Place(rig.channel, "home", person=rig.person)
        case "direct":
            return Place(rig.channel, "direct", person=rig.person)
        case _:
            return Place(rig.channel)


async def test_shows_a_message_in_every_kind_of_place(rig: Rig) -> None:
    for number, kind in enumerate(rig.kinds):
        await rig.platform.post(await place(rig, kind), replace(PAPER, title=f"Shown-{kind}"), f"key-{number:020}")

    shown = await rig.shown()
    assert {"channel", "thread", "private"} <= set(rig.kinds)
    assert all(f"Shown-{kind}" in shown for kind in rig.kinds)


async def test_shows_everything_a_message_says(rig: Rig) -> None:
    for key, message in enumerate((PAPER, LEAD, LINE)):
        await rig.platform.post(Place(rig.channel), message, f"key-{key:020}")

    shown = await rig.shown()
    for message in (PAPER, LEAD, LINE, *LEAD.items):
        said = (message.title, message.note, message.group, message.body, *message.facts)
        assert [words for words in said if words not in shown] == []
    assert [action.label for action in PAPER.actions if action.label not in shown] == []
    assert await rig.acting() == []


async def test_gives_a_file_to_the_person_who_asked_for_it(rig: Rig) -> None:
    content = "@article{lovelace2026,\n  title  = {A {Family} of Tokenizers},\n}\n"

    await rig.platform.post(await place(rig, "private"), Message("1 paper", file=File("papers.bib", content)), "")

    assert content.strip() in await rig.shown()


async def test_names_each_message_by_an_id_of_its_own(rig: Rig) -> None:
    here = Place(rig.channel)
    posted = [await rig.platform.post(here, PAPER, f"key-{number:020}") for number in range(4)]
    under = Place(rig.channel, "thread", under=posted[0].thread or posted[0].id)
    posted += [await rig.platform.post(under, PAPER, f"key-{number:020}") for number in range(4, 8)]

    assert all(one.id for one in posted)
    assert len({one.id for one in posted}) == 8


async def test_a_command_arrives_once_with_where_and_by_whom(rig: Rig) -> None:
    await rig.types('follow "knowledge graph" -survey')
    await rig.inbox.until(1)
    await rig.types("list")
    first, second = await rig.inbox.until(2)

    assert first.kind == "command"
    assert first.text == 'follow "knowledge graph" -survey'
    assert (first.channel, first.person) == (rig.channel, rig.person)
    assert first.channel.platform == first.person.platform == rig.platform.name
    assert first.at.utcoffset() == timedelta(0)
    assert second.text == "list"
    assert first.key != second.key
    assert first.order < second.order


async def test_the_same_command_typed_twice_is_two_acts(rig: Rig) -> None:
    await rig.types("now")
    await rig.inbox.until(1)
    await rig.types("now")
    first, second = await rig.inbox.until(2)

    assert first.key != second.key


async def test_a_reaction_and_its_taking_back_name_the_message(rig: Rig) -> None:
    posted = await rig.platform.post(Place(rig.channel), PAPER, "key-00000000000000000000")

    await rig.reacts(posted, "🔖")
    await rig.inbox.until(1)
    await rig.reacts(posted, "🔖", back=True)
    there, gone = await rig.inbox.until(2)

    assert [(act.kind, act.message, act.emoji) for act in (there, gone)] == [
        ("react", posted.id, "🔖"),
        ("unreact", posted.id, "🔖"),
    ]
    assert (there.channel, there.person) == (rig.channel, rig.person)
    assert there.order < gone.order


async def test_a_number_on_a_lead_is_a_reaction_to_the_lead(rig: Rig) -> None:
    lead = await rig.platform.post(Place(rig.channel), LEAD, "key-00000000000000000000")

    await rig.reacts(lead, "2️⃣")
    (act,) = await rig.inbox.until(1)

    assert (act.kind, act.message, act.emoji) == ("react", lead.id, "2️⃣")


async def test_a_press_types_its_command(rig: Rig) -> None:
    posted = await rig.platform.post(Place(rig.channel), PAPER, "key-00000000000000000000")

    await rig.presses(posted, "Save")
    (act,) = await rig.inbox.until(1)

    assert (act.kind, act.text, act.message) == ("command", "save p17", posted.id)
    assert (act.channel, act.person) == (rig.channel, rig.person)


async def test_a_form_fills_the_command_with_its_answers(rig: Rig) -> None:
    posted = await rig.platform.post(Place(rig.channel), PAPER, "key-00000000000000000000")

    await rig.presses(posted, "Note", {"text": "read {tag} first", "tag": "#soon"})
    (act,) = await rig.inbox.until(1)

    assert (act.kind, act.text) == ("command", "note p17 read {tag} first #soon")


async def test_what_the_inbox_refuses_is_said_and_the_next_command_arrives(rig: Rig) -> None:
    rig.inbox.busy = True
    await rig.types("follow tokenization")
    await rig.until_shown(BUSY)
    rig.inbox.busy = False
    await rig.types("list")
    acts = await rig.inbox.until(1)

    assert [act.text for act in acts] == ["list"]
    assert rig.inbox.refused == 1


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda title: title.split()[-1])
async def test_hostile_text_stays_text(rig: Rig, hostile: str) -> None:
    item = Message(title=hostile, url="https://arxiv.org/abs/2604.10005", facts=(hostile,), group=hostile)
    message = replace(item, body=hostile, note=hostile, notice=hostile, actions=(Action(hostile, "save p17"),))
    file = File(hostile, hostile)

    await rig.platform.post(Place(rig.channel), message, "key-00000000000000000000")
    await rig.platform.post(
        Place(rig.channel), replace(message, url="", items=(item, item)), "key-00000000000000000001"
    )
    with contextlib.suppress(PostError):  # a platform may refuse such a file, and must not act on it
        await rig.platform.post(await place(rig, "private"), Message("A file", file=file), "")

    assert hostile.rsplit(maxsplit=1)[-1] in await rig.shown()
    assert await rig.acting() == []


@pytest.mark.parametrize(
    "message",
    [
        Message(),
        Message(title="x" * 20_000),
        Message(body="line\n" * 5_000),
        Message(items=(Message(),) * 60),
        Message(title="Links", url="javascript:alert(1)"),
        Message(title="Links", url="http://[::1", actions=(Action("Bad", url="https://\x1b[31m"),)),
        Message(title="Buttons", actions=tuple(Action(f"Button {n}", f"list {n}") for n in range(60))),
        Message(title="Buttons", actions=(Action("", "list"), Action("A long label " * 30, "list"))),
    ],
    ids=lambda message: (message.title or message.body)[:12].strip() or f"{len(message.items)} empty items",
)
async def test_a_message_of_any_shape_is_shown_or_refused_in_our_words(rig: Rig, message: Message) -> None:
    try:
        posted = await rig.platform.post(Place(rig.channel), message, "key-00000000000000000000")
    except PostError as error:
        assert str(error)
    else:
        assert posted.id
    assert await rig.acting() == []


async def test_what_goes_wrong_is_one_of_our_errors(rig: Rig) -> None:
    places = [await place(rig, kind) for kind in rig.kinds]
    for failure in rig.failures:
        await rig.fail(failure)
        for number, somewhere in enumerate(places):
            with pytest.raises(PostError) as caught:
                await rig.platform.post(somewhere, PAPER, f"key-{failure[:4]}-{number:015}")
            assert str(caught.value)


@pytest.mark.parametrize("name", sorted(IN_DOUBT))
async def test_what_it_says_about_doubt_is_true(name: str) -> None:
    async with IN_DOUBT[name]() as rig:
        here, key, message = Place(rig.channel), "key-00000000000000000000", replace(PAPER, title="Once-only")
        await rig.types("list")
        (act,) = await rig.inbox.until(1)
        since = act.at - timedelta(minutes=1)
        doubts = rig.platform.doubt(here)
        posted = await rig.platform.post(here, message, key)

        if Doubt.REPEATS_SAFELY in doubts:
            assert await rig.platform.post(here, message, key) == posted
            assert (await rig.shown()).count("Once-only") == 1
        found = await rig.platform.find(here, key, since)
        if Doubt.FINDS in doubts or Doubt.CONFIRMS in doubts:
            assert found == posted
        assert await rig.platform.find(here, "key-never-posted-0000000", since) is None


async def test_the_buckets_of_a_place_are_its_own(rig: Rig) -> None:
    here, elsewhere = Place(rig.channel), Place(replace(rig.channel, id="elsewhere"))

    for limit in rig.platform.limits(here):
        assert limit.rate > 0
        assert limit.burst >= 1
    narrowest = [
        min(rig.platform.limits(place), key=lambda limit: limit.rate, default=None) for place in (here, elsewhere)
    ]
    assert narrowest == [None, None] or narrowest[0] != narrowest[1]


async def test_posts_asked_for_at_once_are_all_shown(rig: Rig) -> None:
    here = Place(rig.channel)

    posted = await asyncio.gather(
        *(rig.platform.post(here, replace(PAPER, title=f"Side-by-side-{n:02}"), f"key-{n:020}") for n in range(20))
    )

    shown = await rig.shown()
    assert len({one.id for one in posted}) == 20
    assert all(shown.count(f"Side-by-side-{n:02}") == 1 for n in range(20))


@pytest.mark.parametrize("name", sorted(RIGS))
async def test_ends_soon_when_cancelled(name: str) -> None:
    async with asyncio.timeout(10):
        async with RIGS[name]() as rig:
            await rig.types("list")
            await rig.inbox.until(1)
