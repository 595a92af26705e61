"""Who sees and who does what with one network and its members at hand, and with the site."""

from forum.policy.decision import YES, Decision, when
from forum.policy.endings import may_add_to
from forum.records import Access, Network, Role
from forum.viewer import Viewer

_WIDTH: dict[Access, int] = {"secret": 0, "unlisted": 1, "closed": 2, "open": 3}


def is_wider(access: Access, before: Access) -> bool:
    """Whether more people may come to see a network of this kind, and what is in it, than one of the kind `before`."""
    return _WIDTH[access] > _WIDTH[before]


def may_read(viewer: Viewer, network_id: str, access: Access) -> bool:
    """Whether the viewer may read what the network holds; otherwise it is as if it were not there."""
    return access == "open" or viewer.role_in(network_id) is not None or viewer.has_broken_glass(network_id)


def may_list_members(viewer: Viewer, network: Network) -> Decision:
    """Members of open networks are shown to signed-in people, of others to members."""
    if viewer.role_in(network.id) is not None or viewer.has_broken_glass(network.id):
        return YES
    return when(network.access == "open" and viewer.is_signed_in, "Only members see who else is a member.")


def may_see_requests(viewer: Viewer, network: Network) -> Decision:
    """Who asked to join, was refused, left or was removed is for administrators and moderators."""
    return when(viewer.has_role(network.id, "moderator"), "Only administrators and moderators see this.")


def may_see_invited(viewer: Viewer, network: Network) -> Decision:
    """Which addresses were invited and have not answered is for administrators, also where nobody invites any more."""
    return may_administer(viewer, network)


def may_see_purpose(viewer: Viewer, network: Network) -> bool:
    """What a network is for and how large it is, roughly; of an unlisted one outsiders see the name alone."""
    place = viewer.place_in(network.id)
    invited = place is not None and place.status in ("active", "invited")
    return network.access in ("open", "closed") or invited or viewer.is_site_administrator


def may_see_whom_to_ask(viewer: Viewer, network: Network) -> bool:
    """Who runs the network and which organisations are in it."""
    return network.access in ("open", "closed") or may_read(viewer, network.id, network.access)


def may_see_exact_count(viewer: Viewer, network: Network) -> bool:
    """The exact number of members; others see a band such as "11–50"."""
    return may_read(viewer, network.id, network.access)


def may_see_beginning(viewer: Viewer, network: Network) -> bool:
    """Since when the network exists."""
    return may_read(viewer, network.id, network.access) or viewer.is_site_administrator


def may_create_network(viewer: Viewer, creation: str) -> Decision:
    """Any verified account, unless the site lets only its administrators do it."""
    if not viewer.is_signed_in:
        return Decision(False, "Sign in to create a network.")
    return when(
        creation == "anyone" or viewer.is_site_administrator,
        "On this site only the site's administrators create networks. Ask them to make one for you.",
    )


def may_administer(viewer: Viewer, network: Network) -> Decision:
    """Change the network's settings, roles and members."""
    return when(viewer.has_role(network.id, "administrator"), "Only an administrator of this network may do this.")


def may_look_back(viewer: Viewer, network_id: str) -> Decision:
    """Ask who could see something on a day: whoever may read the network's log."""
    return when(viewer.has_role(network_id, "administrator"), "Only an administrator of this network may do this.")


def may_admit(viewer: Viewer, network: Network) -> Decision:
    """Answer those who ask to join, and invite; not into a network that is read only."""
    decision = may_administer(viewer, network)
    return decision and may_add_to(network)


def may_change_member(viewer: Viewer, network: Network, role: Role) -> Decision:
    """Change the role of a member who has `role` now, remove or ban them."""
    return may_administer(viewer, network)


def may_join(viewer: Viewer, network: Network) -> Decision:
    """Join, or ask to join; what becomes of it depends on the network's access."""
    if network.member_count == 0:
        return Decision(False, "Nobody belongs to this network any more, so nobody can let you in.")
    decision = may_add_to(network)
    if not decision:
        return decision
    if not viewer.is_signed_in:
        return Decision(False, "Sign in to join.")
    return when(viewer.role_in(network.id) is None, "You are a member already.")


def may_edit_site(viewer: Viewer) -> Decision:
    """The site's own pages and settings."""
    return when(viewer.is_site_administrator, "Only an administrator of the site may do this.")
