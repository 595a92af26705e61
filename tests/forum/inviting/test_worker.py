"""The letters that invite people: who gets one, what it says, and who gets none any more."""

from collections.abc import Mapping

from sqlalchemy import select

from forum.inviting.entries import Entry
from forum.inviting.invitation_commands import Wish, invite
from forum.inviting.worker import LETTERS
from forum.mailing import Letter
from forum.membership import Step, change, lock_current
from forum.sending import compose
from forum.tables import invitations
from tests.forum.inviting.wishes import new_address, wish
from tests.forum.threads.village import Place, Village


async def write(village: Village, reference: Mapping[str, str]) -> Letter | None:
    """The letter as it would be sent at this moment."""
    async with village.state.transaction() as tx:
        return await LETTERS[reference["letter"]](village.state, tx, reference)


def halves(village: Village, letter: Letter) -> list[str]:
    """The plain half and the HTML half."""
    message = compose(letter, village.state.settings, village.state.templates, "test")
    return [str(part.get_content()) for part in message.iter_parts()]  # type: ignore[attr-defined]


async def invitation_ids(village: Village, place: Place) -> list[str]:
    async with village.state.database.read() as connection:
        return list(await connection.scalars(select(invitations.c.id).where(invitations.c.network_id == place.id)))


async def test_the_mail_greets_by_the_name_beside_the_address(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara, access="secret")
    viewer, address = await village.viewer(amara), new_address()
    named = Wish([Entry(address, address, "Ek, <Anna>")], "member", "", 28)
    async with village.state.transaction() as tx:
        await invite(tx, viewer, place.slug, named, None)
    (invitation_id,) = await invitation_ids(village, place)
    letter = await write(village, {"letter": "invitation", "invitation_id": invitation_id})
    assert letter is not None
    plain, html = halves(village, letter)
    assert (plain.startswith("Hello <Anna> Ek,"), "Hello &lt;Anna&gt; Ek," in html) == (True, True)


async def test_invitation_leads_whoever_has_the_address_and_tells_nobody_who_has_an_account(village: Village) -> None:
    amara, helen, gareth = await village.people("Amara", "Helen", "Gareth")
    place = await village.network(amara, access="secret")
    await village.join(place.id, helen, "administrator")
    known = (await village.viewer(gareth)).account.email  # type: ignore[union-attr]
    stranger = new_address()
    viewer = await village.viewer(amara)
    async with village.state.transaction() as tx:
        await invite(tx, viewer, place.slug, wish(known, stranger, role="moderator", message="Do <b>come</b>."), None)
    letters = {}
    for invitation_id in await invitation_ids(village, place):
        letter = await write(village, {"letter": "invitation", "invitation_id": invitation_id})
        assert letter is not None
        letters[letter.address] = letter
        assert place.name not in letter.subject
        plain, html = halves(village, letter)
        assert "Do <b>come</b>." in plain
        assert "Do &lt;b&gt;come&lt;/b&gt;." in html
        for half in (plain, html):
            assert f"{village.state.settings.public_url}/invitations/{invitation_id}." in half
            assert "as a moderator" in half
            assert "good until" in half
        reminder = await write(village, {"letter": "invitation_reminder", "invitation_id": invitation_id})
        assert reminder is not None
        assert "We wrote to you about this before" in halves(village, reminder)[0]
    assert set(letters) == {known, stranger}
    assert {letter.name for letter in letters.values()} == {""}
    async with village.state.transaction() as tx:
        current = await lock_current(tx, place.id, amara.id)
        assert current is not None
        await change(tx, current, Step("active", "member", helen.id))
    for invitation_id in await invitation_ids(village, place):
        for name in LETTERS:
            assert await write(village, {"letter": name, "invitation_id": invitation_id}) is None
