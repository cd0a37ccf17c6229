"""What the fake Discord refuses to post: every rule of embeds, components, forms and commands is seen to say no."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

if importlib.util.find_spec("discord") is None:
    pytest.skip("The fake Discord needs the SDK: pip install 'paperround[discord]'.", allow_module_level=True)

from tests.rigs.discord import commands, components, embeds, mentions
from tests.rigs.discord.lab import EMBED, ROW, SAVE, lab, told_of
from tests.rigs.discord.wire import Json

OPTION: Json = {"label": "One", "value": "1"}
MENU: Json = {"type": 3, "custom_id": "menu", "options": [OPTION]}
FIELD: Json = {"type": 4, "custom_id": "note", "label": "Note", "style": 1}
FORM: Json = {"title": "A note", "custom_id": "form", "components": [{"type": 1, "components": [FIELD]}]}
LABELLED: Json = {"type": 18, "label": "Note", "component": {"type": 4, "custom_id": "note", "style": 2}}


def buttons(*several: Json) -> list[Json]:
    return [{"type": 1, "components": list(several)}]


def button(**more: Any) -> Json:
    return {name: value for name, value in (SAVE | more).items() if value is not None}


WRONG_EMBEDS: dict[str, Json] = {
    "title": {"title": "x" * 257},
    "title in UTF-16": {"title": "😀" * 129},
    "description": {"description": "x" * 4097},
    "nothing at all": {"url": "https://arxiv.org"},
    "26 fields": {"fields": [{"name": "x", "value": "y"}] * 26},
    "field name": {"fields": [{"name": "x" * 257, "value": "y"}]},
    "field value": {"fields": [{"name": "x", "value": "y" * 1025}]},
    "empty field": {"fields": [{"name": "x", "value": " "}]},
    "missing field value": {"fields": [{"name": "x"}]},
    "footer": {"footer": {"text": "x" * 2049}},
    "author": {"author": {"name": "x" * 257}},
    "author without a name": {"author": {"name": "", "url": "https://arxiv.org"}},
    "javascript": {"title": "x", "url": "javascript:alert(1)"},
    "no address": {"title": "x", "url": "arxiv.org"},
    "blank in an address": {"title": "x", "url": "https://arxiv.org/a b"},
    "image": {"image": {"url": "ftp://x.org/a.png"}},
    "colour": {"title": "x", "color": 0x1000000},
}


@pytest.mark.parametrize("wrong", WRONG_EMBEDS)
def test_an_embed_is_refused(wrong: str) -> None:
    assert embeds.of_embeds([WRONG_EMBEDS[wrong]])
    assert embeds.of_embeds([EMBED]) == []


def test_embeds_have_a_limit_together() -> None:
    four = [{"description": "x" * 1500, "url": f"https://arxiv.org/{number}"} for number in range(4)]
    assert embeds.of_embeds(four) == []
    assert [one.code for one in embeds.of_embeds([*four, {"footer": {"text": "x"}}])] == ["MAX_EMBED_SIZE_EXCEEDED"]
    assert embeds.of_embeds([{"title": "x"}] * 11)
    assert embeds.of_embeds("x")
    assert embeds.of_embeds([{"image": {"url": "attachment://a.png"}}]) == []


WRONG_ROWS: dict[str, list[Json]] = {
    "6 rows": [button_row for number in range(6) for button_row in buttons(button(custom_id=str(number)))],
    "6 buttons": buttons(*(button(custom_id=str(number)) for number in range(6))),
    "no button": buttons(),
    "no row": [SAVE],
    "same custom_id": buttons(SAVE, SAVE),
    "same custom_id in two rows": [*buttons(SAVE), *buttons(SAVE)],
    "custom_id": buttons(button(custom_id="x" * 101)),
    "no custom_id": buttons(button(custom_id=None)),
    "label": buttons(button(label="x" * 81)),
    "neither label nor emoji": buttons(button(label=None, emoji=None)),
    "emoji": buttons(button(emoji={"name": "bookmark"})),
    "style": buttons(button(style=9)),
    "link with custom_id": buttons(button(style=5, url="https://arxiv.org")),
    "link without address": buttons(button(style=5, custom_id=None)),
    "long link": buttons(button(style=5, custom_id=None, url="https://arxiv.org/" + "x" * 500)),
    "javascript": buttons(button(style=5, custom_id=None, url="javascript:alert(1)")),
    "address without a link": buttons(button(url="https://arxiv.org")),
    "menu beside a button": buttons(SAVE, MENU),
    "no options": buttons(MENU | {"options": []}),
    "26 options": buttons(MENU | {"options": [{"label": "x", "value": str(number)} for number in range(26)]}),
    "same value": buttons(MENU | {"options": [OPTION, OPTION]}),
    "option label": buttons(MENU | {"options": [OPTION | {"label": "x" * 101}]}),
    "option value": buttons(MENU | {"options": [OPTION | {"value": "x" * 101}]}),
    "option description": buttons(MENU | {"options": [OPTION | {"description": "x" * 101}]}),
    "option emoji": buttons(MENU | {"options": [OPTION | {"emoji": {"name": "x"}}]}),
    "placeholder": buttons(MENU | {"placeholder": "x" * 151}),
    "max_values": buttons(MENU | {"max_values": 2}),
    "min_values": buttons(MENU | {"min_values": 2}),
    "text input": buttons(FIELD),
}


@pytest.mark.parametrize("wrong", WRONG_ROWS)
def test_a_component_is_refused(wrong: str) -> None:
    assert components.of_message(WRONG_ROWS[wrong])
    assert components.of_message([*ROWS, *buttons(MENU)]) == []


ROWS = buttons(SAVE, button(custom_id="other"), button(style=5, custom_id=None, url="https://arxiv.org"))


def field(**more: Any) -> Json:
    return FORM | {"components": [{"type": 1, "components": [FIELD | more]}]}


WRONG_FORMS: dict[str, Json] = {
    "title": FORM | {"title": "x" * 46},
    "no title": FORM | {"title": ""},
    "custom_id": FORM | {"custom_id": "x" * 101},
    "nothing in it": FORM | {"components": []},
    "6 fields": FORM
    | {"components": [{"type": 1, "components": [FIELD | {"custom_id": str(number)}]} for number in range(6)]},
    "two in a row": FORM | {"components": [{"type": 1, "components": [FIELD, FIELD | {"custom_id": "b"}]}]},
    "same custom_id": FORM | {"components": [FORM["components"][0], FORM["components"][0]]},
    "button": FORM | {"components": buttons(SAVE)},
    "menu in a row": FORM | {"components": buttons(MENU)},
    "label": field(label="x" * 46),
    "no label": field(label=""),
    "placeholder": field(placeholder="x" * 101),
    "value": field(value="x" * 4001),
    "value over its own limit": field(value="xxx", max_length=2),
    "max_length": field(max_length=4001),
    "min_length": field(min_length=5, max_length=4),
    "style": field(style=3),
    "long label": FORM | {"components": [LABELLED | {"label": "x" * 46}]},
    "long description": FORM | {"components": [LABELLED | {"description": "x" * 101}]},
    "label around nothing": FORM | {"components": [{"type": 18, "label": "x"}]},
}


@pytest.mark.parametrize("wrong", WRONG_FORMS)
def test_a_form_is_refused(wrong: str) -> None:
    assert components.of_modal(WRONG_FORMS[wrong])
    assert components.of_modal(FORM) == components.of_modal(FORM | {"components": [LABELLED]}) == []


OPTIONS: Json = {"type": 3, "name": "query", "description": "What."}
COMMAND: Json = {"name": "follow", "description": "Follow.", "options": [OPTIONS]}
SUB: Json = {"type": 1, "name": "follow", "description": "Follow.", "options": [OPTIONS]}


def option(**more: Any) -> Json:
    return COMMAND | {"options": [OPTIONS | more]}


WRONG_COMMANDS: dict[str, Json] = {
    "upper case": COMMAND | {"name": "Follow"},
    "blank": COMMAND | {"name": "fol low"},
    "33 characters": COMMAND | {"name": "x" * 33},
    "no description": COMMAND | {"description": ""},
    "description": COMMAND | {"description": "x" * 101},
    "26 subcommands": COMMAND | {"options": [SUB | {"name": f"s{number}"} for number in range(26)]},
    "same option": COMMAND | {"options": [OPTIONS, OPTIONS]},
    "required after optional": COMMAND | {"options": [OPTIONS, OPTIONS | {"name": "b", "required": True}]},
    "subcommand beside option": COMMAND | {"options": [SUB, OPTIONS | {"name": "b"}]},
    "subcommand in subcommand": COMMAND | {"options": [SUB | {"options": [SUB]}]},
    "group in group": COMMAND | {"options": [SUB | {"type": 2, "options": [SUB | {"type": 2, "options": []}]}]},
    "26 choices": option(choices=[{"name": str(number), "value": str(number)} for number in range(26)]),
    "choice name": option(choices=[{"name": "x" * 101, "value": "x"}]),
    "choice value": option(choices=[{"name": "x", "value": "x" * 101}]),
    "choices and proposals": option(choices=[{"name": "x", "value": "x"}], autocomplete=True),
    "type": option(type=12),
    "menu with description": {"type": 3, "name": "Save paper", "description": "x"},
    "menu name": {"type": 3, "name": "x" * 33},
}


def heavy(characters: int) -> Json:
    """A command of that many characters, in 16 subcommands of 500, one of them shorter."""
    options = [OPTIONS | {"name": f"o{number}", "description": "x" * 98} for number in range(4)]
    several = [SUB | {"name": f"s{number:x}", "description": "x" * 98, "options": options} for number in range(16)]
    made = COMMAND | {"options": several}
    several[0] |= {"description": "x" * (98 - commands.weight(made) + characters)}
    return made


WRONG_COMMANDS["8,001 characters"] = heavy(8001)


@pytest.mark.parametrize("wrong", WRONG_COMMANDS)
def test_a_command_is_refused(wrong: str) -> None:
    assert commands.problems(WRONG_COMMANDS[wrong])
    assert commands.problems(COMMAND) == []
    assert commands.problems(COMMAND | {"options": [SUB | {"name": f"s{number}"} for number in range(25)]}) == []
    assert commands.problems({"type": 3, "name": "Save paper"}) == []


def test_a_commands_size_is_that_of_its_names_descriptions_and_values() -> None:
    assert commands.weight(COMMAND) == len("followFollow.queryWhat.")
    translated = COMMAND | {"name_localizations": {"de": "folgen!", "fr": "x"}}
    # the longest translation counts
    assert commands.weight(translated) == 1 + commands.weight(COMMAND)
    assert (commands.weight(heavy(8000)), commands.problems(heavy(8000))) == (8000, [])


def test_allowed_mentions_do_not_contradict_themselves() -> None:
    assert mentions.of_allowed({"parse": ["users"], "users": ["1"]})
    assert mentions.of_allowed("none")
    assert mentions.of_allowed({"parse": []}) == mentions.of_allowed(None) == []


async def test_a_message_is_refused_with_a_tree_of_problems() -> None:
    async with lab() as here:
        place = f"/channels/{here.papers.id}/messages"
        status, said = await here.asks(
            "POST", place, {"content": "x" * 2001, "components": buttons(SAVE, SAVE), "nonce": "n" * 26}
        )
        codes = [
            await here.refused(content=" \n "),
            await here.refused(components=[ROW]),
            await here.refused(content="x", flags=1 << 15),
            await here.refused(content="x", nonce="n" * 26, enforce_nonce=True),
        ]
        raw = [
            (await here.asks("POST", place, [1]))[1]["code"],
            (await here.asks("POST", place, headers={"Content-Type": "application/json"}))[1]["code"],
        ]
        await here.posts(content="x" * 2000)
        token = {"Authorization": f"Bot {here.discord.app.token}", "Content-Type": "application/json"}
        async with here.http.post(
            f"{here.discord.api}{place}", data=b'{"content": "\\ud800"}', headers=token
        ) as answer:
            half = (await answer.json())["code"]

    assert (status, said["code"], said["message"]) == (400, 50035, "Invalid Form Body")
    assert told_of(said["errors"])
    assert codes == [50006, 50006, 50035, 50035]
    assert raw == [50035, 50006]
    assert half == 50109
    assert len(here.discord.books) == 1
    assert here.discord.violations == ["components v2 are not known to this rig"]


async def test_commands_are_written_all_at_once() -> None:
    async with lab(by_document=False) as here:
        place = f"/applications/{here.discord.app.id}/commands"
        menu = {"type": 3, "name": "Save paper"}
        status, kept = await here.asks("PUT", place, [COMMAND | {"contexts": None, "integration_types": None}, menu])
        again = (await here.asks("PUT", place, [COMMAND]))[1]
        listed = (await here.asks("GET", place))[1]
        codes = [
            (await here.asks("PUT", place, body))[1]["code"]
            for body in ([COMMAND, COMMAND], [COMMAND | {"name": "X"}], {"name": "x"})
        ]
        many = [COMMAND | {"name": f"c{number}"} for number in range(101)]
        codes.append((await here.asks("PUT", place, many))[1]["code"])
        for batch in ("a", "b", "c"):
            status, said = await here.asks("PUT", place, [COMMAND | {"name": f"{batch}{n}"} for n in range(90)])
        elsewhere = (await here.asks("PUT", "/applications/1/commands", []))[1]["code"]

    assert [one["id"] for one in again] == [kept[0]["id"]]
    assert listed == again
    assert codes == [50035, 50035, 50035, 30032]
    assert (status, said["code"], elsewhere) == (400, 30034, 10002)
    assert here.discord.commands.written == 4
