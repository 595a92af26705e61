"""What would become of each entry of a list, found out before anything is sent: the same for the page and the act."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from auth.accounts import clean_email, normalise_email
from forum.inviting.entries import Entry
from forum.inviting.look_alikes import KnownDomains, mailbox_key, usual_domains, warning_of
from forum.mail_providers import PUBLIC_PROVIDERS

Outcome = Literal[
    "sent", "admitted", "already_member", "already_invited", "duplicate", "banned", "invalid", "over_limit"
]

SENT: Collection[Outcome] = frozenset(("sent", "admitted"))
"""Those who are written to."""

MOST_TO_ONE_A_DAY = 3
"""Invitations of one network to one address in a day, where they are cancelled and sent anew."""

DETAILS: Mapping[str, str] = {
    "sent": "We have written to this address.",
    "admitted": "This person had asked to join, and was admitted at once.",
    "already_member": "This person is a member already.",
    "already_invited": "This address was invited already, and has not answered yet.",
    "duplicate": "This address comes twice in your list.",
    "banned": "An administrator banned this person. Lift the ban first.",
    "over_limit": "You have invited many people today. Invite this one tomorrow.",
}
TOO_OFTEN = f"This address was invited {MOST_TO_ONE_A_DAY} times today already. Invite it again tomorrow."


@dataclass(slots=True)
class Known:
    """What is known of addresses before any of them is invited. Says nothing of who has an account."""

    members: Collection[str] = frozenset()
    asked: Collection[str] = frozenset()
    """Who waits in the queue of this network: an invitation is the answer. Its administrators know of them anyway."""
    waiting: Mapping[str, str] = field(default_factory=dict)
    """By address: the batch to which its waiting invitation belongs."""
    declined: Mapping[str, str] = field(default_factory=dict)
    """By address: why to ask oneself before inviting it again."""
    banned: Mapping[str, str] = field(default_factory=dict)
    """By address: when this person was banned and by whom. Nobody lifts a ban by pasting a list."""
    removed: Mapping[str, str] = field(default_factory=dict)
    """By address: when this person was removed and by whom; invited again only by who has read it."""
    lately: Mapping[str, int] = field(default_factory=dict)
    """By address: how often this network invited it in a day."""
    domains: Collection[str] = frozenset()
    """Domains that are taken to be right."""
    site_domains: Collection[str] = frozenset()
    """Where the site names any: the only domains whose addresses can register."""
    left: int = 0
    """How many more the viewer may invite today."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """One entry, and what would become of it."""

    entry: Entry
    email_key: str
    """Empty where it is no address."""
    status: Outcome
    detail: str
    warning: str = ""
    """Why to look twice before it is invited."""


@dataclass(frozen=True, slots=True)
class Invited:
    """What became of one entry of the request."""

    address: str
    status: Outcome
    detail: str


def keys_of(entries: Sequence[Entry]) -> list[str]:
    """For each entry the key that tells two addresses apart; empty where it is none."""
    return [_key_of(entry.address) for entry in entries]


def _key_of(address: str) -> str:
    try:
        return normalise_email(address)
    except ValueError:
        return ""


def sort_out(
    entries: Sequence[Entry], keys: Sequence[str], known: Known, *, takes_look_alikes: bool = True
) -> list[Sorted]:
    """What would become of each entry, in their order. One person in several spellings counts once.

    Without `takes_look_alikes` addresses that look like others are not invited, nor people who were removed.
    """
    domains = KnownDomains({*known.domains, *PUBLIC_PROVIDERS}), usual_domains([_domain_of(key) for key in keys])
    seen: set[str] = set()
    mailboxes: dict[str, str] = {}
    left = known.left
    found = []
    for entry, key in zip(entries, keys, strict=True):
        if not key:
            found.append(Sorted(entry, "", "invalid", what_is_wrong(entry)))
            continue
        status = _status(key, seen, known, left)
        is_asked = not takes_look_alikes and status in (*SENT, "over_limit")
        odd = _odd(entry, key, known, domains) if is_asked else ""
        if odd:
            found.append(Sorted(entry, key, "invalid", odd))
            continue
        left -= status in SENT
        earlier = mailboxes.setdefault(mailbox_key(key), entry.address)
        warning = _warning(entry, key, earlier, known, domains) if status in SENT else ""
        is_often = status == "over_limit" and known.lately.get(key, 0) >= MOST_TO_ONE_A_DAY
        detail = TOO_OFTEN if is_often else known.banned[key] if status == "banned" else DETAILS[status]
        found.append(Sorted(entry, key, status, detail, warning))
        seen.add(key)
    return found


def _status(key: str, seen: Collection[str], known: Known, left: int) -> Outcome:
    if key in seen:
        return "duplicate"
    if key in known.members:
        return "already_member"
    if key in known.banned:
        return "banned"
    if key in known.waiting:
        return "already_invited"
    if left <= 0 or known.lately.get(key, 0) >= MOST_TO_ONE_A_DAY:
        return "over_limit"
    return "admitted" if key in known.asked else "sent"


Domains = tuple[KnownDomains, KnownDomains]
"""Those of the network and of its organisations, and those that are usual in the list."""


def _odd(entry: Entry, key: str, known: Known, domains: Domains) -> str:
    """What makes somebody ask whether this person, and this address, is meant at all."""
    guessed = f"We read this out of “{entry.guessed_from[:120]}”. Is it the whole address?" if entry.is_guessed else ""
    return known.removed.get(key, "") or warning_of(key, *domains) or guessed


def _warning(entry: Entry, key: str, earlier: str, known: Known, domains: Domains) -> str:
    odd = _odd(entry, key, known, domains)
    if odd and key in known.asked:
        return f"{odd} They have asked to join, and are admitted at once."
    if odd or key in known.asked:
        return odd
    domain = _domain_of(key)
    if known.site_domains and domain not in known.site_domains:
        return "Only addresses at " + " or ".join(sorted(known.site_domains)) + " can register on this site."
    if earlier != entry.address:
        return f"Perhaps the same person as {earlier}."
    return known.declined.get(key, "")


def _domain_of(key: str) -> str:
    return key.rpartition("@")[2]


def what_is_wrong(entry: Entry) -> str:
    """Why this entry is no address, in a sentence that says what to mend."""
    if not entry.address:
        return "There is no address here. Write one with an @, such as anna@example.org."
    try:
        clean_email(entry.address)
    except ValueError as error:
        return str(error)
    return "This is not an e-mail address."
