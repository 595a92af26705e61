"""An archive that is brought in: whole, once, quietly, and beside everybody who goes on writing."""

import asyncio
import re
import secrets
from pathlib import Path

import pytest
from sqlalchemy import func, select

from auth.tables import accounts
from forum.errors import Conflict
from forum.tables import memberships, networks
from realtime.tables import outbox
from tests.forum.accounts.visitor import link_in, wait_for_mail
from tests.forum.imports.bringing import assert_whole, bring, kinds_of, posts_of, rows, threads_of
from tests.forum.imports.letters import START, Letter, discussion, write_mbox
from tests.forum.threads.village import Village
from tests.servers.confer import ConferServer


async def test_a_discussion_comes_as_it_was_written(village: Village, tmp_path: Path) -> None:
    ada = await village.person()
    place = await village.network(ada)
    letters = [
        Letter("1", "Pens", "Bea Quill <bea@pens.example>", hour=0, body="Who has *the* pens?\n\n-- \nBea"),
        Letter("2", "Re: Pens", "Cy Nib <cy@pens.example>", "1", 5, "> Who has the pens?\n\nNot I."),
        Letter("3", "Re: Pens", "Bea Quill <bea@pens.example>", "2", 7, "Then who?"),
    ]
    summary = await bring(village, place, tmp_path, letters)
    assert (summary.threads, summary.grown, summary.posts, summary.people) == (1, 0, 3, 2)
    (thread,) = await threads_of(village, place)
    assert (thread.title, thread.created_at, thread.last_post_at) == ("Pens", START, letters[2].date)
    first, second, third = await posts_of(village, place)
    assert [post.author for post in (first, second, third)] == ["Bea Quill", "Cy Nib", "Bea Quill"]
    assert [post.created_at for post in (first, second, third)] == [letter.date for letter in letters]
    assert all(post.is_imported for post in (first, second, third))
    assert [first.reply_to_id, second.reply_to_id, third.reply_to_id] == [None, first.id, second.id]
    assert (first.body, first.excerpt) == ("Who has *the* pens?\n\n-- \nBea", "Who has *the* pens?")
    assert '<div class="letter"><p>Who has *the* pens?</p>' in first.html
    assert '<div class="signature">' in first.html
    assert second.excerpt == "Not I."
    await assert_whole(village, place)


async def test_a_page_says_which_posts_come_from_the_archive(village: Village, tmp_path: Path) -> None:
    ada = await village.person()
    place = await village.network(ada)
    # Anybody can have written a member's address into an archive.
    async with village.state.database.read() as connection:
        address = await connection.scalar(select(accounts.c.email).where(accounts.c.id == ada.id))
    await bring(village, place, tmp_path, [Letter("1", author=f"{ada.name} <{address}>")])
    (thread,) = await threads_of(village, place)
    await village.reply(ada, place, thread.id)
    page = (await village.browser(ada).get(f"/threads/{thread.id}?at=1")).text
    imported, own = re.findall(r'<article class="post".*?</article>', page, re.DOTALL)
    assert f'data-author="{ada.id}"' in imported
    assert "From the archive" in imported
    assert "From the archive" not in own


async def test_the_page_of_somebody_who_never_came_says_how_they_can(village: Village, tmp_path: Path) -> None:
    ada = await village.person()
    place = await village.network(ada, access="open")
    letters = [Letter("1", author="Bea Quill <bea.unclaimed@pens.example>"), Letter("2", author="Cy Nib", hour=90)]
    await bring(village, place, tmp_path, letters)
    bea, cy = [f"/people/{post.author_id}" for post in await posts_of(village, place)]
    mine, guest = village.browser(ada), village.browser()
    assert "It becomes their account when they register" in (await mine.get(bea)).text
    assert '<a href="/register">Register</a> with the e-mail address that you wrote from' in (await guest.get(bea)).text
    for browser in (mine, guest):
        page = (await browser.get(cy)).text
        assert "so nobody can take this account over" in page
        assert "register with" not in page.lower()
    assert "whose archive was brought in" not in (await mine.get(f"/people/{ada.id}")).text


