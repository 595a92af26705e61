"""What can be shown of a version. Whoever asks has found the document as the viewer, and may open its versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.errors import NotFound
from forum.files.downloads import File
from forum.records import DocumentVersion
from forum.tables import version_pages, version_pictures, version_previews
from previews.limits import WIDTHS
from previews.parts import SENTENCES, Why

PICTURE_TYPE = "image/webp"
NOTHING_READ = "This file could not be read here. Download it to open it."


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture of a page, by its size in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page, a sheet or a slide: pictures by the width that each was made for, or clean markup."""

    number: int
    title: str
    html: str
    words: str
    pictures: Mapping[int, ShownPicture]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a version is shown on a page."""

    kind: str
    """Of file; empty until that is known."""
    is_ready: bool
    """Nothing more is to come."""
    is_refused: bool
    why: str
    """The sentence that says why nothing is shown, or not all."""
    page_count: int
    """Of the file."""
    pages: Sequence[ShownPage]
    more_from: int
    """The page after those that are shown; 0 where there is none."""


@dataclass(frozen=True, slots=True)
class Words:
    """The text of a version, as far as it could be read."""

    text: str
    is_ready: bool
    is_whole: bool


MOST_COMPARED = 1_000_000
"""Characters of a version that are compared with another."""
_PREVIEW = version_previews.c
_OF_PAGE = and_(
    version_pages.c.document_id == version_pictures.c.document_id,
    version_pages.c.number == version_pictures.c.number,
    version_pages.c.page == version_pictures.c.page,
)


async def read_version(connection: AsyncConnection, version: DocumentVersion, first: int, at_most: int) -> Reading:
    """What can be shown of a version, with so many of its pages from this one on."""
    this = select(_PREVIEW.state, _PREVIEW.kind, _PREVIEW.pages, _PREVIEW.why).where(
        _PREVIEW.document_id == version.document_id, _PREVIEW.number == version.number
    )
    row = (await connection.execute(this)).first()
    if row is None:
        return Reading("", False, False, "", 0, (), 0)
    pages = await _list_pages(connection, version, first, at_most + 1)
    return Reading(
        kind=row.kind,
        is_ready=row.state in ("shown", "refused"),
        is_refused=row.state == "refused",
        why=_why(row.why, has_pages=bool(pages) or first > 1),
        page_count=row.pages,
        pages=pages[:at_most],
        more_from=pages[at_most].number if len(pages) > at_most else 0,
    )


def _why(why: str, *, has_pages: bool) -> str:
    """Why nothing is shown, or not all. Of a file that has nothing to show "the rest" is all of it."""
    if why == Why.NOT_ALL and not has_pages:
        return NOTHING_READ
    return SENTENCES[Why(why)] if why else ""


async def _list_pages(
    connection: AsyncConnection, version: DocumentVersion, first: int, at_most: int
) -> Sequence[ShownPage]:
    """Pages that have something to show. Of a page that is not drawn, or not yet, its words."""
    pages, pictures = version_pages.c, version_pictures.c
    own = and_(pages.document_id == version.document_id, pages.number == version.number, pages.page >= first)
    statement = select(pages.page, pages.title, pages.html, pages.words, pictures.fits, pictures.width, pictures.height)
    statement = statement.join_from(version_pages, version_pictures, _OF_PAGE, isouter=True).where(own)
    statement = statement.order_by(pages.page, pictures.fits).limit(at_most * len(WIDTHS))
    found: dict[int, ShownPage] = {}
    for row in await connection.execute(statement):
        drawn = {row.fits: ShownPicture(row.width, row.height)} if row.fits is not None else {}
        before = found[row.page].pictures if row.page in found else {}
        words = "" if row.html else row.words  # markup says them already
        found[row.page] = ShownPage(row.page, row.title, row.html, words, {**before, **drawn})
    return [page for page in found.values() if page.html or page.pictures or page.words][:at_most]


async def read_words(connection: AsyncConnection, version: DocumentVersion) -> Words:
    """What a version says, page after page, up to a bound."""
    this = _PREVIEW.document_id == version.document_id, _PREVIEW.number == version.number
    state = await connection.scalar(select(_PREVIEW.state).where(*this))
    pages = version_pages.c
    own = select(pages.title, pages.words).where(pages.document_id == version.document_id)
    held, size = list[str](), 0
    for title, words in await connection.execute(own.where(pages.number == version.number).order_by(pages.page)):
        held += [title, words] if title else [words]
        size += len(words)
    text = "\n".join(held)
    return Words(text[:MOST_COMPARED], state in ("shown", "refused"), size <= MOST_COMPARED)


async def get_picture(connection: AsyncConnection, version: DocumentVersion, page: int, fits: int) -> File:
    """The picture of a page. Raises NotFound."""
    pictures = version_pictures.c
    this = select(pictures.sha256, pictures.size).where(
        pictures.document_id == version.document_id,
        pictures.number == version.number,
        pictures.page == page,
        pictures.fits == fits,
    )
    row = (await connection.execute(this)).first()
    if row is None:
        raise NotFound
    return File(row.sha256, row.size, PICTURE_TYPE, f"page-{page}.webp")
