"""A file that is held back is shown to the scanner, and given out once that finds it clean.

Asking takes no transaction. A file is leased meanwhile by when it is due again: killed anywhere, it is asked about
anew. While the scanner is away all files wait. One that it fails at is asked about again later.
"""

import logging
import time
from contextlib import aclosing
from datetime import timedelta

from sqlalchemy import Update, delete, select, update

from forum.acts.deciding import administrators_of
from forum.acts.holding import hold_post
from forum.acts.posts import touch_thread
from forum.audit import Deed, record
from forum.errors import Unavailable
from forum.events import PostEdited, VersionPrepared
from forum.files.clamd import NotScanned, ScannerAway, scan
from forum.notification_kinds import NotificationKind
from forum.policy import documents_heard
from forum.scanning.queries import Unchecked, next_unchecked
from forum.state import State
from forum.streams import moderators_stream, network_stream
from forum.tables import documents, file_checks, networks, post_files, posts
from forum.telling import tell
from ground.columns import now
from realtime.transaction import Transaction

LEASE = timedelta(minutes=20)
"""Longer than the largest file takes."""
AWAY_SECONDS = 5.0
"""So long nothing is asked of a scanner that was away."""
STORE_AWAY = timedelta(minutes=1)
SOONEST, LATEST = timedelta(minutes=1), timedelta(hours=6)
"""After how long it is asked again about a file that it failed at: twice as long each time."""
_log = logging.getLogger(__name__)


class Scanner:
    """How this process found the scanner last."""

    def __init__(self) -> None:
        self.is_away = False
        self.asked_at = 0.0
        self.is_behind = False
        """Files from before are being shown to it."""

    @property
    def rests(self) -> bool:
        """It was away a moment ago."""
        return self.is_away and time.monotonic() - self.asked_at < AWAY_SECONDS

    def note(self, *, is_away: bool) -> None:
        """Remember it; said once in the log."""
        if is_away != self.is_away:
            _log.warning("the virus scanner is away: files wait" if is_away else "the virus scanner is back")
        self.is_away, self.asked_at = is_away, time.monotonic()

    async def close(self) -> None:
        """Nothing to give back."""


def scanner_of(state: State) -> Scanner:
    """What this process knows of the scanner."""
    kept = state.kept.setdefault("scanner", Scanner())
    if not isinstance(kept, Scanner):
        raise TypeError("something else is kept under this name")
    return kept


async def follow_unchecked(state: State, _: set[str]) -> bool:
    """Ask about one file; whether there was one and the scanner answered. More may wait.

    Without a scanner what waits for one stays; where that is said to be over (`off`), it is given out as it is.
    """
    url, scanner = state.settings.clamd_url, scanner_of(state)
    if not url or scanner.rests:
        return False
    async with state.database.read() as connection:
        if (await connection.execute(next_unchecked(now()))).first() is None:
            return False
    file = await _lease(state)
    if file is None:
        return True
    if url == "off":
        await _give_out(state, file)
        return True
    try:
        async with aclosing(state.files.read(file.sha256)) as chunks:
            found = await scan(url, chunks)
    except ScannerAway:
        scanner.note(is_away=True)
        await _postpone(state, file, timedelta(0))
        return False
    except Unavailable:
        await _postpone(state, file, STORE_AWAY)
        return True
    except NotScanned:
        scanner.note(is_away=False)
        await _say_not_scanned(state, file)
        return True
    scanner.note(is_away=False)
    if not found:
        await _give_out(state, file)
        return True
    async with state.transaction() as tx:
        await quarantine(tx, file, found)
    return True


async def _lease(state: State) -> Unchecked | None:
    """The file that is due; None where another worker was quicker."""
    moment = now()
    async with state.transaction() as tx:
        due = next_unchecked(moment).with_for_update(of=file_checks, skip_locked=True)
        row = (await tx.execute(due)).first()
        if row is None:
            return None
        file = Unchecked(*tuple(row))
        await tx.execute(_this(file).values(due_at=moment + LEASE))
    return file


