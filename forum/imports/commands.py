"""Bring the archive of a mailing list into a network: `python -m forum import mbox FILE --network SLUG`.

A second run of the same or of a longer file adds only what is new. Nobody is notified. Each part is one short
transaction, so that a running server goes on writing between them, and so that a run may be stopped at any time.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from forum.audit import Deed, record
from forum.errors import ForumError
from forum.events import ReadChanged
from forum.imports.archive_queries import Destination, find_destination, find_placed
from forum.imports.batch_commands import Archive, MembersChanged, NewPost, Part, Written, write_parts
from forum.imports.identities import author_key, authors_of
from forum.imports.mbox import Malformed, ParsedMessage, read_messages
from forum.imports.placing import Addition, find_additions, in_batches, wanted_ids
from forum.imports.progress import Progress
from forum.imports.read_state_commands import list_standings
from forum.imports.threading import NO_SUBJECT, ImportedThread, build_threads
from forum.state import State
from forum.streams import account_stream
from forum.text import clean_line, excerpt, plain_text_html
from ground.columns import now

LONGEST_TITLE = 200
EXCERPT_LENGTH = 140
MOST_REPORTED = 50
"""Messages that can't be read are named one by one up to so many."""
_TRIES = 10


class CannotImport(ForumError):
    """The file or the network is not what it must be; nothing was brought in."""


@dataclass(slots=True)
class Summary:
    """What a run brought in, and what it left out: numbers of messages, but for threads and people."""

    network: str
    threads: int = 0
    grown: int = 0
    posts: int = 0
    people: int = 0
    malformed: int = 0
    repeated: int = 0
    known: int = 0

    def lines(self) -> list[str]:
        """The same in words."""
        brought = f"{_number(self.posts, 'post')} in {_number(self.threads, 'new thread')}"
        if self.grown:
            brought += f" and {_number(self.grown, 'older thread')}"
        people = f", and {_number(self.people, 'person', 'people')} new here" if self.people else ""
        lines = [f"Brought into {self.network}: {brought}{people}."]
        if not self.posts:
            lines = [f"There is nothing in it that {self.network} does not have."]
        left = [
            (self.known, "there already"),
            (self.repeated, "more than once in the file"),
            (self.malformed, "not readable, and left out"),
        ]
        lines += [f"{_number(count, 'message')} {_was(count)} {why}." for count, why in left if count]
        return lines


def _number(count: int, singular: str, plural: str = "") -> str:
    return f"{count:,} {singular if count == 1 else plural or f'{singular}s'}"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


async def import_mbox(state: State, path: Path, slug: str, progress: Progress) -> Summary:
    """Bring the file's messages into the network at this address.

    Raises CannotImport, and Conflict where another run is at work on the same.
    """
    _check_file(path)
    async with state.database.read() as connection:
        destination = await find_destination(connection, slug)
    if destination is None:
        raise CannotImport(
            f"No network has the address “{slug}”. Give the last part of the network's address in the browser."
        )
    if destination.is_read_only:
        raise CannotImport(f"{destination.name} is archived, or about to be deleted. Its administrators bring it back.")
    summary = Summary(destination.name)
    try:
        messages = _read(path, progress, summary)
        threads = build_threads(messages)
        summary.repeated = len(messages) - sum(len(thread.messages) for thread in threads)
        await _bring_in(state, destination, threads, progress, summary)
        await _write_down(state, destination, summary)
    except asyncio.CancelledError:
        progress.note(f"Stopped after {_number(summary.posts, 'post')}, which stay. Run the same again to go on.")
        raise
    finally:
        progress.end()
    return summary


async def _write_down(state: State, destination: Destination, summary: Summary) -> None:
    """In the network's log: posts were added that nobody wrote there."""
    if not summary.posts:
        return
    brought = {"posts": summary.posts, "threads": summary.threads, "people": summary.people}
    deed = Deed("archive.imported", "network", destination.id, destination.id, after=brought)
    async with state.transaction() as tx:
        await record(tx, deed)


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise CannotImport(f"{path} is a folder. Give the mbox file in it.")
    if not path.exists():
        raise CannotImport(f"There is no file {path}.")
    with path.open("rb") as file:
        beginning = file.read(4)
    if beginning.startswith(b"\x1f\x8b"):
        raise CannotImport(f"{path} is compressed. Unpack it first: gunzip {path}")