async def test_whoever_takes_over_what_they_wrote_keeps_what_they_typed_and_reads_where_it_is(
    village: Village, server: ConferServer, tmp_path: Path
) -> None:
    ada = await village.person()
    hall, cellar = await village.network(ada, access="open"), await village.network(ada, access="closed")
    address = f"bea.{secrets.token_hex(4)}@pens.example"
    letters = [Letter(str(hour), author=f"Bea Q. <{address}>", hour=hour * 90) for hour in range(3)]
    await bring(village, hall, tmp_path, letters[:2])
    await bring(village, cellar, tmp_path, letters[2:])
    bea, password = village.browser(), "seven kettles under the old bridge"
    await bea.post("/register", data={"name": "Beatrix Quill", "email": address, "password": password})
    link = link_in(server, await asyncio.to_thread(wait_for_mail, server, address))
    elsewhere = (await village.browser().get(link)).text
    assert 'value="Bea Q."' in elsewhere
    assert "Beatrix" not in elsewhere
    assert [post.author for post in await posts_of(village, hall)] == ["Bea Q."] * 2  # nothing is proved yet
    page = (await bea.get(link)).text
    assert "The account is for Beatrix Quill" in page
    assert 'name="password"' not in page
    opened = await bea.post(link)
    assert opened.headers["location"] == "/register/archive"
    told = (await bea.get("/register/archive")).text
    assert re.search(rf'Two posts of yours from the archive\s+are in <a href="/networks/{hall.slug}">', told)
    assert cellar.slug not in told
    assert [post.author for post in await posts_of(village, hall)] == ["Beatrix Quill"] * 2
    again = await village.browser().post("/sign-in", data={"email": address, "password": password})
    assert again.status_code == 303


async def test_nobody_is_told_but_by_one_event_for_each_thread(village: Village, tmp_path: Path) -> None:
    ada, ben = await village.people("", "")
    place = await village.network(ada, [ben])
    before = set(await rows(village, select(outbox.c.id)))
    await bring(village, place, tmp_path, [*discussion("one", 5), *discussion("two", 3, hour=2)])
    created = [("thread.created", thread.id) for thread in await threads_of(village, place)]
    assert await kinds_of(village, place) == created
    assert set(await rows(village, select(outbox.c.id))) <= before  # a worker may have done some meanwhile
    async with village.state.database.read() as connection:
        members = await connection.scalar(
            select(func.count()).where(memberships.c.network_id == place.id, memberships.c.current)
        )
        count = await connection.scalar(select(networks.c.member_count).where(networks.c.id == place.id))
    assert (members, count) == (2, 2)


async def test_a_second_run_adds_nothing(village: Village, tmp_path: Path) -> None:
    place = await village.network(await village.person())
    letters = [*discussion("one", 5), *discussion("two", 3, hour=2)]
    await bring(village, place, tmp_path, letters)
    before = await posts_of(village, place), await kinds_of(village, place)
    summary = await bring(village, place, tmp_path, letters)
    assert (summary.posts, summary.threads, summary.people, summary.known) == (0, 0, 0, 8)
    assert summary.lines()[0] == f"There is nothing in it that {place.name} does not have."
    assert (await posts_of(village, place), await kinds_of(village, place)) == before


