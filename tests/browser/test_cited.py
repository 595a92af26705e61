"""Where a post cites a version of a document, the open page says by itself that a newer one came."""

from playwright.async_api import expect

from tests.browser.scene import Scene, equals_reload, post
from tests.forum.documents.shelf import replace, share


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
