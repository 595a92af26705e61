"""A list is pasted, shown as it was understood, and sent by a second press alone."""

import asyncio
import re
import secrets
from datetime import timedelta
from html import unescape
from zoneinfo import ZoneInfo

import httpx2
from sqlalchemy import delete, func, select, update

from auth.links import LinkPurpose, issue_link
from forum.accounts.commands import use_email_link
from forum.invitations import prove_invitation
from forum.inviting.worker import forget_old_lists
from forum.tables import audit_rows, audit_words, invitation_drafts, invitations, memberships
from ground.columns import now
from realtime.tables import outbox
from tests.forum.accounts.visitor import wait_for_mail, words_of
from tests.forum.inviting.wishes import new_address, three_days_later
from tests.forum.threads.village import Place, Village, Villager
from tests.servers.confer import ConferServer


async def look(browser: httpx2.AsyncClient, place: Place, emails: str, status: int = 200, **more: str) -> str:
    fields = {"emails": emails, "act": "look", **more}
    answer = await browser.post(f"/networks/{place.slug}/invitations/new", data=fields)
    assert answer.status_code == status, answer.text[:2000]
    return unescape(answer.text)


def parts(page: str) -> dict[str, str]:
    """What the page of a list that was understood would send."""
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    kept = dict(re.findall(r'<textarea name="(\w+)" hidden>\n?(.*?)</textarea>', page, re.DOTALL))
    return hidden | kept


def form_field(page: str, name: str) -> str:
    """What stands in the textarea that can be mended."""
    return page.partition(f'id="f-{name}"')[2].partition("</textarea>")[0].partition(">")[2].strip()


def not_sent(page: str) -> dict[str, str]:
    """What a page says was not sent, by the title of the group."""
    section = page.partition('class="left-out stack"')[2].partition("</section>")[0]
    found = re.findall(r"<summary>(.*?) <span.*?</summary>(.*?)</details>", section, re.DOTALL)
    return dict(found)


async def send(browser: httpx2.AsyncClient, place: Place, page: str, **more: str) -> httpx2.Response:
    return await browser.post(f"/networks/{place.slug}/invitations", data=parts(page) | more)


async def count_of(village: Village, place: Place) -> int:
    async with village.state.database.read() as connection:
        here = select(func.count()).where(invitations.c.network_id == place.id)
        return int(await connection.scalar(here) or 0)


async def test_a_list_is_understood_before_anything_goes(village: Village) -> None:
    amara, gareth, stranger = await village.people("Amara Okafor", "Gareth Williams", "Priya Shah")
    place = await village.network(amara, [gareth], access="secret")
    browser = village.browser(amara)
    member, known = [(await village.viewer(who)).account.email for who in (gareth, stranger)]  # type: ignore[union-attr]
    waiting, fresh, other = new_address("waiting"), new_address("Fresh"), new_address("other")
    assert (await send(browser, place, await look(browser, place, waiting))).status_code == 303
    mark = secrets.token_hex(3)
    text = (
        f'Name,E-mail\n"Ek, Anna",{fresh}\nAnna again,{fresh.upper()}\nGareth,{member}\nPriya,{known}\n'
        f"W,{waiting}\nBroken,anna(at)x-{mark}\nSpaced,anna@exam ple.org\nOther,{other}\n"
        "Look,someone@ex\u0430mple.org\n"
    )
    page = await look(browser, place, text, role="moderator", message="Dear all", days="60")
    form = parts(page)
    reasons = ("Write only the address itself", "There is a space in the middle", f'"Broken" <anna(at)x-{mark}>')
    groups = ("Invite three people", "Members already", "Invited before", "Twice in your list", "Ek, Anna")
    for words in (*groups, *reasons, "Looks like example.org, and is another domain: xn--exmple-4nf.org."):
        assert words in page, words
    assert "Priya Shah" not in page  # that the address has an account is nobody's business
    assert [line.split("<")[1] for line in form["emails"].splitlines()] == [f"{fresh}>", f"{known}>", f"{other}>"]
    assert await count_of(village, place) == 1
    told = await send(browser, place, page, wrong=form_field(page, "wrong"))
    assert told.status_code == 200
    in_groups = {
        "No addresses": ("There is a space in the middle", f"anna(at)x-{mark}"),
        "Not ticked": ("Looks like example.org",),
        "Members already": (member,),
        "Invited before, and have not answered": (waiting,),
        "Twice in your list": (fresh.upper(),),
    }
    tells_what_was_not_sent(unescape(told.text), in_groups)
    listed = unescape((await browser.get(f"/networks/{place.slug}/invitations")).text)
    assert ("Four people have not answered" in listed, await count_of(village, place)) == (True, 4)
    again = await send(browser, place, page, wrong=form_field(page, "wrong"))
    assert (again.status_code, "You invited three people." in again.text) == (200, True)
    assert await count_of(village, place) == 4
    assert member in await look(browser, place, "", act="edit", skipped=parts(page)["skipped"])
    await is_found(browser, place, fresh, waiting)
    await is_kept(village, fresh)


