"""What a button carries and gives back when pressed: its command, the fields of its form, the key of its message.

    save p17                                       as  ¶save p17
    the same, in a message whose key is mfrg…      as  mfrg…¶save p17
    note p17 {text}, which asks for it first       as  ¶note p17 {text}¶t¦Your note

Nothing else is needed to act on a press: any process can, after any restart. Discord takes 100 characters and no two
alike in one message; it shows them to nobody.
https://discord.com/developers/docs/components/reference#anatomy-of-a-component-custom-id
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from adapters.platforms.discord import harmless, limits
from bot import forms
from bot.models import Action, Ask

#: between what it is made of, and between the parts of a field; neither stands in a command
_END: Final = "¶"
_PART: Final = "¦"
#: letter of a kind of field
_KINDS: Final = {"text": "t", "choice": "c", "time": "h", "completion": "p"}
_KIND: Final = {letter: kind for kind, letter in _KINDS.items()}
#: after the letter: it may be left empty; what stands there now is asked for when the form opens
_OPTIONAL: Final = "?"
_CURRENT: Final = "!"


def packed(command: str, ask: Sequence[Ask] = (), head: str = "") -> str:
    """All of it as text, or "" where there is no room for the command.

    `head` is the key of the message, or a number that tells this button from another one with the same command.
    What is too long of the fields is cut; the command never is.
    """
    begun = f"{_clean(head)}{_END}{_clean(command)}"
    asked = [one for name in forms.fields(command) for one in ask if one.name == name]
    for most in (limits.LABEL, 24, 12, 0):
        made = _END.join([begun, *(_field(one, most) for one in asked)])
        if harmless.size(made) <= limits.CUSTOM_ID:
            return made
    return ""


def unpacked(custom_id: str) -> Action:
    """The command of a button, and the fields of its form; an empty command for one that is not ours."""
    _, _, rest = custom_id.partition(_END)
    command, *fields = rest.split(_END)
    names = forms.fields(command)
    # a field that is described nowhere is a line of text
    fields += ["t"] * (len(names) - len(fields))
    return Action("", command, ask=tuple(_asked(name, said) for name, said in zip(names, fields, strict=False)))


def marked(custom_id: str, key: str) -> str:
    """The same with the key of its message, or "" where there is no room for it."""
    made = f"{key}{_END}{custom_id.partition(_END)[2]}"
    return made if harmless.size(made) <= limits.CUSTOM_ID else ""


def key(custom_id: str) -> str:
    """The key of the message that it stands in, where this is the button that carries it; else ""."""
    head, end, _ = custom_id.partition(_END)
    return head if end and len(head) == limits.KEY else ""


def _field(ask: Ask, most: int) -> str:
    """A field in so many characters; what does not fit is left out, beginning with what may be chosen from."""
    flags = (_OPTIONAL if ask.optional else "") + (_CURRENT if ask.current else "")
    if not most:
        return _KINDS["text"] + flags
    label = harmless.trimmed(_clean(ask.label), most)
    value = "" if ask.current else _clean(ask.value)
    if ask.kind == "choice" and most < limits.LABEL:
        return _PART.join((_KINDS["text"] + flags, label))
    choices = [_clean(one) for one in ask.choices]
    # a field whose first choice is chosen says nothing of that
    parts = [_KINDS[ask.kind] + flags, label, "" if choices and value == choices[0] else value, *choices]
    return _PART.join(parts).rstrip(_PART)


def _asked(name: str, said: str) -> Ask:
    flags, label, value, *choices = [*said.split(_PART), "", ""][: max(3, said.count(_PART) + 1)]
    kind = _KIND.get(flags[:1], "text")
    chosen = value or (choices[0] if choices else "")
    return Ask(
        name,
        label or name.capitalize(),
        kind if kind != "choice" or choices else "text",  # type: ignore[arg-type]  # what _KINDS has
        chosen,
        tuple(choices),
        optional=_OPTIONAL in flags,
        current=_CURRENT in flags,
    )


def _clean(text: str) -> str:
    return " ".join(text.replace(_END, " ").replace(_PART, " ").split())
