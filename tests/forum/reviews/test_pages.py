"""An access review from beginning to signature: by two administrators at once, left and taken up again."""

import asyncio
import re
from datetime import timedelta

from sqlalchemy import func, select, update

from auth.tables import accounts
from forum.audit import find_broken, forget_person
from forum.bounces import note_bounce
from forum.network_reads import get_network
from forum.records import Network
from forum.reviews.commands import begin_review, decide, end_access, sign
from forum.reviews.inputs import Ending
from forum.reviews.queries import list_subjects
from forum.reviews.worker import write_asked
from forum.tables import audit_rows, invitations, memberships, notifications, review_decisions, reviews
from ground.columns import new_id, now
from tests.forum.threads.village import Place, Village, Villager


async def begun(village: Village, *names: str) -> tuple[Place, Villager, list[Villager], str]:
    """A network with these members and an administrator, and the path of a review in it."""
    amara, *people = await village.people("Amara Okafor", *names)
    place = await village.network(amara, people, access="secret")
    answer = await village.browser(amara).post(f"/networks/{place.slug}/reviews")
    assert answer.status_code == 303
    return place, amara, people, answer.headers["location"]


def said(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


async def test_from_beginning_to_signature(village: Village) -> None:
    place, amara, (ben, cleo, dan), path = await begun(village, "Ben Ito", "Cleo Ray", "Dan Eze")
    browser = village.browser(amara)
    again = await browser.post(f"/networks/{place.slug}/reviews")
    assert again.headers["location"] == path  # there is one, and it goes on
    assert "0 of 4 decided" in said((await browser.get(path)).text)
    assert (await browser.post(f"{path}/decisions", data={})).status_code == 422
    choices = {f"about-{ben.id}": "keep", f"about-{cleo.id}": "ask", f"about-{dan.id}": "end"}
    assert (await browser.post(f"{path}/decisions", data=choices)).status_code == 303
    page = said((await browser.get(path)).text)
    assert "3 of 4 decided" in page
    assert "End the access of one person" in page
    assert (await village.program(dan).get(f"/api/v1/networks/{place.slug}/threads")).status_code == 200
    assert (await browser.post(f"{path}/signature")).status_code == 409
    silent = await browser.post(f"{path}/endings", data={"reason": " "})
    assert (silent.status_code, "Say why: they are told your words" in silent.text) == (422, True)
    assert (await browser.post(f"{path}/endings", data={"reason": "You moved on."})).status_code == 303
    assert (await village.program(dan).get(f"/api/v1/networks/{place.slug}/threads")).status_code == 404
    await answer_the_question(village, cleo, dan, path)
    assert (await browser.post(f"{path}/signature")).status_code == 303
    page = said((await browser.get(path)).text)
    for words in ("One person kept, 1 asked, 1 ended", "about one person nobody had decided", "Signed by Amara Okafor"):
        assert words in page, words
    assert re.search("Access ended .* Dan Eze .* You moved on", page)
    signed = (audit_rows.c.act == "review.signed", audit_rows.c.chain == place.id)
    async with village.state.database.read() as connection:
        row = (await connection.execute(select(audit_rows).where(*signed))).one()
        assert [trouble async for trouble in find_broken(connection)] == []
    assert row.seal in page
    for act, data in (("decisions", choices), ("endings", {"reason": "Again"}), ("signature", {})):
        answer = await browser.post(f"{path}/{act}", data=data)
        assert answer.status_code == 409, act
    assert (await browser.post(f"/networks/{place.slug}/reviews")).headers["location"] != path


async def answer_the_question(village: Village, asked: Villager, other: Villager, path: str) -> None:
    """Looking changes nothing, the button does, and nobody else finds the page."""
    async with village.state.database.read() as connection:
        mine = review_decisions.c.account_id == asked.id
        question = await connection.scalar(select(review_decisions.c.id).where(mine))
        told = select(notifications.c.object_id).where(notifications.c.account_id == asked.id)
        assert question in set(await connection.scalars(told.where(notifications.c.kind == "review.asked")))
    browser, page = village.browser(asked), f"/access/{question}"
    assert "I still need this" in (await browser.get(page)).text
    async with village.state.database.read() as connection:
        assert await connection.scalar(select(review_decisions.c.answered_at).where(mine)) is None
    for stranger in (other, None):
        status = (await village.browser(stranger).get(page)).status_code
        assert status == (404 if stranger else 303)
    for _ in range(2):
        assert (await browser.post(page)).status_code == 303
    assert "You said on" in (await browser.get(page)).text
    async with village.state.database.read() as connection:
        answered = select(func.count()).where(audit_rows.c.act == "review.answered", audit_rows.c.object_id == question)
        assert await connection.scalar(answered) == 1


async def test_what_was_signed_stands_when_people_are_called_otherwise(village: Village) -> None:
    """As long as their names may be known: who takes theirs along is no more on the page, and the chain holds."""
    place, amara, (ben, cleo), path = await begun(village, "Ben Ito", "Cleo Ray")
    browser = village.browser(amara)
    await browser.post(f"{path}/decisions", data={f"about-{ben.id}": "keep", f"about-{cleo.id}": "keep"})
    assert (await browser.post(f"{path}/signature")).status_code == 303
    signed = said((await browser.get(path)).text).partition("Kept")[2]
    async with village.state.transaction() as tx:
        for person in (amara, ben):
            values = {"name": f"Renamed {person.id[-6:]}", "organisation": "Elsewhere"}
            await tx.execute(update(accounts).where(accounts.c.id == person.id).values(**values))
        here = memberships.c.network_id == place.id
        await tx.execute(update(memberships).where(here, memberships.c.account_id == ben.id).values(role="moderator"))
    after = said((await browser.get(path)).text)
    assert signed.partition("You can print")[0] == after.partition("Kept")[2].partition("You can print")[0]
    assert ("Ben Ito" in after, "Elsewhere" in after, "Signed by Amara Okafor" in after) == (True, False, True)
    told = (await village.program(amara).get(f"/api/v1{path}")).json()
    assert [each["account"]["name"] for each in told["decided"]] == ["Ben Ito", "Cleo Ray"]
    assert (told["signed_by"], told["decided"][0]["decided_by"]) == ("Amara Okafor", "Amara Okafor")
    async with village.state.transaction() as tx:
        await tx.execute(
            update(accounts).where(accounts.c.id == ben.id).values(closed_at=now(), former_name_shown=False)
        )
        await forget_person(tx, ben.id, "nobody@example.org")
    page = said((await browser.get(path)).text)
    assert ("Ben Ito" in page, "Former member" in page, "Cleo Ray" in page) == (False, True, True)
    async with village.state.database.read() as connection:
        assert [trouble async for trouble in find_broken(connection)] == []


async def test_two_at_once_see_each_others_decisions(village: Village) -> None:
    place, amara, (ben, cleo), path = await begun(village, "Ben Ito", "Cleo Ray")
    helen = await village.person("Helen Turner")
    await village.join(place.id, helen, "administrator")
    first, second = village.browser(amara), village.browser(helen)
    assert (await first.post(f"{path}/decisions", data={f"about-{ben.id}": "keep"})).status_code == 303
    late = await second.post(f"{path}/decisions", data={f"about-{ben.id}": "end", f"about-{cleo.id}": "keep"})
    assert late.status_code == 200
    assert "Somebody else had already decided about Ben Ito." in said(late.text)
    assert "Kept by Amara Okafor" in said(late.text)
    assert "Kept by Helen Turner" in said(late.text)
    (undo,) = re.findall(rf'action="({path}/decisions/[0-9a-f-]+/undo)"', late.text)[:1]
    for _ in range(2):
        assert (await second.post(undo)).status_code == 303
    twice = [{f"about-{ben.id}": "keep"}, {f"about-{ben.id}": "end"}]
    await asyncio.gather(
        *(each.post(f"{path}/decisions", data=data) for each, data in zip((first, second), twice, strict=True))
    )
    async with village.state.database.read() as connection:
        counted = select(func.count()).where(review_decisions.c.account_id == ben.id)
        assert await connection.scalar(counted) == 1


async def test_nobody_ends_themselves_or_the_last_administrator(village: Village) -> None:
    place, amara, _, path = await begun(village, "Ben Ito")
    helen = await village.person("Helen Turner")
    await village.join(place.id, helen, "administrator")
    browser = village.browser(amara)
    assert f'name="about-{amara.id}" value="end"' not in (await browser.get(path)).text
    assert (await browser.post(f"{path}/decisions", data={f"about-{amara.id}": "end"})).status_code == 422
    review_id = path.rsplit("/", 1)[1]
    for person, other in ((amara, helen), (helen, amara)):
        async with village.state.transaction() as tx:
            await decide(tx, await village.viewer(person), place.slug, review_id, {other.id: "end"})
    why = {"reason": "You moved on."}
    ended = await asyncio.gather(*(village.browser(each).post(f"{path}/endings", data=why) for each in (amara, helen)))
    assert {answer.status_code for answer in ended} <= {303, 403, 404, 409}
    async with village.state.database.read() as connection:
        left = select(func.count()).where(
            memberships.c.network_id == place.id,
            memberships.c.status == "active",
            memberships.c.role == "administrator",
        )
        assert await connection.scalar(left) == 1


async def test_those_in_doubt_come_first(village: Village) -> None:
    names = ("Post Returned", "Never Came", "Long Away", "Fine One", "Fine Two", "Fine Three", "Mod Erator")
    place, amara, people, path = await begun(village, *names)
    async with village.state.transaction() as tx:
        here = memberships.c.network_id == place.id
        await tx.execute(update(memberships).where(here).values(since=now() - timedelta(days=400), visited_at=now()))
        for person, values in (
            (people[1], {"visited_at": None}),
            (people[2], {"visited_at": now() - timedelta(days=200)}),
            (people[6], {"role": "moderator"}),
        ):
            await tx.execute(update(memberships).where(here, memberships.c.account_id == person.id).values(**values))
        key = await tx.connection.scalar(select(accounts.c.email_key).where(accounts.c.id == people[0].id))
        await note_bounce(tx, str(key), "The mailbox is not there.")
    async with village.state.database.read() as connection:
        viewer = await village.viewer(amara)
        from_network = await list_subjects(connection, viewer, await network_of(village, amara, place), path[-36:])
    first = ["Post Returned", "Never Came", "Long Away", "Amara Okafor", "Mod Erator"]
    assert [each.person.name for each in from_network[:5]] == first
    page = said((await village.browser(amara).get(path)).text)
    assert "Has never been here" in page
    assert "example.org" not in page


async def network_of(village: Village, person: Villager, place: Place) -> Network:
    async with village.state.database.read() as connection:
        return (await get_network(connection, await village.viewer(person), place.slug)).network


async def test_the_letter_asks_at_its_sending(village: Village) -> None:
    place, amara, (ben,), path = await begun(village, "Ben Ito")
    viewer, review_id = await village.viewer(amara), path[-36:]
    async with village.state.transaction() as tx:
        await decide(tx, viewer, place.slug, review_id, {ben.id: "ask"})
    async with village.state.database.read() as connection:
        asked = await connection.scalar(select(review_decisions.c.id).where(review_decisions.c.account_id == ben.id))
    reference = {"letter": "review_asked", "decision_id": str(asked)}
    async with village.state.transaction() as tx:
        letter = await write_asked(village.state, tx, reference)
        assert letter is not None
        assert letter.context["link"].endswith(f"/access/{asked}")
    await village.remove(place.id, ben)
    async with village.state.transaction() as tx:
        assert await write_asked(village.state, tx, reference) is None
    assert (await village.browser(ben).get(f"/access/{asked}")).status_code == 404


async def test_only_administrators_and_only_of_this_network(village: Village) -> None:
    place, amara, (ben,), path = await begun(village, "Ben Ito")
    other = await village.network(amara)
    review = path[-36:]
    browser = village.browser(amara)
    assert (await browser.get(f"/networks/{other.slug}/reviews/{review}")).status_code == 404
    assert (await browser.post(f"/networks/{other.slug}/reviews/{review}/signature")).status_code == 404
    assert (await browser.post(f"{path}/decisions", data={f"about-{new_id()}": "keep"})).status_code == 303
    assert (await browser.post(f"{path}/decisions", data={f"about-{ben.id}": "ban"})).status_code == 422
    assert (await browser.post(f"{path}/decisions", data={"about-x": "keep"})).status_code == 422
    for method, address in (("get", path), ("post", f"{path}/signature"), ("get", f"/networks/{place.slug}/reviews")):
        assert (await getattr(village.browser(ben), method)(address)).status_code == 403
    async with village.state.database.read() as connection:
        counted = select(func.count()).where(review_decisions.c.review_id == review)
        assert await connection.scalar(counted) == 0


async def test_many_begin_at_once_and_many_sign_at_once(village: Village) -> None:
    amara = await village.person("Amara Okafor")
    place = await village.network(amara)
    viewer = await village.viewer(amara)

    async def begin() -> str:
        async with village.state.transaction() as tx:
            return await begin_review(tx, viewer, place.slug)

    (review_id,) = set(await asyncio.gather(*(begin() for _ in range(8))))
    async with village.state.transaction() as tx:
        await decide(tx, viewer, place.slug, review_id, {amara.id: "keep"})
        assert await end_access(tx, viewer, place.slug, review_id, Ending()) == 0

    async def put_name() -> None:
        async with village.state.transaction() as tx:
            await sign(tx, viewer, place.slug, review_id)

    done = await asyncio.gather(*(put_name() for _ in range(8)), return_exceptions=True)
    assert sum(each is None for each in done) == 1
    async with village.state.database.read() as connection:
        signed = select(func.count()).where(audit_rows.c.chain == place.id, audit_rows.c.act == "review.signed")
        assert await connection.scalar(signed) == 1
        assert await connection.scalar(select(reviews.c.signed_by).where(reviews.c.id == review_id)) == amara.id


async def test_what_those_hold_who_are_to_end_is_listed_and_an_heir_asked_for(village: Village) -> None:
    place, amara, (ben, cleo, dan), path = await begun(village, "Ben Ito", "Cleo Ray", "Dan Eze")
    for each in (ben, cleo):
        await village.program(amara).patch(
            f"/api/v1/networks/{place.slug}/members/{each.id}", json={"role": "administrator"}
        )
    sent = await village.program(ben).post(
        f"/api/v1/networks/{place.slug}/invitations", json={"emails": ["one@held.example", "two@held.example"]}
    )
    assert sent.status_code == 201
    browser = village.browser(amara)
    choices = {f"about-{ben.id}": "end", f"about-{dan.id}": "end"}
    assert (await browser.post(f"{path}/decisions", data=choices)).status_code == 303
    page = (await browser.get(path)).text
    assert "Ben Ito holds: two invitations that wait for an answer" in said(page)
    assert "Dan Eze holds" not in page
    offered = re.findall(r'<option value="([^"]*)"', re.search(r'name="heir".*?</select>', page, re.DOTALL)[0])  # type: ignore[index]
    assert offered == [amara.id, cleo.id, ""]
    for wrong in (ben.id, new_id(), "x"):
        answer = await browser.post(f"{path}/endings", data={"reason": "Moved on.", "heir": wrong})
        assert answer.status_code == 422, wrong
    assert (await village.program(ben).get(f"/api/v1/networks/{place.slug}")).status_code == 200
    ended = await browser.post(f"{path}/endings", data={"reason": "Moved on.", "heir": cleo.id})
    assert ended.status_code == 303
    async with village.state.database.read() as connection:
        inviters = await connection.scalars(select(invitations.c.invited_by).where(invitations.c.ended_at.is_(None)))
        assert list(inviters).count(cleo.id) == 2
