"""Killed while it erases, again and again: all the words are there, or none; and in the end none, by one act."""

import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest_asyncio
from sqlalchemy import select, update

from forum.tables import acts, audit_rows, post_versions, posts, reports
from ground.columns import now
from tests.faults.scenes import IS_FULL
from tests.faults.waiting import until
from tests.forum.moderation.hall import Hall, column, open_hall
from tests.forum.threads.village import Village, open_village
from tests.servers.confer import ConferServer
from tests.servers.shapes import SQLITE_MEMORY

MOMENTS = ("commit", *range(1, 30), "log") if IS_FULL else (2, 9, 16, "commit", "log")
QUOTES = 6
PATIENT = "Ezekiel Thornbury-Lamplugh of bed four takes warfarin"


@pytest_asyncio.fixture
async def village(own_server: ConferServer) -> AsyncIterator[Village]:
    """A server that dies where it is told to."""
    own_server.stop()
    own_server.program = ("-m", "tests.faults.broken", "dies_in_erasing")
    own_server.start()
    opened = open_village(own_server)
    yield opened
    await opened.close()


async def test_killed_in_the_middle(
    own_server: ConferServer, village: Village, record_property: Callable[[str, object], None]
) -> None:
    hall, post = await _say_and_hide(village)
    own_server.stop()
    for moment in MOMENTS:
        wish = own_server.data_dir / "die"
        wish.write_text(str(moment))
        with contextlib.suppress(RuntimeError):  # it may die before anybody has seen that it is ready
            own_server.start()
        assert await until(lambda: not own_server.running, 20), moment
        assert not wish.exists()
        assert await _are_there(hall) == (moment != "log"), moment
        assert len(await hall.stored(_erasing_of(post))) == (moment == "log")
    # It was committed, and the log was not emptied any more: that is done at the next start.
    own_server.start()
    if own_server.shape == SQLITE_MEMORY:
        assert await until(lambda: not _files_with(own_server.data_dir, PATIENT), 20)
    own_server.stop()
    own_server.start()
    assert not await _are_there(hall)
    assert [row.act for row in await hall.stored(_erasing_of(post))] == ["post.erase"]
    assert len(await hall.stored(column(acts, "id").where(acts.c.post_id == post, acts.c.kind == "erase"))) == 1
    own_server.stop()
    assert _files_with(own_server.data_dir, PATIENT) == []
    assert "holds together" in own_server.command("check")
    record_property("figures", f"{len(MOMENTS)} deaths in one erasing: all words or none each time, one audit row")


async def _say_and_hide(village: Village) -> tuple[Hall, str]:
    """A post with a patient in it, edited, quoted, reported with the words, and hidden 31 days ago."""
    hall = await open_hall(village)
    post = await village.reply(hall.gareth, hall.place, hall.thread, f"{PATIENT}, I think.")
    await hall.do(hall.gareth, "PATCH", f"/posts/{post}", {"body": f"{PATIENT}, I am sure."})
    for number in range(QUOTES):
        await village.reply(hall.maeve, hall.place, hall.thread, f"> {PATIENT}, I think.\n\nWords number {number}.")
    await hall.report(hall.maeve, post, "patient_data", f"It says that {PATIENT}.")
    act = await hall.hide(hall.priya, post, "patient_data", "It names a patient.")
    async with village.state.database.write() as connection:
        await connection.execute(update(acts).where(acts.c.id == act).values(at=now() - timedelta(days=31)))
    return hall, post


async def _are_there(hall: Hall) -> bool:
    """Whether the words are stored in each of the places; the test fails where they are in some of them."""
    counts = []
    for words in (posts.c.body, posts.c.html, post_versions.c.body, reports.c.words):
        found = await hall.stored(select(words).where(words.contains(PATIENT)))
        counts.append(len(found))
    assert counts in ([QUOTES + 1, QUOTES + 1, 1, 1], [0, 0, 0, 0])
    return counts[0] > 0


def _erasing_of(post: str) -> object:
    return column(audit_rows, "act").where(audit_rows.c.object_id == post, audit_rows.c.act == "post.erase")


def _files_with(folder: Path, words: str) -> list[str]:
    """Files in which these words stand."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if words.encode() in path.read_bytes()]
