"""The letters about networks: who gets one, what it says, and who gets none any more."""

import asyncio
from collections.abc import Mapping

import pytest
from sqlalchemy import select, update

from forum.errors import Invalid
from forum.mailing import Letter
from forum.membership import lock_current
from forum.networks.commands import change_network
from forum.networks.inputs import MemberChange, NetworkChange
from forum.networks.member_commands import decide_about, join_network
from forum.networks.worker import LETTERS
from forum.notifications.worker import write_notifications
from forum.sending import compose
from forum.tables import audit_rows, networks, notifications
from ground.columns import new_id, now
from realtime.tables import outbox
from tests.forum.accounts.visitor import wait_for_mail
from tests.forum.threads.village import Place, Village, Villager
from tests.servers.confer import ConferServer


async def write(village: Village, reference: Mapping[str, str]) -> Letter | None:
    """The letter as it would be sent at this moment; composed, so that both halves are known to render."""
    async with village.state.transaction() as tx:
        letter = await LETTERS[reference["letter"]](village.state, tx, reference)
    if letter is not None:
        compose(letter, village.state.settings, village.state.templates, "test")
    return letter


def plain(village: Village, letter: Letter | None) -> str:
    assert letter is not None
    message = compose(letter, village.state.settings, village.state.templates, "test")
    body = message.get_body(("plain",))
    assert body is not None
    return f"{letter.subject}\n{body.get_content()}"


def halves(village: Village, letter: Letter | None) -> list[str]:
    """The plain half and the HTML half."""
    assert letter is not None
    message = compose(letter, village.state.settings, village.state.templates, "test")
    return [str(part.get_content()) for part in message.iter_parts()]  # type: ignore[attr-defined]


async def membership_of(village: Village, place: Place, who: Villager) -> str:
    async with village.state.transaction() as tx:
        current = await lock_current(tx, place.id, who.id)
    assert current is not None
    return current.id


async def decide(village: Village, by: Villager, place: Place, about: Villager, **wanted: str) -> None:
    viewer = await village.viewer(by)
    async with village.state.transaction() as tx:
        await decide_about(tx, viewer, place.slug, about.id, MemberChange.model_validate(wanted))


async def ask(village: Village, who: Villager, place: Place, words: str = "") -> None:
    viewer = await village.viewer(who)
    async with village.state.transaction() as tx:
        await join_network(tx, viewer, place.slug, words)


async def test_admitted_people_are_told_while_they_are_members(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara)
    await ask(village, gareth, place)
    await decide(village, amara, place, gareth, status="active", reason="Read the welcome thread first.")
    reference = {"letter": "membership_admitted", "membership_id": await membership_of(village, place, gareth)}
    words = plain(village, await write(village, reference))
    assert place.name in words
    assert "Read the welcome thread first." in words
    assert f"{village.state.settings.public_url}/networks/{place.slug}" in words
    await decide(village, amara, place, gareth, status="removed")
    assert await write(village, reference) is None


async def test_refused_people_read_the_reason_and_the_subject_names_nothing(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara)
    await ask(village, gareth, place)
    await decide(village, amara, place, gareth, status="refused", reason="Only for nurses\nof the region.")
    reference = {"letter": "membership_refused", "membership_id": await membership_of(village, place, gareth)}
    letter = await write(village, reference)
    assert "Only for nurses\nof the region." in plain(village, letter)
    assert letter is not None
    assert place.name not in letter.subject
    viewer = await village.viewer(amara)
    async with village.state.transaction() as tx:
        await change_network(tx, viewer, place.slug, NetworkChange(access="secret", confirm=place.name))
    assert place.name not in plain(village, await write(village, reference))


