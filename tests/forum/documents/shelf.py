"""Documents for the tests: shared over the API, as a program does."""

import secrets
from typing import Any

import httpx2

from tests.forum.threads.village import Place, Village, Villager

Object = dict[str, Any]
PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n"


def some_bytes() -> bytes:
    """A file that nobody else has."""
    return PDF + secrets.token_bytes(200)


async def share(
    village: Village, person: Villager, place: Place, title: str = "Pathway", data: bytes | None = None, **fields: str
) -> Object:
    """A new document."""
    files = {"file": ("pathway.pdf", data or some_bytes(), "application/pdf")}
    path = f"/api/v1/networks/{place.slug}/documents"
    answer = await village.program(person).post(path, data={"title": title, **fields}, files=files)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def replace(
    village: Village, person: Villager, document: Object, base: int, data: bytes | None = None, note: str = "Mended"
) -> httpx2.Response:
    """Try to share a version in place of `base`."""
    files = {"file": ("pathway 2.pdf", data or some_bytes(), "application/pdf")}
    path = f"/api/v1/documents/{document['id']}/versions"
    return await village.program(person).post(path, data={"note": note, "base": str(base)}, files=files)


async def read(village: Village, person: Villager | None, path: str) -> httpx2.Response:
    """What the API answers."""
    return await village.program(person).get(f"/api/v1{path}")
