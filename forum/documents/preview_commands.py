"""Prepares versions to be read: takes one that waits, has it read in another process, and keeps what that says.

Words come first and are kept before any picture is drawn, so that they are soon found. Each part has its short
transaction; killed anywhere, the version is prepared anew once its lease is over, and after three times given up.
"""

import asyncio
import contextlib
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import and_, bindparam, delete, insert, or_, select, update

from forum.documents.queries import list_heard
from forum.errors import StoreFull
from forum.events import VersionPrepared
from forum.files.store import Kept
from forum.filing import keep, version_check
from forum.state import State
from forum.streams import document_stream
from forum.tables import document_versions, version_pages, version_pictures, version_previews
from ground.columns import Moment, now
from previews.limits import LIMITS
from previews.parts import Cut, Facts, Page, Part, Picture, Refused, Why
from previews.prepare import prepare
from realtime.transaction import Transaction

LEASE = timedelta(seconds=LIMITS.seconds + 60)
MOST_ATTEMPTS = 3
FOLDER = "preparing"
_WORDS_AT_ONCE = 500_000
"""Characters of words and markup in one transaction."""
_PICTURES_AT_ONCE = 8


class Gone(Exception):
    """The version is no longer there, or somebody else prepares it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version that this worker prepares now."""

    document_id: str
    number: int
    sha256: str
    name: str
    attempt: int

    @property
    def key(self) -> dict[str, Any]:
        """The columns that name it."""
        return {"document_id": self.document_id, "number": self.number}

    def of(self, table: Any) -> Any:
        """Its rows in this table."""
        return and_(table.c.document_id == self.document_id, table.c.number == self.number)


_PREVIEW = version_previews.c
_NEXT = (
    select(
        _PREVIEW.document_id,
        _PREVIEW.number,
        document_versions.c.sha256,
        document_versions.c.name,
        _PREVIEW.attempts,
    )
    .join(
        document_versions,
        and_(
            document_versions.c.document_id == _PREVIEW.document_id,
            document_versions.c.number == _PREVIEW.number,
        ),
    )
    .where(
        version_check().is_(None),
        _PREVIEW.state.in_(["waiting", "working"]),
        or_(_PREVIEW.leased_until.is_(None), _PREVIEW.leased_until <= bindparam("moment", type_=Moment())),
    )
    .order_by(_PREVIEW.created_at)
    .limit(1)
)


async def follow_waiting(state: State, _: set[str]) -> bool:
    """Prepare one version; whether there was one. More may wait."""
    asked = {"moment": now()}
    async with state.database.read() as connection:
        if (await connection.execute(_NEXT, asked)).first() is None:
            return False
    async with state.transaction() as tx:
        waiting = await _take(tx, asked)
    if waiting is not None:
        with contextlib.suppress(Gone):
            await _Preparing(state, waiting).run()
    return True


async def _take(tx: Transaction, asked: dict[str, Any]) -> Waiting | None:
    """Lease the next version, whatever was kept of it before thrown away; None where another worker was quicker."""
    row = (await tx.execute(_NEXT.with_for_update(of=version_previews, skip_locked=True), asked)).first()
    if row is None:
        return None
    waiting = Waiting(row.document_id, row.number, row.sha256, row.name, row.attempts + 1)
    for table in (version_pages, version_pictures):
        await tx.execute(delete(table).where(waiting.of(table)))
    values: dict[str, Any] = {"state": "working", "leased_until": now() + LEASE, "attempts": waiting.attempt}
    values["read_at"] = None
    if waiting.attempt > MOST_ATTEMPTS:
        values = {"state": "refused", "leased_until": None, "why": Why.BROKEN.value}
    await tx.execute(update(version_previews).where(waiting.of(version_previews)).values(**values))
    return waiting if waiting.attempt <= MOST_ATTEMPTS else None


class _Preparing:
    """One version while it is prepared."""

    def __init__(self, state: State, waiting: Waiting) -> None:
        self._state = state
        self._waiting = waiting
        self._pages: list[dict[str, Any]] = []
        self._pictures: list[tuple[Kept, dict[str, Any]]] = []
        self._letters = 0
        self._is_read = False
        self._values: dict[str, Any] = {}

    async def run(self) -> None:
        """Prepare it to its end. Raises Gone, and Unavailable where the store is away."""
        with tempfile.TemporaryFile(dir=_folder(self._state)) as file:
            async for chunk in self._state.files.read(self._waiting.sha256):
                await asyncio.to_thread(file.write, chunk)
            file.flush()
            ending = "shown"
            try:
                async with prepare(file.fileno(), self._waiting.name) as parts:
                    async for part in parts:
                        await self._keep(part)
            except Refused as refused:
                ending = "refused"
                self._values["why"] = refused.why.value
            except StoreFull:  # words are there to be read; pictures beyond what there is room for are not
                self._pictures.clear()
                self._values["why"] = Why.NOT_ALL.value
        self._values |= {"state": ending, "leased_until": None}
        await self._write(is_read=True)

    async def _keep(self, part: Part) -> None:
        match part:
            case Facts(kind, pages):
                self._values = {"kind": kind, "pages": pages}
            case Page(number, title, text, html):
                self._pages.append({"page": number, "title": title, "words": text, "html": html})
                self._letters += len(text) + len(html)
            case Picture(page, fits, width, height, body):
                if not self._is_read:
                    await self._write(is_read=True)
                kept = await self._store(body)
                size = {"width": width, "height": height, "size": kept.size}
                self._pictures.append((kept, {"page": page, "fits": fits, "sha256": kept.sha256, **size}))
            case Cut(why):
                self._values.setdefault("why", why.value)
        if self._letters > _WORDS_AT_ONCE or len(self._pictures) >= _PICTURES_AT_ONCE:
            await self._write()

    async def _store(self, body: bytes) -> Kept:
        async with await self._state.files.begin() as incoming:
            await incoming.write(body)
            return await incoming.finish()

    async def _write(self, *, is_read: bool = False) -> None:
        """Keep what has come, where the lease is still ours. `is_read`: all words have; whoever waits is told."""
        waiting, state = self._waiting, self._state
        values: dict[str, Any] = {"leased_until": now() + LEASE, **self._values}
        if is_read and not self._is_read:
            values["read_at"] = now()
        own = (waiting.of(version_previews), _PREVIEW.state == "working", _PREVIEW.attempts == waiting.attempt)
        async with state.transaction() as tx:
            if (await tx.execute(update(version_previews).where(*own).values(**values))).rowcount != 1:
                raise Gone
            for kept, _ in self._pictures:
                await keep(tx, state.files, state.settings, kept)
            for table, rows in ((version_pages, self._pages), (version_pictures, [row for _, row in self._pictures])):
                if rows:
                    await tx.execute(insert(table), [waiting.key | row for row in rows])
            if is_read:
                await _tell(tx, waiting)
        self._is_read = self._is_read or is_read
        self._pages, self._pictures, self._letters = [], [], 0


async def _tell(tx: Transaction, waiting: Waiting) -> None:
    """Say on the stream that tells of its document that more of it can be read."""
    for by_moderators in (False, True):
        for document in await list_heard(tx.connection, [waiting.document_id], by_moderators=by_moderators):
            tx.emit(document_stream(document), VersionPrepared(document.id, document.version))


def _folder(state: State) -> Path:
    """Where files lie while they are read; nothing stays there, for they have no names."""
    folder = state.settings.data_dir / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
