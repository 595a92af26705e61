"""The site's own pages: who changed them is for those who may, and what is kept about people is told."""

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


def test_browsers_find_the_picture_that_they_look_for(server: ConferServer) -> None:
    with httpx2.Client(base_url=server.url, follow_redirects=True, trust_env=False) as browser:
        answer = browser.get("/favicon.ico")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")


def test_privacy_tells_what_is_kept_and_who_sees_it(server: ConferServer) -> None:
    page = httpx2.get(f"{server.url}/about/privacy", trust_env=False).text
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
