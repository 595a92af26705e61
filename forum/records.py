"""The nouns of the forum, as they are read from the database: frozen, with slots, and without behaviour."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Access = Literal["open", "closed", "unlisted", "secret"]
Role = Literal["administrator", "moderator", "member"]
Status = Literal["requested", "invited", "active", "refused", "left", "removed", "banned"]
Door = Literal["", "invitation", "link", "open", "undone"]
"""By what somebody came into a network by themselves: an invitation, a joining link, or because it was open. Or that
what had ended their membership was undone, so that it goes on."""
InvitationState = Literal["waiting", "sent", "opened", "bounced", "accepted", "declined", "expired", "cancelled"]
"""How an invitation stands: `waiting` to be handed to a mail server, and so on."""
WatchLevel = Literal["watch", "normal", "mute"]
Limit = Literal["new_threads", "new_posts", "new_links", "same_words"]
"""What holds back newcomers, and whoever writes the same over and over."""
Rule = Literal["personal_data", "patient_data", "abuse", "off_topic", "wrong", "other"]
ActKind = Literal[
    "hide",
    "remove",
    "restore",
    "erase",
    "retitle",
    "pin",
    "unpin",
    "lock",
    "unlock",
    "unslow",
    "slow",
    "move",
    "hold",
    "approve",
    "reject",
    "warn",
    "silence",
    "expel",
    "ban",
    "suspend",
    "withdraw",
    "remove_card",
]
"""What moderators do to posts, threads, documents, cards and people."""
FileCheck = Literal["waiting", "unchecked", "infected"]
"""Why a file is held back: its check for viruses is still to come, could not be made, or found one."""
MailChoice = Literal["at_once", "bundled", "never"]
_WAYS: dict[Door, str] = {
    "invitation": " by an invitation of {}",
    "link": " by the joining link of {}",
    "open": ", as the network was open",
}


def way_words(door: Door, opener: str) -> str:
    """By what somebody came, to stand behind "became a member"; empty where it was nothing of it."""
    return _WAYS[door].format(opener) if door in _WAYS else ""


ACCENTS = ("teal", "indigo", "plum", "brick", "moss", "ocean", "amber", "slate")
ROLE_RANK: dict[str, int] = {"member": 1, "moderator": 2, "administrator": 3}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as others see them beside their words."""

    id: str
    name: str
    job_title: str = ""
    organisation: str = ""
    is_former: bool = False
    """Their account is closed: shown as "Former member" unless they left their name."""
    left_at: datetime | None = None
    """Of the author of a post: when they ceased to be a member of its network; None while they are one."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network and its counts. `stream` is heard by everybody who may read it."""

    id: str
    slug: str
    name: str
    purpose: str
    access: Access
    accent: str
    stream: str
    moderators_stream: str
    member_count: int
    waiting_count: int
    thread_count: int
    post_count: int
    version: int
    created_at: datetime
    members_only_until: int = 0
    """Once it is open: threads whose first position is not above this are for members only."""
    archived_at: datetime | None = None
    """Since when it is read only, until an administrator brings it back."""
    deletes_at: datetime | None = None
    """When it is deleted for good; it is read only until then, and an administrator may think better of it."""
    hold_first: int = 0
    """So many posts of whoever becomes a member wait for a moderator first."""
    held_count: int = 0
    """How many posts wait for a moderator."""


@dataclass(frozen=True, slots=True)
class Watcher:
    """An administrator of the site who reads a network through broken glass at this moment, and why."""

    name: str
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """One time that a person asked to join, was invited or belonged to a network."""

    id: str
    network_id: str
    person: Person
    role: Role
    status: Status
    words: str
    reason: str
    created_at: datetime
    since: datetime | None
    ended_at: datetime | None
    version: int
    invitation: InvitationState | None = None
    """Of the invited, who stand here by their address: how it stands."""
    invited_name: str = ""
    """And the name beside the address, as the inviter's list had it."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread, with the names of who began it and who wrote last."""

    id: str
    network_id: str
    number: int
    title: str
    author: Person
    created_at: datetime
    post_count: int
    first_position: int
    last_position: int
    last_post_at: datetime
    last_author: Person
    pinned_at: datetime | None
    locked_at: datetime | None
    version: int
    slow_minutes: int = 0
    """So long must lie between two posts of one person; 0: no time at all."""
    is_kept: bool = False
    """It was written while the network was closed and stayed with its members as that was opened: nobody writes
    in it any more, and nothing of it is told on the network's stream, which everybody hears."""


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """The post that another answers, in the one line that stands above the answer."""

    id: str
    number: int
    author: Person
    excerpt: str
    is_removed: bool
    author_of: str = ""
    """By what its author is told apart from others of their name: their organisation, or else their role."""
    has_namesake: bool = False
    """Whether somebody else of this name stands on the page, too."""


