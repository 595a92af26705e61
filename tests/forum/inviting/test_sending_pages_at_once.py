"""Who waits in the queue and is invited is admitted at once: said before the press, after it, and in the mail."""

import asyncio
from html import unescape

from sqlalchemy import select

from forum.tables import memberships
from tests.forum.accounts.visitor import wait_for_mail, words_of
from tests.forum.inviting.test_sending_pages import look, new_address, parts, send
from tests.forum.threads.village import Place, Village, Villager
from tests.servers.confer import ConferServer

GROUP = "They have asked to join, and are admitted at once"


async def asking(village: Village, place: Place, who: Villager) -> str:
    """Their address, once they have asked to join."""
    asked = await village.program(who).put(f"/api/v1/networks/{place.slug}/members/me", json={"words": "Please."})
    assert asked.status_code == 202
    account = (await village.viewer(who)).account
    assert account is not None
    return account.email


async def role_of(village: Village, place: Place, who: Villager) -> tuple[str, str]:
    async with village.state.database.read() as connection:
        here = (memberships.c.network_id == place.id, memberships.c.account_id == who.id, memberships.c.current)
        row = (await connection.execute(select(memberships.c.status, memberships.c.role).where(*here))).one()
        return row.status, row.role


async def test_who_has_asked_is_admitted_and_everybody_is_told_so(village: Village, server: ConferServer) -> None:
    amara, gareth, stranger = await village.people("Amara Okafor", "Gareth Williams", "Priya Shah")
    place = await village.network(amara, access="closed")
    email = await asking(village, place, gareth)
    with_account = (await village.viewer(stranger)).account.email  # type: ignore[union-attr]
    browser, fresh = village.browser(amara), new_address()
    page = await look(
        browser, place, f"{email}\n{fresh}\n{with_account}", role="administrator", message="Dear all, do."
    )
    assert email in page.partition(GROUP)[2].partition("</section>")[0]
    new = page.partition("They are new")[2].partition("</section>")[0]
    assert (fresh in new, with_account in new, email in new) == (True, True, False)
    assert sorted(parts(page)["emails"].split()) == sorted([email, fresh, with_account])
    after = unescape((await send(browser, place, page)).text)
    assert "You invited two people. Each gets a mail of their own." in after
    assert f"Admitted at once, for they had asked to join: {email}." in after
    assert await role_of(village, place, gareth) == ("active", "administrator")
    said = words_of(await asyncio.to_thread(wait_for_mail, server, email, about="now a member"))
    assert ("as an administrator" in said, "Dear all, do." in said) == (True, True)


async def test_programs_are_told_so_too(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara, access="closed")
    email = await asking(village, place, gareth)
    body = {"emails": [email, new_address()]}
    path = f"/api/v1/networks/{place.slug}/invitations"
    items = (await village.program(amara).post(path, json=body)).json()["items"]
    assert [each["status"] for each in items] == ["sent", "sent"]
    assert items[0]["detail"] == "This person had asked to join, and was admitted at once."
    assert items[1]["detail"] == "We have written to this address."


async def test_one_person_gets_a_mail_of_their_own(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara, access="closed")
    browser = village.browser(amara)
    assert (await send(browser, place, await look(browser, place, new_address()))).status_code == 303
    path = f"/networks/{place.slug}/invitations"
    assert "Invited one person. They get a mail of their own." in (await browser.get(path)).text
    page = await look(browser, place, await asking(village, place, gareth))
    assert ("Admit one person" in page, "There is nobody to invite" in page) == (True, False)
    assert "You invited" not in (await send(browser, place, page)).text


async def test_who_was_here_or_asked_before_is_looked_at_twice(village: Village) -> None:
    amara, gone, refused, offered = await village.people("Amara Okafor", "Bao Nguyen", "Rhys Parry", "Priya Shah")
    place = await village.network(amara, [gone], access="closed")
    program, path = village.program(amara), f"/api/v1/networks/{place.slug}"
    emails = [(await village.viewer(each)).account.email for each in (gone, offered)]  # type: ignore[union-attr]
    emails += [await asking(village, place, refused), new_address()]
    assert (await program.patch(f"{path}/members/{refused.id}", json={"status": "refused"})).status_code == 200
    assert (await village.program(gone).delete(f"{path}/members/me")).status_code < 300
    await program.post(f"{path}/invitations", json={"emails": [emails[1], emails[3]]})
    for each in (await program.get(f"{path}/invitations")).json()["items"]:
        assert (await program.delete(f"{path}/invitations/{each['id']}")).status_code == 204
    page = await look(village.browser(amara), place, "\n".join(emails))
    doubts = page.partition("Look at these four twice")[2].partition("</fieldset>")[0]
    for words in ("They left this network on", "They asked to join, and were refused on"):
        assert doubts.count(words) == 1, words
    # The same for an address with an account and for one without.
    assert doubts.count("An earlier invitation of this address was cancelled.") == 2
