"""What of a search could not be understood, said where nothing was found: never that words were missing which were
never looked for."""

from sqlalchemy.ext.asyncio import AsyncConnection

from forum.search.language import unknown_kinds
from forum.search.match_queries import list_readable
from forum.search.searching import Asked, find_people, is_named
from forum.viewer import Viewer

ONLY_UNWANTED = "This only says what to leave out. Add a word to look for."
BACKWARDS = "This day comes before the one that it begins with."


def notes_on(typed: str, asked: Asked) -> list[str]:
    """What was taken otherwise than it may have been meant."""
    notes = [
        f"“has:{word}” was looked for as words: after “has:” stands “document” or “card”."
        for word in unknown_kinds(typed)
    ]
    return [*notes, ONLY_UNWANTED] if asked.is_empty and asked.wish.unwanted else notes


async def whom_nobody_knows(connection: AsyncConnection, viewer: Viewer, asked: Asked) -> list[str]:
    """Of a search that found nothing: the people and networks that it names, and that this viewer can't see.

    Of what is hidden from them and of what is not there it says the same.
    """
    notes = [
        f"Nobody whom you can see is called “{name}”."
        for name in filter(None, (*asked.wish.people, asked.by))
        if not await find_people(connection, viewer, name)
    ]
    readable = await list_readable(connection, viewer) if asked.wish.places else []
    return [
        *notes,
        *(
            f"No network that you can read is called “{place}”."
            for place in asked.wish.places
            if not any(is_named(each, place) for each in readable)
        ),
    ]
