"""The table of addresses holds for every kind of visitor, and no address is missing from it."""

import zlib
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.privacy.addresses import API, Filling, ask, every_address, existing, lies_in_place
from tests.privacy.url_table import ENDINGS, TABLE
from tests.privacy.world import ACCESSES, HIDDEN, Place, World
from tests.servers.confer import PASSWORD
from tests.servers.shapes import EVERY_SHAPE, SHAPES, SQLITE_MEMORY

LIKE_OUTSIDERS = ("requested", "refused", "left", "removed", "banned")
NOT_IN_IT = ("outsider", "invited", "site_administrator")
JOINING = ("POST /networks/{slug:slug}/membership", "PUT /api/v1/networks/{slug:slug}/members/me")


def test_every_address_is_in_the_table() -> None:
    assert every_address() - set(TABLE) == set()
    assert set(TABLE) - every_address() == set()


def tried(world: World) -> tuple[str, ...]:
    """All kinds of access on SQLite; on PostgreSQL, where the same statements are asked, the two that differ most."""
    return ACCESSES if world.server.shape == SQLITE_MEMORY else ("open", "closed")


def fits(code: str, status: int) -> bool:
    return status < 400 if code == "ok" else status == int(code)


def rows(access: str) -> list[tuple[str, dict[str, str]]]:
    """The table for a network of this access; what lies in no network stands in one of them only."""
    return [
        (address, row.expected(access))
        for address, row in TABLE.items()
        if lies_in_place(address) or access == "closed"
    ]


def differences(world: World, place: Place, address: str, codes: dict[str, str], filling: Filling) -> list[str]:
    found = []
    for visitor, code in codes.items():
        status = ask(world, visitor, place, address, filling).status
        if not fits(code, status):
            found.append(f"{place.access}: {address} gives {visitor} {status}, not {code}")
    return found


def is_shown_elsewhere(access: str, address: str, visitor: str, code: str) -> bool:
    """Whether it follows: `test_hidden_and_nothing` shows for each hidden network that a 404 is that of nothing, and
    the closed one shows here that it is a 404."""
    if access not in ("unlisted", "secret") or visitor not in NOT_IN_IT:
        return False
    codes, closed = TABLE[address].expected(access), TABLE[address].expected("closed")
    return code == codes["outsider"] == closed["outsider"] == closed[visitor] == "404"


def by_turns(names: Sequence[str], count: int, address: str) -> list[str]:
    """So many of these, others at another address."""
    first = zlib.crc32(address.encode())
    return [names[(first + number) % len(names)] for number in range(count)]


def is_turn(shape: str, access: str, address: str, visitor: str) -> bool:
    """Whether it is asked for here: in a closed and in an open network by turns on the two shapes, elsewhere a quarter.

    EVERY_SHAPE=1 asks for all everywhere.
    """
    number = zlib.crc32(f"{visitor} {address}".encode())
    if EVERY_SHAPE:
        return True
    if access in ("unlisted", "secret"):
        return number % 4 == ("unlisted", "secret").index(access)
    if access == "closed":
        return (number % 3 == 2) == (shape != SQLITE_MEMORY)
    return number % 3 == SHAPES.index(shape)


def asks_who(address: str, codes: dict[str, str]) -> bool:
    """Whether a token that is not valid is refused there: everywhere but where one gets in."""
    return address.split(" ", 1)[1].startswith(API) and codes["signed_out"] != "422"


@pytest.mark.timeout(400)
def test_nobody_gets_more_than_the_table_says(world: World) -> None:
    """All that reads, and all acts of those who may not. That outsiders of all kinds get the same where the
    network is hidden stands in `test_hidden_and_nothing`."""
    wrong = []
    for access in tried(world):
        place = world.places[access]
        for address, codes in rows(access):
            if access == "open" and address not in ENDINGS:
                codes |= dict.fromkeys(by_turns(LIKE_OUTSIDERS, 2, address), codes["outsider"])
            codes["suspended"] = "401" if asks_who(address, codes) else codes["signed_out"]
            refused = {
                visitor: code
                for visitor, code in codes.items()
                if code != "ok"
                and not is_shown_elsewhere(access, address, visitor, code)
                and is_turn(world.server.shape, access, address, visitor)
            }
            wrong += differences(world, place, address, refused, existing(world, place))
    assert wrong == [], "\n".join(wrong)


def test_who_was_banned_does_not_come_back(own_world: World) -> None:
    world = own_world
    for access in ACCESSES:
        place = world.places[access]
        for address in JOINING:
            for visitor in ("banned", "removed"):
                status = ask(world, visitor, place, address, existing(world, place)).status
                expected = 404 if access == "secret" else 403 if visitor == "banned" else 0
                assert status == expected or (not expected and status < 400), (access, address, visitor, status)


