"""Where a post cites a version of a document, the open page says by itself that a newer one came; and an open document,
that a card was made of it."""

import asyncio

from playwright.async_api import Page, expect

from tests.browser.scene import Scene, equals_reload, post
from tests.forum.documents.shelf import replace, share
from tests.forum.knowledge.deck import ask, made_of


async def test_a_newer_version_is_told_where_an_older_one_is_cited(scene: Scene) -> None:
    document = await share(scene.village, scene.amara, scene.place, "Pathway")
    link = f"[Pathway]({scene.village.url}/documents/{document['id']}/versions/1)"
    await scene.reply(scene.amara, f"As {link} says.")
    page = await scene.open(scene.gareth, f"/threads/{scene.thread}?at=1")
    await expect(post(page, 2).locator(".cited")).to_have_text("(as of version 1)")
    assert (await replace(scene.village, scene.amara, document, 1)).status_code == 201
    await expect(post(page, 2).locator(".cited")).to_have_text("(as of version 1, version 2 came since)")
    await scene.reply(scene.amara, f"Once more {link}.")
    await expect(post(page, 3).locator(".cited")).to_have_text("(as of version 1, version 2 came since)")
    await equals_reload(scene, page, scene.gareth)
    await post(page, 2).get_by_role("link", name="version 2 came since").click()
    await expect(page).to_have_url(f"{scene.village.url}/documents/{document['id']}")


async def test_an_open_document_says_which_cards_were_made_of_it(scene: Scene) -> None:
    document = await share(scene.village, scene.amara, scene.place, "Pathway")
    path = f"/documents/{document['id']}"
    page = await scene.open(scene.gareth, path)
    card = await made_of(scene.village, scene.amara, scene.place, "document", document["id"], title="Falls <at> night")
    line = page.locator(".practice-made")
    await expect(line).to_have_text("Made best practice: Falls <at> night")
    await expect(line.get_by_role("link")).to_have_attribute("href", f"/cards/{card['id']}")
    await _equals(page, await scene.open(scene.gareth, path))
    made = f"/cards/{card['id']}"
    assert (await ask(scene.village, scene.amara, "PATCH", made, {"title": "Night falls"})).status_code == 200
    await expect(line).to_have_text("Made best practice: Night falls")
    assert (await ask(scene.village, scene.amara, "DELETE", made)).status_code == 204
    await expect(line).to_have_count(0)
    await _equals(page, await scene.open(scene.gareth, path))


_STATE = """(region) => {
  const copy = document.querySelector(`[data-region=${region}]`).cloneNode(true);
  for (const time of copy.querySelectorAll("time")) time.textContent = "";
  return copy.textContent.replace(/\\s+/g, " ");
}"""


async def _equals(page: Page, fresh: Page, region: str = "state") -> None:
    """The open page of the document comes to show what a fresh one does, but for how long ago each says it was."""
    state = await fresh.evaluate(_STATE, region)
    for _ in range(50):
        if await page.evaluate(_STATE, region) == state:
            return
        await asyncio.sleep(0.1)
    assert await page.evaluate(_STATE, region) == state


async def test_the_talk_beside_an_open_document_goes_on_by_itself(scene: Scene) -> None:
    document = await share(scene.village, scene.amara, scene.place, "Pathway")
    path = f"/documents/{document['id']}"
    page = await scene.open(scene.gareth, path)
    talk = page.locator("#talk")
    await expect(talk).to_contain_text("Nobody has said anything yet.")
    fields = {"title": "Pathway", "body": "Is it right?", "about": document["id"], "act": "post"}
    begun = await scene.village.browser(scene.amara).post(f"/networks/{scene.place.slug}/threads", data=fields)
    assert begun.status_code == 303
    await expect(talk).to_contain_text("Is it right?")
    thread = begun.headers["location"].removeprefix("/threads/")
    await scene.village.reply(scene.amara, scene.place, thread, "It is.")
    await expect(talk).to_contain_text("Two posts in all.")
    await expect(page.locator(".talk-line")).to_have_text("Two posts about it")
    await _equals(page, await scene.open(scene.gareth, path), "talk")
