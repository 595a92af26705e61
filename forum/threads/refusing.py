"""Why somebody can't write where they were writing a moment ago."""

from starlette.requests import Request

from forum.ended_queries import why_nothing_is_posted
from forum.errors import Forbidden, ForumError, Moved, NotFound
from forum.state import account_of, state_of
from forum.threads.page_queries import Sight
from forum.threads.place_queries import has_left_a_place
from forum.threads.seeing import see_thread, zone_of


async def see_to_reply(request: Request) -> Sight:
    """The thread. Raises NotFound, and Moved to who saw it leave a network of theirs for one that they don't read."""
    thread_id = request.path_params["id"]
    try:
        return await see_thread(request, thread_id, signed_in_only=True)
    except NotFound:
        viewer = await account_of(request)
        async with state_of(request).database.read() as connection:
            if await has_left_a_place(connection, viewer, thread_id):
                raise Moved(is_readable=False) from None
        raise


async def with_why(request: Request, sight: Sight, error: ForumError) -> ForumError:
    """Of an open network that they belong to no more: how that came, rather than that they may join."""
    if not isinstance(error, Forbidden) or sight.viewer.role_in(sight.network.id) is not None:
        return error
    state = state_of(request)
    async with state.database.read() as connection:
        why = await why_nothing_is_posted(connection, sight.viewer, zone_of(state), sight.network.id)
    return Forbidden(why) if why else error
