"""The mails that tell people what they have not read: to whom, with which words, and to whom no more."""

import asyncio
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from auth.accounts import close_account
from auth.tables import accounts
from forum.bounces import note_bounce
from forum.mailing import Letter
from forum.networks.commands import change_network
from forum.networks.inputs import NetworkChange
from forum.notifications.mail_commands import follow_due_mail, last_bundle
from forum.notifications.worker import LETTERS
from forum.sending import compose
from forum.tables import networks, notifications
from ground.columns import new_id, now
from realtime.tables import outbox
from tests.forum.accounts.visitor import mails_to
from tests.forum.documents.shelf import share
from tests.forum.notifications.telling import told
from tests.forum.threads.village import Place, Village, Villager
from tests.servers.confer import ConferServer

WORD = "canaryword"


async def choose(village: Village, who: Villager, mail: str, *places: Place) -> None:
    body: dict[str, Any] = {"networks": [{"id": place.id, "mail": mail} for place in places]}
    answer = await village.program(who).put(
        "/api/v1/me/notifications/settings", json=body if places else {"mail": mail}
    )
    assert answer.status_code == 200, answer.text


async def taken(village: Village, who: Villager) -> dict[str, str]:
    """All that waits for this person as one mail, as the worker would take it."""
    mail_id = new_id()
    mine = (notifications.c.account_id == who.id, notifications.c.mail.is_not(None))
    async with village.state.transaction() as tx:
        await tx.execute(update(notifications).where(*mine).values(mail_id=mail_id))
    return {"letter": "notifications", "account_id": who.id, "mail_id": mail_id}


async def write(village: Village, reference: dict[str, str]) -> Letter | None:
    async with village.state.transaction() as tx:
        return await LETTERS[reference["letter"]](village.state, tx, reference)


def composed(village: Village, letter: Letter | None) -> EmailMessage:
    assert letter is not None
    return compose(letter, village.state.settings, village.state.templates, "test")


def words(message: EmailMessage) -> str:
    parts = "\n".join(str(part.get_content()) for part in message.walk() if not part.is_multipart())
    return f"{message['Subject']}\n{parts}"


async def scene(village: Village, access: str = "closed") -> tuple[Villager, Villager, Place, str]:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara, [gareth], access=access)  # type: ignore[arg-type]
    thread = await village.thread(amara, place, f"Title {WORD}", f"Body {WORD}, @Gareth Williams.")
    await told(village, gareth, "mentioned you")
    return amara, gareth, place, thread


async def test_a_mail_of_a_closed_network_says_who_and_where(village: Village) -> None:
    _, gareth, place, thread = await scene(village)
    message = composed(village, await write(village, await taken(village, gareth)))
    assert WORD not in words(message)
    assert message["Subject"] == f"Amara Okafor mentioned you in {place.name}"
    assert f"{village.state.settings.public_url}/threads/{thread}?at=1#post-1" in words(message)
    # And which post, as a number: two mails of one day would say the same.
    assert "(post 1, " in words(message)
    raw = message.as_bytes().decode()
    assert f"\r\nList-Unsubscribe: <{village.state.settings.public_url}/unsubscribe/" in raw
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


async def test_a_network_may_allow_words_and_open_ones_have_them(village: Village) -> None:
    _, gareth, place, _ = await scene(village)
    async with village.state.transaction() as tx:
        await tx.execute(update(networks).where(networks.c.id == place.id).values(mail_content=True))
    text = words(composed(village, await write(village, await taken(village, gareth))))
    assert f"Title {WORD}" in text
    assert f"Body {WORD}" in text
    _, priya, _, _ = await scene(village, "open")
    assert f"Body {WORD}" in words(composed(village, await write(village, await taken(village, priya))))


async def test_what_stays_with_members_of_an_opened_network_stays_out_of_mails(village: Village) -> None:
    amara, gareth, place, _ = await scene(village)
    viewer = await village.viewer(amara)
    async with village.state.transaction() as tx:
        await change_network(tx, viewer, place.slug, NetworkChange(access="open", confirm=place.name))
    assert WORD not in words(composed(village, await write(village, await taken(village, gareth))))


async def test_nobody_gets_mail_about_what_they_have_read_or_may_not_read_any_more(village: Village) -> None:
    amara, gareth, place, thread = await scene(village)
    reference = await taken(village, gareth)
    assert await write(village, reference) is not None
    assert await write(village, reference) is not None, "the mail server was away: it is tried again"
    await village.program(gareth).put(f"/api/v1/threads/{thread}/read", json={"ranges": [[1, 1]]})
    assert await write(village, reference) is None
    await village.reply(amara, place, thread, "Again, @Gareth Williams.")
    await told(village, gareth, "mentioned you")
    reference = await taken(village, gareth)
    await village.remove(place.id, gareth)
    assert await write(village, reference) is None


async def test_wishes_are_asked_at_the_moment_of_sending(village: Village) -> None:
    _, gareth, place, thread = await scene(village)
    reference = await taken(village, gareth)
    await choose(village, gareth, "never", place)
    assert await write(village, reference) is None
    await choose(village, gareth, "default", place)
    assert await write(village, reference) is not None
    await village.program(gareth).put(f"/api/v1/threads/{thread}/watch", json={"level": "mute"})
    assert await write(village, reference) is None


