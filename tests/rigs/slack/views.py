"""Forms and homes: what an app shows to one person, and what that person filled in.

https://docs.slack.dev/surfaces/modals/
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tests.rigs.slack import blocks
from tests.rigs.slack.mrkdwn import blocks_read
from tests.rigs.slack.wire import Json, Refusal
from tests.rigs.slack.world import Member, Workspace

#: forms on top of each other
MOST: Final = 3
#: bytes of a whole view
LARGEST: Final = 250_000


@dataclass(eq=False, slots=True)
class Shown:
    """A form or a home that somebody sees."""

    id: str
    person: Member
    workspace: Workspace
    said: Json
    hash: str
    root: str = ""
    previous: str = ""
    #: what was filled in or chosen: block id -> action id -> state
    state: dict[str, dict[str, Json]] = field(default_factory=dict)
    #: what the app said is wrong with it, by block id
    errors: dict[str, str] = field(default_factory=dict)
    closed: bool = False

    @property
    def blocks(self) -> list[Json]:
        """Its blocks."""
        return list(self.said["blocks"])

    @property
    def title(self) -> str:
        """Its heading; "" for a home."""
        return str(self.said.get("title", {}).get("text", ""))

    def json(self, app: str) -> Json:
        """As methods and payloads show it."""
        optional = {
            name: self.said.get(name) for name in ("title", "submit", "close", "clear_on_close", "notify_on_close")
        }
        return {
            "id": self.id,
            "team_id": self.workspace.id,
            "type": self.said["type"],
            "blocks": self.blocks,
            "private_metadata": self.said.get("private_metadata", ""),
            "callback_id": self.said.get("callback_id", ""),
            "external_id": self.said.get("external_id", ""),
            "hash": self.hash,
            "root_view_id": self.root or self.id,
            "previous_view_id": self.previous or None,
            "app_id": app,
            "app_installed_team_id": self.workspace.id,
            "bot_id": self.workspace.bot.bot if self.workspace.bot else "",
            "state": {"values": self.state},
            **optional,
        }


class Views:
    """Every form and home."""

    def __init__(self) -> None:
        self._count = itertools.count(1)
        #: by id, closed ones too
        self.all: dict[str, Shown] = {}
        #: by person: forms, the top one last; the home
        self.forms: dict[str, list[Shown]] = {}
        self.homes: dict[str, Shown] = {}
        #: everything that was ever read in a form or a home: by whom, and its lines
        self.read: list[tuple[str, list[str]]] = []

    def open(self, person: Member, workspace: Workspace, said: Any, under: Shown | None = None) -> Shown:
        """Show a form, alone or on top of another. Raises Refusal."""
        checked(said, "modal")
        stack = self.forms.setdefault(person.id, [])
        if under is None:
            for old in stack:
                old.closed = True
            stack.clear()
        elif len(stack) >= MOST:
            raise Refusal("push_limit_reached")
        shown = self._show(person, workspace, said)
        if under is not None:
            shown.root, shown.previous = under.root or under.id, under.id
        stack.append(shown)
        return shown

    def publish(self, person: Member, workspace: Workspace, said: Any, expected: str = "") -> Shown:
        """Show a home. Raises Refusal."""
        checked(said, "home")
        old = self.homes.get(person.id)
        if old is None:
            self.homes[person.id] = self._show(person, workspace, said)
            return self.homes[person.id]
        return self.update(old, said, expected)

    def update(self, shown: Shown, said: Any, expected: str = "") -> Shown:
        """Show something else in its place; what was filled in stays where block and field keep their ids."""
        checked(said, shown.said["type"])
        if shown.closed:
            raise Refusal("not_found")
        if expected and expected != shown.hash:
            raise Refusal("hash_conflict")
        shown.said, shown.hash = named(said), self._hash()
        shown.errors = {}
        self._read(shown)
        fresh = state_of(shown.blocks)
        shown.state = {
            block: {action: shown.state.get(block, {}).get(action, value) for action, value in actions.items()}
            for block, actions in fresh.items()
        }
        return shown

    def close(self, shown: Shown, *, whole: bool = False) -> None:
        """It is no longer there; with `whole` neither are those under it."""
        stack = self.forms.get(shown.person.id, [])
        for one in list(stack) if whole else [shown]:
            one.closed = True
            if one in stack:
                stack.remove(one)

    def find(self, name: str, external: str = "") -> Shown:
        """A view by its id or its external id. Raises Refusal."""
        if name in self.all:
            return self.all[name]
        found = (one for one in self.all.values() if external and one.said.get("external_id") == external)
        if (one := next(found, None)) is None:
            raise Refusal("not_found")
        return one

    def _show(self, person: Member, workspace: Workspace, said: Json) -> Shown:
        external = said.get("external_id")
        if external and any(not one.closed and one.said.get("external_id") == external for one in self.all.values()):
            raise Refusal("duplicate_external_id")
        shown = Shown(f"V{next(self._count):08}", person, workspace, named(said), self._hash())
        shown.state = state_of(shown.blocks)
        self.all[shown.id] = shown
        self._read(shown)
        return shown

    def _read(self, shown: Shown) -> None:
        self.read.append((shown.person.id, [shown.title, *blocks_read(shown.blocks)[0]]))

    def _hash(self) -> str:
        return f"hash.{next(self._count)}"


def checked(said: Any, kind: str) -> None:
    """Raises Refusal for a view that is none."""
    problems = blocks.of_view(said)
    if isinstance(said, dict) and said.get("type") != kind:
        problems.append(f"must be a {kind} [json-pointer:/view/type]")
    if len(json.dumps(said)) > LARGEST:
        raise Refusal("view_too_large")
    if problems:
        messages = [f"[ERROR] {one}" for one in problems]
        raise Refusal("invalid_arguments", response_metadata={"messages": messages})


# -------------------------------------------------------------------------- what all interactive blocks share


def named(said: Json) -> Json:
    """A view with its own copy of the blocks, all of which have names."""
    return said | {"blocks": named_blocks(said["blocks"])}


def named_blocks(several: list[Json]) -> list[Json]:
    """Blocks and elements with the names that Slack gives to those without."""
    return [_named(number, block) for number, block in enumerate(several)]


def _named(number: int, block: Json) -> Json:
    made: Json = {"block_id": f"rig-b{number}"} | block
    for name in ("accessory", "element"):
        if isinstance(made.get(name), dict):
            made[name] = _acting(f"rig-a{number}", made[name])
    if made["type"] == "actions":
        made["elements"] = [_acting(f"rig-a{number}-{place}", one) for place, one in enumerate(made["elements"])]
    return made


def _acting(name: str, element: Json) -> Json:
    return element if element["type"] == "image" else {"action_id": name} | element


def elements(several: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element, with its block."""
    for block in several:
        for name in ("accessory", "element"):
            if isinstance(block.get(name), dict) and block[name]["type"] != "image":
                yield block, block[name]
        if block["type"] == "actions":
            yield from ((block, one) for one in block["elements"])


def state_of(several: list[Json]) -> dict[str, dict[str, Json]]:
    """What stands in the fields of blocks that nobody has touched."""
    state: dict[str, dict[str, Json]] = {}
    for block, element in elements(several):
        if element["type"] not in ("button", "overflow"):
            state.setdefault(block["block_id"], {})[element["action_id"]] = untouched(element)
    return state


def untouched(element: Json) -> Json:
    """The state of a field as the app made it."""
    kind = element["type"]
    if kind.endswith("picker"):
        name = kind.removesuffix("picker")
        name = "date_time" if name == "datetime" else name
        return {"type": kind, f"selected_{name}": element.get(f"initial_{name}")}
    if kind == "checkboxes" or kind.startswith("multi_"):
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    if kind in ("radio_buttons", "static_select", "external_select"):
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind.endswith("_select"):
        name = kind.removesuffix("s_select")
        return {"type": kind, f"selected_{name}": element.get(f"initial_{name}")}
    return {"type": kind, "value": element.get("initial_value")}
