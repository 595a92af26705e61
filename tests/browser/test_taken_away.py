"""What is taken away from its readers goes from their open pages by itself, and a sentence says so."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.scene import Scene
from tests.forum.documents.shelf import share
from tests.forum.knowledge.deck import make
from tests.forum.moderation.test_document_queries import cases, decide

GONE = "This is no longer open to you"


async def _is_emptied(page: Page, why: str, *words: str) -> None:
    main = page.locator("#main")
    await expect(main.get_by_role("heading", name=GONE)).to_be_visible()
    await expect(main).to_contain_text(why)
    for each in words:
        await expect(page.locator("body")).not_to_contain_text(each)
    await expect(page).to_have_title("Confer")
    await expect(page.get_by_text("This page has changed.")).to_have_count(0)


async def _hidden(scene: Scene, card: dict[str, Any]) -> None:
    """Removed by a moderator as data about a patient, whereupon it is for moderators alone."""
    await scene.call(scene.priya, "POST", f"/cards/{card['id']}/reports", {"rule": "patient_data"})
    (case,) = await cases(scene.village, scene.amara, scene.place)
    said = {"act": "remove_card", "reason": "A patient could be recognised.", "rule": "patient_data"}
    await decide(scene.village, scene.amara, case, **said)


async def _removed(scene: Scene, card: dict[str, Any]) -> None:
    await scene.call(scene.gareth, "DELETE", f"/cards/{card['id']}")


@pytest.mark.parametrize("take_away", [_hidden, _removed])
async def test_a_card_that_is_removed_goes_from_open_pages(scene: Scene, take_away: Any) -> None:
    card = await make(scene.village, scene.gareth, scene.place, title="Falls at night", problem="Mrs Jones fell.")
    path = f"/cards/{card['id']}"
    scene.visitors.tolerate("404")
    reader, moderator = await scene.open(scene.priya, path), await scene.open(scene.amara, path)
    await expect(reader.locator("main")).to_contain_text("Mrs Jones fell.")
    await take_away(scene, card)
    await _is_emptied(reader, "This card has been removed", "Mrs Jones", "Falls at night")
    await expect(moderator.locator("main")).to_contain_text("This card was removed")
    await expect(moderator.locator("main")).to_contain_text("Mrs Jones fell.")


@pytest.mark.parametrize("is_whole_folder", [False, True])
async def test_a_document_that_is_narrowed_goes_from_open_pages(scene: Scene, is_whole_folder: bool) -> None:
    root = f"/networks/{scene.place.slug}/folders"
    folder = await scene.call(scene.amara, "POST", root, {"name": "Staff", "narrowed": not is_whole_folder})
    said = {"folder": folder["id"]} if is_whole_folder else {}
    paper = await share(scene.village, scene.amara, scene.place, "Rota of June", b"Mrs Jones is on leave.\n", **said)
    path = f"/documents/{paper['id']}"
    scene.visitors.tolerate("404")
    reader, moderator = await scene.open(scene.gareth, path), await scene.open(scene.amara, path)
    await expect(reader.locator("main")).to_contain_text("Rota of June")
    if is_whole_folder:
        await scene.call(scene.amara, "PATCH", f"/folders/{folder['id']}", {"narrowed": True})
    else:
        await scene.call(scene.amara, "PATCH", path, {"folder": folder["id"]})
    await _is_emptied(reader, "put where only moderators read it", "Rota of June", "Mrs Jones")
    await expect(moderator.locator("main")).to_contain_text("Moderators only")
    await expect(moderator.locator("main h2").first).to_have_text("Rota of June")


async def test_words_go_from_the_list_of_notifications_as_they_are_hidden(scene: Scene) -> None:
    watched = {"networks": [{"id": scene.place.id, "level": "watch"}]}
    await scene.call(scene.priya, "PUT", "/me/notifications/settings", watched)
    begun = {"title": "Falls at night", "body": "Mrs Jones fell by her bed."}
    thread = await scene.call(scene.gareth, "POST", f"/networks/{scene.place.slug}/threads", begun)
    first = (await scene.call(scene.gareth, "GET", f"/threads/{thread['id']}/posts"))["items"][0]["id"]
    await scene.reply(scene.gareth, "@Priya Shah, Mr Brown is worse.")
    page = await scene.open(scene.priya, "/notifications")
    main = page.locator("main")
    await expect(main).to_contain_text("Mrs Jones fell", timeout=15_000)
    why = {"rule": "patient_data", "reason": "A patient is named."}
    await scene.call(scene.amara, "POST", f"/posts/{first}/hiding", why)
    await expect(main).not_to_contain_text("Mrs Jones")
    await expect(main).to_contain_text("mentioned you")


async def test_the_composer_keeps_no_words_of_the_post_that_it_answers(scene: Scene) -> None:
    made = await scene.reply(scene.gareth, "Mrs Jones fell by her bed.")
    page = await scene.open(scene.priya)
    answering = page.locator("[data-answering]")
    await page.locator("#post-2").get_by_role("link", name="Reply").click()
    await expect(answering).to_contain_text("Answers Gareth Williams: Mrs Jones fell")
    await page.locator("textarea[name=body]").fill("Is she well?")
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    kept = await page.evaluate("JSON.stringify(localStorage)")
    assert "Is she well?" in kept
    assert "Mrs Jones" not in kept
    why = {"rule": "patient_data", "reason": "A patient is named."}
    await scene.call(scene.amara, "POST", f"/posts/{made['id']}/hiding", why)
    await expect(answering).to_contain_text("Answers a post that was taken away")
    await expect(page.locator("body")).not_to_contain_text("Mrs Jones")
    await scene.go(page)
    await expect(page.locator("textarea[name=body]")).to_have_value("Is she well?")
    await expect(answering).to_contain_text("Answers the post that you chose")
    await expect(page.locator("body")).not_to_contain_text("Mrs Jones")
