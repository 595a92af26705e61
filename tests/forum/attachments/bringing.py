"""Files for posts, for the tests: brought over the API, as a program does."""

import io
import secrets
from collections.abc import Iterable
from typing import Any

import httpx2
from PIL import Image, ImageDraw

from tests.forum.threads.village import Place, Village, Villager

Object = dict[str, Any]
PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n"


def a_picture(width: int = 640, height: int = 400, kind: str = "PNG") -> bytes:
    """A picture that nobody else has."""
    image = Image.new("RGB", (width, height), (20, 120, secrets.randbelow(256)))
    ImageDraw.Draw(image).ellipse((40, 40, width - 40, height - 40), fill=(240, 230, secrets.randbelow(256)))
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()


async def bring(
    village: Village, person: Villager, place: Place, data: bytes | None = None, name: str = "chart.png", **fields: str
) -> Object:
    """A file that is not sent yet."""
    path = f"/api/v1/networks/{place.slug}/files"
    answer = await village.program(person).post(path, data=fields, files={"file": (name, data or a_picture())})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def send(
    village: Village, person: Villager, thread_id: str, files: Iterable[Object], body: str = "See below."
) -> httpx2.Response:
    """A post that carries these."""
    chosen = [{"id": each["id"], "alt": each["alt"]} for each in files]
    path = f"/api/v1/threads/{thread_id}/posts"
    return await village.program(person).post(path, json={"body": body, "files": chosen})


async def statuses(village: Village, person: Villager | None, file: Object) -> set[int]:
    """What this person gets at every address of the file."""
    paths = [f"/files/{file['id']}", f"/files/{file['id']}/360", f"/files/{file['id']}/1000"]
    paths += [f"/api/v1/files/{file['id']}", f"/api/v1/files/{file['id']}/content"]
    return {(await village.browser(person).get(path)).status_code for path in paths}