def test_who_has_not_proved_their_address_is_nobody(own_world: World) -> None:
    """Not even where the address is invited: it has still to be shown that it is theirs."""
    world, email = own_world, "a@example.net"  # invited to each hidden network
    person = {"name": "Ada Unproved", "email": email, "password": PASSWORD}
    assert world.browsers["signed_out"].ask("POST", "/register", form=person).status == 303
    shown = {"email": email, "password": PASSWORD}
    answer = world.browsers["signed_out"].ask("POST", "/sign-in", form=shown)
    assert answer.status == 422
    assert "set-cookie" not in dict(answer.headers)
    answer = world.programs["signed_out"].ask("POST", "/api/v1/tokens", json=shown | {"label": "A script"})
    assert answer.status in (401, 403)
    for access in HIDDEN:
        members = world.do("administrator", "GET", f"/networks/{world.places[access].slug}/members")["items"]
        assert "Ada Unproved" not in [member["account"]["name"] for member in members]


@pytest.mark.timeout(400)
def test_who_may_do_something_is_let_in(own_world: World) -> None:
    """Every act by some who may do it, in each network by others; on a thread and a post of its own, for some acts can
    be done once only."""
    world, wrong = own_world, []
    last: list[tuple[Place, str, dict[str, str]]] = []
    for access in tried(world):
        place = world.places[access]
        for address, codes in rows(access):
            allowed = {visitor: code for visitor, code in codes.items() if code == "ok"}
            if takes_turns(world.server.shape, access, address):
                continue
            if address in ENDINGS:
                last.append((place, address, allowed))
                continue
            if not EVERY_SHAPE and lies_in_place(address) and "joining-link" not in address:
                many = 2 if access == "closed" and world.server.shape == SQLITE_MEMORY else 1
                allowed = dict.fromkeys(by_turns(list(allowed), min(many, len(allowed)), f"{access} {address}"), "ok")
            for visitor, code in allowed.items():
                filling = fresh(world, place, address)
                wrong += differences(world, place, address, {visitor: code}, filling)
    for place, address, allowed in sorted(last, key=lambda each: ENDINGS.index(each[1])):
        # Each leaves each network once: some by the page, some by the API.
        is_turn = (ACCESSES.index(place.access) + ENDINGS.index(address)) % 2 == 0
        if is_turn or not lies_in_place(address):
            wrong += differences(world, place, address, allowed, existing(world, place))
    assert wrong == [], "\n".join(wrong)


def takes_turns(shape: str, access: str, address: str) -> bool:
    """Whether it is tried in the other of the two that differ in their directory entry alone; on PostgreSQL, where the
    same statements are asked, in the open or in the closed one."""
    if shape != SQLITE_MEMORY and address not in ENDINGS and "joining-link" not in address:
        return zlib.crc32(address.encode()) % 2 == ("open", "closed").index(access)
    if access not in ("unlisted", "secret") or address in ENDINGS or "joining-link" in address:
        return False  # a joining link is made at one address, and needed at the others
    return zlib.crc32(address.encode()) % 2 == ("unlisted", "secret").index(access)


def fresh(world: World, place: Place, address: str) -> Filling:
    """The place with a thread and a post of `member` that nobody has touched yet."""
    filling = existing(world, place)
    if "{held_id" in address:
        return replace(filling, held=world.hold(place))
    if "{act_id" in address:
        return replace(filling, act=world.warn(place, appealed=address.endswith("/answer")))
    if "{folder_id" in address or address.endswith("/folders"):
        return replace(filling, folder=world.make_folder(place))
    if "{file_id" in address:
        return replace(filling, picture=world.attach(place, is_sent=False))
    if "{card_id" in address:
        return fresh_card(world, place, address, filling)
    if "{document_id" in address:
        return replace(filling, document=fresh_document(world, place, address))
    if not any(part in address for part in ("{id:id}", "{case_id", "/site/erasing")):
        return filling
    thread, post = world.begin_thread(place)
    case = world.report(place, post) if "{case_id" in address else filling.case
    return replace(filling, thread=thread, post=post, case=case)


def fresh_card(world: World, place: Place, address: str, filling: Filling) -> Filling:
    """A card of `member` in the state in which this can be done with it."""
    card = world.make_card(place)
    use = world.use(place, card) if "{use_id" in address else filling.use
    if address.endswith("/restoration"):
        world.do("member", "DELETE", f"/cards/{card}")
    return replace(filling, card=card, use=use)


def fresh_document(world: World, place: Place, address: str) -> str:
    """A document of `member` in the state in which this can be done with it."""
    document = world.share(place)
    path = f"/documents/{document}"
    if address.endswith("/wish") or address.endswith("/lock/breaking"):
        world.do("member", "PUT", f"{path}/lock", {})
    if address.endswith("/reading"):
        world.do("member", "PATCH", path, {"asks_reading": True})
    if address.endswith("id}/restoration"):
        world.do("member", "DELETE", path)
    return document
