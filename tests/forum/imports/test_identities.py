"""Authors of archives: who they are, what they are called, and that only they can claim their account."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from auth.accounts import change_email, close_account, find_account, verify_account
from auth.links import LinkPurpose, issue_link
from auth.tables import accounts
from forum.accounts.commands import claim_account
from forum.accounts.inputs import Claim
from forum.imports.identities import UNKNOWN, authors_of, shown_name
from tests.forum.imports.bringing import bring, posts_of, rows
from tests.forum.imports.letters import Letter, discussion
from tests.forum.imports.test_threading import message
from tests.forum.threads.village import Village


def test_one_address_is_one_author_called_as_they_mostly_were() -> None:
    written = [
        message(1, author_address="jo@example.org", author_name="jo"),
        message(2, author_address="JO@example.org", author_name="Jo Ashby"),
        message(3, author_address="jo@example.org", author_name="Jo Ashby"),
    ]
    (author,) = authors_of(written, "n1").values()
    assert (author.email, author.name) == ("jo@example.org", "Jo Ashby")


def test_whoever_hid_their_name_is_called_by_their_address_or_said_to_be_unknown_each_apart() -> None:
    hidden = ("0f47b2c98d3e61a5@example.org", "61044cfa4efaf750@example.org", "jo.ashby@example.org", "")
    written = [message(number, author_address=address, author_name="i@io") for number, address in enumerate(hidden)]
    names = [author.name for author in authors_of([*written, written[0]], "n1").values()]
    assert names == [UNKNOWN, f"{UNKNOWN} (2)", "jo.ashby", f"{UNKNOWN} (3)"]


def test_a_name_alone_counts_in_its_network_only() -> None:
    written = [message(1, author_address="", author_name="Maria"), message(2, author_address="", author_name="maria ")]
    here, there = authors_of(written, "n1"), authors_of(written, "n2")
    assert len(here) == len(there) == 1
    assert not here.keys() & there.keys()
    assert all(key.endswith("@imported.invalid") for key in [*here, *there])


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Ada Okafor", "Ada Okafor"),
        (". .", UNKNOWN),
        ("", UNKNOWN),
        ("\N{RIGHT-TO-LEFT OVERRIDE}Ada", "Ada"),
        ("Αlex Quill", "Quill"),  # the first letter is a Greek one
        ("x" * 300, UNKNOWN),
        ("i@io", UNKNOWN),
    ],
)
def test_names_can_be_borne_by_an_account(written: str, shown: str) -> None:
    assert shown_name(written) == shown


async def test_posts_go_to_the_account_that_has_the_address_already(village: Village, tmp_path: Path) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada)
    ((address,),) = await rows(village, select(accounts.c.email).where(accounts.c.id == ben.id))
    await bring(village, place, tmp_path, [Letter("1", author=f"Benjamin <{address.upper()}>")])
    (post,) = await posts_of(village, place)
    assert (post.author_id, post.author) == (ben.id, "Ben")


async def test_an_author_is_nobody_until_the_address_is_proved(village: Village, tmp_path: Path) -> None:
    place = await village.network(await village.person())
    address = f"{place.slug}@archive.example"
    await bring(village, place, tmp_path, [Letter("1", author=f"Kit Marlow <{address}>")])
    (post,) = await posts_of(village, place)
    typed = {"name": "Kit M", "email": address, "password": "four walls and a garden"}
    answer = await village.browser().post("/register", data=typed)
    assert answer.status_code in (200, 202, 303), answer.text
    answer = await village.browser().post("/sign-in", data=typed)
    assert (answer.status_code, "set-cookie" in answer.headers) == (422, False)
    async with village.state.database.read() as connection:
        account = await find_account(connection, post.author_id)
    assert account is not None
    assert (account.verified_at, account.name) == (None, "Kit Marlow")


async def test_a_claimed_account_keeps_the_posts_and_gets_later_ones(village: Village, tmp_path: Path) -> None:
    """Also when its owner has moved to another address, and when the account was closed."""
    place = await village.network(await village.person())
    letters = discussion("one", 6, people=1)
    letters = [
        Letter(each.id, each.subject, f"Lou <{place.slug}@archive.example>", each.answers, each.hour)
        for each in letters
    ]
    await bring(village, place, tmp_path, letters[:2])
    author_id = (await posts_of(village, place))[0].author_id
    async with village.state.transaction() as tx:
        await verify_account(tx.connection, author_id)
        await change_email(tx.connection, author_id, f"{place.slug}@elsewhere.example")
    assert (await bring(village, place, tmp_path, letters[:4])).people == 0
    async with village.state.transaction() as tx:
        await close_account(tx.connection, author_id, keep_name=False)
    assert (await bring(village, place, tmp_path, letters)).people == 0
    assert {post.author_id for post in await posts_of(village, place)} == {author_id}


async def test_the_owner_of_the_address_claims_what_they_wrote(village: Village, tmp_path: Path) -> None:
    place = await village.network(await village.person())
    address = f"{place.slug}@archive.example"
    await bring(village, place, tmp_path, [Letter("1", author=f"kit m <{address}>")])
    author_id = (await posts_of(village, place))[0].author_id
    async with village.state.transaction() as tx:
        secret = await issue_link(tx.connection, author_id, LinkPurpose.CLAIM_ACCOUNT, address)
    claim = Claim(name="Kit Marlow", password=SecretStr("four walls and a garden"))
    async with village.state.transaction() as tx:
        account = await claim_account(tx, secret, claim, "hash")
    assert account.is_claimed
    (post,) = await posts_of(village, place)
    assert (post.author_id, post.author) == (account.id, "Kit Marlow")
