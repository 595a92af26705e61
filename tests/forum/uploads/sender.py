"""A tus client of a few lines, which does only what it is told: for what no sensible client does."""

import base64
from typing import Any

import httpx2

from tests.forum.threads.village import Village, Villager

TUS = {"Tus-Resumable": "1.0.0"}
PART = {**TUS, "Content-Type": "application/offset+octet-stream"}


def metadata(**values: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


class Sender:
    """One person's program."""

    def __init__(self, village: Village, person: Villager) -> None:
        self.client = village.program(person)

    @classmethod
    async def new_member(cls, village: Village) -> "Sender":
        """Somebody new, in a network of their own: who belongs to none has nothing to send."""
        person = await village.person()
        await village.network(person)
        return cls(village, person)

    async def begin(self, size: int | str, name: str = "Minutes.txt", **more: str) -> httpx2.Response:
        told = metadata(filename=name, **{key: value for key, value in more.items() if key == "network"})
        headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": told}
        return await self.client.post("/api/v1/uploads", headers=headers)

    async def new(self, size: int, **more: str) -> str:
        """The path of a new upload."""
        answer = await self.begin(size, **more)
        assert answer.status_code == 201, answer.text
        return "/api/v1/uploads/" + answer.headers["location"].rpartition("/")[2]

    async def send(self, path: str, offset: int, content: bytes, **headers: str) -> httpx2.Response:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.patch(path, headers={**PART, "Upload-Offset": str(offset), **told}, content=content)

    async def offset(self, path: str) -> int:
        answer = await self.client.head(path, headers=TUS)
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["upload-offset"])

    async def show(self, path: str) -> Any:
        return (await self.client.get(path, headers=TUS)).json()