def _read(path: Path, progress: Progress, summary: Summary) -> list[ParsedMessage]:
    """Every message of the file; those that can't be read are told by their number."""
    messages: list[ParsedMessage] = []
    progress.begin("Reading", path.stat().st_size)
    for read in read_messages(path):
        progress.reach(read.end)
        if isinstance(read, Malformed):
            summary.malformed += 1
            _report(read, summary.malformed, progress)
        else:
            messages.append(read)
    if not messages:
        raise CannotImport(f"{path} is not an mbox: no message in it can be read.")
    return messages


def _report(malformed: Malformed, count: int, progress: Progress) -> None:
    if count <= MOST_REPORTED:
        progress.note(f"Message {malformed.number:,} is left out. {malformed.reason}")
    elif count == MOST_REPORTED + 1:
        progress.note("Further messages that are left out are only counted.")


async def _bring_in(
    state: State, destination: Destination, threads: list[ImportedThread], progress: Progress, summary: Summary
) -> None:
    messages = [each.message for thread in threads for each in thread.messages]
    async with state.database.read() as connection:
        placed = await find_placed(connection, destination.id, wanted_ids(threads))
    archive = Archive(destination, authors_of(messages, destination.id), placed=placed)
    for message in messages:
        # Somebody who came, and has another address by now, still wrote what they wrote.
        if message.message_id in placed:
            key = author_key(message, destination.id)
            archive.account_ids.setdefault(key, placed[message.message_id].author_id)
            summary.known += 1
    progress.begin("Bringing in", len(messages) - summary.known)
    last_thread = ""
    for batch in in_batches(find_additions(threads, placed)):
        parts = [_laid_out(addition, destination.id) for addition in batch]
        written = await _write(state, archive, parts)
        _note(summary, archive, parts, written)
        last_thread = written.last_thread
        progress.reach(summary.posts)
    if last_thread:
        await _tell_members(state, destination, last_thread)


def _note(summary: Summary, archive: Archive, parts: Sequence[Part], written: Written) -> None:
    """Count what is committed, and know it from now on."""
    archive.placed.update(written.placed)
    archive.account_ids.update(written.account_ids)
    begun = sum(part.thread_id is None for part in parts)
    summary.threads += begun
    summary.grown += len(parts) - begun
    summary.posts += len(written.placed)
    summary.people += written.people


async def _write(state: State, archive: Archive, parts: Sequence[Part]) -> Written:
    for _ in range(_TRIES - 1):
        try:
            async with state.transaction() as tx:
                return await write_parts(tx, archive, parts)
        except MembersChanged:
            continue
    async with state.transaction() as tx:
        return await write_parts(tx, archive, parts)


def _laid_out(addition: Addition, network_id: str) -> Part:
    return Part(addition.thread_id, _title(addition.title), list(_posts(addition, network_id)))


def _posts(addition: Addition, network_id: str) -> Iterator[NewPost]:
    for each in addition.messages:
        message = each.message
        html = plain_text_html(message.body)
        yield NewPost(
            message_id=message.message_id,
            parent_id=each.parent_id,
            author_key=author_key(message, network_id),
            # Clocks that were ahead must not keep a thread on top of its network.
            created_at=min(message.date, now()),
            body=message.body,
            html=html,
            excerpt=excerpt(html, EXCERPT_LENGTH),
        )


def _title(subject: str) -> str:
    shortened = subject if len(subject) <= LONGEST_TITLE else f"{subject[: LONGEST_TITLE - 1].rstrip()}…"
    try:
        return clean_line(shortened, LONGEST_TITLE)
    except ValueError:
        return NO_SUBJECT


async def _tell_members(state: State, destination: Destination, thread_id: str) -> None:
    """Pages that are open have counted what came as new; each member's own stream says how it is in truth."""
    async with state.transaction() as tx:
        for membership_id, account_id in await list_standings(tx, destination.id):
            tx.emit(account_stream(account_id), ReadChanged(f"{membership_id}:{thread_id}"))