async def test_what_speaks_to_somebody_in_a_muted_network_is_mailed_as_they_wish_and_news_are_not(
    village: Village,
) -> None:
    """The level says what one hears of, and mail is chosen beside it; a muted thread sends none (above)."""
    amara, gareth, place, thread = await scene(village)
    await village.thread(amara, place, "Nothing to you")
    await told(village, gareth, "began")
    reference = await taken(village, gareth)
    assert "Amara Okafor began a thread in" in words(composed(village, await write(village, reference)))
    wish = {"networks": [{"id": place.id, "level": "mute"}]}
    assert (await village.program(gareth).put("/api/v1/me/notifications/settings", json=wish)).status_code == 200
    text = words(composed(village, await write(village, reference)))
    assert ("Amara Okafor mentioned you in" in text, "began a thread" in text) == (True, False)
    await village.program(gareth).put(f"/api/v1/threads/{thread}/watch", json={"level": "mute"})
    assert await write(village, reference) is None
    # Both stand on the list, and wait at the bell, whatever is muted.
    await village.reply(amara, place, thread, "To you again, @Gareth Williams.")
    await told(village, gareth, "mentioned you")
    viewer = await village.viewer(gareth)
    assert viewer.addressed == 2


async def test_at_once_comes_at_once_and_what_is_bundled_waits(village: Village, server: ConferServer) -> None:
    amara, gareth, place, _ = await scene(village)
    await choose(village, gareth, "at_once", place)
    thread = await village.thread(amara, place, f"Second {WORD}", "For @Gareth Williams.")
    async with village.state.database.read() as connection:
        address = str(await connection.scalar(select(accounts.c.email).where(accounts.c.id == gareth.id)))
    for _ in range(200):
        if mails_to(server, address):
            break
        await asyncio.sleep(0.2)
    (message,) = mails_to(server, address)
    assert message["Subject"] == f"Amara Okafor mentioned you in {place.name}"
    assert thread in words(message)
    assert WORD not in words(message)
    waiting = select(notifications.c.mail_id).where(
        notifications.c.account_id == gareth.id, notifications.c.mail == "bundled"
    )
    async with village.state.database.read() as connection:
        assert list(await connection.scalars(waiting)) == [None]


async def test_what_is_bundled_comes_as_one_mail_the_next_morning(village: Village, server: ConferServer) -> None:
    amara, gareth, place, _ = await scene(village)
    await village.thread(amara, place, "Third", "For @Gareth Williams.")
    await told(village, gareth, "Third")
    address = (await village.viewer(gareth)).account.email  # type: ignore[union-attr]
    assert mails_to(server, address) == []
    mine = (notifications.c.account_id == gareth.id, notifications.c.mail == "bundled")
    async with village.state.database.write() as connection:
        lately = now() - timedelta(days=1, hours=1)
        await connection.execute(update(notifications).where(*mine).values(created_at=lately))
    for _ in range(100):
        if mails_to(server, address):
            break
        await asyncio.sleep(0.2)
    await asyncio.sleep(3)  # the worker has looked again: nothing goes out twice
    (message,) = mails_to(server, address)
    assert message["Subject"] == f"Two things you have not read in {place.name}"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_bundles_go_out_in_the_morning() -> None:
    zone = ZoneInfo("Europe/London")
    for moment, bundle in (
        ("2026-11-28T06:59:00+00:00", "2026-11-27T07:00:00+00:00"),
        ("2026-11-28T07:00:00+00:00", "2026-11-28T07:00:00+00:00"),
        ("2026-07-01T06:30:00+00:00", "2026-07-01T06:00:00+00:00"),
    ):
        assert last_bundle(datetime.fromisoformat(moment), zone) == datetime.fromisoformat(bundle)


async def test_a_refused_address_gets_none_and_its_owner_reads_why(village: Village) -> None:
    _, gareth, _, _ = await scene(village)
    async with village.state.transaction() as tx:
        key = await tx.connection.scalar(select(accounts.c.email_key).where(accounts.c.id == gareth.id))
        await note_bounce(tx, str(key), "The mail server refused this address (550).")
    reference = await taken(village, gareth)
    assert await write(village, reference) is None
    browser = village.browser(gareth)
    page = await browser.get("/settings/notifications")
    assert "Our mail does not reach you" in page.text
    assert (await village.program(gareth).get("/api/v1/me/notifications/settings")).json()["refused_at"]
    answer = await browser.post("/settings/notifications/address")
    assert answer.status_code == 303
    assert "does not reach you" not in (await browser.get("/settings/notifications")).text
    assert await write(village, reference) is not None


async def test_closed_accounts_get_none(village: Village) -> None:
    _, gareth, _, _ = await scene(village)
    reference = await taken(village, gareth)
    async with village.state.database.write() as connection:
        await close_account(connection, gareth.id, keep_name=False)
    assert await write(village, reference) is None