def tells_what_was_not_sent(page: str, in_groups: dict[str, tuple[str, ...]]) -> None:
    groups = not_sent(page)
    assert "You invited three people." in page
    assert list(groups) == list(in_groups)
    for title, words in in_groups.items():
        for each in words:
            assert each in groups[title], (title, each)


async def is_found(browser: httpx2.AsyncClient, place: Place, fresh: str, other: str) -> None:
    """By name and address, and the other not; within one state, too."""
    path = f"/networks/{place.slug}/invitations"
    for sought, holds in (("ek, ANNA", True), (fresh[:12], True), ("nobody%", False)):
        found = unescape((await browser.get(path, params={"q": sought})).text)
        assert (fresh in found, other in found) == (holds, False), sought
    listed = (await browser.get(f"/api/v1{path}", params={"q": "anna", "state": "unanswered"})).json()["items"]
    assert [each["address"] for each in listed] == [fresh]
    assert "No invitation holds these words" in (await browser.get(f"{path}?q=example&state=declined")).text


async def is_kept(village: Village, address: str) -> None:
    """With the name that stood beside it, and in the log."""
    async with village.state.database.read() as connection:
        rows = (await connection.execute(select(invitations).where(invitations.c.email_key == address.lower()))).all()
        assert [(row.name, row.role, row.message, row.valid_days) for row in rows] == [
            ("Ek, Anna", "moderator", "Dear all", 60)
        ]
        logged = select(audit_words.c.word).join(audit_rows, audit_rows.c.id == audit_words.c.row_id)
        logged = logged.where(audit_rows.c.act == "invitation.sent", audit_rows.c.object_id == rows[0].id)
        assert await connection.scalar(logged.where(audit_words.c.name == "address")) == address


async def test_each_list_stays_as_it_was_given_and_the_last_comes_first(village: Village) -> None:
    amara = await village.person("Amara Okafor")
    place = await village.network(amara)
    browser, path = village.browser(amara), f"/api/v1/networks/{place.slug}/invitations"
    lists = [[new_address(f"{letter}{number}") for number in range(12)] for letter in "ab"]
    for each in lists:
        assert (await send(browser, place, await look(browser, place, "\n".join(each)))).status_code == 303
    listed, after = [], ""
    while True:
        part = (await village.program(amara).get(f"{path}?limit=5{after}")).json()
        listed += [item["address"] for item in part["items"]]
        if part["next"] is None:
            break
        after = f"&after={part['next']}"
    assert listed == lists[1] + lists[0]


async def test_what_was_mended_is_looked_at_before_it_goes(village: Village) -> None:
    amara = await village.person("Amara Okafor")
    place = await village.network(amara)
    browser = village.browser(amara)
    good, mended = new_address("good"), new_address("mended")
    page = await look(browser, place, f"{good}, mended.example.org")
    assert "Invite one person" in page
    answer = await send(browser, place, page, wrong=mended)
    assert answer.status_code == 200
    assert "Invite two people" in answer.text
    assert await count_of(village, place) == 0
    assert (await send(browser, place, unescape(answer.text))).status_code == 303
    assert await count_of(village, place) == 2
    nobody = await look(browser, place, "nobody at all")
    assert ">Invite " not in nobody
    refused = await send(browser, place, nobody, wrong="nobody at all")
    assert (refused.status_code, "There is nobody to invite" in refused.text) == (422, True)
    back = await look(browser, place, "a@b.example", act="edit", message="Kept", wrong="broken")
    assert "a@b.example\nbroken</textarea>" in back
    assert "Kept" in back


