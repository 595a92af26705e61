"""Everything that can happen, in the past tense. Each class says what its delivered `object` holds.

The public list of kinds is made from these classes, and each has a test that a page kept up by it
equals a page read anew.
"""

from dataclasses import dataclass
from typing import ClassVar

from realtime.events import Change


@dataclass(frozen=True, slots=True)
class ThreadCreated(Change):
    """A thread was begun: the thread, with its first post as `first_post`, and its `position` in the network."""

    kind: ClassVar[str] = "thread.created"


@dataclass(frozen=True, slots=True)
class ThreadChanged(Change):
    """A thread's title, pin, lock or pace changed: the thread.

    The pin of one that stayed with the members of an opened network is told to its moderators alone.
    """

    kind: ClassVar[str] = "thread.changed"


@dataclass(frozen=True, slots=True)
class ThreadMoved(Change):
    """A thread went to another network: `{id, network_id, number}` of what it was here, without its words.

    Whoever may read it there hears on that network's stream of a new thread.
    """

    kind: ClassVar[str] = "thread.moved"


@dataclass(frozen=True, slots=True)
class PostCreated(Change):
    """Somebody replied: the post, with `thread`, the thread as it now stands, and its `position` in the network.

    Positions count the posts of a network as they were written; `read.changed` says up to which it has counted.
    """

    kind: ClassVar[str] = "post.created"


@dataclass(frozen=True, slots=True)
class PostEdited(Change):
    """The words of a post were changed by its author: the post, with `thread` as it now stands.

    Or a file of it was checked for viruses, or somebody whom it quotes or mentions has become a former member without a
    name: `edited_at` is then as it was.
    """

    kind: ClassVar[str] = "post.edited"


@dataclass(frozen=True, slots=True)
class PostRemoved(Change):
    """A post was removed, hidden by a moderator, or erased: its stub, without words, with `thread` as it now stands.

    In a thread that stayed with the members of an opened network it is told to its moderators alone.
    """

    kind: ClassVar[str] = "post.removed"


@dataclass(frozen=True, slots=True)
class PostRestored(Change):
    """A post that was hidden or removed can be read again: the post, with `thread` as it now stands.

    In a thread that stayed with the members of an opened network it is told to its moderators alone.
    """

    kind: ClassVar[str] = "post.restored"


@dataclass(frozen=True, slots=True)
class DocumentAdded(Change):
    """A document was shared, or came to where everybody sees it: the document, with its `current` version.

    What lies in a folder that is narrowed to moderators is told on their stream alone, here and below.
    """

    kind: ClassVar[str] = "document.added"


@dataclass(frozen=True, slots=True)
class VersionAdded(Change):
    """A document has a new version: the document, with it as `current`."""

    kind: ClassVar[str] = "version.added"


@dataclass(frozen=True, slots=True)
class VersionPrepared(Change):
    """More of a version can be read without its file, the words first: the document, as it was."""

    kind: ClassVar[str] = "version.prepared"


@dataclass(frozen=True, slots=True)
class DocumentChanged(Change):
    """What is said of a document, its folder, who looks after it or who works on it changed: the document."""

    kind: ClassVar[str] = "document.changed"


@dataclass(frozen=True, slots=True)
class DocumentWithdrawn(Change):
    """A document was withdrawn: the document, whose versions only its owner and moderators still read."""

    kind: ClassVar[str] = "document.withdrawn"


@dataclass(frozen=True, slots=True)
class DocumentRestored(Change):
    """A document that was withdrawn is back: the document."""

    kind: ClassVar[str] = "document.restored"


@dataclass(frozen=True, slots=True)
class DocumentGone(Change):
    """A document was deleted for good, or went where only moderators see it: `{id}`, and no words."""

    kind: ClassVar[str] = "document.gone"


@dataclass(frozen=True, slots=True)
class FolderChanged(Change):
    """A folder was made, named, moved or opened to all: the folder. What lies in it is to be read anew."""

    kind: ClassVar[str] = "folder.changed"


@dataclass(frozen=True, slots=True)
class FolderGone(Change):
    """A folder was removed, or narrowed to moderators with all that is in it: `{id}`."""

    kind: ClassVar[str] = "folder.gone"


@dataclass(frozen=True, slots=True)
class CardMade(Change):
    """A card was made, or came to where everybody sees it: the card.

    What only moderators see is told on their stream alone, here and below.
    """

    kind: ClassVar[str] = "card.made"


