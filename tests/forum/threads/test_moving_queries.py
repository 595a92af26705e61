"""The form for moving a thread lists where it can go in one statement, however many networks one moderates."""

from typing import Any

from sqlalchemy import event

from forum.threads.moving_queries import list_targets
from forum.threads.queries import get_thread
from tests.forum.threads.village import Village


async def test_where_a_thread_can_go_is_one_statement(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    source, theirs = await village.network(ada), await village.network(ben, [ada])
    targets = [await village.network(ada) for _ in range(6)]
    thread_id = await village.thread(ada, source)
    viewer = await village.viewer(ada)
    said: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        said.append(statement)

    async with village.state.database.read() as connection:
        thread = await get_thread(connection, viewer, thread_id)
        event.listen(connection.sync_connection, "before_cursor_execute", note)
        try:
            found = await list_targets(connection, viewer, thread)
        finally:
            event.remove(connection.sync_connection, "before_cursor_execute", note)
    assert sorted(each.id for each in found) == sorted(each.id for each in targets)
    assert [each.name for each in found] == sorted(each.name for each in found)
    assert len(said) == 1
    form = (await village.browser(ada).get(f"/threads/{thread_id}/move")).text
    for place in targets:
        assert (place.slug in form, place.name in form) == (True, True)
    assert f'value="{theirs.slug}"' not in form