async def test_doubtful_ones_go_only_when_they_are_ticked(village: Village) -> None:
    amara = await village.person("Amara Okafor")
    place = await village.network(amara)
    browser = village.browser(amara)
    odd = f"{secrets.token_hex(4)}@ex\u0430mple.org"
    page = await look(browser, place, f"{new_address()}\n{odd}")
    told = await send(browser, place, page)
    assert odd in unescape(told.text)
    assert "did not tick" in told.text
    left = parts(unescape(told.text))
    assert (left["emails"].strip(), left["role"]) == (odd, "member")
    assert "Look at this one twice" in await look(browser, place, left.pop("emails"), **left)
    assert await count_of(village, place) == 1
    page = await look(browser, place, odd)
    assert (await send(browser, place, page, with_doubtful="yes")).status_code == 303
    assert await count_of(village, place) == 2


async def test_five_thousand_with_a_hundred_broken_ones(village: Village) -> None:
    amara = await village.person("Amara Okafor")
    place = await village.network(amara)
    browser = village.browser(amara)
    mark = secrets.token_hex(4)
    lines = [f"Person {n} <p{n}.{mark}@example.org>" if n % 50 else f"broken {n} at example" for n in range(5_000)]
    page = await look(browser, place, "\n".join(lines))
    assert "Invite 500 people" in page
    # One line of them stands above the button, and all of them in one field below it.
    assert "100 entries are no addresses" in page
    assert page.index("100 entries are no addresses") < page.index(">Invite 500 people") < page.index('id="f-wrong"')
    wrong = page.partition('id="f-wrong"')[2].partition("</textarea>")[0].partition(">")[2]
    assert len(wrong.strip().splitlines()) == 100
    assert "is-wrong" not in page
    assert "Over the limit" in page
    assert len(parts(page)["later"].splitlines()) == 4_400
    answer = await send(browser, place, page)
    assert answer.status_code == 200
    assert "You invited 500 people" in answer.text
    told = not_sent(unescape(answer.text))
    assert list(told) == ["Over the limit"]
    assert "They stand in the list below" in told["Over the limit"]
    assert "and 4,200 more" in told["Over the limit"]
    assert await count_of(village, place) == 500
    assert f"p4999.{mark}@example.org" in answer.text
    await is_offered_again(village, amara, place, f"p4999.{mark}@example.org")
    more = await look(browser, place, f"x.{mark}@example.org")
    assert "Over the limit" in more
    assert ">Invite " not in more
    async with village.state.database.write() as connection:
        await connection.execute(delete(outbox))  # other tests need not wait for five hundred mails
    too_many = await look(browser, place, "\n".join(lines) + "\nlast@example.org", 422)
    assert "more than 5,000 entries" in too_many
    assert "last@example.org" in too_many


async def is_offered_again(village: Village, amara: Villager, place: Place, address: str) -> None:
    """What was over the limit, to its sender alone, until they have sent it or forget it."""
    browser, path = village.browser(amara), f"/networks/{place.slug}/invitations"
    other = await village.person()
    await village.join(place.id, other, "administrator")
    for page in ("", "/new"):
        assert "4,400 people wait in your list" in unescape((await browser.get(path + page)).text)
        assert "wait in your list" not in (await village.browser(other).get(path + page)).text
    form = (await browser.get(f"{path}/new?kept=1")).text
    assert address in form
    assert 'name="kept" value="yes"' in form
    assert address not in (await village.browser(other).get(f"{path}/new?kept=1")).text
    # A list of its own comes behind what is kept; what is left of the kept list takes its place.
    assert (await send(browser, place, await look(browser, place, "late@x.example"), act="keep")).status_code == 303
    assert "4,401 people wait" in unescape((await browser.get(path)).text)
    page = await look(browser, place, "late@x.example", kept="yes")
    assert "Keep them for another day" in page
    assert (await send(browser, place, page, act="keep")).status_code == 303
    assert "One person waits in your list" in unescape((await browser.get(path)).text)
    assert (await village.browser(other).post(f"{path}/kept/ending")).status_code == 303
    assert "One person waits in your list" in unescape((await browser.get(path)).text)
    async with village.state.transaction() as tx:
        old = now() - timedelta(days=15)
        await tx.execute(update(invitation_drafts).values(created_at=old))
    assert "waits in your list" not in unescape((await browser.get(path)).text)
    await forget_old_lists(village.state)
    async with village.state.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(invitation_drafts)) == 0


