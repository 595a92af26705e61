"""The list of members as administrators have it: order, days of visits, history, and the file."""

import asyncio
import csv
import io
import re
from datetime import datetime, timedelta

from sqlalchemy import select, update

from auth.tables import accounts
from forum.tables import audit_rows, invitations, memberships, posts
from ground.columns import now
from tests.forum.networks.test_pages import path_of, sent, shown
from tests.forum.threads.village import Place, Village, Villager


async def noted_visit(village: Village, place: Place, person: Villager) -> datetime:
    """When somebody was last here, once it is noted: a moment after the answer is out."""
    mine = (memberships.c.network_id == place.id) & (memberships.c.account_id == person.id)
    async with asyncio.timeout(15):
        while True:
            async with village.state.database.read() as connection:
                visited = await connection.scalar(select(memberships.c.visited_at).where(mine))
            if visited is not None:
                return visited
            await asyncio.sleep(0.02)


async def test_the_last_visit_is_a_day_and_for_administrators_alone(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara Okafor", "Gareth Williams", "Priya Shah")
    place = await village.network(amara, [gareth, priya])
    thread = await village.thread(amara, place)
    await shown(village.browser(gareth), f"/threads/{thread}")
    visited = await noted_visit(village, place, gareth)
    page = await shown(village.browser(amara), path_of(place, "/members?sort=visit"))
    assert page.index("Priya Shah") < page.index("Gareth Williams")
    assert "last here" in page
    assert "not here yet" in page
    assert "last here" not in await shown(village.browser(priya), path_of(place, "/members"))
    assert (visited.hour, visited.minute, visited.second) == (12, 0, 0)
    assert visited.date() == now().date()


async def test_orders_and_choices(village: Village) -> None:
    amara, *others = await village.people("Amara Okafor", "Zed Last", "Bo First", "Cy Middle")
    place = await village.network(amara, others)
    browser = village.browser(amara)
    page = await shown(browser, path_of(place, "/members?sort=name"))
    assert page.index("Bo First") < page.index("Cy Middle") < page.index("Zed Last")
    only = await shown(browser, path_of(place, "/members?role=administrator"))
    assert "Bo First" not in only.split("data-members")[1]
    assert "Nobody here is of that kind" in await shown(browser, path_of(place, "/members?role=moderator"))
    assert "Nobody here is called that" in await shown(browser, path_of(place, "/members?q=%00%25"))
    for wrong in ("sort=email", "role=king", "page=0", "page=x"):
        await shown(browser, path_of(place, f"/members?{wrong}"), 422)
    assert "Bo First" not in await shown(browser, path_of(place, "/members?page=2"))


async def test_a_history_says_what_somebody_was(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara)
    administrator, person = village.program(amara), village.program(gareth)
    members = f"/api/v1/networks/{place.slug}/members"
    await person.put(f"{members}/me", json={"words": "Let me in"})
    for decision in (
        {"status": "active"},
        {"role": "moderator"},
        {"status": "banned", "reason": "Words that hurt"},
        {"status": "removed"},
    ):
        assert (await administrator.patch(f"{members}/{gareth.id}", json=decision)).status_code == 200
    page = await shown(village.browser(amara), path_of(place, f"/members/{gareth.id}"))
    steps = ["Ban lifted by", "Removed for good by", "Made a moderator by", "Admitted by", "Asked to join"]
    places = [page.index(step) for step in steps]
    assert places == sorted(places)
    assert "Words that hurt" in page


async def test_an_invitation_that_waits_tells_no_history(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara, [gareth])
    await village.remove(place.id, gareth)
    async with village.state.database.read() as connection:
        email = await connection.scalar(select(accounts.c.email).where(accounts.c.id == gareth.id))
    body = {"emails": [email], "confirmed": True}
    await village.program(amara).post(f"/api/v1/networks/{place.slug}/invitations", json=body)
    assert (await village.viewer(gareth)).invitations()
    path = path_of(place, f"/members/{gareth.id}")
    assert "Invited" not in (await shown(village.browser(amara), path)).split("What they were here")[1]
    await sent(village.browser(gareth), path_of(place, "/membership"))
    assert "Invited by Amara Okafor" in await shown(village.browser(amara), path)


async def test_the_file_holds_everybody_and_runs_nothing(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara Okafor", "黄 蓉", "Priya Shah")
    place = await village.network(amara, [gareth, priya])
    await village.remove(place.id, priya)
    async with village.state.transaction() as tx:
        mine = accounts.c.id == gareth.id
        await tx.execute(update(accounts).where(mine).values(organisation="=HYPERLINK(1)", job_title="+44"))
    await village.program(amara).post(f"/api/v1/networks/{place.slug}/invitations", json={"emails": ["-x@example.org"]})
    answer = await village.browser(amara).post(path_of(place, "/members/file"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="Members-of-Network-')
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    by_name = {row[0]: row for row in rows}
    assert by_name["黄 蓉"][2:4] == ["'+44", "'=HYPERLINK(1)"]
    assert by_name["Priya Shah"][4] == "removed"
    assert [row[1] for row in rows if row[4].startswith("invited")] == ["'-x@example.org"]
    async with village.state.database.read() as connection:
        acts = list(await connection.scalars(select(audit_rows.c.act).where(audit_rows.c.chain == place.id)))
    assert acts.count("members.exported") == 1
    refused = await village.browser(gareth).post(path_of(place, "/members/file"))
    assert refused.status_code == 403
    assert (await village.browser(amara).get(path_of(place, "/members/file"))).status_code in (404, 405)


async def test_the_file_of_steps_holds_each_of_them_and_runs_nothing(village: Village) -> None:
    amara, gareth, known = await village.people("Amara Okafor", "Gareth Williams", "Known Address")
    place = await village.network(amara)
    administrator, members = village.program(amara), f"/api/v1/networks/{place.slug}/members"
    await village.program(gareth).put(f"{members}/me", json={"words": "Let me in"})
    for decision in ({"status": "active"}, {"role": "moderator"}, {"status": "removed", "reason": "=1+1"}):
        assert (await administrator.patch(f"{members}/{gareth.id}", json=decision)).status_code == 200
    await village.program(gareth).put(f"{members}/me", json={"words": "Again"})
    email = (await village.viewer(known)).account.email  # type: ignore[union-attr]
    body = {"emails": [f"=Ek <{email}>", "-x@example.org"]}
    sent_now = (await administrator.post(f"/api/v1/networks/{place.slug}/invitations", json=body)).json()["items"]
    assert [each["status"] for each in sent_now] == ["sent", "sent"]
    await village.program(known).delete(f"{members}/me")
    answer = await village.browser(amara).post(path_of(place, "/members/history-file"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert rows[0][:2] == ["Name", "Invited address"]
    his = [(row[4], row[5], row[6], row[7], row[8]) for row in rows if row[0] == "Gareth Williams"]
    assert his == [
        ("asks to join", "member", "Asked to join", "Gareth Williams", ""),
        ("member", "member", "Admitted by Amara Okafor", "Amara Okafor", ""),
        ("member", "moderator", "Made a moderator by Amara Okafor", "Amara Okafor", ""),
        ("removed", "moderator", "Removed by Amara Okafor", "Amara Okafor", "'=1+1"),
        ("asks to join", "member", "Asked to join", "Gareth Williams", ""),
    ]
    invited = [(row[0], row[1], row[4]) for row in rows if row[1]][1:]
    assert invited[0] == ("'=Ek", email, "invited")
    assert invited[-1] == ("", "'-x@example.org", "invited")
    assert "Known Address" not in answer.text  # whose address it is nobody learns who has not accepted
    assert (await village.browser(gareth).post(path_of(place, "/members/history-file"))).status_code in (403, 404)


async def test_who_was_away_for_longest_comes_first(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara Okafor", "Gareth Williams", "Priya Shah")
    place = await village.network(amara, [gareth, priya])
    async with village.state.transaction() as tx:
        for person, days in ((gareth, 3), (priya, 300)):
            mine = (memberships.c.network_id == place.id) & (memberships.c.account_id == person.id)
            await tx.execute(update(memberships).where(mine).values(visited_at=now() - timedelta(days=days)))
    page = await shown(village.browser(amara), path_of(place, "/members?sort=visit"))
    assert page.index("Priya Shah") < page.index("Gareth Williams")


async def test_who_wrote_was_here_before_visits_were_noted(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara Okafor", "Gareth Williams", "Priya Shah")
    place = await village.network(amara, [gareth, priya])
    thread = await village.thread(gareth, place)
    wrote_at, here = now() - timedelta(days=20), memberships.c.network_id == place.id
    async with village.state.transaction() as tx:
        await tx.execute(update(posts).where(posts.c.thread_id == thread).values(created_at=wrote_at))
        mine = memberships.c.account_id == priya.id
        await tx.execute(update(memberships).where(here, mine).values(visited_at=now() - timedelta(days=40)))
    page = await shown(village.browser(amara), path_of(place, "/members?sort=visit"))
    assert page.index("Priya Shah") < page.index("Gareth Williams")
    assert f"last here {wrote_at.day} {wrote_at:%b %Y}" in page.partition("Gareth Williams")[2]
    path = f"/api/v1/networks/{place.slug}/people"
    listed = (await village.program(amara).get(path, params={"q": "gareth"})).json()["items"]
    assert [each["last_visit"] for each in listed] == [f"{wrote_at:%Y-%m-%d}"]
    answer = await village.browser(amara).post(path_of(place, "/members/file"))
    rows = {row[0]: row for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))}
    assert rows["Gareth Williams"][7] == f"{wrote_at:%Y-%m-%d}"
    visited_at = now() - timedelta(days=2)
    async with village.state.transaction() as tx:
        theirs = memberships.c.account_id == gareth.id
        await tx.execute(update(memberships).where(here, theirs).values(visited_at=visited_at))
    listed = (await village.program(amara).get(path, params={"q": "gareth"})).json()["items"]
    assert [each["last_visit"] for each in listed] == [f"{visited_at:%Y-%m-%d}"]


async def test_the_door_by_which_somebody_came_stands_in_the_log_and_in_their_history(village: Village) -> None:
    amara, asks, comes, linked, invited = await village.people("Amara Okafor", "Asa", "Olu", "Lin", "Ivy")
    place = await village.network(amara, access="open")
    path, program = f"/api/v1/networks/{place.slug}", village.program(amara)
    assert (await village.program(comes).put(f"{path}/members/me", json={})).status_code == 200
    link = (await program.put(f"{path}/joining-link", json={})).json()["url"].rpartition("/")[2]
    assert (await village.program(linked).post(f"/api/v1/joining-links/{link}/uses")).status_code == 200
    address = (await village.viewer(invited)).account.email  # type: ignore[union-attr]
    assert (await program.post(f"{path}/invitations", json={"emails": [address]})).status_code == 201
    assert (await village.program(invited).put(f"{path}/members/me", json={})).status_code == 200
    await program.patch(path, json={"access": "closed", "confirm": place.name})
    await program.put(f"{path}/joining-link", json={"asks": True})
    assert (await village.program(asks).post(f"/api/v1/joining-links/{link}/uses")).status_code == 202
    assert (await program.patch(f"{path}/members/{asks.id}", json={"status": "active"})).status_code == 200

    doors = {}
    for who in (comes, linked, invited, asks):
        history = (await program.get(f"{path}/members/{who.id}/history")).json()["items"]
        doors[who.name] = [(each["status"], each["door"], each["door_by"], each["by"]) for each in history]
    assert doors == {
        "Olu": [("active", "open", "", "")],
        "Lin": [("active", "link", "Amara Okafor", "")],
        "Ivy": [("active", "invitation", "Amara Okafor", ""), ("invited", "", "", "Amara Okafor")],
        "Asa": [("active", "", "", "Amara Okafor"), ("requested", "link", "Amara Okafor", "")],
    }
    log = " ".join(
        re.sub(r"<[^>]+>", " ", (await village.browser(amara).get(f"/networks/{place.slug}/log")).text).split()
    )
    for sentence in (
        "Olu became a member, as the network was open.",
        "Lin became a member by the joining link of Amara Okafor.",
        "Ivy became a member by an invitation of Amara Okafor.",
        "Asa asked to join by the joining link of Amara Okafor.",
        "Amara Okafor (administrator) admitted Asa.",
    ):
        assert sentence in log, sentence
        assert "Door" not in log
    page = (await village.browser(amara).get(path_of(place, f"/members/{linked.id}"))).text
    assert "Became a member by the joining link of Amara Okafor" in page


async def test_the_invited_are_listed_with_organisation_and_how_each_invitation_stands(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth")
    place = await village.network(amara, [gareth], access="secret")
    path, program = f"/api/v1/networks/{place.slug}", village.program(amara)
    ends: dict[str, dict[str, object]] = {
        "bounced": {"bounced_at": now(), "bounce": "There is no such mailbox."},
        "opened": {"opened_at": now()},
        "declined": {"ended_at": now(), "outcome": "declined"},
        "expired": {"expires_at": now() - timedelta(minutes=1)},
        "accepted": {"ended_at": now(), "outcome": "accepted"},
        "cancelled": {"ended_at": now(), "outcome": "cancelled"},
    }
    entries = [f'"Ek, Anna" <{state}@{place.id}.example> "Leeds, Trust"' for state in ends]
    assert (await program.post(f"{path}/invitations", json={"emails": entries})).status_code == 201
    for _ in range(300):  # the worker notes what it has sent
        if not (await program.get(f"{path}/invitations?state=waiting")).json()["items"]:
            break
        await asyncio.sleep(0.1)
    async with village.state.database.write() as connection:
        for state, values in ends.items():
            one = invitations.c.email_key == f"{state}@{place.id}.example"
            await connection.execute(update(invitations).where(one).values(values))
    listed = (await program.get(f"{path}/members?status=invited")).json()["items"]
    assert {each["address"].partition("@")[0]: each["invitation"] for each in listed} == {
        state: state for state in ("bounced", "opened", "declined", "expired")
    }
    assert {(each["name"], each["organisation"], each["account"]) for each in listed} == {
        ("Ek, Anna", "Leeds, Trust", None)
    }
    found = (await program.get(f"{path}/members?status=invited&q=leeds+decl")).json()["items"]
    assert [each["invitation"] for each in found] == ["declined"]
    page = await shown(village.browser(amara), path_of(place, "/members?status=invited"))
    for words in ("Came back", "Opened", "Declined", "Expired", "Ek, Anna", "Leeds, Trust"):
        assert words in page, words
    assert page.count(">Cancel</button>") == 3  # what was declined has its answer
    assert (await village.program(gareth).get(f"{path}/members?status=invited")).status_code == 403
