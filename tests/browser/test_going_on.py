"""A file that was on its way when its page was reloaded or closed goes on when it is chosen again, and it alone.

On SQLite alone: what the browser does here is the same whatever stands behind the server.
"""

import hashlib
import os
import re
import secrets
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import Page, Request, Route, expect

from tests.browser.scene import Scene, live
from tests.servers.shapes import SQLITE_MEMORY

pytestmark = pytest.mark.parametrize("server", [SQLITE_MEMORY], indirect=True)

PIECE = 8 * 1024 * 1024
CONTENT = secrets.token_bytes(PIECE + 3_000_000)
_KEPT = (
    "Object.keys(localStorage).filter((key) => key.startsWith('confer:upload:')).map((key) => key + localStorage[key])"
)
_GROWN_OLD = """() => {
  for (const key of Object.keys(localStorage).filter((each) => each.startsWith("confer:upload:"))) {
    localStorage[key] = JSON.stringify({ ...JSON.parse(localStorage[key]), until: "Mon, 30 Nov 2020 12:00:00 GMT" });
  }
}"""
_ONE_AT_A_TIME = "**/api/v1/uploads/*"


def a_file(folder: Path, content: bytes = CONTENT) -> Path:
    """A film of one moment: the same to who looks only at its name, size and time."""
    path = folder / "Ward round.mp4"
    path.write_bytes(content)
    os.utime(path, (1_790_000_000, 1_790_000_000))
    return path


def library(scene: Scene) -> str:
    return f"/networks/{scene.place.slug}/documents"


async def choose(page: Page, *paths: Path) -> None:
    await page.set_input_files(".drop input[type=file]", [str(each) for each in paths])


async def kept(page: Page) -> list[str]:
    """What stands in the browser of files on their way."""
    found: list[str] = await page.evaluate(_KEPT)
    return found


def sent_from(page: Page) -> list[int]:
    """The offsets from which parts are sent, as they go out."""
    offsets: list[int] = []

    def hear(request: Request) -> None:
        if request.method == "PATCH":
            offsets.append(int(request.headers["upload-offset"]))

    page.on("request", hear)
    return offsets


async def leave_after_one_piece(scene: Scene, path: Path) -> tuple[Page, str]:
    """Begin to send it in a tab that is closed when a piece has come; a new tab, and the id of the upload."""
    scene.visitors.tolerate("ERR_CONNECTION_RESET")
    page = await scene.open(scene.amara, library(scene))

    async def stop_the_second(route: Route) -> None:
        if route.request.headers.get("upload-offset", "0") == "0":
            await route.continue_()
        else:
            await route.abort("connectionreset")

    await page.route(_ONE_AT_A_TIME, stop_the_second)
    async with page.expect_request(lambda each: each.headers.get("upload-offset") == str(PIECE)) as caught:
        await choose(page, path)
    upload = (await caught.value).url.rpartition("/")[2]
    other = await page.context.new_page()
    await page.close()
    await scene.go(other, library(scene))
    return other, upload


async def wait_shared(page: Page, count: int = 1) -> None:
    words = ("One file shared.", "Two files shared. See below what is here already.")[count - 1]
    await expect(page.locator(".drop + p")).to_have_text(words, timeout=30_000)


async def bytes_of(scene: Scene) -> list[str]:
    """The hashes of all documents of the place, as what is given out of them."""
    listed = await scene.call(scene.amara, "GET", f"/networks/{scene.place.slug}/documents")
    async with httpx2.AsyncClient(verify=False, headers=scene.amara.bearer) as client:
        answers = [await client.get(each["current"]["content_url"]) for each in listed["items"]]
    return [hashlib.sha256(answer.content).hexdigest() for answer in answers]


async def status_of(scene: Scene, upload: str) -> int:
    headers = scene.amara.bearer | {"Tus-Resumable": "1.0.0"}
    async with httpx2.AsyncClient(verify=False, headers=headers) as client:
        return (await client.head(f"{scene.village.url}/api/v1/uploads/{upload}")).status_code


async def test_it_goes_on_after_the_tab_was_closed(scene: Scene, tmp_path: Path) -> None:
    path = a_file(tmp_path)
    page, upload = await leave_after_one_piece(scene, path)
    (entry,) = await kept(page)
    assert scene.place.slug not in entry
    assert "Ward" not in entry
    # A little more had come than this browser was told of, as when a tab is ended in the middle of a part.
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(PIECE), "Content-Type": "application/offset+octet-stream"}
    async with httpx2.AsyncClient(verify=False, headers=scene.amara.bearer | headers) as client:
        more = await client.patch(
            f"{scene.village.url}/api/v1/uploads/{upload}", content=CONTENT[PIECE : PIECE + 70_000]
        )
    assert more.status_code == 204, more.text
    offsets = sent_from(page)
    await choose(page, path)
    await wait_shared(page)
    assert offsets == [PIECE + 70_000]
    assert await bytes_of(scene) == [hashlib.sha256(CONTENT).hexdigest()]
    assert await kept(page) == []
    assert await status_of(scene, upload) == 404


