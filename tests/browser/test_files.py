"""Pictures and files in the composer: dropped, pasted and picked; kept with the draft; live as after a reload.

On SQLite alone: what the browser does here is the same whatever stands behind the server.
"""

import base64

import pytest
from playwright.async_api import expect

from tests.browser.scene import Scene, equals_reload, live, post, send, words, write
from tests.forum.attachments.bringing import PDF, a_picture
from tests.servers.browser import shot
from tests.servers.shapes import SQLITE_MEMORY

pytestmark = pytest.mark.parametrize("server", [SQLITE_MEMORY], indirect=True)

_HAND_OVER = """([kind, name, type, data]) => {
  const held = new DataTransfer();
  held.items.add(new File([Uint8Array.from(atob(data), (each) => each.charCodeAt(0))], name, { type }));
  const area = document.querySelector("#compose textarea");
  const carried = kind === "drop" ? { dataTransfer: held } : { clipboardData: held };
  const Kind = kind === "drop" ? DragEvent : ClipboardEvent;
  area.dispatchEvent(new Kind(kind, { bubbles: true, cancelable: true, ...carried }));
}"""


async def test_pictures_are_brought_in_three_ways_kept_and_seen_live(scene: Scene) -> None:
    reader = await scene.open(scene.gareth)
    await live(reader)
    page = await scene.open(scene.amara)
    await write(page, "The ward at night, and the rota.")
    picture = base64.b64encode(a_picture()).decode()
    await page.evaluate(_HAND_OVER, ["drop", "ward.png", "image/png", picture])
    await page.evaluate(_HAND_OVER, ["paste", "pasted.png", "image/png", base64.b64encode(a_picture()).decode()])
    rota = {"name": "rota.pdf", "mimeType": "application/pdf", "buffer": PDF}
    await page.set_input_files("#compose input[type=file]", [rota])  # type: ignore[list-item]
    await expect(page.locator("#compose [data-file]")).to_have_count(3)
    # Pressed by its label: the browser's own field, which would say that none is chosen, never shows.
    await page.locator("#compose input[type=file]").focus()
    assert (await page.locator("#compose input[type=file]").bounding_box() or {})["width"] <= 1
    await page.get_by_label("What does it show?").first.fill("A ward at night")
    await expect(page.locator("#compose [data-saved]")).to_have_text("Saved")
    await page.wait_for_timeout(500)
    # They stay with the draft through a reload, with what was said of them.
    await page.reload()
    await expect(page.locator("#compose [data-file]")).to_have_count(3)
    await expect(words(page)).to_have_value("The ward at night, and the rota.")
    await page.get_by_role("button", name="Take out pasted.png").click()
    await expect(page.locator("#compose [data-file]")).to_have_count(2)
    await expect(page.get_by_label("What does it show?")).to_have_value("A ward at night")
    await send(page)
    for shown in (page, reader):
        await expect(post(shown, 2).get_by_alt_text("A ward at night")).to_be_visible()
        await expect(post(shown, 2).get_by_role("link", name="rota.pdf")).to_be_visible()
    await expect(page.locator("#compose [data-file]")).to_have_count(0)
    await equals_reload(scene, reader, scene.gareth)
    await equals_reload(scene, page, scene.amara)


async def test_twenty_at_once_are_told_the_bound_and_a_picture_asks_for_words(scene: Scene) -> None:
    scene.visitors.tolerate("422")
    page = await scene.open(scene.amara)
    await write(page, "Many.")
    many = [{"name": f"{number}.png", "mimeType": "image/png", "buffer": a_picture(160, 120)} for number in range(20)]
    await page.set_input_files("#compose input[type=file]", many)  # type: ignore[arg-type]
    await expect(page.locator(".files-said")).to_contain_text("A post takes 10 files at most")
    await expect(page.locator("#compose [data-file]")).to_have_count(10, timeout=30_000)
    await page.get_by_role("button", name="Post reply").click()
    await expect(page.locator("#compose .send-state")).to_contain_text("Say in a few words what")
    await page.get_by_role("button", name="Post anyway").click()
    await expect(post(page, 2).locator("figure")).to_have_count(10, timeout=30_000)


