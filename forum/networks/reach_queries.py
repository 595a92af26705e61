"""What a change of who may see a network touches, and what it shows to whom: said before it is made."""

from dataclasses import dataclass

from sqlalchemy import Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.policy import may_add_to, member_of
from forum.records import Access, Network
from forum.rendering import spell
from forum.stock_queries import NOTHING, Stock, count_stock, listed, stock_words
from forum.tables import audit_rows, invitations, memberships, networks
from forum.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Reach:
    """How much there is in a network that somebody may come to see, or no longer see."""

    stock: Stock
    members: int
    waiting: int
    invited: int
    public: Stock
    """Of what is there, what everybody can read as long as the network is open."""
    kept: Stock
    """What had stayed with the members of before, when it was opened."""
    joined: int
    """How many of its members joined while it was open; nobody where it is not."""
    parted: int
    """How many of them don't read those threads."""
    mail_content: bool
    """Its administrators let its words out by mail also where it is not open."""


async def count_reach(connection: AsyncConnection, viewer: Viewer, network: Network) -> Reach:
    """How much there is, for an administrator of the network."""
    mine = select(networks.c.id).where(networks.c.id == network.id, member_of(viewer.id, "administrator"))
    sent = select(func.count()).where(invitations.c.network_id.in_(mine), invitations.c.ended_at.is_(None))
    mailed = select(networks.c.mail_content).where(networks.c.id.in_(mine))
    is_open = network.access == "open"
    stock = await count_stock(connection, viewer, network.id)
    public = await count_stock(connection, viewer, network.id, is_public=True) if is_open else NOTHING
    joined, parted = await _count_joined(connection, network.id, mine) if is_open else (0, 0)
    return Reach(
        stock,
        network.member_count,
        network.waiting_count,
        await connection.scalar(sent) or 0,
        public,
        stock.for_members().without(public) if is_open else NOTHING,
        joined,
        parted,
        bool(await connection.scalar(mailed)),
    )


async def _count_joined(connection: AsyncConnection, network_id: str, mine: Select[tuple[str]]) -> tuple[int, int]:
    """How many members came since the network was opened, and how many of them find threads that are not for them."""
    opened = select(func.max(audit_rows.c.at)).where(
        audit_rows.c.chain == network_id,
        audit_rows.c.act.in_(("network.created", "network.access_changed")),
    )
    opened_at = func.coalesce(networks.c.members_only_since, opened.scalar_subquery(), networks.c.created_at)
    kept = (networks.c.members_only_until != 0) & (memberships.c.role == "member")
    asked = (
        select(func.count(), func.coalesce(func.sum(case((kept, 1), else_=0)), 0))
        .select_from(memberships.join(networks, networks.c.id == memberships.c.network_id))
        .where(networks.c.id.in_(mine), memberships.c.current, memberships.c.status == "active")
        .where(memberships.c.since > opened_at)
    )
    row = (await connection.execute(asked)).one()
    return row[0], int(row[1])


async def count_parted(connection: AsyncConnection, viewer: Viewer, network: Network) -> int:
    """How many members came while the network was open and wait to be kept, for an administrator of it."""
    asked = select(func.count()).select_from(memberships.join(networks, networks.c.id == memberships.c.network_id))
    came = (memberships.c.reads_after != 0, networks.c.access != "open")
    here = (networks.c.id == network.id, memberships.c.current, memberships.c.status == "active")
    return await connection.scalar(asked.where(*came, *here, member_of(viewer.id, "administrator"))) or 0


@dataclass(frozen=True, slots=True)
class Effects:
    """A change in sentences: what others come to see, what is taken from their sight, and what stays."""

    shown: tuple[str, ...]
    hidden: tuple[str, ...]
    stays: tuple[str, ...]
    mails: tuple[str, ...]
    """What mails to members carry from then on, where that changes."""
    joined: tuple[str, ...] = ()
    """Where it is closed again: who came meanwhile, and what they read."""
    past: str = ""
    """Where it is opened: what becomes of what is there, unless it is opened with it; empty where nothing is there."""


_FOUND: dict[Access, int] = {"secret": 0, "unlisted": 1, "closed": 2, "open": 2}
"""How far a network is found: by nobody, by whoever has its address, in the directory."""


def effects_of(network: Network, access: Access, reach: Reach) -> Effects:
    """What it means for people that the network becomes of this kind."""
    before = network.access
    all_of_it = stock_words(reach.stock.for_members() if access == "open" else reach.stock)
    members = spell(reach.members, "member", "members")
    is_used = bool(may_add_to(network))
    shown = [*_opened(reach, members, all_of_it, is_used=is_used)] if access == "open" else []
    if _FOUND[access] == 2 and _FOUND[before] < 2:
        shown.append("Everybody finds its name, its purpose, who runs it and which organisations are in it.")
    if _FOUND[access] == 1 and before == "secret":
        shown.append(f"Whoever has its address sees its name{', and can ask to join' if is_used else ''}.")
    if before == "secret" and access == "closed" and is_used:
        shown.append("Anybody can ask to join.")
    hidden = [*_narrowed(network, access, reach)]
    stays = [f"{members.capitalize()} {_read_and_write(reach.members, is_used=is_used)} as before."]
    if before != "open" and access != "open":
        there = f"What stands in it ({all_of_it})" if all_of_it else "What is written in it"
        stays.append(f"{there} is for members only, as before.")
    elif reach.stock.narrowed:
        narrowed = stock_words(reach.stock.narrowed)
        stays.append(f"What only moderators see ({narrowed}) stays with them.")
    if reach.invited and access != "open" and is_used:
        stays.append(f"{spell(reach.invited, 'open invitation stays', 'open invitations stay').capitalize()} good.")
    joined = _joined(reach) if before == "open" else ()
    past = _without_past(reach.stock, is_used=is_used) if access == "open" else ""
    return Effects(tuple(shown), tuple(hidden), tuple(stays), _mailed(before, access, reach), joined, past)


