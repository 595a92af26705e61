"""What moderators do to a whole thread is written down, and who began it is told: title, pin, lock, pace and place."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam, or_, select, update

from forum.acts.appeals import close_appeals
from forum.acts.recording import Act, Settings, said_of_thread, tell_of_act, write_act
from forum.audit import text_hash
from forum.errors import Conflict
from forum.events import ThreadChanged
from forum.notification_kinds import NotificationKind
from forum.policy import may_moderate, threads_heard
from forum.records import ActKind, Thread
from forum.streams import moderators_stream, network_stream
from forum.tables import acts, memberships, networks, threads
from forum.telling import tell
from forum.viewer import Viewer
from ground.columns import Identifier, now
from realtime.transaction import Transaction

_ENDS: Mapping[ActKind, ActKind] = MappingProxyType({"unpin": "pin", "unlock": "lock", "unslow": "slow"})
"""What takes back which act."""
UNTOLD: frozenset[ActKind] = frozenset(("pin", "unpin", "unlock", "slow", "unslow"))
"""Nobody need be told of these by name: the page says it. They take nothing from anybody."""
_CLOSE = (
    update(acts)
    .where(
        acts.c.thread_id == bindparam("of_thread", type_=Identifier),
        acts.c.kind == bindparam("ended"),
        acts.c.undone_at.is_(None),
    )
    .values(
        undone_at=bindparam("moment", type_=acts.c.at.type),
        undone_by=bindparam("by", type_=Identifier),
        version=acts.c.version + 1,
    )
    .returning(acts.c.id)
)


_HOLD = (
    select(networks.c.id, ~threads_heard(), threads.c.version)
    .join(threads, threads.c.network_id == networks.c.id)
    .where(threads.c.id == bindparam("of_thread", type_=Identifier))
    .with_for_update(key_share=True, of=threads)
)
_BELONGS = select(memberships.c.id).where(
    memberships.c.network_id == bindparam("in_network", type_=Identifier),
    memberships.c.account_id == bindparam("of_account", type_=Identifier),
    memberships.c.current,
    memberships.c.status == "active",
)


async def put_back(tx: Transaction, thread_id: str, kind: ActKind, before: Mapping[str, Any]) -> None:
    """A pin, a lock or a pace is taken back: the thread is as it was `before`."""
    as_it_was: dict[str, dict[str, Any]] = {
        "pin": {"pinned_at": None},
        "lock": {"locked_at": None},
        "slow": {"slow_minutes": int(before.get("slow_minutes") or 0)},
    }
    await _change_back(tx, thread_id, as_it_was[kind])


async def title_back(tx: Transaction, thread_id: str, act_id: str) -> None:
    """The thread is called what it was before this act. Raises Conflict where that is not known, or of no use."""
    said = await said_of_thread(tx.connection, thread_id, "retitle", act_id)
    if not said.get("before"):
        raise Conflict("What it was called before is not kept any more.")
    await tx.execute(_HOLD, {"of_thread": thread_id})
    if (await tx.execute(select(threads.c.title).where(threads.c.id == thread_id))).scalar_one() != said.get("after"):
        raise Conflict("It was given yet another title since.")
    await _change_back(tx, thread_id, {"title": said["before"]})


async def _change_back(tx: Transaction, thread_id: str, values: Mapping[str, Any]) -> None:
    network_id, is_kept, version = tuple((await tx.execute(_HOLD, {"of_thread": thread_id})).one())
    await tx.execute(update(threads).where(threads.c.id == thread_id).values(**values, version=version + 1))
    stream = moderators_stream(network_id) if is_kept else network_stream(network_id)
    tx.emit(stream, ThreadChanged(thread_id, version + 1))


async def note_changes(tx: Transaction, viewer: Viewer, thread: Thread, values: Mapping[str, Any], reason: str) -> None:
    """Write down what becomes of a thread; what its author does to their own title is no act of moderation."""
    if not may_moderate(viewer, thread.network_id):
        return
    if "title" in values and thread.author.id != viewer.id:
        titles = {"before": thread.title, "after": values["title"]}
        hashes = {name: text_hash(title) for name, title in titles.items()}
        await note_act(
            tx,
            viewer,
            thread,
            "retitle",
            before={"title": hashes["before"]},
            after={"title": hashes["after"]},
            names=titles,
            reason=reason,
        )
    for column, on, off in (("pinned_at", "pin", "unpin"), ("locked_at", "lock", "unlock")):
        if column in values:
            kind: Any = off if values[column] is None else on
            was = getattr(thread, column) is not None
            await note_act(tx, viewer, thread, kind, before={on: was}, after={on: not was}, reason=reason)
    if "slow_minutes" in values:
        before, after = thread.slow_minutes, int(values["slow_minutes"])
        settings = ({"slow_minutes": before}, {"slow_minutes": after})
        pace: ActKind = "slow" if after else "unslow"
        await note_act(tx, viewer, thread, pace, before=settings[0], after=settings[1], reason=reason)


async def note_act(
    tx: Transaction,
    viewer: Viewer,
    thread: Thread,
    kind: ActKind,
    *,
    before: Settings,
    after: Settings,
    names: Mapping[str, str] | None = None,
    reason: str = "",
) -> str:
    """Write one act down, close what it takes back, and tell who began the thread; the act's id."""
    if kind in _ENDS:
        asked = {"of_thread": thread.id, "ended": _ENDS[kind], "moment": now(), "by": viewer.id}
        ended = list((await tx.execute(_CLOSE, asked)).scalars())
        is_answered = await close_appeals(tx, viewer.id, ended)
        if _ENDS[kind] not in UNTOLD and ended and not is_answered:
            await tell_beginner(tx, viewer, thread, ended[-1], "act.undone")
    act = Act(
        kind=kind,
        network_id=thread.network_id,
        by_id=viewer.id,
        reason=reason,
        thread_id=thread.id,
        account_id=thread.author.id,
        before=before,
        after=after,
        names=names or {"title": thread.title},
    )
    act_id = await write_act(tx, act)
    if kind not in UNTOLD:
        await tell_beginner(tx, viewer, thread, act_id)
    return act_id


async def tell_beginner(
    tx: Transaction, viewer: Viewer, thread: Thread, act_id: str, kind: NotificationKind = "act.concerns_me"
) -> None:
    """Tell who began the thread, while they belong to its network: what becomes of it later is not theirs to know."""
    if thread.author.id != viewer.id and await belongs(tx, thread.network_id, thread.author.id):
        if kind == "act.concerns_me":
            await tell_of_act(tx, act_id, thread.author.id, thread.network_id)
        else:
            await tell(tx, [thread.author.id], kind, act_id, network_id=thread.network_id)


async def follows_thread(tx: Transaction, thread_id: str, network_id: str, account_id: str) -> bool:
    """Whether a move out of this network is for this person to know, who began the thread: they belong to it, or to one
    from which the thread was moved before and has not come back."""
    left = select(acts.c.network_id).where(
        acts.c.thread_id == thread_id, acts.c.kind == "move", acts.c.undone_at.is_(None)
    )
    belongs_to = select(memberships.c.id).where(
        memberships.c.account_id == account_id,
        memberships.c.current,
        memberships.c.status == "active",
        or_(memberships.c.network_id == network_id, memberships.c.network_id.in_(left)),
    )
    return (await tx.execute(belongs_to.limit(1))).first() is not None


async def belongs(tx: Transaction, network_id: str, account_id: str) -> bool:
    """Whether this person is a member of the network now."""
    return (await tx.execute(_BELONGS, {"in_network": network_id, "of_account": account_id})).first() is not None
