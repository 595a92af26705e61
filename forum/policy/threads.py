"""Who does what with one thread or post at hand."""

from forum.policy.decision import Decision, when
from forum.policy.endings import may_write_in
from forum.policy.waiting import is_held, silenced_until, silenced_words
from forum.records import Post, Thread
from forum.viewer import Viewer

KEPT = (
    "This thread was written while the network was closed. It stays with those who were members then; "
    "go on in a new thread."
)
HELD = "What you write here waits for a moderator first, so you can’t change what stands already."


def may_start_thread(viewer: Viewer, network_id: str) -> Decision:
    """Members write, unless a moderator has silenced them for a time; readers of an open network join first."""
    if not viewer.is_signed_in:
        return Decision(False, "Sign in and join this network to write here.")
    if viewer.role_in(network_id) is None:
        return Decision(False, "Join this network to write here.")
    until = silenced_until(viewer, network_id)
    if until:
        return Decision(False, silenced_words(until))
    return may_write_in(viewer, network_id)


def may_reply(viewer: Viewer, thread: Thread) -> Decision:
    """Members write in threads that are not locked; moderators in locked ones too; nobody in those that are kept."""
    decision = may_start_thread(viewer, thread.network_id)
    if not decision:
        return decision
    if thread.is_kept:
        return Decision(False, KEPT)
    return when(
        thread.locked_at is None or viewer.has_role(thread.network_id, "moderator"),
        "This thread is locked: you can read it, and nobody but its moderators can add to it.",
    )


def may_edit_post(viewer: Viewer, post: Post, thread: Thread) -> Decision:
    """People edit their own posts while they are members and the thread is open."""
    if not viewer.id or post.author.id != viewer.id:
        return Decision(False, "Only the author may edit a post.")
    if post.removed_at is not None:
        return Decision(False, "This post is hidden." if post.hidden_rule else "This post was removed.")
    if is_held(viewer, thread.network_id):
        return Decision(False, HELD)
    return may_reply(viewer, thread)


def may_moderate(viewer: Viewer, network_id: str) -> Decision:
    """Pin, lock and remove in this network."""
    return when(viewer.has_role(network_id, "moderator"), "Only moderators and administrators may do this.")


def may_lock(viewer: Viewer, thread: Thread) -> Decision:
    """Moderators lock and unlock threads, but not those in which nobody writes any more."""
    decision = may_moderate(viewer, thread.network_id)
    return (
        Decision(False, KEPT) if decision and thread.is_kept else decision and may_write_in(viewer, thread.network_id)
    )


def may_pin(viewer: Viewer, thread: Thread) -> Decision:
    """Moderators keep threads on top of the list, or no longer."""
    return may_moderate(viewer, thread.network_id) and may_write_in(viewer, thread.network_id)


def may_retitle(viewer: Viewer, thread: Thread) -> Decision:
    """Who began a thread may mend its title while it is open; moderators always, while anybody may write in it."""
    if thread.is_kept and viewer.role_in(thread.network_id) is not None:
        return Decision(False, KEPT)
    if viewer.has_role(thread.network_id, "moderator"):
        return may_write_in(viewer, thread.network_id)
    own = bool(viewer.id) and thread.author.id == viewer.id
    if own and is_held(viewer, thread.network_id):
        return Decision(False, HELD)
    return may_reply(viewer, thread) if own else Decision(False, "Only who began the thread may change its title.")


def may_keep_read_state(viewer: Viewer, network_id: str) -> bool:
    """What is read is kept for members only."""
    return viewer.role_in(network_id) is not None


def may_watch(viewer: Viewer, network_id: str) -> Decision:
    """Members say how much they want to hear of a thread."""
    if not viewer.is_signed_in:
        return Decision(False, "Sign in and join this network to follow its threads.")
    return when(viewer.role_in(network_id) is not None, "Join this network to follow its threads.")