def _without_past(stock: Stock, *, is_used: bool) -> str:
    """What becomes of what is there already, where it is not opened to all: as `policy` has it for each kind."""
    papers = [kind for kind, count in (("documents", stock.documents), ("cards", stock.cards)) if count]
    kinds = [*(["threads"] if stock.threads else []), *papers]
    if not kinds:
        return ""
    told = (
        f"Without this, {listed(kinds)} that exist today stay with the members of today, who made them for members "
        "only, and with those whom you make moderators. Who joins later does not see them."
    )
    if stock.threads and is_used:
        told += " Nobody can add to the threads or change them: people go on in new threads."
    if papers:
        told += (
            f" Nobody can change the {listed(papers)} any more, or add to the folders of today. " if is_used else " "
        )
        told += "Who looks after one, and moderators, can still take it away."
    return told


def _joined(reach: Reach) -> tuple[str, ...]:
    if not reach.joined:
        return ("Nobody joined while it was open.",)
    people = spell(reach.joined, "person", "people").capitalize()
    came = f"{people} joined while it was open, and nobody had to admit them. They stay members until you end that."
    if not reach.parted or not reach.kept:
        return (came,)
    kept = stock_words(reach.kept).capitalize()
    is_one = reach.kept.threads + reach.kept.documents + reach.kept.cards == 1
    stays, it = ("stays", "it") if is_one else ("stay", "them")
    return (
        came,
        f"{kept} that had stayed with the members of before {stays} with those. Whoever joined since reads nothing of "
        f"{it} until an administrator keeps them in an access review; and nobody at all adds to {it} or changes "
        f"{it} until each of those who joined since is kept or has left.",
    )


def _read_and_write(members: int, *, is_used: bool) -> str:
    verbs = ("reads", "writes") if members == 1 else ("read", "write")
    return " and ".join(verbs if is_used else verbs[:1])


def _opened(reach: Reach, members: str, all_of_it: str, *, is_used: bool) -> tuple[str, ...]:
    seen = f"Everybody who is signed in sees who its {members} are." if reach.members > 1 else ""
    if not is_used:
        there = f"Anybody, also without an account, may read what stands there ({all_of_it}), if you choose it below."
        return (there if all_of_it else "", seen)
    asked = f" {spell(reach.waiting, 'person who has', 'people who have').capitalize()} asked can come in so."
    written = "Anybody, also without an account, reads what is written and shared from now on."
    if all_of_it:
        written += f" Whether they read what stands there today, too ({all_of_it}), you choose below."
    return (
        written,
        seen,
        "People join by one press, and nobody is asked to admit them." + (asked if reach.waiting else ""),
    )


def _mailed(before: Access, access: Access, reach: Reach) -> tuple[str, ...]:
    if reach.mail_content or (before == "open") == (access == "open"):
        return ()
    if access == "open":
        return ("They carry what is written here. Until now they say who wrote, and not what.",)
    return ("They say who wrote, and no longer what. You can let them carry it, in the settings.",)


def _narrowed(network: Network, access: Access, reach: Reach) -> list[str]:
    found = []
    is_used = bool(may_add_to(network))
    if network.access == "open":
        if is_used:
            found.append("Whoever is no member does not read what is written from now on, nor what is shared.")
        if reach.public:
            found.append(
                f"Whoever is no member can no longer read {stock_words(reach.public)}: today they can. Copies that "
                "search engines and readers have made are out of our hands."
            )
        joining = ", and people who want to join must be let in" if is_used else ""
        found.append(f"Outsiders no longer see who belongs to it{joining}.")
    if _FOUND[access] < _FOUND[network.access]:
        found.append("It gets a new address. The old one leads on for its members, and for nobody else.")
        if _FOUND[network.access] == 2:
            found.append("It is no longer in the directory, in searches or on profiles that outsiders see.")
    if access == "secret" and reach.waiting:
        waiting = spell(reach.waiting, "person who waits", "people who wait").capitalize()
        are = "is" if reach.waiting == 1 else "are"
        first = " Admit first whom you want to come in." if is_used else ""
        found.append(f"{waiting} to be admitted {are} refused, and told so.{first}")
    elif access == "secret" and is_used:
        found.append("Nobody can ask to join: people come when they are invited.")
    return found
