"""A form on somebody's screen, and the buttons and menus of a message: found by what is read on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.rigs.discord.components import LABEL, MENUS, TEXT, elements
from tests.rigs.discord.markdown import components_read, label
from tests.rigs.discord.said import Said
from tests.rigs.discord.wire import Json, size
from tests.rigs.discord.world import Channel


@dataclass(eq=False, slots=True)
class Shown:
    """A form that the app opened."""

    said: Json
    where: Channel
    #: the message whose button opened it
    on: Said | None
    closed: bool = False
    #: custom id -> what was typed or chosen
    filled: dict[str, list[str]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What stands above it."""
        return str(self.said["title"])

    def lines(self) -> list[str]:
        """What people read in it."""
        return [self.title, *components_read(self.said["components"])[0]]

    def fields(self) -> dict[str, Json]:
        """Each field by its label."""
        found: dict[str, Json] = {}
        for one in self.said["components"]:
            if one["type"] == LABEL:
                found[one["label"]] = one["component"]
            elif one.get("components"):
                found |= {each["label"]: each for each in one["components"]}
        return found

    def fill(self, answers: Mapping[str, str]) -> None:
        """Fill fields in, by label. Raises LookupError."""
        fields = self.fields()
        for name, answer in answers.items():
            if name not in fields:
                raise LookupError(f"there is no {name!r}; there are {list(fields)}")
            one = fields[name]
            self.filled[one["custom_id"]] = chosen(one, [answer]) if one["type"] in MENUS else [answer]

    def missing(self) -> list[str]:
        """Labels of the fields that Discord does not let somebody leave as they are."""
        return [name for name, one in self.fields().items() if not self._well(one)]

    def components(self) -> list[Json]:
        """What is filled in, as it is sent."""
        sent: list[Json] = []
        for one in self.said["components"]:
            if one["type"] == LABEL:
                sent.append({"type": LABEL, "id": 1, "component": self._sent(one["component"])})
            elif one.get("components"):
                sent.append({"type": 1, "id": 1, "components": [self._sent(each) for each in one["components"]]})
        return sent

    def _value(self, one: Json) -> list[str]:
        before = [one["value"]] if one.get("value") else []
        before += [each["value"] for each in one.get("options") or () if each.get("default")]
        return self.filled.get(one["custom_id"], before)

    def _well(self, one: Json) -> bool:
        values = self._value(one)
        if one["type"] != TEXT:
            return one.get("required") is False or len(values) >= (one.get("min_values") or 0)
        text = "".join(values)
        if not text:
            return one.get("required") is False
        return (one.get("min_length") or 0) <= size(text) <= (one.get("max_length") or 4000)

    def _sent(self, one: Json) -> Json:
        said: Json = {"type": one["type"], "custom_id": one["custom_id"], "id": one.get("id", 1)}
        return said | ({"value": "".join(self._value(one))} if one["type"] == TEXT else {"values": self._value(one)})


def find(said: Said, name: str, *, kinds: Sequence[int], number: int = 1) -> Json:
    """The button or menu of that label, emoji, placeholder or custom id. Raises LookupError, which names all."""
    several = [one for one in elements(said.components) if one["type"] in kinds]
    found = [one for one in several if name in _names(one)]
    if len(found) < number:
        raise LookupError(f"there is no {name!r} number {number}; there are {sorted(_shown(one) for one in several)}")
    if found[number - 1].get("disabled"):
        raise LookupError(f"{name!r} is greyed out")
    return found[number - 1]


def chosen(menu: Json, options: Sequence[str]) -> list[str]:
    """The values of options, by label or value. Raises LookupError for one that there is not, and for too many."""
    if not (menu.get("min_values", 1) or 0) <= len(options) <= (menu.get("max_values") or 1):
        raise LookupError(f"nobody can choose {len(options)} there")
    if not menu.get("options"):
        return list(options)
    values = {one["label"]: one["value"] for one in menu["options"]} | {
        one["value"]: one["value"] for one in menu["options"]
    }
    if lost := [one for one in options if one not in values]:
        raise LookupError(f"there is no {lost[0]!r}; there are {[one['label'] for one in menu['options']]}")
    return [values[one] for one in options]


def _names(one: Json) -> set[str]:
    emoji = (one.get("emoji") or {}).get("name") or ""
    several = {label(one), one.get("label") or "", emoji, one.get("placeholder") or "", one.get("custom_id") or ""}
    return several - {""}


def _shown(one: Json) -> str:
    return label(one) or one.get("placeholder") or one.get("custom_id") or ""