async def test_several_files_into_the_library_say_what_came_of_them(scene: Scene) -> None:
    """What is shared goes over into the list, and what failed stays, under the name that everybody will see."""
    page = await scene.open(scene.amara, f"/networks/{scene.place.slug}/documents")
    chosen = [
        {"name": name, "mimeType": "text/plain", "buffer": data}
        for name, data in (("rota.txt", b"One."), ("photo.jpg.exe", b"Two."), ("invoice\u202etxt.exe", b""))
    ]
    await page.set_input_files(".drop input[type=file]", chosen)  # type: ignore[arg-type]
    said = "Two files shared. One file could not be shared."
    await expect(page.locator(".drop + p")).to_have_text(said)
    await expect(page.locator(".sending")).to_have_count(1)
    await expect(page.locator(".sending-name")).to_have_text("invoicetxt.exe")
    await expect(page.locator(".sending").get_by_role("button")).to_have_text(["Leave it"])
    titles = await page.locator("[data-region=documents] .item-title").all_inner_texts()
    assert sorted(titles) == ["photo.jpg.exe", "rota"]


async def test_two_that_are_alike_in_one_drop_are_told(scene: Scene) -> None:
    """Beside the second, which says what it is like; it stays until that was seen, and becomes a version from there."""
    page = await scene.open(scene.amara, f"/networks/{scene.place.slug}/documents")
    same = {"name": "photo.png", "mimeType": "image/png", "buffer": a_picture()}
    await page.set_input_files(".drop input[type=file]", [same, same])  # type: ignore[list-item]
    await expect(page.locator(".drop + p")).to_have_text("Two files shared. See below what is here already.")
    rows = page.locator(".sending")
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("“photo” in this network has the same content. Withdraw this one")
    await shot(page, "alike")
    await rows.get_by_role("button", name="Keep both").click()
    await expect(rows).to_have_count(0)
    await expect(page.locator("[data-region=documents] .item-title")).to_have_text(["photo", "photo"])
    # Another day's file of that name is one more version, with what is new in it.
    await page.set_input_files(".drop input[type=file]", [{**same, "buffer": a_picture(200, 100)}])  # type: ignore[list-item]
    await expect(rows).to_contain_text("“photo” in this network has the same file name.")
    await expect(page.locator(".drop + p")).to_have_text("One file shared. See below what is here already.")
    await rows.get_by_role("link", name="Make this a new version of it").click()
    await page.get_by_label("What is new in it?").fill("Seen from the door")
    await page.get_by_role("button", name="Share this version").click()
    await expect(page.locator(".document-act")).to_contain_text("Version 2 of 2")
    await page.goto(f"{scene.village.url}/networks/{scene.place.slug}/documents")
    await expect(page.locator("[data-region=documents] .item-title")).to_have_text(["photo", "photo"])


async def test_what_is_said_of_one_that_is_alike_goes_when_that_is_withdrawn(scene: Scene) -> None:
    page = await scene.open(scene.amara, f"/networks/{scene.place.slug}/documents")
    same = {"name": "photo.png", "mimeType": "image/png", "buffer": a_picture()}
    await page.set_input_files(".drop input[type=file]", [same, same])  # type: ignore[list-item]
    await expect(page.locator(".sending")).to_have_count(1)
    listed = await scene.call(scene.amara, "GET", f"/networks/{scene.place.slug}/documents")
    second, first = sorted((each["id"] for each in listed["items"]), reverse=True)
    await scene.go(page, f"/documents/{second}")
    await expect(page.locator("[data-alike]")).to_be_visible()
    await shot(page, "alike-document")
    await scene.call(scene.amara, "DELETE", f"/documents/{first}")
    await expect(page.locator("[data-alike]")).to_have_count(0)
