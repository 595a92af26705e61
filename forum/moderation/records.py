"""Reports, cases and acts as they are read: frozen, and without behaviour but to tell how they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from forum.records import ActKind, Person, PostFile, Rule

Outcome = Literal["", "agreed", "disagreed", "ignored"]


@dataclass(frozen=True, slots=True)
class Case:
    """A post, a document, a card or a person, however many have reported it."""

    id: str
    network_id: str
    person: Person
    """The author of the post or of the version, who looks after the card, or who was reported."""
    opened_at: datetime
    report_count: int
    taken_by: Person | None
    taken_until: datetime | None
    outcome: Outcome
    decided_by: Person | None
    decided_at: datetime | None
    answer: str
    act_id: str | None
    version: int
    post_id: str | None
    thread_id: str | None
    number: int | None
    title: str
    """Of the thread in which the post stands, or of the document or card: empty where that was deleted for good."""
    excerpt: str
    is_gone: bool
    """The post was removed or hidden, the document or card taken away or deleted for good."""
    is_erased: bool
    rules: tuple[tuple[Rule, int], ...] = ()
    """What it was reported for, and how often."""
    document_id: str | None = None
    card_id: str | None = None
    elsewhere_id: str | None = None
    """The network in which the post is now, where its thread was moved since: for rights alone, and told to nobody."""
    edited_at: datetime | None = None
    """When the post was last changed, where that was after it was first reported."""

    def taken_from(self, account_id: str, at: datetime) -> Person | None:
        """Who looks into it at this moment, where that is not this person."""
        if self.taken_by is None or self.taken_until is None or self.taken_until <= at:
            return None
        return self.taken_by if self.taken_by.id != account_id else None


@dataclass(frozen=True, slots=True)
class Report:
    """What one person said, for those who decide."""

    id: str
    reporter: Person | None
    """None: somebody without an account, or Confer itself."""
    rule: Rule
    words: str
    created_at: datetime
    is_by_confer: bool = False
    """It repeats words of a post with patient data."""
    version_number: int | None = None
    """Of a document, which they had read."""


@dataclass(frozen=True, slots=True)
class OwnReport:
    """A report as whoever made it sees it. What it was about is named where they may still read it."""

    id: str
    rule: Rule
    words: str
    created_at: datetime
    outcome: Outcome
    answer: str
    decided_at: datetime | None
    post_id: str | None
    thread_id: str | None
    number: int | None
    title: str
    person: str
    network: str
    undone_at: datetime | None
    """When what was done about it was taken back: because of an appeal, or by a moderator who thought again."""
    document_id: str | None
    version_number: int | None
    card_id: str | None


@dataclass(frozen=True, slots=True)
class Around:
    """A post as it stands beside a reported one."""

    number: int
    person: Person
    html: str
    created_at: datetime
    is_it: bool
    """It is the reported one itself: shown whatever became of it."""
    is_gone: bool
    files: Sequence[PostFile] = ()


@dataclass(frozen=True, slots=True)
class Repeating:
    """A post that repeats words of a hidden one, and can still be read."""

    post_id: str
    number: int
    title: str
    person: Person
    excerpt: str
    case_id: str


@dataclass(frozen=True, slots=True)
class ShownAct:
    """An act of moderation. What it was about is empty for whoever judges an appeal without reading the network."""

    id: str
    network_id: str
    kind: ActKind
    rule: Rule | Literal[""]
    reason: str
    at: datetime
    until: datetime | None
    person: Person | None
    """Whom it concerns."""
    by: Person | None
    """Who did it; None for Confer itself, and for whoever is not to be told."""
    undone_at: datetime | None
    appeal: str
    appealed_at: datetime | None
    appeal_outcome: Literal["", "upheld", "overturned", "granted"]
    appeal_answer: str
    appeal_decided_at: datetime | None
    version: int
    post_id: str | None
    thread_id: str | None
    number: int | None
    title: str
    html: str
    is_erased: bool
    is_whole: bool
    """Whether the viewer may know what it was about."""
    network: str
    """Its name, where the viewer may know it."""
    slug: str
    is_mine: bool
    is_moderated: bool
    """The viewer moderates the network."""
    is_judged: bool
    """An appeal against it waits for this viewer."""
    is_public: bool
    """The network is open: whoever judges without belonging to it reads all but the words that were taken away."""
    goes_to_site: bool
    """No administrator of the network but who acted: an appeal goes to the site's."""
    has_judge: bool
    """There is somebody who may judge an appeal; otherwise it waits until there is."""
    undo_reason: str = ""
    """Why it was taken back, where somebody said so."""
    lapsed: tuple[tuple[str, datetime], ...] = ()
    """Posts of whom it concerns that waited for a moderator as they were removed, and when they wrote them; for them
    alone."""
    stays_out_of_sight: bool = False
    """Undone, its post is what it was before: removed, or hidden by another rule."""
    quotation_count: int = 0
    """How many posts were hidden because they quote this one, and come back with it; for moderators."""

    repeating: tuple[Repeating, ...] = ()
    """Posts of this network that repeat words of this one without a quote's mark, and wait for a moderator."""
    thread: str = ""
    """Of an act on a whole thread: how that was called then."""
    title_before: str = ""
    title_after: str = ""
    """Of one that was given another title."""
    place: str = ""
    """Where a thread was moved: the network, where the viewer may know of it."""
    is_in_reach: bool = True
    """The viewer moderates the network, too, in which the thread is now, where it was moved since, or overrules it."""
    document_id: str | None = None
    """The document that was withdrawn, where the viewer may know of it."""
    document: str = ""
    """Its title."""
    card_id: str | None = None
    """The same of a card that was removed."""
    card: str = ""
    held_id: str = ""
    """What was turned down while it waited, for whom it concerns and moderators."""
    is_forgotten: bool = False
    """Its words are kept no longer, or something else became of it since."""

    @property
    def gives_back(self) -> bool:
        """Whether taking it back changes anything: not once the words are erased, or the title of before is gone."""
        if self.undone_at is not None or self.is_forgotten or (self.is_erased and self.kind in ("hide", "remove")):
            return False
        return self.kind != "retitle" or bool(self.title_before)

    @property
    def about(self) -> str | None:
        """The id of whom it concerns."""
        return self.person.id if self.person else None
