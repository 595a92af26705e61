"""The site's own pages: who changed them is for those who may, and what is kept about people is told."""

import asyncio
import re

import httpx2

from tests.servers.confer import PASSWORD, ConferServer


async def test_who_changed_a_page_is_shown_to_administrators_of_the_site(server: ConferServer) -> None:
    amara = server.person("Amara Okafor", email="amara.site@example.org", site_administrator=True)
    async with httpx2.AsyncClient(base_url=server.url, headers={"Origin": server.url}, trust_env=False) as browser:
        await browser.post("/sign-in", data={"email": "amara.site@example.org", "password": PASSWORD})
        assert (await browser.post("/about/contact", data={"body": "Ring us."})).status_code == 303
        assert f"by {amara.name}" in (await browser.get("/about/contact")).text
        guest = httpx2.get(f"{server.url}/about/contact", trust_env=False).text
        assert "Last changed" in guest
        assert amara.name not in guest


async def test_of_two_who_write_a_page_at_once_none_is_overwritten(server: ConferServer) -> None:
    server.person("Amara Okafor", email="amara.site@example.org", site_administrator=True)
    async with httpx2.AsyncClient(base_url=server.url, headers={"Origin": server.url}, trust_env=False) as browser:
        await browser.post("/sign-in", data={"email": "amara.site@example.org", "password": PASSWORD})

        async def seen() -> str:
            return re.findall(r'name="seen" value="(\w+)"', (await browser.get("/about/accessibility/edit")).text)[0]

        begun = await seen()
        # Nobody has written it before, so that on PostgreSQL no row makes the later ones wait.
        bodies = [f"## What works\n\nAll by way {number}." for number in range(6)]
        sent = (browser.post("/about/accessibility", data={"body": body, "seen": begun}) for body in bodies)
        answers = await asyncio.gather(*sent)
        codes = [answer.status_code for answer in answers]
        assert sorted(codes) == [303, 409, 409, 409, 409, 409]
        first = codes.index(303)
        refused = [(answer, number) for number, answer in enumerate(answers) if number != first]
        for answer, number in refused:
            assert "Amara Okafor changed this page while you wrote." in answer.text
            assert f"All by way {number}." in answer.text
            assert f"All by way {first}." in answer.text
        shown = (await browser.get("/about/accessibility")).text
        assert "<h2>What works</h2>" in shown
        assert f"All by way {first}." in shown
        answer = refused[0][0]
        again = re.findall(r'name="seen" value="(\w+)"', answer.text)[0]
        assert again == await seen() != begun
        assert (await browser.post("/about/accessibility", data={"body": "Both.", "seen": again})).status_code == 303


def test_browsers_find_the_picture_that_they_look_for(server: ConferServer) -> None:
    with httpx2.Client(base_url=server.url, follow_redirects=True, trust_env=False) as browser:
        answer = browser.get("/favicon.ico")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")


def test_privacy_tells_what_is_kept_and_who_sees_it(server: ConferServer) -> None:
    page = httpx2.get(f"{server.url}/about/privacy", trust_env=False).text
    assert "<h2>Where it is kept</h2>" in page
    for told in (
        "Reading now",
        "can be read by anybody",
        "Drafts",
        "API tokens",
        "are invited",
        "stay in the database",
    ):
        assert told in page
    assert "without having registered" in page
