"""Single-use links in mails. Each is bound to its purpose, person, address and password version.

Reading a link changes nothing, so that a mail scanner or a preview can follow it; only `use_link`, behind a
button, uses it up. The mail is written when it is sent, so no secret waits in a queue.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.accounts import UnknownAccount, get_account, lock_account
from auth.emails import clean_email, normalise_email
from auth.secrets import new_secret, secret_hash
from auth.tables import links
from ground.columns import now


class LinkPurpose(StrEnum):
    """What a link does when it is used. A link of one purpose is nothing for another."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"
    CLAIM_ACCOUNT = "claim_account"
    CHANGE_EMAIL = "change_email"


class LinkRefusal(StrEnum):
    """Why a link does nothing."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


_SENTENCES = {
    LinkRefusal.UNKNOWN: "This link isn't one of ours. Check that the whole address was copied from the mail.",
    LinkRefusal.USED: "This link has been used already. It works only once.",
    LinkRefusal.EXPIRED: "This link has expired. Ask for a new one.",
    LinkRefusal.SUPERSEDED: "The address or the password was changed after this link was sent. Ask for a new one.",
}
#: Only a second registration voids the link of the first, and it has sent a message of its own.
_NEWER_MESSAGE = "A newer message was sent to this address. Open that one: this link no longer does anything."
#: How long each kind of link lasts, unless the caller wants otherwise.
LIFETIMES = {
    LinkPurpose.VERIFY_EMAIL: timedelta(days=3),
    LinkPurpose.RESET_PASSWORD: timedelta(hours=2),
    LinkPurpose.CLAIM_ACCOUNT: timedelta(days=3),
    LinkPurpose.CHANGE_EMAIL: timedelta(days=1),
}
_KEPT_AFTER_END = timedelta(days=30)


class LinkRefused(Exception):
    """The link does nothing; `reason` says why, and the message is a sentence for the page."""

    def __init__(self, reason: LinkRefusal, purpose: LinkPurpose | None = None) -> None:
        registered_again = reason is LinkRefusal.SUPERSEDED and purpose is LinkPurpose.VERIFY_EMAIL
        super().__init__(_NEWER_MESSAGE if registered_again else _SENTENCES[reason])
        self.reason, self.purpose = reason, purpose


@dataclass(frozen=True, slots=True)
class Link:
    """A link that may be used: whose it is, and the address that its mail reached."""

    account_id: str
    purpose: LinkPurpose
    address: str
    password_version: int
    expires_at: datetime
    used_at: datetime | None


_COLUMNS = tuple(links.c[name] for name in Link.__dataclass_fields__)


async def issue_link(
    connection: AsyncConnection,
    account_id: str,
    purpose: LinkPurpose,
    address: str,
    lifetime: timedelta | None = None,
) -> str:
    """A new link for the mail that is about to go to `address`; returns the secret for its URL.

    Raises UnknownAccount where the account was closed meanwhile: then there is no mail to send.
    """
    account = await lock_account(connection, account_id)
    secret, moment = new_secret(), now()
    await connection.execute(
        insert(links).values(
            token_hash=secret_hash(secret),
            account_id=account_id,
            purpose=purpose.value,
            address=clean_email(address),
            password_version=account.password_version,
            created_at=moment,
            expires_at=moment + (lifetime or LIFETIMES[purpose]),
        )
    )
    return secret


async def read_link(connection: AsyncConnection, secret: str, purpose: LinkPurpose) -> Link:
    """The link, unused still, for the page with the button. Raises LinkRefused."""
    link = await _find(connection, secret, purpose)
    account = await get_account(connection, link.account_id)
    _check(link, account.email, account.password_version)
    return link


async def use_link(connection: AsyncConnection, secret: str, purpose: LinkPurpose) -> Link:
    """Use the link up: of any number at once exactly one succeeds. Raises LinkRefused.

    The account's row is held until the transaction ends, so two links that would both set its password follow
    one another, and the second finds the password changed. Act on the link in the same transaction.
    """
    account_id = (await _find(connection, secret, purpose)).account_id
    try:
        account = await lock_account(connection, account_id)
    except UnknownAccount:
        raise LinkRefused(LinkRefusal.UNKNOWN) from None
    link = await _find(connection, secret, purpose)
    _check(link, account.email, account.password_version)
    unused = and_(links.c.token_hash == secret_hash(secret), links.c.used_at.is_(None))
    if (await connection.execute(update(links).where(unused).values(used_at=now()))).rowcount != 1:
        raise LinkRefused(LinkRefusal.USED, link.purpose)
    return link


async def find_waiting_address(connection: AsyncConnection, account_id: str) -> str | None:
    """The address to which somebody asked to move last, as long as a link to it could still be used."""
    account = await get_account(connection, account_id)
    waiting = (
        select(links.c.address)
        .where(_waiting(account_id), links.c.password_version == account.password_version)
        .where(links.c.expires_at > now())
        .order_by(links.c.created_at.desc())
        .limit(1)
    )
    return await connection.scalar(waiting)


async def cancel_change_of_email(connection: AsyncConnection, account_id: str, *, but_to: str = "") -> None:
    """Let links end that would move the account, but those to this address."""
    over = update(links).where(_waiting(account_id), links.c.address != but_to, links.c.expires_at > now())
    await connection.execute(over.values(expires_at=now()))


def _waiting(account_id: str) -> ColumnElement[bool]:
    is_unused = (links.c.account_id == account_id) & links.c.used_at.is_(None)
    return is_unused & (links.c.purpose == LinkPurpose.CHANGE_EMAIL.value)


async def forget_ended_links(connection: AsyncConnection) -> int:
    """Delete links that ended long ago; until then their page can say what became of them. How many."""
    return (await connection.execute(delete(links).where(links.c.expires_at <= now() - _KEPT_AFTER_END))).rowcount


async def _find(connection: AsyncConnection, secret: str, purpose: LinkPurpose) -> Link:
    query = select(*_COLUMNS).where(links.c.token_hash == secret_hash(secret), links.c.purpose == purpose.value)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise LinkRefused(LinkRefusal.UNKNOWN)
    return Link(row[0], LinkPurpose(row[1]), *row[2:])


def _check(link: Link, email: str | None, password_version: int) -> None:
    """Refuse a link that is over, or that was sent to an address or for a password of the past."""
    if link.used_at is not None:
        raise LinkRefused(LinkRefusal.USED, link.purpose)
    if link.expires_at <= now():
        raise LinkRefused(LinkRefusal.EXPIRED, link.purpose)
    if link.password_version != password_version:
        raise LinkRefused(LinkRefusal.SUPERSEDED, link.purpose)
    moves = link.purpose is LinkPurpose.CHANGE_EMAIL
    if not moves and (email is None or normalise_email(link.address) != normalise_email(email)):
        raise LinkRefused(LinkRefusal.SUPERSEDED)