async def test_a_longer_file_adds_what_is_new_at_the_end(village: Village, tmp_path: Path) -> None:
    ada = await village.person()
    place = await village.network(ada)
    await bring(village, place, tmp_path, discussion("one", 3))
    (thread,) = await threads_of(village, place)
    answer = await village.reply(ada, place, thread.id, "And still nobody knows.")
    longer = [*discussion("one", 5), *discussion("new", 2, hour=30)]
    # One that the first file had lost.
    longer.insert(2, Letter("lost", "Re: About one", "Dee <dee@example.org>", "one-0", 0.5, "I was lost."))
    summary = await bring(village, place, tmp_path, longer)
    assert (summary.posts, summary.threads, summary.grown, summary.known) == (5, 1, 1, 3)
    assert "5 posts in 1 new thread and 1 older thread" in summary.lines()[0]
    grown = await posts_of(village, place, thread.id)
    assert [post.body.partition("\n")[0] for post in grown] == [
        *(f"Letter {number} of one." for number in range(3)),
        "And still nobody knows.",
        "I was lost.",
        "Letter 3 of one.",
        "Letter 4 of one.",
    ]
    assert [post.reply_to_id for post in grown[4:]] == [grown[0].id, grown[2].id, grown[5].id]
    assert grown[3].id == answer
    now = (await threads_of(village, place))[0]
    # What was written here is newer than anything of the archive.
    assert (now.last_author_id, now.version) == (ada.id, thread.version + 2)
    assert (await kinds_of(village, place))[-2:] == [
        ("thread.changed", thread.id),
        ("thread.created", (await threads_of(village, place))[1].id),
    ]
    await assert_whole(village, place)


async def test_the_next_months_file_goes_on_with_the_discussions_of_the_last(village: Village, tmp_path: Path) -> None:
    place = await village.network(await village.person())
    whole = discussion("one", 6)
    await bring(village, place, tmp_path, whole[:3])
    june = [
        *whole[3:],
        Letter("apart", "Wholly other things: ink", "Eve <eve@example.org>", "one-1", 20, "Who has ink?"),
        Letter("aside", "Re: About one", "Fay <fay@example.org>", "one-0", 21, "An aside."),
    ]
    summary = await bring(village, place, tmp_path, june)
    assert (summary.posts, summary.threads, summary.grown) == (5, 1, 1)
    assert [(thread.title, thread.post_count) for thread in await threads_of(village, place)] == [
        ("About one", 7),
        ("Wholly other things: ink", 1),
    ]
    await assert_whole(village, place)


async def test_what_is_malformed_is_named_and_left_out(village: Village, tmp_path: Path) -> None:
    place = await village.network(await village.person())
    broken = "From MAILER-DAEMON Mon May  3 09:00:00 2004\nX-Nothing: here\n\nNo headers that say anything.\n\n"
    letters = [*discussion("one", 2), broken, Letter("last", hour=9), Letter("last", hour=9)]
    summary = await bring(village, place, tmp_path, letters)
    assert (summary.posts, summary.malformed, summary.repeated) == (3, 1, 1)
    assert summary.lines()[1:] == [
        "1 message was more than once in the file.",
        "1 message was not readable, and left out.",
    ]
    await assert_whole(village, place)


async def test_strange_messages_find_a_place(village: Village, tmp_path: Path) -> None:
    place = await village.network(await village.person())
    letters: list[Letter | str] = [
        Letter("x" * 400, "", hour=1, body=""),
        Letter("é\N{SNOWMAN}", "T" * 290, hour=2, body="\N{RIGHT-TO-LEFT OVERRIDE}odd"),
        Letter("future", "Tomorrow", hour=24 * 365 * 21 + 24 * 180, body="From the future."),
        Letter("none", "\N{ZERO WIDTH SPACE}", "", hour=3, body="x" * 120_000),
    ]
    assert (await bring(village, place, tmp_path, letters)).posts == 4
    assert (await bring(village, place, tmp_path, letters)).known == 4
    found = {thread.title[:20]: thread for thread in await threads_of(village, place)}
    assert set(found) == {"(no subject)", "T" * 20, "Tomorrow"}
    assert len(found["T" * 20].title) == 200
    assert all(len(post.excerpt) <= 200 for post in await posts_of(village, place))
    await assert_whole(village, place)


async def test_a_very_long_discussion_is_one_thread_and_one_event(village: Village, tmp_path: Path) -> None:
    place = await village.network(await village.person())
    assert (await bring(village, place, tmp_path, discussion("long", 1_200))).threads == 1
    assert len(await kinds_of(village, place)) == 1
    await assert_whole(village, place)


