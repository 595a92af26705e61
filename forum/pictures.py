"""Pictures of what somebody brought, made while they wait: smaller ones for posts, and squares for photos of people.

They are made by the same confined process as previews of documents. The bytes that were brought are shown to nobody.
"""

import asyncio
import contextlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from forum.files.store import Kept
from forum.state import State
from previews.limits import LIMITS
from previews.parts import Picture, Refused, Why
from previews.prepare import prepare

DRAWN = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff"))
"""What can be made into a picture, by what is in it."""
_NEVER = dict.fromkeys(("image/svg+xml", "text/html"), Why.WEB_PAGE.value)
FOLDER = "drawing"
MOST_AT_ONCE = 2
_LIMITS = replace(LIMITS, seconds=30.0, cpu_seconds=20, pages_drawn=1)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture that is in the store."""

    fits: int
    width: int
    height: int
    kept: Kept


class _Turns:
    """So many files are read at once in this process; the others wait."""

    def __init__(self) -> None:
        self.free = asyncio.Semaphore(MOST_AT_ONCE)

    async def close(self) -> None:
        """Nothing to give back."""


def _turns_of(state: State) -> _Turns:
    kept = state.kept.setdefault("pictures", _Turns())
    if not isinstance(kept, _Turns):
        raise TypeError("something else is kept under this name")
    return kept


async def draw(state: State, kept: Kept, purpose: Literal["pages", "photo"] = "pages") -> tuple[Sequence[Drawn], str]:
    """The pictures of a file that is in the store, the largest first, and why there are none (by its name).

    Their rows are still to be written (`filing.keep`). Raises StoreFull and Unavailable.
    """
    if kept.media_type not in DRAWN:
        return (), _NEVER.get(kept.media_type, Why.UNKNOWN.value if kept.media_type.startswith("image/") else "")
    async with _turns_of(state).free:
        try:
            pictures = await _read(state, kept, purpose)
        except Refused as refused:
            return (), refused.why.value
    drawn = [Drawn(each.fits, each.width, each.height, await _store(state, each.body)) for each in pictures]
    return (drawn, "") if drawn else ((), Why.BROKEN.value)


async def _read(state: State, kept: Kept, purpose: Literal["pages", "photo"]) -> Sequence[Picture]:
    folder = state.settings.data_dir / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        async for chunk in state.files.read(kept.sha256):
            await asyncio.to_thread(file.write, chunk)
        file.flush()
        found: list[Picture] = []
        async with prepare(file.fileno(), "", _LIMITS, purpose) as parts, contextlib.aclosing(parts):  # type: ignore[type-var]
            async for part in parts:
                if isinstance(part, Picture) and part.page == 1:
                    found.append(part)
    return sorted(found, key=lambda each: -each.fits)


async def _store(state: State, body: bytes) -> Kept:
    async with await state.files.begin() as incoming:
        await incoming.write(body)
        return await incoming.finish()
