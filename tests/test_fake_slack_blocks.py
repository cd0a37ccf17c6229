"""The fake Slack takes the blocks that Slack takes; each of its rules is seen to refuse."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("slack_sdk", reason="The fake Slack needs the SDK: pip install 'paperround[slack]'.")

from slack_sdk.errors import SlackApiError

from tests.rigs.slack import blocks
from tests.rigs.slack.lab import SAVE, SECTION, lab, refused
from tests.rigs.slack.wire import Json


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str = "A", value: str = "a", **more: Any) -> Json:
    return {"text": plain(text), "value": value, **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def select(*options: Json, **more: Any) -> Json:
    return {"type": "static_select", "action_id": "menu", "options": list(options), **more}


def field(element: Json, **more: Any) -> Json:
    return {"type": "input", "block_id": "note", "label": plain("Your note"), "element": element, **more}


def rich(*inside: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(inside)}]}


def modal(*inside: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("Note"), "submit": plain("Save"), "blocks": list(inside), **more}


TYPED = {"type": "plain_text_input", "action_id": "text"}
CONFIRM = {"title": plain("Sure?"), "text": plain("It goes."), "confirm": plain("Yes"), "deny": plain("No")}
IMAGE = {"type": "image", "image_url": "https://a.example/1.png", "alt_text": "a plot"}
EIGHT = {"type": "section", "text": plain("x" * 2000)}

TAKEN: dict[str, list[Json]] = {
    "a paper": [SECTION, {"type": "context", "elements": [mrkdwn("Ada"), plain("arXiv"), IMAGE]}, actions(SAVE)],
    "a header and a rule": [{"type": "header", "text": plain("3 new papers")}, {"type": "divider"}],
    "a menu beside a text": [SECTION | {"accessory": select(option())}],
    "a menu in groups": [actions(select() | {"option_groups": [{"label": plain("a"), "options": [option()]}]})],
    "a picker": [actions({"type": "timepicker", "action_id": "hour", "initial_time": "09:00"})],
    "a question first": [actions(SAVE | {"confirm": CONFIRM})],
    "rich text": [rich({"type": "text", "text": "a"}, {"type": "link", "url": "https://a.example", "text": "b"})],
    "a field": [field(TYPED)],
    "an image": [IMAGE],
    "all that is allowed": [EIGHT] * 4,
}
# a menu in groups has no options of its own
TAKEN["a menu in groups"][0]["elements"][0].pop("options")

#: what is wrong -> (blocks, what is said of it)
REFUSED: dict[str, tuple[Any, str]] = {
    "no list": ({"type": "section"}, "must be a list of blocks"),
    "no blocks": ([], "no fewer than 1"),
    "51 blocks": ([{"type": "divider"}] * 51, "no more than 50 items"),
    "8,001 characters in all": (
        [EIGHT] * 4 + [{"type": "header", "text": plain("y")}],
        "8000 characters in all blocks",
    ),
    "a block of no kind": ([{"type": "poem"}], "unsupported type: poem"),
    "the same block_id twice": ([SECTION | {"block_id": "b"}] * 2, "duplicate block_id: b"),
    "the same action_id twice": ([actions(SAVE, SAVE)], "duplicate action_id: save"),
    "a long block_id": ([SECTION | {"block_id": "b" * 256}], "255 characters"),
    "a long action_id": ([actions(SAVE | {"action_id": "a" * 256})], "255 characters"),
    "a section of nothing": ([{"type": "section"}], "text or fields"),
    "a long section": ([SECTION | {"text": mrkdwn("x" * 3001)}], "3000 characters"),
    "a section long by its emoji": ([SECTION | {"text": mrkdwn("\U0001f516" * 1501)}], "3000 characters"),
    "an empty text": ([SECTION | {"text": mrkdwn(" ")}], "more than 0 characters"),
    "a text that is none": ([SECTION | {"text": "On tokens"}], "must be a text object"),
    "eleven fields": ([{"type": "section", "fields": [plain("x")] * 11}], "no more than 10 items"),
    "a long field": ([{"type": "section", "fields": [plain("x" * 2001)]}], "2000 characters"),
    "an input in a section": ([SECTION | {"accessory": TYPED}], "unsupported element in section"),
    "a long header": ([{"type": "header", "text": plain("x" * 151)}], "150 characters"),
    "a header in markup": ([{"type": "header", "text": mrkdwn("*x*")}], "must be plain_text"),
    "a header of nothing": ([{"type": "header"}], "missing required field: text"),
    "a context of nothing": ([{"type": "context", "elements": []}], "missing required field: elements"),
    "a context of eleven": ([{"type": "context", "elements": [plain("x")] * 11}], "no more than 10 items"),
    "a button in a context": ([{"type": "context", "elements": [SAVE]}], "unsupported element in context"),
    "26 buttons": ([actions(*(SAVE | {"action_id": str(n)} for n in range(26)))], "no more than 25 items"),
    "no buttons": ([actions()], "missing required field: elements"),
    "a number field among buttons": ([actions({"type": "number_input"})], "unsupported element in actions"),
    "a long button": ([actions(SAVE | {"text": plain("x" * 76)})], "75 characters"),
    "a button in markup": ([actions(SAVE | {"text": mrkdwn("Save")})], "must be plain_text"),
    "a button of nothing": ([actions({"type": "button"})], "missing required field: text"),
    "a long value": ([actions(SAVE | {"value": "x" * 2001})], "2000 characters"),
    "a value that is no text": ([actions(SAVE | {"value": 17})], "2000 characters"),
    "a long link": ([actions(SAVE | {"url": "https://" + "x" * 3000})], "3000 characters"),
    "a link that is none": ([actions(SAVE | {"url": "javascript:alert(1)"})], "invalid url"),
    "a long name for screen readers": ([actions(SAVE | {"accessibility_label": "x" * 76})], "75 characters"),
    "a style of no kind": ([actions(SAVE | {"style": "loud"})], "style"),
    "101 options": ([actions(select(*(option(value=str(n)) for n in range(101))))], "no more than 100 items"),
    "no options": ([actions(select())], "either options or option_groups"),
    "a long option": ([actions(select(option("x" * 76)))], "75 characters"),
    "a long option's value": ([actions(select(option(value="x" * 151)))], "150 characters"),
    "an option in markup": ([actions(select(option() | {"text": mrkdwn("A")}))], "must be plain_text"),
    "an option without value": ([actions(select(option(value="")))], "missing required field: value"),
    "a long description": ([actions(select(option(description=plain("x" * 76))))], "75 characters"),
    "a choice that is not offered": (
        [actions(select(option(), initial_option=option("B", "b")))],
        "one of the options",
    ),
    "a long placeholder": ([actions(select(option(), placeholder=plain("x" * 151)))], "150 characters"),
    "a group without options": (
        [actions({"type": "static_select", "option_groups": [{"label": plain("a"), "options": []}]})],
        "missing required field: options",
    ),
    "six more": ([actions({"type": "overflow", "options": [option()] * 6})], "no more than 5 items"),
    "eleven boxes": ([actions({"type": "checkboxes", "options": [option()] * 11})], "no more than 10 items"),
    "a long question": ([actions(SAVE | {"confirm": CONFIRM | {"text": plain("x" * 301)}})], "300 characters"),
    "a long yes": ([actions(SAVE | {"confirm": CONFIRM | {"confirm": plain("x" * 31)}})], "30 characters"),
    "an image without words": ([IMAGE | {"alt_text": ""}], "missing required field: alt_text"),
    "an image of nowhere": ([IMAGE | {"image_url": "file:///etc/passwd"}], "invalid url"),
    "a field without label": ([{"type": "input", "element": TYPED}], "missing required field: label"),
    "a button as a field": ([field(SAVE)], "unsupported element in input"),
    "a time that is none": ([actions({"type": "timepicker", "initial_time": "9 am"})], "initial_time"),
    "rich text of nothing": ([{"type": "rich_text", "elements": []}], "missing required field: elements"),
    "rich text with a section in it": ([rich(SECTION)], "unsupported rich text: section"),
    "an empty piece of rich text": ([rich({"type": "text", "text": ""})], "more than 0 characters"),
    "a forged link in rich text": ([rich({"type": "link", "url": "javascript:1"})], "invalid url"),
    "much markdown": ([{"type": "markdown", "text": "x" * 12001}], "12000 characters"),
}

#: what is wrong with a view -> (view, what is said of it)
VIEWS: dict[str, tuple[Any, str]] = {
    "no view": ([], "must be a modal or a home"),
    "a long title": (modal(SECTION, title=plain("x" * 25)), "24 characters"),
    "a title in markup": (modal(SECTION, title=mrkdwn("*x*")), "must be plain_text"),
    "no title": ({"type": "modal", "blocks": [SECTION]}, "missing required field: title"),
    "a long button": (modal(SECTION, submit=plain("x" * 25)), "24 characters"),
    "a field and no button": ({"type": "modal", "title": plain("x"), "blocks": [field(TYPED)]}, "field: submit"),
    "a long memory": (modal(SECTION, private_metadata="x" * 3001), "3000 characters"),
    "a long name": (modal(SECTION, callback_id="x" * 256), "255 characters"),
    "101 blocks": (modal(*[{"type": "divider"}] * 101), "no more than 100 items"),
    "a home with a button": ({"type": "home", "submit": plain("x"), "blocks": [SECTION]}, "buttons of its own"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_takes(name: str) -> None:
    assert blocks.of_message(TAKEN[name]) == []


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(name: str) -> None:
    wrong, said = REFUSED[name]

    assert said in " ".join(blocks.of_message(wrong))


@pytest.mark.parametrize("name", VIEWS)
def test_refuses_a_view_with(name: str) -> None:
    wrong, said = VIEWS[name]

    assert said in " ".join(blocks.of_view(wrong))


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, texts in blocks.TEXTS.items() for name in texts])
def test_every_text_has_its_longest_and_its_kind(kind: str, name: str) -> None:
    longest, only_plain = blocks.TEXTS[kind][name]

    assert wrong(kind, name, plain("x" * longest)) == []
    assert wrong(kind, name, plain("x" * (longest + 1))) == [f"must be no more than {longest} characters"]
    assert wrong(kind, name, plain("")) == ["must be more than 0 characters"]
    assert wrong(kind, name, mrkdwn("*x*")) == (["must be plain_text"] if only_plain else [])


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, texts in blocks.STRINGS.items() for name in texts])
def test_every_value_has_its_longest(kind: str, name: str) -> None:
    longest, start = blocks.STRINGS[kind][name], "https://" if name in blocks.ADDRESSES else ""

    assert wrong(kind, name, start.ljust(longest, "x")) == []
    assert wrong(kind, name, start.ljust(longest + 1, "x")) == [f"must be no more than {longest} characters"]


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in blocks.REQUIRED.items() for name in names])
def test_what_must_be_there_must_be_there(kind: str, name: str) -> None:
    assert f"missing required field: {name} [json-pointer:]" in list(blocks.thing("", kind, {}))


@pytest.mark.parametrize(("kind", "name"), blocks.COUNTS)
def test_every_list_has_its_longest(kind: str, name: str) -> None:
    most = blocks.COUNTS[kind, name]
    one = {"label": plain("a"), "options": [option()]} if name == "option_groups" else option()
    one = plain("x") if name == "fields" else one

    assert wrong(kind, name, [one] * most) == []
    assert wrong(kind, name, [one] * (most + 1)) == [f"no more than {most} items allowed, and no fewer than 1"]
    assert f"no more than {most} items allowed, and no fewer than 1" in wrong(kind, name, [])


def wrong(kind: str, name: str, value: Any) -> list[str]:
    """What is wrong with that one field of something of that kind, without its place."""
    found = list(blocks.thing("", kind, {name: value}))
    return [said.split(" [")[0] for said in found if f"/{name}" in said]


def test_takes_a_form_and_a_home() -> None:
    assert blocks.of_view(modal(field(TYPED))) == []
    assert blocks.of_view({"type": "home", "blocks": [{"type": "divider"}] * 100}) == []


async def test_a_refused_message_is_not_there_and_says_why() -> None:
    async with lab() as here:
        with pytest.raises(SlackApiError) as refusal:
            await here.posts("x", blocks=[actions(SAVE, SAVE)])
        errors = [
            await refused(here.posts("x", blocks=[EIGHT] * 5)),
            await refused(here.posts("x", blocks="[{")),
            await refused(here.posts("x" * 40001)),
            await refused(here.web.api_call("chat.postMessage", json={"channel": here.papers.id})),
            await refused(here.posts(metadata={"event_type": "two words", "event_payload": {}})),
            await refused(here.posts(metadata={"event_type": "a", "event_payload": {"x": None}})),
            await refused(here.posts(metadata={"event_type": "a", "event_payload": {"x": "x" * 9000}})),
            await refused(here.web.views_publish(user_id=here.ada.id, view=modal(SECTION))),
        ]

    assert refusal.value.response["error"] == "invalid_blocks"
    assert "duplicate action_id: save" in refusal.value.response["response_metadata"]["messages"][0]
    assert errors == [
        "msg_blocks_too_long",
        "invalid_blocks_format",
        "msg_too_long",
        "no_text",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "metadata_too_large",
        "invalid_arguments",
    ]
    assert here.slack.books == []
