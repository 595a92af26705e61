"""Organisations: told by domains, kept by administrators alone, and shown to nobody else."""

import asyncio
import secrets

import pytest
from sqlalchemy import insert, select, update

from auth.accounts import normalise_email
from auth.tables import accounts
from forum.networks.organisation_inputs import clean_domain, read_domains
from forum.tables import organisation_domains, organisations
from tests.forum.networks.test_pages import path_of, sent, shown
from tests.forum.threads.village import Village, Villager


async def works_at(village: Village, person: Villager, domain: str, says: str = "") -> None:
    """Give somebody an address of this domain and a profile that names their organisation."""
    email = f"{secrets.token_hex(6)}@{domain}"
    values = {"email": email, "email_key": normalise_email(email), "organisation": says}
    async with village.state.transaction() as tx:
        await tx.execute(update(accounts).where(accounts.c.id == person.id).values(values))


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("trust.nhs.uk", "trust.nhs.uk"),
        (" @Trust.NHS.uk ", "trust.nhs.uk"),
        ("https://www.trust.nhs.uk/", "trust.nhs.uk"),
        ("gesundheit-köln.de", "xn--gesundheit-kln-6pb.de"),
    ],
)
def test_domains_are_read_as_they_are_typed(typed: str, domain: str) -> None:
    assert clean_domain(typed) == domain
    assert read_domains(f"{typed}, {typed};\n{typed}") == [domain]


@pytest.mark.parametrize("typed", ["trust", "a b", "x@y.org", "%", "_.org", "trust..uk", "1.2.3.4", "x" * 300 + ".org"])
def test_what_is_no_domain_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="is not a domain"):
        clean_domain(typed)


async def test_private_mail_is_nobodys_organisation(village: Village) -> None:
    """It is refused, with the reason and what was typed; one that was kept before counts for nobody."""
    amara, bao = await village.people("Amara O", "Bao T")
    place = await village.network(amara, [bao])
    await works_at(village, bao, "gmail.com", "Own Words")
    browser, path = village.browser(amara), path_of(place, "/organisations")
    page = (await sent(browser, path, 422, name="Barts", domains="barts.example gmail.com")).text
    assert "Anybody can have an address at gmail.com" in page
    assert "barts.example gmail.com</textarea>" in page
    await sent(browser, path, 303, name="Barts", domains="barts.example")
    async with village.state.transaction() as tx:
        made = await tx.connection.scalar(select(organisations.c.id).where(organisations.c.network_id == place.id))
        row = {"network_id": place.id, "domain": "gmail.com", "organisation_id": made}
        await tx.execute(insert(organisation_domains), row)
    assert "Bao T" in await shown(browser, path_of(place, "/members?organisation=Own+Words"))
    assert "Bao T" not in await shown(browser, path_of(place, "/members?organisation=Barts"))


async def test_suggestions_become_organisations(village: Village) -> None:
    amara, gareth, priya, bao, helen = await village.people("Amara O", "Gareth W", "Priya S", "Bao T", "Helen T")
    place = await village.network(amara, [gareth, priya, bao, helen])
    await works_at(village, amara, "barts.example")
    await works_at(village, gareth, "mail.barts.example", "Barts Health")
    await works_at(village, priya, "nhs.net", "Somewhere")
    await works_at(village, bao, "gmail.com", "Sweet Enough")
    await works_at(village, helen, "leeds.example", "=Leeds")
    browser, path = village.browser(amara), path_of(place, "/organisations")
    page = await shown(browser, path)
    for domain in ("barts.example", "mail.barts.example", "nhs.net", "leeds.example"):
        assert f'name="take-{domain}"' in page
    assert "gmail.com" not in page
    assert 'name="take-nhs.net" value="yes">' in page  # not ticked
    assert "Many organisations use this domain" in page
    fields = {"take-barts.example": "yes", "name-barts.example": "Barts Health", "name-nhs.net": "Somewhere"}
    nameless = await sent(browser, f"{path}/suggestions", 422, **fields | {"take-nhs.net": "yes", "name-nhs.net": " "})
    assert "Give the organisation a name." in nameless.text
    assert "Tick first" in (await sent(browser, f"{path}/suggestions", 422)).text
    await sent(browser, f"{path}/suggestions", **fields)
    page = await shown(browser, path)
    assert "Barts Health" in page
    assert "mail.barts.example" not in page  # a part of what was taken
    people = await shown(browser, path_of(place, "/members?organisation=BARTS health"))
    assert "Gareth W" in people
    assert "Amara O" in people
    assert "Priya S" not in people
    assert "Barts Health" not in await shown(village.browser(bao), path_of(place, "/members?q=Amara"))


async def test_a_domain_counts_for_one_organisation(village: Village) -> None:
    amara = await village.person("Amara Okafor")
    place, other = await village.network(amara), await village.network(amara)
    browser, path = village.browser(amara), path_of(place, "/organisations")
    await sent(browser, path, name="Barts Health", domains="barts.example")
    taken = await sent(browser, path, 422, name="Another", domains="x.example barts.example")
    assert "barts.example counts for Barts Health already" in taken.text
    assert "x.example" in taken.text  # what was typed stays
    same = await sent(browser, path, 422, name="BARTS  HEALTH", domains="")
    assert "There is an organisation of this name already" in same.text
    assert "at most 200 characters" in (await sent(browser, path, 422, name="x" * 300)).text
    await sent(browser, path_of(other, "/organisations"), name="Barts Health", domains="barts.example")
    at_once = [browser.post(path, data={"name": f"N {at}", "domains": "race.example"}) for at in range(4)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*at_once)) == [303, 422, 422, 422]


async def test_organisations_are_changed_and_taken_away(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara, [gareth])
    await works_at(village, gareth, "leeds.example", "As I say")
    browser, path = village.browser(amara), path_of(place, "/organisations")
    await sent(browser, path, name="Leeds", domains="leeds.example")
    page = await shown(browser, path)
    one = page.split(f'href="{path}/')[1].split('"')[0]
    assert "leeds.example" in await shown(browser, f"{path}/{one}")
    await sent(browser, f"{path}/{one}", 422, name="", domains="y.example")
    await sent(browser, f"{path}/{one}", name="Leeds Teaching", domains="leeds.example\nltht.example")
    assert "Leeds Teaching" in await shown(browser, path_of(place, "/members"))
    await sent(browser, f"{path}/{one}/removal")
    assert "As I say" in await shown(browser, path_of(place, "/members"))
    await sent(browser, f"{path}/{one}/removal", 404)
    elsewhere = await village.network(amara)
    await shown(browser, path_of(elsewhere, f"/organisations/{one}"), 404)


async def test_requests_say_who_of_the_organisation_is_here(village: Village) -> None:
    amara, gareth, priya, maeve = await village.people("Amara Okafor", "Gareth W", "Priya S", "Maeve B")
    place = await village.network(amara, [gareth])
    await village.join(place.id, priya, "moderator")
    for person in (gareth, maeve):
        await works_at(village, person, "barts.example", "As they say")
    await sent(village.browser(amara), path_of(place, "/organisations"), name="Barts", domains="barts.example")
    await sent(village.browser(maeve), path_of(place, "/membership"), words="I run the clinic.")
    page = await shown(village.browser(amara), path_of(place, "/requests"))
    assert "Barts" in page
    assert "Already here: Gareth W" in page
    moderators = await shown(village.browser(priya), path_of(place, "/requests"))
    assert "Already here" not in moderators
    assert "As they say" in moderators