async def test_who_waits_for_a_network_that_becomes_secret_is_told_without_its_name(
    village: Village, server: ConferServer
) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara)
    await ask(village, gareth, place)
    viewer = await village.viewer(amara)
    with pytest.raises(Invalid):
        async with village.state.transaction() as tx:
            await change_network(tx, viewer, place.slug, NetworkChange(access="secret", confirm="Another name"))
    assert place.id in (await village.viewer(gareth)).places  # nothing was changed: it still waits
    async with village.state.transaction() as tx:
        await change_network(tx, viewer, place.slug, NetworkChange(access="secret", confirm=place.name))
    address = (await village.viewer(gareth)).account.email  # type: ignore[union-attr]
    mail = await asyncio.to_thread(wait_for_mail, server, address)
    assert str(mail["subject"]).startswith("Your request to join a network")
    assert place.name not in mail.as_string()
    lines = (await village.browser(gareth).get("/notifications")).text
    assert "Your request to join a network was refused" in lines
    assert place.name not in lines
    async with village.state.database.read() as connection:
        logged = select(audit_rows.c.actor_id, audit_rows.c.subject_id).where(audit_rows.c.chain == place.id)
        rows = (await connection.execute(logged.where(audit_rows.c.act == "member.refused"))).all()
        waiting = await connection.scalar(select(networks.c.waiting_count).where(networks.c.id == place.id))
    assert [tuple(row) for row in rows] == [(amara.id, gareth.id)]
    assert waiting == 0


async def test_who_was_refused_by_an_unlisted_network_reads_its_name_and_where_to_ask_again(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, access="unlisted")
    await ask(village, gareth, place)
    await decide(village, amara, place, gareth, status="refused")
    reference = {"letter": "membership_refused", "membership_id": await membership_of(village, place, gareth)}
    letter = await write(village, reference)
    words = plain(village, letter)
    assert f"You asked to join {place.name}." in words
    assert "You may ask again" in words
    assert f"{village.state.settings.public_url}/networks/{place.slug}\n" in words
    assert letter is not None
    assert place.name not in letter.subject


async def test_removed_people_learn_it_and_not_the_name_of_a_secret_network(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    for access in ("closed", "secret"):
        place = await village.network(amara, [gareth], access=access)  # type: ignore[arg-type]
        await decide(village, amara, place, gareth, status="banned", reason="Enough.")
        reference = {"letter": "membership_ended", "membership_id": await membership_of(village, place, gareth)}
        words = plain(village, await write(village, reference))
        assert "Enough." in words
        assert "can't ask to join it again" in words
        assert (place.name in words) == (access == "closed")


async def test_who_gets_another_role_is_told_which(village: Village, server: ConferServer) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth], access="secret")
    reference = {"letter": "role_changed", "membership_id": await membership_of(village, place, gareth)}
    await decide(village, amara, place, gareth, role="moderator")
    address = (await village.viewer(gareth)).account.email  # type: ignore[union-attr]
    assert place.name in str((await asyncio.to_thread(wait_for_mail, server, address))["subject"])
    assert f"You are a moderator of {place.name} now." in plain(village, await write(village, reference))
    await decide(village, amara, place, gareth, status="removed")
    assert await write(village, reference) is None


async def wish_mail(village: Village, who: Villager, place: Place, mail: str) -> None:
    body = {"networks": [{"id": place.id, "mail": mail}]}
    answer = await village.program(who).put("/api/v1/me/notifications/settings", json=body)
    assert answer.status_code == 200, answer.text


async def test_who_asks_comes_by_mail_as_each_administrator_wishes(village: Village) -> None:
    amara, helen, never, asker = await village.people("Amara", "Helen", "Nora", "Asker")
    place = await village.network(amara)
    for who, wish in ((amara, "at_once"), (helen, "bundled"), (never, "never")):
        if who is not amara:
            await village.join(place.id, who, "administrator")
        await wish_mail(village, who, place, wish)
    await ask(village, asker, place)
    told = select(notifications.c.account_id, notifications.c.mail).where(notifications.c.network_id == place.id)
    async with village.state.database.read() as connection:
        tasks = [row.reference for row in await connection.execute(select(outbox.c.reference))]
        lines = {row.account_id: row.mail for row in await connection.execute(told)}
    letters = [each["account_id"] for each in tasks if each.get("network_id") == place.id]
    assert set(letters) <= {amara.id}
    assert lines == {amara.id: None, helen.id: "bundled", never.id: None}
    reference = {"letter": "membership_asked", "network_id": place.id, "account_id": amara.id}
    letter = await write(village, reference)
    assert letter is not None
    raw = compose(letter, village.state.settings, village.state.templates, "test").as_bytes().decode()
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    bundle = await bundled(village, helen)
    assert bundle is not None
    assert bundle.subject == f"Asker asks to join {place.name}"
    assert letter.stopping in plain(village, letter)
    answer = await village.browser(never).post(letter.stopping.removeprefix(village.state.settings.public_url))
    assert answer.status_code == 200
    assert await write(village, reference) is None


