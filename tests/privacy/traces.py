"""Canaries: the words of the hidden networks, and who may meet them where."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

from tests.privacy.world import HIDDEN, INSIDE, TARGETS, Place, World

TOLD = ("refused", "removed", "banned", "spare")
"""Who was given a reason."""


def canaries(world: World) -> dict[str, tuple[str, str]]:
    """Each word that is looked for, with the access of its network and what it stands in."""
    return {word: (place.access, kind) for place in hidden_places(world) for kind, word in place.words.items()}


def hidden_places(world: World) -> list[Place]:
    """The hidden networks; the one that was open before is a secret one now."""
    return [*(world.places[access] for access in HIDDEN), world.turned]


def may_meet(visitor: str, access: str, kind: str, address: str) -> bool:
    """Whether somebody outside may find such a word of a network of this access at the address.

    Names and purposes of closed networks are for all, the name of an unlisted one for whoever has its address or
    asked to join it; what one wrote or was told oneself is one's own.
    """
    if access == "closed" and kind in ("name", "purpose"):
        return True
    if access == "unlisted" and kind == "name":
        return "/networks/" in address or visitor in ("requested", *TOLD, "left")
    if kind == "asked":
        return visitor == "requested"
    if kind == "reason":
        return visitor in TOLD
    return visitor == "removed" and kind == "content" and address == "/settings/data/file"


# -- What was left elsewhere -------------------------------------------------------------------


def traces(world: World, kinds: frozenset[str] | None = None) -> list[str]:
    """Where a word of a hidden network is found that must stand only in the database and the store: log, mails, files.

    `kinds` are those that are looked for; all of them without it.
    """
    wanted = {word: place for word, place in canaries(world).items() if kinds is None or place[1] in kinds}
    found = [f"{place} in the log" for word, place in wanted.items() if word in world.server.said()]
    for path in world.server.data_dir.rglob("*"):
        is_content = path.name.startswith("confer.sqlite3") or world.server.data_dir / "files" in path.parents
        if path.is_file() and path.suffix != ".eml" and not is_content:
            content = path.read_bytes()
            found += [f"{place} in {path.name}" for word, place in wanted.items() if word.encode() in content]
    return found + mail_traces(world, wanted)


def mail_traces(world: World, wanted: dict[str, tuple[str, str]]) -> list[str]:
    """Mails with words that their reader must not get by mail."""
    by_address = {person.email: visitor for visitor, person in world.people.items()}
    found = []
    for path in world.server.mails():
        mail = cast(EmailMessage, message_from_bytes(path.read_bytes(), policy=default))
        visitor = by_address.get(str(mail["To"]).rpartition("<")[2].rstrip(">"), "")
        text = "\n".join(
            [
                *map(str, mail.values()),
                *(_text(cast(EmailMessage, part)) for part in mail.walk() if not part.is_multipart()),
            ]
        )
        for word, (access, kind) in wanted.items():
            if word in text and not may_be_mailed(visitor, access, kind, str(mail["Subject"])):
                found.append(f"{kind} of {access} in a mail to {visitor or 'a stranger'}: {mail['Subject']}")
    return found


def _text(part: EmailMessage) -> str:
    return str(part.get_content())


def may_be_mailed(visitor: str, access: str, kind: str, subject: str) -> bool:
    """Names to members and the invited, and to who asked and may see the front page; purposes and messages to the
    invited; reasons to whom they were given."""
    if kind == "reason":
        return visitor in TOLD
    if subject.startswith("Your request"):  # who asked has seen the front page
        return kind == "name" and access in ("closed", "unlisted")
    if subject.startswith("You no longer belong"):
        return kind == "name" and access == "closed"
    if kind in ("purpose", "message"):
        return "invites you" in subject
    is_inside = visitor in (*INSIDE, *TARGETS, "left", "removed", "banned", "suspended")
    return kind == "name" and (is_inside or "invites you" in subject)
