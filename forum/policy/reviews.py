"""Who goes through the members of a network, and what they may decide about whom."""

from forum.policy.decision import Decision, when
from forum.policy.networks import may_administer
from forum.records import Network
from forum.viewer import Viewer


def may_review(viewer: Viewer, network: Network) -> Decision:
    """Begin a review of who has access, decide in it and sign it."""
    return may_administer(viewer, network)


def may_end_in_review(viewer: Viewer, account_id: str) -> Decision:
    """Nobody ends their own access in passing: leaving has a page of its own, which asks for an heir."""
    return when(account_id != viewer.id, "You can’t end your own access here. You can leave the network instead.")
