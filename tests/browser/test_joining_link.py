"""The page of a network's joining link keeps up while people join by it and other administrators change it."""

import re

from playwright.async_api import Page, expect

from tests.browser.scene import Scene


async def _use(scene: Scene, page: Page) -> int:
    """Somebody new joins by the link that the page shows; what they are answered."""
    shown = await page.locator("#joining-link").text_content() or ""
    path = "/join/" + shown.strip().rpartition("/join/")[2]
    answer = await scene.village.browser(await scene.village.person()).post(path, data={})
    return answer.status_code


async def test_it_keeps_up_as_people_join_and_others_change_it(scene: Scene) -> None:
    village, place = scene.village, scene.place
    await village.join(place.id, another := await village.person("Nia Ash"), "administrator")
    path = f"/networks/{place.slug}/joining-link"
    other = village.browser(another)
    page = await scene.open(scene.amara, path)
    main = page.locator("main")
    await expect(main).to_contain_text("A link that you can send to many people at once")
    await page.get_by_label("For how many people?").fill("7")
    await other.post(path, data={"way": "member", "uses": "2", "days": "28"})
    await expect(main).to_contain_text("0 of 2 times")
    await expect(main).to_contain_text("Nia Ash")
    for number in (1, 2):
        assert await _use(scene, page) == 303
        await expect(main).to_contain_text(f"{number} of 2 times")
    await expect(main).to_contain_text("As many people have joined by it as it was made for.")
    await other.post(path, data={"way": "asks", "uses": "9", "days": ""})
    await expect(main).to_contain_text("2 of 9 times")
    await expect(main).to_contain_text("asks, and an administrator answers")
    assert await _use(scene, page) == 303
    await expect(main).to_contain_text("3 of 9 times")
    before = await page.locator("#joining-link").text_content() or ""
    await other.post(f"{path}/reset", data={})
    await expect(page.locator("#joining-link")).not_to_have_text(re.compile(re.escape(before.strip())))
    await expect(main).to_contain_text("0 of 9 times")
    await other.post(f"{path}/ending", data={})
    await expect(page.locator("#joining-link")).to_have_count(0)
    # What somebody was typing all the while is there.
    await expect(page.get_by_label("For how many people?")).to_have_value("7")


async def test_copying_is_offered_still_after_it_was_used(scene: Scene) -> None:
    path = f"/networks/{scene.place.slug}/joining-link"
    await scene.village.browser(scene.amara).post(path, data={"way": "member", "uses": "5", "days": "28"})
    page = await scene.open(scene.amara, path)
    copy = page.get_by_role("button", name="Copy")
    await expect(copy).to_be_visible()
    assert await _use(scene, page) == 303
    await expect(page.locator("main")).to_contain_text("1 of 5 times")
    await expect(copy).to_be_visible()
    # Whoever made it runs the network no longer, and nobody takes it over: it has ended.
    scene.visitors.tolerate("403")
    await scene.village.join(scene.place.id, another := await scene.village.person("Nia Ash"), "administrator")
    other = await scene.open(another, path)
    await expect(other.locator("main")).to_contain_text("1 of 5 times")
    await scene.call(another, "PATCH", f"/networks/{scene.place.slug}/members/{scene.amara.id}", {"role": "member"})
    await expect(other.locator("#joining-link")).to_have_count(0)
