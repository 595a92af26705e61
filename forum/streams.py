"""The names of streams. Each has exactly one audience; who that is, `policy.audience` says."""

from forum.cards import Card
from forum.records import Document, Folder, Thread


def network_stream(network_id: str) -> str:
    """The stream of everybody who may read the network."""
    return f"network:{network_id}"


def moderators_stream(network_id: str) -> str:
    """The stream of the network's moderators and administrators."""
    return f"moderators:{network_id}"


def thread_stream(thread: Thread) -> str:
    """The stream that tells of this thread: its network's, or its moderators' where it stayed with the members."""
    return moderators_stream(thread.network_id) if thread.is_kept else network_stream(thread.network_id)


def document_stream(about: Document | Folder) -> str:
    """The stream that tells of this document or folder: its moderators' where only they see it, or where it stayed
    with the members of an opened network."""
    return _shelf_stream(about)


def card_stream(card: Card) -> str:
    """The stream that tells of this card, as for documents."""
    return _shelf_stream(card)


def _shelf_stream(about: Document | Folder | Card) -> str:
    if about.is_narrowed or about.is_kept:
        return moderators_stream(about.network_id)
    return network_stream(about.network_id)


def account_stream(account_id: str) -> str:
    """One person's own stream: memberships, what is read, sessions that end."""
    return f"account:{account_id}"


def parse_stream(name: str) -> tuple[str, str] | None:
    """The kind and the id in a stream's name, or None where it is no such name."""
    kind, colon, identifier = name.partition(":")
    if colon and kind in ("network", "moderators", "account") and len(identifier) == 36:
        return kind, identifier
    return None