async def test_a_reload_in_the_middle_of_a_part_loses_only_what_was_under_way(scene: Scene, tmp_path: Path) -> None:
    scene.visitors.tolerate("409")  # the server may still hear the end of what was under way
    path = a_file(tmp_path)
    page = await scene.open(scene.amara, library(scene))
    page.on("dialog", lambda dialog: dialog.accept())
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 4_000_000}
    session = await page.context.new_cdp_session(page)
    await session.send("Network.emulateNetworkConditions", slow)
    await choose(page, path)
    await expect(page.locator(".sending-said")).to_have_text(re.compile(r"^([1-5]\d) %$"), timeout=30_000)
    await page.reload()
    await session.send("Network.emulateNetworkConditions", slow | {"uploadThroughput": -1})
    await live(page)
    offsets = sent_from(page)
    await choose(page, path)
    await wait_shared(page)
    assert offsets[-1] > 0
    assert await bytes_of(scene) == [hashlib.sha256(CONTENT).hexdigest()]


async def test_another_file_of_that_name_size_and_time_is_not_joined_to_it(scene: Scene, tmp_path: Path) -> None:
    page, upload = await leave_after_one_piece(scene, a_file(tmp_path))
    other = bytearray(CONTENT)
    other[PIECE - 1] ^= 1
    offsets = sent_from(page)
    await choose(page, a_file(tmp_path, bytes(other)))
    await wait_shared(page)
    assert offsets == [0, PIECE]
    assert await bytes_of(scene) == [hashlib.sha256(other).hexdigest()]
    assert await status_of(scene, upload) == 404


async def test_one_that_ended_meanwhile_begins_anew_without_a_word(scene: Scene, tmp_path: Path) -> None:
    scene.visitors.tolerate("404")
    path = a_file(tmp_path)
    page, upload = await leave_after_one_piece(scene, path)
    headers = scene.amara.bearer | {"Tus-Resumable": "1.0.0"}
    async with httpx2.AsyncClient(verify=False, headers=headers) as client:
        assert (await client.delete(f"{scene.village.url}/api/v1/uploads/{upload}")).status_code == 204
    offsets = sent_from(page)
    await choose(page, path)
    await wait_shared(page)
    assert offsets == [0, PIECE]
    assert await bytes_of(scene) == [hashlib.sha256(CONTENT).hexdigest()]


async def test_what_is_cancelled_is_given_up_at_the_server(scene: Scene, tmp_path: Path) -> None:
    path = a_file(tmp_path)
    page, upload = await leave_after_one_piece(scene, path)

    async def send_nothing(route: Route) -> None:
        await (route.abort("connectionreset") if route.request.method == "PATCH" else route.continue_())

    await page.route(_ONE_AT_A_TIME, send_nothing)
    async with page.expect_request(lambda each: each.headers.get("upload-offset") == str(PIECE)):
        await choose(page, path)
    async with page.expect_response(lambda each: each.request.method == "DELETE"):
        await page.get_by_role("button", name="Cancel").click()
    assert await kept(page) == []
    assert await status_of(scene, upload) == 404


async def test_the_same_file_twice_at_once_is_sent_twice(scene: Scene, tmp_path: Path) -> None:
    path = a_file(tmp_path)
    page, _ = await leave_after_one_piece(scene, path)
    offsets = sent_from(page)
    await choose(page, path, path)
    await wait_shared(page, 2)
    assert sorted(offsets) == [0, PIECE, PIECE]
    assert await bytes_of(scene) == [hashlib.sha256(CONTENT).hexdigest()] * 2
    assert await kept(page) == []


async def test_nothing_of_it_stays_for_who_signs_in_next(scene: Scene, tmp_path: Path) -> None:
    page, _ = await leave_after_one_piece(scene, a_file(tmp_path))
    assert len(await kept(page)) == 1
    cookie = {"name": "confer", "value": scene.gareth.session, "url": scene.village.url, "httpOnly": True}
    await page.context.add_cookies([cookie])  # type: ignore[list-item]
    await scene.go(page, library(scene))
    assert await kept(page) == []


async def test_nothing_of_it_stays_after_signing_out_or_its_end(scene: Scene, tmp_path: Path) -> None:
    path = a_file(tmp_path)
    page, _ = await leave_after_one_piece(scene, path)
    await page.evaluate(_GROWN_OLD)
    await scene.go(page, library(scene))
    assert await kept(page) == []
    page, _ = await leave_after_one_piece(scene, path)
    await scene.go(page, "/sign-out")
    await page.get_by_role("button", name="Sign out").last.click()
    await page.wait_for_url(lambda url: "/sign-out" not in url)
    assert await kept(page) == []


async def test_a_file_of_a_post_goes_on_too(scene: Scene, tmp_path: Path) -> None:
    path = a_file(tmp_path)
    page, _ = await leave_after_one_piece(scene, path)
    await scene.go(page)
    await page.locator("#compose > summary").click()
    offsets = sent_from(page)
    await page.set_input_files("#compose input[type=file]", str(path))
    await expect(page.locator("#compose [data-file]")).to_have_count(1, timeout=30_000)
    assert offsets == [PIECE]
    assert await kept(page) == []
