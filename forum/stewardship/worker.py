"""What the worker does for this slice: letters, and networks whose time is over."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from auth.tables import accounts
from forum.mailing import Letter, LetterWriter
from forum.network_reads import NETWORK_COLUMNS, NETWORK_WIDTH
from forum.records import Network
from forum.state import State
from forum.stewardship.announcement_commands import let_announcements_rest
from forum.stewardship.announcement_queries import read_announcements
from forum.stewardship.deleting_commands import delete_what_is_due
from forum.stewardship.numbers_commands import count_weeks
from forum.stopping import stop_link
from forum.tables import memberships, networks
from forum.tasks import Chore, Doer
from forum.telling import wants_mail
from realtime.transaction import Transaction

_MEMBER = (
    select(*NETWORK_COLUMNS, accounts.c.email, accounts.c.name.label("person"))
    .join(memberships, memberships.c.network_id == networks.c.id)
    .join(accounts, accounts.c.id == memberships.c.account_id)
    .where(memberships.c.current, memberships.c.status == "active")
    .where(accounts.c.closed_at.is_(None), accounts.c.suspended_at.is_(None), accounts.c.email.is_not(None))
)


async def find_member(tx: Transaction, reference: Mapping[str, str]) -> tuple[Network, str, str] | None:
    """The network with the address and name of a member of it; None where they are none any more."""
    this = networks.c.id == reference["network_id"], memberships.c.account_id == reference["account_id"]
    row = (await tx.execute(_MEMBER.where(*this))).first()
    return None if row is None else (Network(*row[:NETWORK_WIDTH]), row.email, row.person)


async def write_going(state: State, tx: Transaction, reference: Mapping[str, str]) -> Letter | None:
    """To a member: that the network is deleted in two weeks, unless an administrator thinks better of it."""
    found = await find_member(tx, reference)
    if found is None or found[0].deletes_at is None:
        return None
    network, address, person = found
    link = f"{state.settings.public_url}/networks/{network.slug}"
    context = {"network_name": network.name, "deletes_at": network.deletes_at, "link": link}
    return Letter(address, person, f"{network.name} will be deleted", "network_going", context)


async def write_stays(state: State, tx: Transaction, reference: Mapping[str, str]) -> Letter | None:
    """To a member: that the network is not deleted after all."""
    found = await find_member(tx, reference)
    if found is None or found[0].deletes_at is not None:
        return None
    network, address, person = found
    link = f"{state.settings.public_url}/networks/{network.slug}"
    context = {"network_name": network.name, "is_archived": network.archived_at is not None, "link": link}
    return Letter(address, person, f"{network.name} stays", "network_stays", context)


async def write_announcement(state: State, tx: Transaction, reference: Mapping[str, str]) -> Letter | None:
    """To a member: what an administrator tells all of them; the words themselves where the network lets them go.

    Whoever has stopped all mail about the network reads it on its pages.
    """
    found = await find_member(tx, reference)
    told = await read_announcements(tx.connection, [reference["announcement_id"]])
    wanted = await wants_mail(tx.connection, reference["account_id"], reference["network_id"])
    if found is None or not told or not wanted:
        return None
    network, address, person = found
    announcement, _ = told[reference["announcement_id"]]
    mailed = select(networks.c.mail_content).where(networks.c.id == network.id)
    carries = network.access == "open" or bool(await tx.connection.scalar(mailed))
    stopping = stop_link(state, reference["account_id"], network.id)
    context = {
        "network_name": network.name,
        "author": announcement.author,
        "title": announcement.title if carries else "",
        "body": announcement.body if carries else "",
        "words": announcement.html if carries else "",
        "link": f"{state.settings.public_url}/networks/{network.slug}/announcements",
        "stop_link": stopping,
    }
    subject = (
        announcement.title if carries else f"{announcement.author} has told the members of {network.name} something"
    )
    return Letter(address, person, subject, "announcement", context, stopping)


LETTERS: Mapping[str, LetterWriter] = {
    "network_going": write_going,
    "network_stays": write_stays,
    "announcement": write_announcement,
}
TASKS: Mapping[str, Doer] = {}
CHORES: Sequence[Chore] = (delete_what_is_due, let_announcements_rest, count_weeks)
