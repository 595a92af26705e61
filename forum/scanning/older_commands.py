"""Files that were brought while there was no scanner are shown to it in the background, one after another.

Nothing holds them back meanwhile. One in which it finds a virus is put away wherever it stands, as a new one is. New
files come first. How far it is stands with each file: killed anywhere, it goes on there.
"""

import logging
from contextlib import aclosing
from datetime import datetime, timedelta

from sqlalchemy import insert, update

from forum.errors import Unavailable
from forum.files.clamd import NotScanned, ScannerAway, scan
from forum.scanning.commands import LEASE, Scanner, quarantine, scanner_of
from forum.scanning.queries import Unchecked, file_carriers, next_older, next_unchecked, version_carriers
from forum.state import State
from forum.tables import blobs, file_checks
from ground.columns import new_id, now
from realtime.transaction import Transaction

AT_ONCE = 100
"""So many are looked at together; of these one is shown to the scanner."""
AGAIN = timedelta(days=1)
"""After so long it is asked again about one that it failed at, or that the store had not got."""
_log = logging.getLogger(__name__)


async def follow_older(state: State, _: set[str]) -> bool:
    """Ask about one file; whether there was one and the scanner answered."""
    scanner = scanner_of(state)
    if not state.settings.has_scanner or scanner.rests:
        return False
    moment = now()
    async with state.database.read() as connection:
        if (await connection.execute(next_unchecked(moment))).first() is not None:
            return False
        due = (await connection.execute(next_older(moment, AT_ONCE))).all()
    _say(scanner, is_behind=bool(due))
    if not due:
        return False
    carried = [row.sha256 for row in due if row.is_carried]
    async with state.transaction() as tx:
        await _end(tx, [row.sha256 for row in due if not row.is_carried])
        is_leased = bool(carried) and await _lease(tx, carried[0], moment)
    if is_leased:
        await _ask(state, scanner, carried[0])
    return not scanner.is_away


def _say(scanner: Scanner, *, is_behind: bool) -> None:
    if is_behind != scanner.is_behind:
        begins = "files from before there was a virus scanner are shown to it"
        _log.warning(begins if is_behind else "the virus scanner has seen all files from before it was there")
    scanner.is_behind = is_behind


async def _ask(state: State, scanner: Scanner, sha256: str) -> None:
    found = ""
    try:
        async with aclosing(state.files.read(sha256)) as chunks:
            found = await scan(state.settings.clamd_url, chunks)
    except ScannerAway:
        scanner.note(is_away=True)
        await _postpone(state, sha256, timedelta(0))
        return
    except (Unavailable, NotScanned) as error:
        _log.warning("a file from before could not be shown to the virus scanner: %s", type(error).__name__)
        await _postpone(state, sha256, AGAIN)
        return
    scanner.note(is_away=False)
    while found and await _put_away_one(state, sha256, found):
        pass
    async with state.transaction() as tx:
        await _end(tx, [sha256])


async def _lease(tx: Transaction, sha256: str, moment: datetime) -> bool:
    """Whether no other worker was quicker."""
    this = update(blobs).where(blobs.c.sha256 == sha256, blobs.c.scan_due_at <= moment)
    return bool((await tx.execute(this.values(scan_due_at=moment + LEASE))).rowcount)


async def _postpone(state: State, sha256: str, pause: timedelta) -> None:
    async with state.transaction() as tx:
        this = update(blobs).where(blobs.c.sha256 == sha256, blobs.c.scan_due_at.is_not(None))
        await tx.execute(this.values(scan_due_at=now() + pause))


async def _end(tx: Transaction, names: list[str]) -> None:
    if names:
        await tx.execute(update(blobs).where(blobs.c.sha256.in_(names)).values(scan_due_at=None))


async def _put_away_one(state: State, sha256: str, found: str) -> bool:
    """One place where it stands; whether there was one. Each is a transaction of its own."""
    async with state.transaction() as tx:
        row = (await tx.execute(version_carriers(sha256).limit(1))).first()
        row = row or (await tx.execute(file_carriers(sha256).limit(1))).first()
        if row is None:
            return False
        file, moment = Unchecked(new_id(), *tuple(row)), now()
        of = {"document_id": file.document_id, "number": file.number, "file_id": file.file_id}
        await tx.execute(insert(file_checks), {"id": file.id, **of, "due_at": moment, "created_at": moment})
        await quarantine(tx, file, found)
    return True