@dataclass(frozen=True, slots=True)
class CardChanged(Change):
    """A card was changed, confirmed, has another owner, or is to be looked at again: the card."""

    kind: ClassVar[str] = "card.changed"


@dataclass(frozen=True, slots=True)
class CardUsed(Change):
    """Somebody said that they use a card too, or no longer: `{id}` of the card; who does is asked anew.

    Said for a network that not everybody reads, it is told on the stream of that one.
    """

    kind: ClassVar[str] = "card.used"


@dataclass(frozen=True, slots=True)
class CardGone(Change):
    """A card was removed, or went where only moderators see it: `{id}`, and no words."""

    kind: ClassVar[str] = "card.gone"


@dataclass(frozen=True, slots=True)
class ReportsChanged(Change):
    """For moderators: something was reported, taken or decided: `{network_id}`; how much waits for whom is asked anew.

    Reports about those who moderate are told to each who decides them on their own stream, for whom they are about
    would hear it here too.
    """

    kind: ClassVar[str] = "reports.changed"


@dataclass(frozen=True, slots=True)
class MemberJoined(Change):
    """Somebody became a member of the network: the membership, with its `member_count` and `size`.

    Of an open network only these numbers.
    """

    kind: ClassVar[str] = "member.joined"


@dataclass(frozen=True, slots=True)
class MemberChanged(Change):
    """A member has another role: the membership, with the network's `member_count` and `size`.

    Of an open network only these numbers.
    """

    kind: ClassVar[str] = "member.changed"


@dataclass(frozen=True, slots=True)
class MemberLeft(Change):
    """A member left, was removed or banned: the membership, without the reason, and how many stay.

    Of an open network only these numbers, `member_count` and `size`.
    """

    kind: ClassVar[str] = "member.left"


@dataclass(frozen=True, slots=True)
class NetworkChanged(Change):
    """The network's name, purpose, look or access changed: the network."""

    kind: ClassVar[str] = "network.changed"


@dataclass(frozen=True, slots=True)
class AnnouncementMade(Change):
    """An administrator told all members something: the announcement. Of an open network only its ids."""

    kind: ClassVar[str] = "announcement.made"


@dataclass(frozen=True, slots=True)
class RequestsChanged(Change):
    """For moderators: somebody asked to join, or was answered: `{network_id, waiting_count}`."""

    kind: ClassVar[str] = "requests.changed"


@dataclass(frozen=True, slots=True)
class InvitationsChanged(Change):
    """For moderators: invitations were sent, or one of them was answered, opened or came back; or the joining link was
    made, used, changed or ended: `{network_id}`."""

    kind: ClassVar[str] = "invitations.changed"


@dataclass(frozen=True, slots=True)
class HeldChanged(Change):
    """For moderators: a post waits for a moderator, or one was decided on: `{network_id, held_count}`."""

    kind: ClassVar[str] = "held.changed"


@dataclass(frozen=True, slots=True)
class MembershipChanged(Change):
    """On a person's own stream: a membership of theirs began, changed or ended: the membership with its network."""

    kind: ClassVar[str] = "membership.changed"


@dataclass(frozen=True, slots=True)
class ReadChanged(Change):
    """On a person's own stream: they read something on another screen: `{network_id, thread_id, unread, ranges}`.

    `unread` counts the network's posts up to `position`; of a thread `thread_unread` counts those up to number
    `post_count`.
    """

    kind: ClassVar[str] = "read.changed"


@dataclass(frozen=True, slots=True)
class NeedsChanged(Change):
    """On a person's own stream: unread posts that mention or answer them are more or fewer: `{addressed}`."""

    kind: ClassVar[str] = "needs.changed"


@dataclass(frozen=True, slots=True)
class NotificationCreated(Change):
    """On a person's own stream: a line came on their list: the line, with `waiting`, which the bell counts."""

    kind: ClassVar[str] = "notification.created"


@dataclass(frozen=True, slots=True)
class NotificationsChanged(Change):
    """On a person's own stream: several lines came, were read or went: `{waiting}`; read the list anew."""

    kind: ClassVar[str] = "notifications.changed"


@dataclass(frozen=True, slots=True)
class SessionsEnded(Change):
    """On a person's own stream: some of their sessions or tokens ended, or the account did: null."""

    kind: ClassVar[str] = "session.ended"
