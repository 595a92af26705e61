"""Who may write, where moderators have asked somebody to wait; and who may ask that of whom."""

from forum.policy.decision import YES, Decision, when
from forum.policy.threads import may_lock, may_moderate
from forum.records import Role, Thread
from forum.viewer import Viewer

ONLY_ADMINISTRATORS = (
    "Only an administrator of the network in which the thread is can move it there: not the same people read it then. "
    "Moderators move threads from one open network to another."
)


def may_slow(viewer: Viewer, thread: Thread) -> Decision:
    """Moderators slow a thread down in which anybody writes."""
    return may_lock(viewer, thread)


def is_free_of_limits(viewer: Viewer, network_id: str) -> bool:
    """No wait, hold or limit applies to a network's own administrators and moderators."""
    return viewer.has_role(network_id, "moderator")


def moderates_somewhere(viewer: Viewer) -> bool:
    """Whether what they do may be moderation: they look after a network, or the site."""
    return viewer.is_site_administrator or any(place.role != "member" for place in viewer.active_places())


def may_see_held(viewer: Viewer, network_id: str) -> Decision:
    """What waits for a moderator is read by moderators."""
    return when(viewer.has_role(network_id, "moderator"), "Only administrators and moderators see this.")


def may_quieten(viewer: Viewer, network_id: str, account_id: str, role: Role) -> Decision:
    """Moderators silence members, or have what they write wait; not each other, nor an administrator."""
    decision = may_moderate(viewer, network_id)
    if not decision:
        return decision
    if account_id == viewer.id:
        return Decision(False, "You can’t do this to yourself.")
    return when(
        role == "member",
        "This can’t be done to a moderator or an administrator. An administrator can take their role away first.",
    )


def may_move(viewer: Viewer, thread: Thread, target_id: str) -> Decision:
    """A thread is moved by who moderates both the network it leaves and the one it comes to, and where not everybody
    reads it before and after, by an administrator of the one it leaves: however closed the other network is, others
    read it there, and may move it on; and nobody here may be able to bring it back."""
    decision = may_moderate(viewer, thread.network_id)
    if not decision:
        return decision
    if thread.is_kept:
        return Decision(
            False,
            "This thread was written while the network was closed and stays with those who were members then, "
            "so it can’t be moved.",
        )
    if not viewer.has_role(target_id, "moderator"):
        return Decision(
            False, "You can move a thread only to a network of which you are a moderator or an administrator."
        )
    places = viewer.place_in(thread.network_id), viewer.place_in(target_id)
    is_public = all(each is not None and each.access == "open" for each in places)
    return when(is_public or viewer.has_role(thread.network_id, "administrator"), ONLY_ADMINISTRATORS)


def may_suspend(viewer: Viewer, account_id: str) -> Decision:
    """The site’s administrators suspend accounts, but not their own."""
    if not viewer.is_site_administrator:
        return Decision(False, "Only an administrator of the site may do this.")
    return YES if account_id != viewer.id else Decision(False, "You can’t suspend yourself.")
