"""Answers to what people do: the first one, and everything that follows.

https://discord.com/developers/docs/interactions/receiving-and-responding
"""

from __future__ import annotations

from typing import Any, Final

from tests.rigs.discord.components import of_modal
from tests.rigs.discord.composing import composed
from tests.rigs.discord.methods.call import Call, Methods
from tests.rigs.discord.methods.messages import change
from tests.rigs.discord.said import EPHEMERAL, LOADING, Said
from tests.rigs.discord.state import Discord
from tests.rigs.discord.told import (
    DEFERRED,
    DEFERRED_UPDATE,
    FORM,
    MESSAGE,
    NUMBER,
    PONG,
    PROPOSALS,
    UPDATE,
    Told,
)
from tests.rigs.discord.wire import Json, Problem, Refusal, length, malformed

MOST_PROPOSED: Final = 25


def first(discord: Discord, call: Call) -> Json | None:
    """The first answer; with `with_response` it is said what became of it."""
    told = discord.telling.of(call.path["interaction_token"])
    if told is None or told.payload["id"] != call.path["interaction_id"] or discord.clock() >= told.until:
        raise Refusal(10062)
    kind, data = call.said.get("type"), call.said.get("data") or {}
    if kind not in _allowed(told):
        allowed = ", ".join(map(str, sorted(_allowed(told))))
        raise malformed([Problem("type", "BASE_TYPE_CHOICES", f"Value must be one of ({allowed}).")])
    if told.failed or told.acknowledged is not None:
        told.acknowledge({})
    made = _checked(discord, told, call, kind, data)
    if kind == MESSAGE:
        told.original = _say(discord, told, made, "answer")
    elif kind == DEFERRED:
        flags = (int(data.get("flags") or 0) & EPHEMERAL) | LOADING
        told.original = _say(discord, told, {"content": "", "flags": flags}, "answer")
    elif kind in (UPDATE, DEFERRED_UPDATE):
        told.original = told.on
        if kind == UPDATE and told.on is not None:
            change(discord, told.on, made)
    told.acknowledge({"type": kind, "data": data})
    return _response(discord, told, kind) if call.flag("with_response") else None


def follow(discord: Discord, call: Call) -> Json | None:
    """One more message; the first after a deferral is what was being thought about."""
    told = _alive(discord, call)
    made = composed(discord, told.where, call.said, call.body.files, author=discord.bot, ephemeral=True)
    if told.thinking and told.original is not None:
        _filled(discord, told, made)
        said = told.original
    else:
        said = _say(discord, told, made, "followup")
        told.followups.append(said)
    return said.json(discord.bot.id) if call.flag("wait") else None


def got(discord: Discord, call: Call) -> Json:
    """A message that answered."""
    return _message(discord, call)[1].json(discord.bot.id)


def update(discord: Discord, call: Call) -> Json:
    """Change a message that answered, or say at last what was thought about."""
    told, said = _message(discord, call)
    made = composed(discord, told.where, call.said, call.body.files, author=discord.bot, old=said)
    if said is told.original and said.loading:
        _filled(discord, told, made)
    else:
        change(discord, said, made)
    return said.json(discord.bot.id)


def delete(discord: Discord, call: Call) -> None:
    """Take a message that answered back."""
    told, said = _message(discord, call)
    discord.delete(said)
    if said is told.original:
        told.settle()


def _allowed(told: Told) -> set[int]:
    match told.kind:
        case "autocomplete":
            return {PROPOSALS}
        case "command":
            return {PONG, MESSAGE, DEFERRED, FORM} - {PONG}
        case "press":
            return {MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, FORM}
        case "form":
            # a form does not open a form, and changes the message whose button opened it
            return {MESSAGE, DEFERRED} | ({DEFERRED_UPDATE, UPDATE} if told.on else set())


