"""Two people of one name in a network are told apart by their organisation, where a line names only one of them."""

from typing import Any

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import update

from auth.tables import accounts
from tests.browser.likeness import likeness
from tests.browser.scene import Scene, live
from tests.forum.threads.village import Villager

NAME, ELSEWHERE = "Sarah Jones", " (Leeds Teaching Hospitals)"


async def _sarah(scene: Scene, organisation: str, job_title: str = "") -> Villager:
    """One of them, a member."""
    person = await scene.village.person(NAME)
    values = {"organisation": organisation, "job_title": job_title}
    async with scene.village.state.transaction() as tx:
        await tx.execute(update(accounts).where(accounts.c.id == person.id).values(**values))
    await scene.village.join(scene.place.id, person)
    return person


async def _both(scene: Scene) -> tuple[Villager, Villager]:
    return await _sarah(scene, "Leeds Teaching Hospitals"), await _sarah(scene, "", "Ward manager")


async def _is_like_afresh(scene: Scene, page: Page, person: Villager, path: str) -> None:
    fresh = await scene.open(person, path)
    assert await likeness(page, moving=False) == await likeness(fresh, moving=False)


@pytest.mark.parametrize("has_scripts", [True, False])
async def test_whom_an_answer_answers(scene: Scene, has_scripts: bool) -> None:
    one, other = await _both(scene)
    first = await scene.reply(one, "Leeds can do Monday.")
    await scene.reply(scene.gareth, "Thank you.", first["id"])
    at = f"/threads/{scene.thread}?at=1"
    path = scene.village.url + at
    page = await scene.visitors.open(java_script_enabled=has_scripts)
    cookie = {"name": "confer", "value": scene.priya.session, "url": scene.village.url}
    await page.context.add_cookies([cookie])  # type: ignore[list-item]
    await page.goto(path)
    line = page.locator("#post-3 .post-answers strong")
    await expect(line).to_have_text(NAME)  # nobody else of that name is here yet
    if has_scripts:
        await live(page)
    second = await scene.reply(other, "We can do Tuesday.")
    await scene.reply(scene.gareth, "And thank you.", second["id"])
    if not has_scripts:
        await page.reload()
    await expect(line).to_have_text(f"{NAME}{ELSEWHERE}")
    await expect(page.locator("#post-5 .post-answers strong")).to_have_text(f"{NAME} (Ward manager)")
    if has_scripts:
        await _is_like_afresh(scene, page, scene.priya, at)
    await scene.call(other, "DELETE", f"/posts/{second['id']}")
    if not has_scripts:
        await page.reload()
    await expect(line).to_have_text(NAME)


@pytest.mark.parametrize("where", ["network", "home"])
async def test_who_wrote_last(scene: Scene, where: str) -> None:
    one, other = await _both(scene)
    place = scene.place
    second = await scene.village.thread(scene.amara, place, "Rota of June")
    await scene.reply(one, "Leeds can do Monday.")
    await scene.village.reply(scene.amara, place, second, "Nobody yet?")
    path = "/" if where == "home" else f"/networks/{place.slug}"
    page = await scene.open(scene.priya, path)
    rows: Any = {key: page.locator(f'main .rows .item[data-id="{key}"]') for key in (scene.thread, second)}
    await expect(rows[scene.thread]).to_contain_text(f"last by {NAME},")
    await scene.call(other, "POST", f"/threads/{second}/posts", {"body": "Now I."})
    # What happened told the name alone; where the first one works was known to the server.
    await expect(rows[scene.thread]).to_contain_text(f"last by {NAME}{ELSEWHERE},")
    await expect(rows[second]).to_contain_text(f"last by {NAME} (Ward manager),")
    await _is_like_afresh(scene, page, scene.priya, path)
    plain = await scene.visitors.open(java_script_enabled=False)
    cookie = {"name": "confer", "value": scene.priya.session, "url": scene.village.url}
    await plain.context.add_cookies([cookie])  # type: ignore[list-item]
    await plain.goto(scene.village.url + path)
    await expect(plain.locator("main")).to_contain_text(f"last by {NAME}{ELSEWHERE},")
    await scene.call(scene.gareth, "POST", f"/threads/{second}/posts", {"body": "I, too."})
    await expect(rows[second]).to_contain_text("last by Gareth Williams,")
    await expect(rows[scene.thread]).to_contain_text(f"last by {NAME},")
