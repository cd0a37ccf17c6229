"""Whether Slack would take these blocks: the SDK's own models, and the rules that they do not know.

Problems come as sentences with a JSON pointer, as `response_metadata.messages` has them.
https://docs.slack.dev/reference/block-kit/blocks/ and .../block-elements/ and .../composition-objects/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.rigs.slack.wire import Json

MOST_BLOCKS: Final = 50
MOST_IN_VIEW: Final = 100
#: over all blocks of a message; Slack refused without saying why from 11,341 up (shared facts, reliability.md 3)
MOST_CHARACTERS: Final = 8000
MOST_MARKDOWN: Final = 12000

_OPTIONS: Final = {"text": (75, True), "description": (75, True)}
#: kind -> field -> longest text, and whether it must be plain
TEXTS: Final[dict[str, dict[str, tuple[int, bool]]]] = {
    "section": {"text": (3000, False)},
    "header": {"text": (150, True)},
    "image": {"title": (2000, True)},
    "input": {"label": (2000, True), "hint": (2000, True)},
    "button": {"text": (75, True)},
    "option": _OPTIONS,
    "option_group": {"label": (75, True)},
    "confirm": {"title": (100, True), "text": (300, False), "confirm": (30, True), "deny": (30, True)},
    "modal": {"title": (24, True), "submit": (24, True), "close": (24, True)},
}
PLACEHOLDER: Final = (150, True)
#: kind -> field -> longest
STRINGS: Final[dict[str, dict[str, int]]] = {
    "button": {"value": 2000, "url": 3000, "accessibility_label": 75},
    "image": {"alt_text": 2000, "image_url": 3000},
    "option": {"value": 150, "url": 3000},
    "markdown": {"text": MOST_MARKDOWN},
    "plain_text_input": {"initial_value": 3000},
    "modal": {"private_metadata": 3000, "callback_id": 255, "external_id": 255},
    "home": {"private_metadata": 3000, "callback_id": 255, "external_id": 255},
}
IDS: Final = {"action_id": 255, "block_id": 255}
#: kind -> what must be there
REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    "header": ("text",),
    "image": ("alt_text",),
    "input": ("label", "element"),
    "button": ("text",),
    "option": ("text", "value"),
    "option_group": ("label", "options"),
    "confirm": ("title", "text"),
    "context": ("elements",),
    "actions": ("elements",),
    "rich_text": ("elements",),
    "markdown": ("text",),
    "overflow": ("options",),
    "checkboxes": ("options",),
    "radio_buttons": ("options",),
    "modal": ("title", "blocks"),
    "home": ("blocks",),
}
#: (kind, field) -> how many at most
COUNTS: Final[dict[tuple[str, str], int]] = {
    ("section", "fields"): 10,
    ("context", "elements"): 10,
    ("actions", "elements"): 25,
    ("static_select", "options"): 100,
    ("static_select", "option_groups"): 100,
    ("multi_static_select", "options"): 100,
    ("multi_static_select", "option_groups"): 100,
    ("option_group", "options"): 100,
    ("overflow", "options"): 5,
    ("checkboxes", "options"): 10,
    ("radio_buttons", "options"): 10,
}
SELECTS: Final = frozenset(
    f"{many}{kind}_select"
    for many in ("", "multi_")
    for kind in ("static", "external", "users", "conversations", "channels")
)
PICKERS: Final = frozenset(("datepicker", "timepicker", "datetimepicker"))
TOGGLES: Final = frozenset(("checkboxes", "radio_buttons"))
TYPED: Final = frozenset(("plain_text_input", "email_text_input", "url_text_input", "number_input"))
CLICKED: Final = frozenset(("button", "overflow"))
#: kind -> what it may hold
HOLDS: Final[dict[str, frozenset[str]]] = {
    "section": SELECTS | PICKERS | TOGGLES | CLICKED | {"image"},
    "actions": SELECTS | PICKERS | TOGGLES | CLICKED | {"plain_text_input"},
    "context": frozenset(("image", "plain_text", "mrkdwn")),
    "input": SELECTS | PICKERS | TOGGLES | TYPED | {"file_input", "rich_text_input"},
}
BLOCKS: Final = frozenset((*HOLDS, "header", "divider", "image", "rich_text", "markdown"))
RICH: Final = frozenset(("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"))
INLINE: Final = frozenset(("text", "link", "user", "usergroup", "channel", "broadcast", "emoji", "date", "color"))
#: fields that must hold an address
ADDRESSES: Final = ("url", "image_url")


def size(text: str) -> int:
    """The length of a text in UTF-16 units, the longest that Slack could count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def of_message(blocks: Any, *, models: bool = True) -> list[str]:
    """What is wrong with the blocks of a message; without `models`, which are slow, by the rules alone."""
    found = _of_blocks(blocks, MOST_BLOCKS, models=models)
    if not found and characters(blocks) > MOST_CHARACTERS:
        found.append(f"more than {MOST_CHARACTERS} characters in all blocks")
    return found