async def bundled(village: Village, who: Villager) -> Letter | None:
    """All that waits for this person as one mail, as the worker would take it."""
    mail_id = new_id()
    mine = (notifications.c.account_id == who.id, notifications.c.mail == "bundled")
    async with village.state.transaction() as tx:
        await tx.execute(update(notifications).where(*mine).values(mail_id=mail_id))
        return await write_notifications(village.state, tx, {"account_id": who.id, "mail_id": mail_id})


async def test_administrators_get_one_letter_an_hour_about_all_who_wait(village: Village) -> None:
    amara, helen, *crowd = await village.people("Amara", "Helen", *(f"Asker {number}" for number in range(7)))
    place = await village.network(amara)
    await village.join(place.id, helen, "administrator")
    for who in (amara, helen):
        await wish_mail(village, who, place, "at_once")
    for person in crowd[:3]:
        await ask(village, person, place, "Please.")
    async with village.state.database.read() as connection:
        due = await connection.scalar(select(networks.c.requests_mail_at).where(networks.c.id == place.id))
        later = [
            row.reference["account_id"]
            for row in await connection.execute(select(outbox.c.reference).where(outbox.c.available_at > now()))
            if row.reference.get("network_id") == place.id
        ]
    assert due is not None
    assert due > now()
    assert sorted(later) == sorted([amara.id, helen.id])
    for person in crowd[3:]:
        await ask(village, person, place)
    reference = {"letter": "membership_asked", "network_id": place.id, "account_id": amara.id}
    words = plain(village, await write(village, reference))
    assert f"Seven people ask to join {place.name}" in words
    assert "- Asker 4" in words
    assert "- and 2 more" in words
    assert "Please." not in words
    await decide(village, amara, place, amara, role="member")
    assert await write(village, reference) is None
    for person in crowd[1:]:
        await decide(village, helen, place, person, status="refused")
    both = halves(village, await write(village, reference | {"account_id": helen.id}))
    assert all("waits for the answer" in half for half in both)
    assert not any("people wait" in half or "Each of them" in half for half in both)
    for person in crowd[:1]:
        await decide(village, helen, place, person, status="refused")
    assert await write(village, reference | {"account_id": helen.id}) is None


async def test_members_are_told_when_more_people_may_see_the_network(village: Village) -> None:
    amara, gareth, gone = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, gone])
    await village.thread(amara, place)
    viewer = await village.viewer(amara)
    async with village.state.transaction() as tx:
        await change_network(tx, viewer, place.slug, NetworkChange(access="open", confirm=place.name))
    reference = {"letter": "network_widened", "network_id": place.id, "account_id": gareth.id}
    words = plain(village, await write(village, reference))
    assert "It is open now" in words
    assert "by members only" in words
    await village.remove(place.id, gone)
    assert await write(village, reference | {"account_id": gone.id}) is None
    viewer = await village.viewer(amara)
    async with village.state.transaction() as tx:
        await change_network(tx, viewer, place.slug, NetworkChange(access="secret", confirm=place.name))
        assert tx._tasks == []  # fewer people than before: nobody needs telling


async def test_rejoined_people_get_no_letter_of_the_earlier_time(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara)
    await ask(village, gareth, place)
    await decide(village, amara, place, gareth, status="refused")
    reference = {"letter": "membership_refused", "membership_id": await membership_of(village, place, gareth)}
    await ask(village, gareth, place)
    assert await write(village, reference) is None
