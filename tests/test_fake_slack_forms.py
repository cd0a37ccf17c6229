"""Forms, menus and homes on the fake Slack: opened, filled in, corrected, sent."""

from __future__ import annotations

import pytest

from tests.rigs.house import Hands

pytest.importorskip("slack_sdk", reason="The fake Slack needs the SDK: pip install 'paperround[slack]'.")

from slack_sdk.socket_mode.request import SocketModeRequest

from tests.rigs.slack.lab import SAVE, SECTION, lab, listening, refused
from tests.rigs.slack.wire import Json

NOTE: Json = {
    "type": "modal",
    "callback_id": "note",
    "title": {"type": "plain_text", "text": "Note"},
    "submit": {"type": "plain_text", "text": "Save"},
    "private_metadata": "p17",
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "text",
            "label": {"type": "plain_text", "text": "Your note"},
            "element": {"type": "plain_text_input", "action_id": "value", "max_length": 20},
        },
        {
            "type": "input",
            "block_id": "hour",
            "optional": True,
            "label": {"type": "plain_text", "text": "Remind me"},
            "element": {"type": "timepicker", "action_id": "value"},
        },
    ],
}
ZONE: Json = {
    "type": "actions",
    "block_id": "zones",
    "elements": [
        {
            "type": "external_select",
            "action_id": "zone",
            "min_query_length": 1,
            "placeholder": {"type": "plain_text", "text": "Zone"},
        },
        {
            "type": "overflow",
            "action_id": "more",
            "options": [{"text": {"type": "plain_text", "text": "Not this"}, "value": "no p17"}],
        },
    ],
}


async def test_a_form_is_opened_filled_in_corrected_and_sent() -> None:
    def answer(request: SocketModeRequest) -> Json | str:
        if request.payload.get("type") == "view_submission":
            value = request.payload["view"]["state"]["values"]["text"]["value"]["value"]
            if value == "bad":
                return {"response_action": "errors", "errors": {"text": "Say more, please."}}
        return ""

    async with lab() as here, listening(here.slack, answer) as app:
        trigger = here.ada.types(here.papers, "/papers note").payload["trigger_id"]
        await here.web.views_open(trigger_id=trigger, view=NOTE)
        again = await refused(here.web.views_open(trigger_id=trigger, view=NOTE))
        form = here.ada.form
        with pytest.raises(ValueError, match="please complete: Your note"):
            here.ada.submits(form)
        with pytest.raises(ValueError, match="please complete: Your note"):
            here.ada.submits(form, {"Your note": "x" * 21})
        await here.ada.submits(form, {"Your note": "bad"}).done()
        errors, open_ = form.errors, not form.closed
        await here.ada.submits(form, {"Your note": "read this", "Remind me": "09:00"}).done()

    assert again == "exchanged_trigger_id"
    assert (errors, open_, form.closed) == ({"text": "Say more, please."}, True, True)
    view = app.came[-1].payload["view"]
    assert (view["callback_id"], view["private_metadata"], view["title"]["text"]) == ("note", "p17", "Note")
    assert view["state"]["values"] == {
        "text": {"value": {"type": "plain_text_input", "value": "read this"}},
        "hour": {"value": {"type": "timepicker", "selected_time": "09:00"}},
    }


async def test_a_trigger_lives_three_seconds() -> None:
    clock = Hands()
    async with lab(clock=clock) as here:
        trigger = here.ada.types(here.papers, "/papers note").payload["trigger_id"]
        clock.move(seconds=3.1)
        errors = [await refused(here.web.views_open(trigger_id=one, view=NOTE)) for one in (trigger, "none")]

    assert errors == ["expired_trigger_id", "invalid_trigger_id"]


async def test_forms_stack_up_change_and_are_closed() -> None:
    async with lab() as here, listening(here.slack, lambda request: {"response_action": "clear"}) as app:
        await here.web.views_open(trigger_id=here.ada.types(here.papers, "/papers x").payload["trigger_id"], view=NOTE)
        first = here.ada.form
        choose = NOTE | {"blocks": [{"type": "actions", "elements": [SAVE]}]}
        await here.web.views_update(view_id=first.id, hash=first.hash, view=choose)
        stale = await refused(here.web.views_update(view_id=first.id, hash="hash.0", view=choose))
        for _ in range(2):
            trigger = here.ada.presses(here.ada.form, "Save").payload["trigger_id"]
            await here.web.views_push(trigger_id=trigger, view=choose)
        trigger = here.ada.presses(here.ada.form, "Save").payload["trigger_id"]
        full = await refused(here.web.views_push(trigger_id=trigger, view=choose))
        top = here.ada.form
        here.ada.closes(top)
        under = here.ada.form
        await here.ada.submits(under).done()
        with pytest.raises(LookupError, match="no form is open"):
            _ = here.ada.form

    assert (stale, full) == ("hash_conflict", "push_limit_reached")
    assert (top.root, top.previous) == (first.id, under.id)
    assert first.closed
    assert "view_closed" in app.kinds()


async def test_a_menu_asks_the_app_for_options() -> None:
    def answer(request: SocketModeRequest) -> Json | str:
        if request.payload.get("type") == "block_suggestion":
            zones = ("Europe/Berlin", "Europe/Bern")
            return {"options": [{"text": {"type": "plain_text", "text": zone}, "value": zone} for zone in zones]}
        return ""

    async with lab() as here, listening(here.slack, answer) as app:
        said = await here.posts(blocks=[ZONE])
        proposed = await here.ada.asks(said, "Zone", "Ber")
        await here.ada.chooses(said, "Zone", "Europe/Bern").done()
        await here.ada.chooses(said, "more", "Not this").done()
        with pytest.raises(LookupError, match=r"there is no 'Mars'; there are \['Europe/Berlin', 'Europe/Bern'\]"):
            here.ada.chooses(said, "Zone", "Mars")

    assert proposed == ["Europe/Berlin", "Europe/Bern"]
    assert app.came[0].payload["value"] == "Ber"
    chosen, more = (request.payload for request in app.came[1:])
    assert chosen["actions"][0]["selected_option"]["value"] == "Europe/Bern"
    assert chosen["state"]["values"]["zones"]["zone"]["selected_option"]["value"] == "Europe/Bern"
    assert more["actions"][0]["selected_option"]["value"] == "no p17"
    assert here.slack.violations == []


async def test_options_that_slack_would_not_show_are_a_violation() -> None:
    long = {"text": {"type": "plain_text", "text": "x" * 76}, "value": "x"}
    async with lab() as here, listening(here.slack, lambda request: {"options": [long]}):
        await here.ada.asks(await here.posts(blocks=[ZONE]), "Zone", "x")

    assert len(here.slack.violations) == 1


async def test_the_home_is_published_opened_and_used() -> None:
    home = {"type": "home", "blocks": [SECTION, {"type": "actions", "elements": [SAVE]}]}
    async with lab() as here, listening(here.slack) as app:
        here.ada.opens_home()
        await here.web.views_publish(user_id=here.ada.id, view=home)
        assert here.ada.home
        await here.ada.presses(here.ada.home, "Save").done()
        here.ada.opens_home()
        await here.slack.telling.settled()

    assert app.kinds() == ["app_home_opened", "block_actions", "app_home_opened"]
    assert (app.events()[0].get("view"), app.events()[1]["view"]["type"]) == (None, "home")
    assert app.came[1].payload["container"] == {"type": "view", "view_id": here.ada.home.id}
    assert "On tokens" in here.ada.reads()
    assert "On tokens" not in here.bob.reads()