def of_view(view: Any) -> list[str]:
    """What is wrong with a form or a home."""
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        return ["must be a modal or a home [json-pointer:/view/type]"]
    kind, blocks = view["type"], view.get("blocks")
    found = [*_of_blocks(blocks, MOST_IN_VIEW), *thing("", kind, view)]
    holds = [one.get("type") for one in blocks if isinstance(one, dict)] if isinstance(blocks, list) else []
    if kind == "modal" and "input" in holds and not view.get("submit"):
        found.append("missing required field: submit [json-pointer:/view]")
    if kind == "home" and (view.get("submit") or view.get("close") or view.get("title")):
        found.append("a home has no title and no buttons of its own [json-pointer:/view]")
    return found or _known_to_sdk(lambda: View(**view).to_dict())


def characters(blocks: list[Json]) -> int:
    """All characters that people read in blocks."""
    return sum(size(text) for block in blocks for text in _read(block))


def _read(said: Any) -> Iterator[str]:
    if isinstance(said, list):
        for one in said:
            yield from _read(one)
    elif isinstance(said, dict):
        for name, value in said.items():
            if isinstance(value, str):
                yield from [value] if name in ("text", "alt_text", "initial_value") else []
            else:
                yield from _read(value)


def _of_blocks(blocks: Any, most: int, *, models: bool = True) -> list[str]:
    if not isinstance(blocks, list) or not all(isinstance(one, dict) for one in blocks):
        return ["must be a list of blocks"]
    if not 0 < len(blocks) <= most:
        return [f"no more than {most} items allowed, and no fewer than 1 [json-pointer:/blocks]"]
    found = [problem for number, block in enumerate(blocks) for problem in _block(f"/blocks/{number}", block)]
    names = Counter(block["block_id"] for block in blocks if block.get("block_id"))
    found += [f"duplicate block_id: {name}" for name, times in names.items() if times > 1]
    if found or not models:
        return found
    return _known_to_sdk(lambda: [one.to_dict() for one in Block.parse_all(blocks)])


def _known_to_sdk(parse: Callable[[], object]) -> list[str]:
    """What the SDK's own models say."""
    try:
        parse()
    except (SlackObjectFormationError, AttributeError, TypeError, ValueError, KeyError) as error:
        return [f"{type(error).__name__}: {error}"]
    return []


def _block(path: str, block: Json) -> Iterator[str]:
    kind = block.get("type")
    if kind not in BLOCKS:
        yield f"unsupported type: {kind} [json-pointer:{path}/type]"
        return
    yield from thing(path, kind, block)
    if kind == "section" and not (block.get("text") or block.get("fields")):
        yield f"text or fields must be there [json-pointer:{path}]"
    if kind == "rich_text":
        yield from _rich(f"{path}/elements", block.get("elements"), RICH)
        return
    held = [("accessory", block.get("accessory")), ("element", block.get("element"))]
    if isinstance(elements := block.get("elements"), list):
        held += [(f"elements/{number}", one) for number, one in enumerate(elements)]
    for name, one in held:
        if one is None:
            continue
        if not isinstance(one, dict) or one.get("type") not in HOLDS.get(kind, ()):
            yield f"unsupported element in {kind} [json-pointer:{path}/{name}]"
        elif one["type"] in ("plain_text", "mrkdwn"):
            yield from _text(f"{path}/{name}", one, 3000, plain=False)
        else:
            yield from thing(f"{path}/{name}", one["type"], one)
    names = Counter(one["action_id"] for _, one in held if isinstance(one, dict) and one.get("action_id"))
    yield from (f"duplicate action_id: {name} [json-pointer:{path}]" for name, times in names.items() if times > 1)