async def test_a_kept_list_is_forgotten_when_it_is_sent_or_by_hand(village: Village) -> None:
    amara = await village.person("Amara Okafor")
    place = await village.network(amara)
    browser, path = village.browser(amara), f"/networks/{place.slug}/invitations"
    page = await look(browser, place, new_address())
    for way in ("sent", "by hand"):
        # As the page of a day on which the limit was reached would send it.
        kept = parts(page) | {"emails": "", "later": f'"Ek, Anna" <{new_address()}> "Leeds, Trust"', "act": "keep"}
        assert (await browser.post(path, data=kept)).status_code == 303
        assert "One person waits" in (await browser.get(path)).text
        if way == "sent":
            again = await look(browser, place, kept["later"], kept="yes")
            assert (await send(browser, place, again)).status_code == 303
        else:
            assert (await browser.post(f"{path}/kept/ending")).status_code == 303
        assert "One person waits" not in (await browser.get(path)).text
    listed = unescape((await browser.get(path)).text)
    assert ("Ek, Anna" in listed, "Leeds, Trust" in listed) == (True, True)


async def test_hostile_lists_do_nothing_but_what_they_say(village: Village, server: ConferServer) -> None:
    amara = await village.person("Amara Okafor")
    place = await village.network(amara)
    browser = village.browser(amara)
    address = new_address("victim")
    page = await look(
        browser,
        place,
        f'Bcc: evil\x0b\r\n"Bcc: a@b.example\\r\\nX" <{address}>\n<script>alert(1)</script>',
        message="Hi\r\nBcc: c@d.example",
    )
    fields = {"emails": "<script>alert(1)</script>", "act": "look"}
    raw = await browser.post(f"/networks/{place.slug}/invitations/new", data=fields)
    assert ("&lt;script&gt;alert(1)" in raw.text, "<script>alert(1)" in raw.text) == (True, False)
    assert (await send(browser, place, page)).status_code == 303
    letter = await asyncio.to_thread(wait_for_mail, server, address)
    assert (letter["bcc"], letter["to"]) == (None, address)
    assert "Bcc: c@d.example" in words_of(letter)  # in the body, where it is words
    assert "evil" not in str(letter)
    empty = await look(browser, place, " ,;\n", 422)
    assert "Write at least one e-mail address." in empty
    for wrong in ({"days": "91"}, {"days": "0"}, {"days": "x"}, {"role": "owner"}, {"message": "x" * 1001}):
        refused = await look(browser, place, address, 422, **wrong)
        assert address in refused
    async with village.state.database.read() as connection:
        queued = await connection.execute(select(outbox.c.reference))
        assert all("@" not in str(row.reference) for row in queued if row.reference.get("letter") == "invitation")


async def test_a_row_shows_one_button_and_says_what_the_others_do(village: Village, server: ConferServer) -> None:
    amara = await village.person("Amara Okafor")
    place = await village.network(amara)
    browser, path = village.browser(amara), f"/networks/{place.slug}/invitations"
    address = new_address("waiting")
    await send(browser, place, await look(browser, place, address))

    async def row() -> tuple[str, str]:
        """What stands in the row, and what in its menu."""
        page = unescape((await browser.get(path)).text)
        shown, folded = page.split('<div class="item-end">')[1].split("<details", 1)
        return shown, folded.split("</details>")[0]

    assert (await row())[0].count("<form") == 0  # nobody is reminded a second after they were invited
    await asyncio.to_thread(wait_for_mail, server, address)
    await three_days_later(village, address)
    shown, folded = await row()
    assert (shown.count("<form"), ">Remind</button>" in shown) == (1, True)
    assert [act for act in ("reminder", "sending", "withdrawal") if f'/{act}"' in folded] == ["sending", "withdrawal"]
    assert "The link in it stays the same." in folded
    assert (await browser.post(f"{path}/reminders")).status_code == 303
    assert (await row())[0].count("<form") == 0
    await asyncio.to_thread(wait_for_mail, server, address, 2)  # once a mail has gone, an earlier bounce counts no more
    async with village.state.database.write() as connection:
        here = update(invitations).where(invitations.c.network_id == place.id)
        await connection.execute(here.values(bounced_at=now(), bounce="No such mailbox."))
    shown, folded = await row()
    assert (shown.count("<form"), ">Send again</button>" in shown) == (1, True)
    assert '/sending"' not in folded
    assert '/withdrawal"' in folded