async def test_a_mail_program_stops_mail_with_one_click_and_twice(village: Village) -> None:
    _, gareth, place, _ = await scene(village)
    letter = await write(village, await taken(village, gareth))
    assert letter is not None
    path = letter.stopping.removeprefix(village.state.settings.public_url)
    program = village.program()
    shown = await program.get(path)
    assert shown.status_code == 200
    assert place.name not in shown.text
    settings = (await village.program(gareth).get("/api/v1/me/notifications/settings")).json()
    assert settings["networks"][0]["mail"] is None, "reading the page changes nothing"
    for headers in ({}, {"Origin": "https://mail.example.com", "Sec-Fetch-Site": "cross-site"}):
        answer = await program.post(path, data={"List-Unsubscribe": "One-Click"}, headers=headers)
        assert answer.status_code == 200
        settings = (await village.program(gareth).get("/api/v1/me/notifications/settings")).json()
        assert settings["networks"][0]["mail"] == "never"
    for used in (await program.get(path), await program.post(path)):
        assert (used.status_code, "These mails are off already" in used.text) == (200, True)
        assert 'method="post" action="/unsubscribe' not in used.text
    await choose(village, gareth, "bundled", place)
    assert "Stop these mails?" in (await program.get(path)).text
    for wrong in (path[:-1], path[:-4] + "AAAA", path + "A", "/unsubscribe/x"):
        assert (await program.post(wrong, data={"List-Unsubscribe": "One-Click"})).status_code == 404
        assert (await program.get(wrong)).status_code == 404


async def test_a_token_acts_for_its_own_account_whoever_is_signed_in(village: Village) -> None:
    amara, gareth, _, _ = await scene(village)
    letter = await write(village, await taken(village, gareth))
    assert letter is not None
    path = letter.stopping.removeprefix(village.state.settings.public_url)
    assert (await village.browser(amara).post(path)).status_code == 200
    mine = (await village.program(amara).get("/api/v1/me/notifications/settings")).json()
    theirs = (await village.program(gareth).get("/api/v1/me/notifications/settings")).json()
    assert [each["networks"][0]["mail"] for each in (mine, theirs)] == [None, "never"]


async def test_what_waits_is_taken_once(village: Village) -> None:
    """Two workers at once: one mail."""
    _, gareth, _, _ = await scene(village)
    async with village.state.transaction() as tx:
        mine = update(notifications).where(notifications.c.account_id == gareth.id)
        await tx.execute(mine.values(mail="at_once"))
    for _ in range(3):
        await follow_due_mail(village.state, set())
    async with village.state.database.read() as connection:
        tasks = [dict(reference) for reference in await connection.scalars(select(outbox.c.reference))]
    assert len([task for task in tasks if task.get("account_id") == gareth.id]) <= 1


async def test_titles_of_documents_and_cards_and_reasons_stay_out_of_mails_of_closed_networks(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    for access, allows, names in (("closed", False, False), ("closed", True, True), ("open", False, True)):
        place = await village.network(amara, [gareth], access=access)
        async with village.state.transaction() as tx:
            await tx.execute(update(networks).where(networks.c.id == place.id).values(mail_content=allows))
        documents = [await share(village, amara, place, f"{WORD} {number}") for number in (1, 2)]
        for each in documents:
            lock = f"/api/v1/documents/{each['id']}/lock"
            assert (await village.program(gareth).put(lock, json={})).is_success
            broken = await village.program(amara).post(f"{lock}/breaking", json={"reason": "whywords"})
            assert broken.is_success, broken.text
        listed = [line["text"] for line in await told(village, gareth, f"{WORD} 1", f"{WORD} 2")]
        assert sum("ended your work" in line for line in listed) >= 2
        mine = (notifications.c.account_id == gareth.id, notifications.c.network_id == place.id)
        mail_id = new_id()
        async with village.state.transaction() as tx:
            await tx.execute(update(notifications).where(*mine).values(mail_id=mail_id))
        reference = {"letter": "notifications", "account_id": gareth.id, "mail_id": mail_id}
        said = words(composed(village, await write(village, reference)))
        assert (WORD in said, "ended your work" in said, "whywords" in said) == (names, True, False), (access, said)


async def test_a_mail_about_a_post_that_was_let_through_leads_to_it(village: Village) -> None:
    amara, gareth, place, thread = await scene(village)
    moderator, author = village.program(amara), village.program(gareth)
    member = f"/api/v1/networks/{place.slug}/members/{gareth.id}/hold"
    assert (await moderator.put(member, json={"reason": "Let us read first."})).status_code == 204
    held = (await author.post(f"/api/v1/threads/{thread}/posts", json={"body": "We do."})).json()["id"]
    approval = await moderator.post(f"/api/v1/networks/{place.slug}/held/{held}/approval")
    assert approval.status_code == 200
    message = words(composed(village, await write(village, await taken(village, gareth))))
    assert f"/held/{held}" in message
    led = await village.browser(gareth).get(f"/held/{held}")
    assert led.headers["location"] == f"/posts/{held}"