def thing(path: str, kind: str, said: Json) -> Iterator[str]:
    """What is wrong with one block, element, option, confirmation or view, and with what stands in it."""
    for name in REQUIRED.get(kind, ()):
        if not said.get(name):
            yield f"missing required field: {name} [json-pointer:{path}]"
    texts = TEXTS.get(kind, {}) | ({"placeholder": PLACEHOLDER} if "placeholder" in said else {})
    for name, (longest, plain) in texts.items():
        if name in said:
            yield from _text(f"{path}/{name}", said[name], longest, plain=plain)
    for name, longest in (STRINGS.get(kind, {}) | IDS).items():
        if name in said and not (isinstance(said[name], str) and size(said[name]) <= longest):
            yield f"must be no more than {longest} characters [json-pointer:{path}/{name}]"
    for name in ADDRESSES:
        if name in said and not str(said[name]).startswith(("http://", "https://", "mailto:")):
            yield f"invalid url [json-pointer:{path}/{name}]"
    for (of, name), most in COUNTS.items():
        if of == kind and name in said and not 0 < len(said[name]) <= most:
            yield f"no more than {most} items allowed, and no fewer than 1 [json-pointer:{path}/{name}]"
    for number, field in enumerate(said.get("fields", ())):
        yield from _text(f"{path}/fields/{number}", field, 2000, plain=False)
    if isinstance(confirm := said.get("confirm"), dict) and kind != "confirm":
        yield from thing(f"{path}/confirm", "confirm", confirm)
    yield from _choices(path, kind, said)


def _choices(path: str, kind: str, said: Json) -> Iterator[str]:
    """What is wrong with the options of a menu."""
    if kind.endswith("static_select") and bool(said.get("options")) == bool(said.get("option_groups")):
        yield f"either options or option_groups must be there [json-pointer:{path}]"
    for number, group in enumerate(said.get("option_groups", ())):
        yield from thing(f"{path}/option_groups/{number}", "option_group", group)
    for number, option in enumerate(said.get("options", ())):
        yield from thing(f"{path}/options/{number}", "option", option)
    chosen = [said["initial_option"]] if "initial_option" in said else said.get("initial_options", [])
    offered = [*said.get("options", ()), *(one for group in said.get("option_groups", ()) for one in group["options"])]
    if "external" not in kind and any(one not in offered for one in chosen):
        yield f"initial_option must be one of the options [json-pointer:{path}/initial_option]"


def _text(path: str, said: Any, longest: int, *, plain: bool) -> Iterator[str]:
    if not isinstance(said, dict) or not isinstance(said.get("text"), str):
        yield f"must be a text object [json-pointer:{path}]"
        return
    if said.get("type") not in (("plain_text",) if plain else ("plain_text", "mrkdwn")):
        yield f"must be {'plain_text' if plain else 'plain_text or mrkdwn'} [json-pointer:{path}/type]"
    if not said["text"].strip():
        yield f"must be more than 0 characters [json-pointer:{path}/text]"
    if size(said["text"]) > longest:
        yield f"must be no more than {longest} characters [json-pointer:{path}/text]"


def _rich(path: str, elements: Any, allowed: frozenset[str]) -> Iterator[str]:
    """What is wrong with rich text."""
    if not isinstance(elements, list) or not elements:
        yield f"must hold something [json-pointer:{path}]"
        return
    for number, one in enumerate(elements):
        here = f"{path}/{number}"
        kind = one.get("type") if isinstance(one, dict) else None
        if kind not in allowed:
            yield f"unsupported rich text: {kind} [json-pointer:{here}]"
        elif kind in RICH:
            yield from _rich(
                f"{here}/elements", one.get("elements"), RICH - {kind} if kind == "rich_text_list" else INLINE
            )
        elif kind == "text" and not one.get("text"):
            yield f"must be more than 0 characters [json-pointer:{here}/text]"
        elif kind == "link" and not str(one.get("url", "")).startswith(("http://", "https://", "mailto:")):
            yield f"invalid url [json-pointer:{here}/url]"
