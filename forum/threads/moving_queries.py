"""Where a thread can go, and what a move shows to more people than before, counted before it is made."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.network_reads import NETWORK_COLUMNS
from forum.policy import may_move, readable_by
from forum.records import Network, Thread
from forum.rendering import spell
from forum.tables import networks, posts
from forum.viewer import Viewer


async def list_targets(connection: AsyncConnection, viewer: Viewer, thread: Thread) -> list[Network]:
    """The other networks to which this viewer may move the thread, in the order of their places; in one statement,
    however many they moderate."""
    others = [each for each in viewer.active_places() if each.network_id != thread.network_id]
    places = [each.network_id for each in others if may_move(viewer, thread, each.network_id)]
    asked = select(*NETWORK_COLUMNS).where(networks.c.id.in_(places), readable_by(viewer))
    found = {row[0]: Network(*row) for row in (await connection.execute(asked)).all()} if places else {}
    return [found[network_id] for network_id in places if network_id in found]


async def count_written(connection: AsyncConnection, thread: Thread) -> tuple[int, int]:
    """How many posts of a thread can be read, and of how many people they are."""
    asked = select(func.count(), func.count(func.distinct(posts.c.author_id)))
    row = (await connection.execute(asked.where(posts.c.thread_id == thread.id, posts.c.removed_at.is_(None)))).one()
    return row[0], row[1]


def shown_there(written: tuple[int, int], target: Network) -> str:
    """Which posts of how many people become readable there, and by whom: a sentence."""
    count, people = written
    who = "anybody, also without an account"
    if target.access != "open":
        who = f"the {spell(target.member_count, 'member', 'members')} of {target.name}"
    words = f"{spell(count, 'post', 'posts').capitalize()} of {spell(people, 'person', 'people')}"
    become = "becomes" if count == 1 else "become"
    whose = "with their name" if people == 1 else "with their names"
    return f"{words} {become} readable by {who}, {whose}, files and earlier versions."


def left_there(network: Network, targets: list[Network]) -> str:
    """What who reads it now can still do afterwards, wherever of these it goes: a sentence or two."""
    gone = "can’t read it any more, and its address tells them nothing"
    who = f"Members of {network.name}" if network.access != "open" else "Those"
    kinds = {each.access == "open" for each in targets}
    if kinds == {True}:
        return "Everybody can go on reading it there, and who belongs to the other network can write in it."
    if kinds == {False}:
        return f"{who} who are not in the other network {gone}."
    return (
        "In an open network everybody can go on reading it. In one that is not open, "
        f"{who[0].lower()}{who[1:]} who are not in it {gone}."
    )