def _this(file: Unchecked) -> Update:
    return update(file_checks).where(file_checks.c.id == file.id, file_checks.c.state != "infected")


async def _postpone(state: State, file: Unchecked, pause: timedelta) -> None:
    async with state.transaction() as tx:
        await tx.execute(_this(file).values(due_at=now() + pause))


async def _say_not_scanned(state: State, file: Unchecked) -> None:
    _log.warning("the virus scanner could not check a file of %s", file.document_id or file.file_id)
    async with state.transaction() as tx:
        this = select(file_checks.c.state, file_checks.c.created_at).where(file_checks.c.id == file.id)
        was = (await tx.execute(this)).first()
        if was is None:
            return
        pause = min(LATEST, max(SOONEST, now() - was.created_at))
        await tx.execute(_this(file).values(state="unchecked", due_at=now() + pause))
        if was.state == "waiting":
            await _show(tx, file)


async def _give_out(state: State, file: Unchecked) -> None:
    async with state.transaction() as tx:
        if (await tx.execute(delete(file_checks).where(file_checks.c.id == file.id))).rowcount:
            await _show(tx, file)


async def quarantine(tx: Transaction, file: Unchecked, found: str) -> None:
    """It is never given out. Who shared it and the administrators of its network are told."""
    if (await tx.execute(_this(file).values(state="infected", found=found))).rowcount:
        network_id = await _record(tx, file, found)
        kind: NotificationKind = "document.infected" if file.document_id else "file.infected"
        about = file.document_id or file.file_id or ""
        await tell(tx, [file.shared_by], kind, about, network_id=network_id)
        others = await administrators_of(tx, network_id) - {file.shared_by}
        await tell(tx, others, "virus.found", file.id, network_id=network_id)
        await _show(tx, file)


async def _record(tx: Transaction, file: Unchecked, found: str) -> str:
    """Write it into the log of its network; which that is."""
    reason = f"The virus scanner calls it {found}."
    if file.document_id is None:
        of_file = select(post_files.c.network_id).where(post_files.c.id == file.file_id)
        network_id = str((await tx.execute(of_file)).scalar_one())
        deed = Deed("file.infected", "network", network_id, network_id, subject_id=file.shared_by, reason=reason)
    else:
        row = (await tx.execute(select(documents).where(documents.c.id == file.document_id))).one()
        network_id = row.network_id
        deed = Deed(
            "document.infected",
            "document",
            row.id,
            network_id,
            subject_id=file.shared_by,
            after={"number": file.number},
            reason=reason,
            names={"title": row.title},
        )
    await record(tx, deed)
    return network_id


# -- Whoever looks at it sees how it stands now ------------------------------------------------------


async def _show(tx: Transaction, file: Unchecked) -> None:
    if file.document_id is not None:
        await _show_document(tx, file.document_id)
        return
    post_id = await tx.connection.scalar(select(post_files.c.post_id).where(post_files.c.id == file.file_id))
    if post_id is not None:
        await _show_post(tx, post_id)


async def _show_document(tx: Transaction, document_id: str) -> None:
    raised = update(documents).where(documents.c.id == document_id).values(version=documents.c.version + 1)
    await tx.execute(raised)
    asked = (
        select(documents.c.network_id, documents.c.version, documents_heard().label("is_heard"))
        .join(networks, networks.c.id == documents.c.network_id)
        .where(documents.c.id == document_id)
    )
    row = (await tx.execute(asked)).one()
    stream = (network_stream if row.is_heard else moderators_stream)(row.network_id)
    tx.emit(stream, VersionPrepared(document_id, row.version))


async def _show_post(tx: Transaction, post_id: str) -> None:
    """The post reads differently, and nobody edited it. One that is out of sight shows no files."""
    post = await hold_post(tx, None, post_id)
    if post.removed_at is None:
        await tx.execute(update(posts).where(posts.c.id == post.id).values(version=post.version + 1))
        await touch_thread(tx, post)
        tx.emit(post.stream, PostEdited(post.id, post.version + 1))