def _checked(discord: Discord, told: Told, call: Call, kind: int, data: Json) -> Json:
    """What an answer makes, as fields of Said. Raises Refusal."""
    try:
        if kind == MESSAGE:
            return composed(discord, told.where, data, call.body.files, author=discord.bot, ephemeral=True)
        if kind == UPDATE and told.on is not None:
            return composed(discord, told.where, data, call.body.files, author=discord.bot, old=told.on)
    except Refusal as refusal:
        if errors := refusal.said.get("errors"):
            refusal.said["errors"] = {"data": errors}
        raise
    found = of_modal(data) if kind == FORM else _proposals(data.get("choices")) if kind == PROPOSALS else []
    if found:
        raise malformed(one.inside("data") for one in found)
    return {}


def _proposals(choices: Any) -> list[Problem]:
    if not isinstance(choices, list):
        return [Problem("choices", "BASE_TYPE_REQUIRED", "This field is required")]
    found = [Problem("choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")]
    found = found if len(choices) > MOST_PROPOSED else []
    for number, one in enumerate(choices):
        found += length(f"choices.{number}.name", one.get("name") or "", 100, 1)
        if isinstance(one.get("value"), str):
            found += length(f"choices.{number}.value", one["value"], 100, 1)
    return found


def _say(discord: Discord, told: Told, made: Json, via: str) -> Said:
    to = told.by.id if made["flags"] & EPHEMERAL else ""
    about = {"id": told.payload["id"], "type": NUMBER[told.kind], "user": told.by.json()}
    about |= {"authorizing_integration_owners": told.payload["authorizing_integration_owners"]}
    fields = {name: value for name, value in made.items() if name != "content"}
    return discord.say(told.where, discord.bot, made["content"], to=to, via=via, interaction=about, **fields)


def _filled(discord: Discord, told: Told, made: Json) -> None:
    """What was thought about is said; who sees it was settled by the deferral."""
    said = told.original
    assert said is not None
    kept = (made["flags"] & ~(EPHEMERAL | LOADING)) | (said.flags & EPHEMERAL)
    change(discord, said, made | {"flags": kept})
    said.edited = None
    told.settle()


def _alive(discord: Discord, call: Call) -> Told:
    if call.path["webhook_id"] != discord.app.id:
        raise Refusal(10015)
    return discord.telling.alive(call.path["webhook_token"])


def _message(discord: Discord, call: Call) -> tuple[Told, Said]:
    told = _alive(discord, call)
    number = call.path.get("message_id", "@original")
    several = [*([told.original] if told.original else []), *told.followups]
    found = told.original if number == "@original" else next((one for one in several if one.id == number), None)
    if found is None or found.deleted:
        raise Refusal(10008)
    return told, found


def _response(discord: Discord, told: Told, kind: int) -> Json:
    said = told.original
    interaction: Json = {"id": told.payload["id"], "type": NUMBER[told.kind]}
    resource: Json = {"type": kind}
    if said is not None:
        interaction |= {
            "response_message_id": said.id,
            "response_message_loading": said.loading,
            "response_message_ephemeral": bool(said.flags & EPHEMERAL),
        }
        if kind in (MESSAGE, UPDATE):
            resource["message"] = said.json(discord.bot.id)
    return {"interaction": interaction, "resource": resource}


_HOOK: Final = "/webhooks/{webhook_id}/{webhook_token}"
METHODS: Methods = {
    "create_interaction_response": ("POST", "/interactions/{interaction_id}/{interaction_token}/callback", first),
    "execute_webhook": ("POST", _HOOK, follow),
    "get_original_webhook_message": ("GET", _HOOK + "/messages/@original", got),
    "update_original_webhook_message": ("PATCH", _HOOK + "/messages/@original", update),
    "delete_original_webhook_message": ("DELETE", _HOOK + "/messages/@original", delete),
    "get_webhook_message": ("GET", _HOOK + "/messages/{message_id}", got),
    "update_webhook_message": ("PATCH", _HOOK + "/messages/{message_id}", update),
    "delete_webhook_message": ("DELETE", _HOOK + "/messages/{message_id}", delete),
}
