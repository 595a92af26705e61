"""The demonstration in a real database: written by the commands of the forum, as if it had happened over weeks."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import Select, func, select

from auth.tables import accounts
from forum.app import make_state
from forum.checking import find_troubles
from forum.documents.queries import get_document
from forum.errors import Conflict, NotFound
from forum.migrate import migrate
from forum.seeds import PASSWORD, seed
from forum.seeds.papers import read_library
from forum.seeds.people import ADMINISTRATOR, MEMBER, NEWCOMER, PEOPLE
from forum.seeds.planting import NETWORKS, plant, read_places
from forum.settings import Settings
from forum.state import State
from forum.tables import document_versions, documents, memberships, mentions, networks, post_versions, posts, threads
from forum.viewer import Viewer, viewer_of_account
from ground.columns import now
from realtime.tables import outbox
from tests.servers.confer import CommandFailed, ConferServer
from tests.servers.shapes import Shape


@pytest_asyncio.fixture
async def site(shape: Shape) -> AsyncIterator[State]:
    """An empty site on each database."""
    settings = Settings(database_url=shape.database_url, data_dir=shape.data_dir, secret_key="x" * 40)
    state = make_state(settings)
    await migrate(state.database)
    yield state
    await state.close()


async def rows(state: State, statement: Select[Any]) -> list[Any]:
    async with state.database.read() as connection:
        return list((await connection.execute(statement)).all())


async def viewer(state: State, email: str) -> Viewer:
    ((account_id,),) = await rows(state, select(accounts.c.id).where(accounts.c.email_key == email))
    found = await viewer_of_account(state.database, account_id)
    assert found is not None
    return found


async def test_the_demonstration_happened_over_weeks(site: State) -> None:
    planted = await plant(site, SecretStr(PASSWORD))
    places = read_places()
    assert (planted.people, planted.networks) == (len(PEOPLE), len(places))
    for place in places:
        (network,) = await rows(site, select(networks).where(networks.c.name == place.about["name"]))
        told = await rows(site, select(posts).where(posts.c.network_id == network.id).order_by(posts.c.position))
        assert network.post_count == len(told) == sum(len(talk.posts) for talk in place.talks)
        assert (network.member_count, network.waiting_count) == (len(place.people), len(place.asks))
        assert [post.position for post in told] == list(range(1, len(told) + 1))
        # In the order in which it was said, and nothing of it now.
        assert [post.created_at for post in told] == sorted(post.created_at for post in told)
        assert network.created_at < told[0].created_at
        assert told[-1].created_at < now()
        for thread in await rows(site, select(threads).where(threads.c.network_id == network.id)):
            own = [post for post in told if post.thread_id == thread.id]
            assert [post.number for post in own] == list(range(1, thread.post_count + 1))
            assert (thread.created_at, thread.last_post_at) == (own[0].created_at, own[-1].created_at)
            assert thread.last_author_id == own[-1].author_id
    assert await find_troubles(site.database) == []


async def test_what_people_do_has_happened(site: State) -> None:
    await plant(site, SecretStr(PASSWORD))
    edited = await rows(site, select(posts.c.edited_at, posts.c.created_at).where(posts.c.edited_at.is_not(None)))
    assert edited
    assert all(row.created_at < row.edited_at < now() for row in edited)
    kept = await rows(
        site, select(post_versions.c.written_at, posts.c.created_at).join(posts, posts.c.id == post_versions.c.post_id)
    )
    assert all(row.written_at == row.created_at for row in kept)
    removed = await rows(site, select(posts.c.removal_reason).where(posts.c.removed_at.is_not(None)))
    assert [row.removal_reason for row in removed] == ["It describes a patient closely enough to be recognised."]
    for column in (threads.c.pinned_at, threads.c.locked_at):
        assert await rows(site, select(column).where(column.is_not(None), column < now()))
    assert len(await rows(site, select(mentions))) > 5
    assert await rows(site, select(func.count()).select_from(outbox)) == [(0,)]


async def test_there_is_something_new_for_the_administrator_and_the_member_and_nothing_for_the_newcomer(
    site: State,
) -> None:
    await plant(site, SecretStr(PASSWORD))
    chief = await viewer(site, ADMINISTRATOR.email)
    assert chief.is_site_administrator
    unread = [place.unread for place in chief.places.values()]
    assert len(unread) == len(read_places())
    assert all(0 < count < 12 for count in unread)
    assert any(place.waiting for place in chief.places.values() if place.role == "administrator")
    member = await viewer(site, MEMBER.email)
    assert not member.is_site_administrator
    assert {place.role for place in member.places.values()} == {"member"}
    assert (await viewer(site, NEWCOMER.email)).places == {}
    # Nobody has read more than there is, or less than nothing.
    wrong = (
        select(memberships.c.id)
        .join(networks, networks.c.id == memberships.c.network_id)
        .where((memberships.c.read_count > networks.c.post_count) | (memberships.c.read_count < memberships.c.baseline))
    )
    assert await rows(site, wrong) == []


async def test_a_site_with_people_is_left_alone(site: State) -> None:
    first = await seed(site)
    before = await rows(site, select(func.count()).select_from(posts))
    with pytest.raises(Conflict, match="There are people here already"):
        await seed(site)
    assert (await seed(site, if_empty=True))[1:] == first[1:]
    assert await rows(site, select(func.count()).select_from(posts)) == before


async def test_if_empty_leaves_people_alone_and_says_nothing_of_a_demonstration_that_is_not_here(site: State) -> None:
    async with site.database.write() as connection:
        await connection.execute(
            accounts.insert().values(
                id="01920000-0000-7000-8000-000000000001",
                email="real@person.example",
                email_key="real@person.example",
                name="A Real Person",
                created_at=now(),
                verified_at=now(),
            )
        )
    assert await seed(site, if_empty=True) == ["There are people here already. The site is left as it is."]
    assert await rows(site, select(accounts.c.name)) == [("A Real Person",)]


async def test_who_is_offered_can_sign_in(own_server: ConferServer) -> None:
    told = own_server.command("seed")
    for person in (ADMINISTRATOR, MEMBER, NEWCOMER):
        assert person.email in told
        async with httpx2.AsyncClient(base_url=own_server.url, timeout=30) as client:
            fields = {"email": person.email, "password": PASSWORD}
            answer = await client.post("/sign-in", data=fields, headers={"Origin": own_server.url})
            assert answer.status_code == 303
            page = await client.get("/")
            assert page.status_code == 200
            assert ("Diabetes Board" in page.text) == (person is not NEWCOMER)
    with pytest.raises(CommandFailed, match="code 1\nThere are people here already"):
        own_server.command("seed")
    assert "The demonstration is here already." in own_server.command("seed", "--if-empty")


async def test_where_others_can_come_the_password_is_a_new_one(site: State) -> None:
    site.settings = site.settings.model_copy(update={"base_url": "https://confer.example.org"})
    told = await seed(site)
    assert PASSWORD not in "".join(told)
    again = await seed(site, if_empty=True)
    assert again[1].startswith("Sign in with the password that was shown when it was made")


async def test_its_libraries_hold_papers_as_they_were_shared(site: State) -> None:
    """Each version by whom and when the script says; what is for moderators alone is theirs."""
    planted = await plant(site, SecretStr(PASSWORD))
    papers = [paper for name in NETWORKS for paper in read_library(name).papers]
    assert planted.documents == len(papers) > 5
    for paper in papers:
        (document,) = await rows(site, select(documents).where(documents.c.title == paper.title))
        versions = await rows(
            site,
            select(document_versions, accounts.c.email)
            .join(accounts, accounts.c.id == document_versions.c.author_id)
            .where(document_versions.c.document_id == document.id)
            .order_by(document_versions.c.number),
        )
        wanted = [(f"{act.by}@demo.example", act.words, len(text.encode())) for act, text in paper.versions]
        assert [(row.email, row.note, row.size) for row in versions] == wanted
        moments = [row.created_at for row in versions]
        assert moments == sorted(moments)
        assert (document.created_at, document.changed_at) == (moments[0], moments[-1])
        assert document.changed_at < now() - timedelta(hours=8)
    (narrowed,) = await rows(site, select(documents).where(documents.c.is_narrowed))
    async with site.database.read() as connection:
        assert await get_document(connection, await viewer(site, ADMINISTRATOR.email), narrowed.id)
        with pytest.raises(NotFound):
            await get_document(connection, await viewer(site, MEMBER.email), narrowed.id)
    assert await find_troubles(site.database) == []