async def test_nobody_lifts_a_ban_by_a_list(village: Village) -> None:
    """Who is banned is not invited, however often they are pasted; who was removed, only where somebody has read it."""
    amara, banned, removed = await village.people("Amara Okafor", "Bao Nguyen", "Rhys Parry")
    place = await village.network(amara, [banned, removed])
    emails = [(await village.viewer(each)).account.email for each in (banned, removed)]  # type: ignore[union-attr]
    program, path = village.program(amara), f"/api/v1/networks/{place.slug}"
    for person, status in ((banned, "banned"), (removed, "removed")):
        said = {"status": status, "reason": "Enough"}
        assert (await program.patch(f"{path}/members/{person.id}", json=said)).status_code == 200
    day = f"{now().astimezone(ZoneInfo('Europe/London')):%-d %b %Y}"
    told = [f"They were {how} on {day} by Amara Okafor." for how in ("banned", "removed")]
    browser, fresh = village.browser(amara), new_address()
    page = await look(browser, place, "\n".join([*emails, fresh]))
    assert told[0] in page.partition("Banned, and will not be invited")[2]
    assert told[1] in page.partition("Look at this one twice")[2].partition("</fieldset>")[0]
    fields = parts(page)
    assert (fields["emails"].split(), fields["doubtful"].split()) == ([fresh], [emails[1]])
    after = unescape((await send(browser, place, page)).text)
    assert told[0] in not_sent(after)["Banned"]
    assert await count_of(village, place) == 1
    items = (await program.post(f"{path}/invitations", json={"emails": emails})).json()["items"]
    assert [each["status"] for each in items] == ["invalid", "invalid"]
    assert [each["detail"].startswith(told[at]) for at, each in enumerate(items)] == [True, True]
    body = {"emails": emails, "confirmed": True}
    items = (await program.post(f"{path}/invitations", json=body)).json()["items"]
    assert [each["status"] for each in items] == ["invalid", "sent"]
    for person, stands in ((banned, "banned"), (removed, "invited")):
        async with village.state.database.read() as connection:
            here = (memberships.c.network_id == place.id, memberships.c.current, memberships.c.account_id == person.id)
            assert await connection.scalar(select(memberships.c.status).where(*here)) == stands


async def test_no_invitation_leads_around_a_ban(village: Village) -> None:
    """Not one that came to an address which only later became that of the person."""
    amara, banned = await village.people("Amara Okafor", "Bao Nguyen")
    place = await village.network(amara, [banned], access="secret")
    program, path = village.program(amara), f"/api/v1/networks/{place.slug}"
    await program.patch(f"{path}/members/{banned.id}", json={"status": "banned", "reason": "Enough"})
    other = new_address()
    assert (await program.post(f"{path}/invitations", json={"emails": [other]})).json()["items"][0]["status"] == "sent"
    async with village.state.transaction() as tx:
        await use_email_link(tx, await issue_link(tx.connection, banned.id, LinkPurpose.CHANGE_EMAIL, other))
    browser = village.browser(banned)
    assert place.name not in (await browser.get("/")).text
    assert (await browser.get(f"/networks/{place.slug}")).status_code == 404
    async with village.state.database.read() as connection:
        asked = select(invitations.c.id).where(invitations.c.network_id == place.id)
        invitation_id = (await connection.execute(asked)).scalar_one()
    link = f"/invitations/{prove_invitation(village.state.key, invitation_id)}"
    answer = await browser.post(f"{link}/acceptance", data={})
    assert (answer.status_code, "for good" in answer.text) == (403, True)
    assert (await village.viewer(banned)).places == {}
    again = await program.post(f"{path}/invitations/{invitation_id}/sending")
    assert (again.status_code, "Lift the ban first" in again.text) == (409, True)