@dataclass(frozen=True, slots=True)
class PostFile:
    """A picture or another file of a post. `width` and `height` are its largest picture's; 0 where there is none."""

    id: str
    name: str
    alt: str
    """What a picture shows, in words."""
    media_type: str
    size: int
    width: int = 0
    height: int = 0
    why: str = ""
    """Why a picture is not shown, by the name of the reason."""
    check: FileCheck | None = None
    """What holds it back; None where it is given out."""

    @property
    def is_picture(self) -> bool:
        """Whether it is shown in the post, and not as a line."""
        return self.width > 0


@dataclass(frozen=True, slots=True)
class Post:
    """A post as every reader of its thread sees it; equal records are shown by equal bytes."""

    id: str
    thread_id: str
    network_id: str
    number: int
    position: int
    author: Person
    html: str
    reply_to: ReplyTo | None
    answers: tuple[int, ...]
    """Numbers of the posts that answer this one."""
    created_at: datetime
    edited_at: datetime | None
    removed_at: datetime | None
    removed_by_author: bool
    removal_reason: str
    is_imported: bool
    version: int
    body: str = ""
    """The words as written; empty where only the rendered form was asked for."""
    hidden_rule: Rule | Literal["", "quotes_erased"] = ""
    """Which rule it was hidden by, where it is hidden rather than removed; `removed_at` says since when."""
    is_erased: bool = False
    """Its words are gone for good, and so is every copy of them."""
    files: tuple[PostFile, ...] = ()


@dataclass(frozen=True, slots=True)
class PostVersion:
    """What a post said at one time. The newest version is the post itself."""

    version: int
    html: str
    body: str
    written_at: datetime
    files: tuple[PostFile, ...] = ()


State = Literal["draft", "current", "withdrawn"]
"""How a document stands."""
DocumentOrder = Literal["newest", "name", "kind", "size", "person"]
"""By what a list of documents goes."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of a network's library."""

    id: str
    network_id: str
    parent_id: str | None
    name: str
    narrowed: bool
    """Moderators said that only they see it."""
    is_narrowed: bool
    """That, or it lies in such a folder."""
    made_by: str
    created_at: datetime
    version: int
    is_kept: bool
    """It was made while the network was closed, and stayed with its members as that was opened."""


@dataclass(frozen=True, slots=True)
class DocumentVersion:
    """What a document was at one time; never changed."""

    document_id: str
    number: int
    sha256: str
    size: int
    name: str
    media_type: str
    author: Person
    note: str
    created_at: datetime
    check: FileCheck | None = None
    """What holds its file back; None where it is given out."""


@dataclass(frozen=True, slots=True)
class DocumentLock:
    """Somebody works on a document."""

    holder: Person
    purpose: str
    taken_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Document:
    """A document with its newest version, which its address opens."""

    id: str
    network_id: str
    folder_id: str | None
    folder_name: str | None
    title: str
    description: str
    tags: tuple[str, ...]
    owner: Person | None
    """Who looks after it."""
    state: State
    current: DocumentVersion
    version_count: int
    thread_id: str | None
    is_narrowed: bool
    """Only moderators see it, as its folder."""
    is_kept: bool
    """It came while the network was closed, and stayed with its members as that was opened."""
    asks_reading: bool
    created_at: datetime
    changed_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: Person | None
    withdrawal_reason: str
    lock: DocumentLock | None
    version: int
    held_at: datetime | None
    """Since when it is kept from being deleted, though it was withdrawn."""
    hold_reason: str