async def test_people_write_and_join_while_an_archive_comes_in(village: Village, tmp_path: Path) -> None:
    ada, *others = await village.people(*[""] * 8)
    place = await village.network(ada)
    thread_id = await village.thread(ada, place)
    letters = [letter for number in range(150) for letter in discussion(f"t{number}", 6, hour=number)]
    importing = asyncio.create_task(bring(village, place, tmp_path, letters))
    for person in others:
        await asyncio.sleep(0.05)
        await village.join(place.id, person)
        await village.reply(person, place, thread_id)
    assert (await importing).posts == 900
    await assert_whole(village, place)
    assert [post.author_id for post in await posts_of(village, place, thread_id)] == [ada.id, *(o.id for o in others)]


async def test_two_runs_at_once_bring_nothing_in_twice(village: Village, tmp_path: Path) -> None:
    place = await village.network(await village.person())
    letters = [letter for number in range(60) for letter in discussion(f"t{number}", 10, hour=number)]
    (tmp_path / "other").mkdir()
    ended = await asyncio.gather(
        bring(village, place, tmp_path, letters),
        bring(village, place, tmp_path / "other", letters),
        return_exceptions=True,
    )
    refused = [each for each in ended if isinstance(each, BaseException)]
    assert all(isinstance(each, Conflict) for each in refused)
    assert len(refused) < 2
    await assert_whole(village, place)
    assert len(await posts_of(village, place)) == 600


async def test_accounts_are_made_once(village: Village, tmp_path: Path) -> None:
    """Of people who wrote in two lists that come into two networks."""
    one, two = [await village.network(await village.person()) for _ in range(2)]
    address = f"{one.slug}@archive.example"
    for place in (one, two):
        await bring(village, place, tmp_path, [Letter(f"{place.slug}-1", author=f"Gil <{address}>")])
    found = await rows(village, select(accounts).where(accounts.c.email_key == address.lower()))
    assert len(found) == 1
    assert {post.author_id for place in (one, two) for post in await posts_of(village, place)} == {found[0].id}


@pytest.mark.parametrize("former", [False, True])
async def test_a_network_is_found_by_its_present_and_former_address(
    village: Village, tmp_path: Path, former: bool
) -> None:
    place = await village.network(await village.person())
    if former:
        async with village.state.transaction() as tx:
            await tx.connection.exec_driver_sql(
                f"INSERT INTO former_addresses (slug, network_id) VALUES ('old-{place.slug}', '{place.id}')"
            )
        place = type(place)(place.id, f"old-{place.slug}", place.name)
    assert (await bring(village, place, tmp_path, discussion("one", 1))).posts == 1


def test_write_mbox_makes_what_the_reader_reads(tmp_path: Path) -> None:
    """The tests above rest on it."""
    assert write_mbox(tmp_path, discussion("one", 2)).read_text().count("\nMessage-ID: <one-") == 2


async def test_what_follows_a_thread_that_moved_begins_one_here(village: Village, tmp_path: Path) -> None:
    """Nothing is added where this network's archive has no business, and nothing there is named here."""
    ada = await village.person()
    place, other = await village.network(ada), await village.network(ada)
    letters = [Letter("1", "Pens", hour=0), Letter("2", "Re: Pens", answers="1", hour=1)]
    await bring(village, place, tmp_path, letters[:1])
    (moved,) = await threads_of(village, place)
    answer = await village.program(ada).post(
        f"/api/v1/threads/{moved.id}/move", json={"network": other.slug, "reason": "There."}
    )
    assert answer.status_code == 200
    await bring(village, place, tmp_path, letters)
    (begun,) = await threads_of(village, place)
    (post,) = await posts_of(village, place)
    assert (post.thread_id, post.reply_to_id, begun.number) == (begun.id, None, 2)
    assert [each.id for each in await threads_of(village, other)] == [moved.id]
    assert len(await posts_of(village, other)) == 1
