"""What the events of threads and posts show: the API's objects, and the same HTML as on pages."""

from collections.abc import Mapping, Sequence

from forum.records import Post
from forum.state import State
from forum.threads.held_queries import count_held_in
from forum.threads.place_queries import list_moved
from forum.threads.presenting import api_post, api_thread
from forum.threads.queries import list_heard_first_posts, list_heard_posts, list_heard_threads
from forum.threads.reading_queries import list_read_places
from forum.threads.rendered_posts import post_fragment
from realtime.questions import Presented


def _presented(state: State, post: Post, more: Mapping[str, object]) -> Presented:
    shown = {**api_post(post, state.settings.public_url), **more}
    return Presented(shown, post_fragment(state, post), post.thread_id)


async def present_posts(state: State, ids: Sequence[str], *, kept: bool = False) -> Mapping[str, Presented]:
    """Posts that are new, edited or removed, each with its thread as it now stands."""
    url = state.settings.public_url
    async with state.database.read() as connection:
        found = await list_heard_posts(connection, ids, kept=kept)
    return {
        post.id: _presented(state, post, {"thread": api_thread(thread, url), "position": post.position})
        for post, thread in found
    }


async def present_kept_posts(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """For moderators: posts that were removed in threads that stayed with the members of an opened network."""
    return await present_posts(state, ids, kept=True)


async def present_kept_threads(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """For moderators: such threads, with another pin."""
    async with state.database.read() as connection:
        threads = await list_heard_threads(connection, ids, kept=True)
    return {thread.id: Presented(api_thread(thread, state.settings.public_url)) for thread in threads}


async def present_new_threads(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """New threads, each with its first post."""
    url = state.settings.public_url
    async with state.database.read() as connection:
        threads = await list_heard_threads(connection, ids)
        first = {post.thread_id: post for post in await list_heard_first_posts(connection, ids)}
    return {
        thread.id: Presented(
            api_thread(thread, url)
            | {"first_post": api_post(first[thread.id], url), "position": first[thread.id].position},
            post_fragment(state, first[thread.id]),
            thread.id,
        )
        for thread in threads
        if thread.id in first
    }


async def present_changed_threads(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """Threads with another title, pin or lock."""
    async with state.database.read() as connection:
        threads = await list_heard_threads(connection, ids)
    return {thread.id: Presented(api_thread(thread, state.settings.public_url)) for thread in threads}


async def present_reading(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """On a person's own stream: what they have read of a thread, or of a whole network."""
    async with state.database.read() as connection:
        places = await list_read_places(connection, ids)
    return {place: Presented(shown) for place, shown in places.items()}


async def present_moved_threads(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """What threads were here that are in another network now: their numbers, and nothing of what they say."""
    async with state.database.read() as connection:
        moved = await list_moved(connection, ids)
    return {
        each.id: Presented({"id": each.thread_id, "network_id": each.network_id, "number": each.number})
        for each in moved
    }


async def present_held(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """For moderators: how many posts wait for one."""
    async with state.database.read() as connection:
        counts = await count_held_in(connection, ids)
    return {key: Presented({"id": key, "network_id": key, "held_count": number}) for key, number in counts.items()}


PRESENTERS = {
    "thread.created": present_new_threads,
    "thread.changed": present_changed_threads,
    "thread.moved": present_moved_threads,
    "held.changed": present_held,
    "post.created": present_posts,
    "post.edited": present_posts,
    "post.removed": present_posts,
    "post.restored": present_posts,
    "read.changed": present_reading,
}

TO_MODERATORS = {
    "thread.changed": present_kept_threads,
    "post.removed": present_kept_posts,
    "post.restored": present_kept_posts,
}
"""On the stream of a network's moderators these kinds tell of threads that its own stream does not tell of."""
