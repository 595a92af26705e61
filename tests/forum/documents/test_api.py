"""The contract's paths for documents, in its shapes."""

import hashlib

from tests.forum.documents.shelf import PDF, read, replace, share, some_bytes
from tests.forum.threads.village import Village


async def test_a_document_as_a_program_sees_it(village: Village) -> None:
    amara, gareth, maeve = await village.people("Amara", "Gareth", "Maeve")
    place = await village.network(amara, [gareth])
    data = some_bytes()
    made = await share(village, gareth, place, "Night rota", data, description="Who is on", tags="Rota, nights")
    digest = hashlib.sha256(data).hexdigest()
    assert made["url"] == f"{village.url}/documents/{made['id']}"
    assert (made["title"], made["description"], made["tags"]) == ("Night rota", "Who is on", ["rota", "nights"])
    assert (made["folder"], made["state"], made["version_count"]) == (None, "current", 1)
    current = made["current"]
    assert (current["number"], current["sha256"], current["size"]) == (1, digest, len(data))
    assert (current["media_type"], current["name"]) == ("application/pdf", "pathway.pdf")
    program = village.program(amara)
    assert (await program.get(f"/api/v1/documents/{made['id']}")).json() == made
    listed = (await program.get(f"/api/v1/networks/{place.slug}/documents")).json()
    assert (listed["items"], listed["next"]) == ([made], None)
    assert f"network:{place.id}" in listed["as_of"]
    content = await program.get(current["content_url"])
    assert (content.content, content.headers["etag"]) == (data, f'"{digest}"')
    known = await program.get(current["content_url"], headers={"If-None-Match": f'"{digest}"'})
    assert known.status_code == 304
    for person in (maeve, None):
        for path in ("", "/versions", "/versions/1", "/versions/1/content", "/readers"):
            assert (await read(village, person, f"/documents/{made['id']}{path}")).status_code == 404, path


async def test_the_same_request_twice_makes_one_document(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    path, program = f"/api/v1/networks/{place.slug}/documents", village.program(amara)
    key, data = {"Idempotency-Key": "one"}, some_bytes()

    async def send(file: bytes) -> tuple[int, str, str]:
        answer = await program.post(path, data={"title": "Once"}, files={"file": ("a.pdf", file)}, headers=key)
        return answer.status_code, answer.json().get("id", ""), answer.headers.get("idempotent-replay", "")

    first, second, other = await send(data), await send(data), await send(some_bytes())
    assert (first[0], first[2], second[0], second[1], second[2]) == (201, "", 201, first[1], "true")
    assert other[0] == 422
    assert len((await program.get(path)).json()["items"]) == 1


async def test_versions_are_listed_and_a_stale_base_is_409(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    document = await share(village, amara, place)
    for base in (1, 2):
        assert (await replace(village, gareth, document, base)).status_code == 201
    assert (await replace(village, gareth, document, 1)).json()["number"] == 3
    path = f"/documents/{document['id']}/versions"
    page = (await read(village, amara, f"{path}?limit=2")).json()
    assert [each["number"] for each in page["items"]] == [3, 2]
    rest = (await read(village, amara, f"{path}?limit=2&after={page['next']}")).json()
    assert ([each["number"] for each in rest["items"]], rest["next"]) == ([1], None)
    assert (await read(village, amara, f"{path}/2")).json()["note"] == "Mended"
    for number in (4, 2**40):
        assert (await read(village, amara, f"{path}/{number}")).status_code == 404
        assert (await read(village, amara, f"{path}/{number}/content")).status_code == 404
    same = await read(village, amara, f"{path}/3/content")
    assert (await replace(village, gareth, document, 3, same.content)).status_code == 422
    assert (await replace(village, gareth, document, 3, note=" ")).status_code == 422


async def test_what_is_said_of_it_is_changed_by_who_may(village: Village) -> None:
    amara, gareth, priya, maeve = await village.people("Amara", "Gareth", "Priya", "Maeve")
    place = await village.network(amara, [gareth, priya])
    document = await share(village, gareth, place)
    path = f"/api/v1/documents/{document['id']}"
    assert (await village.program(priya).patch(path, json={"title": "Mine"})).status_code == 403
    assert (await village.program(maeve).patch(path, json={"title": "Mine"})).status_code == 404
    owner = village.program(gareth)
    assert (await owner.patch(path, json={"title": "Newer"}, headers={"If-Match": '"9"'})).status_code == 412
    change = {"title": "Newer", "state": "draft", "tags": [], "owner": priya.id, "asks_reading": True}
    changed = (await owner.patch(path, json=change)).json()
    assert (changed["title"], changed["state"], changed["owner"]["id"]) == ("Newer", "draft", priya.id)
    assert changed["asks_reading"] is True
    assert (await owner.patch(path, json={"title": "No more"})).status_code == 403
    assert (await village.program(amara).patch(path, json={"owner": maeve.id})).status_code == 422
    assert (await village.program(amara).patch(path, json={"title": ""})).status_code == 422


async def test_lists_in_every_order_come_whole(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    sizes = {"Beta": 30, "alpha": 10, "Émile": 20, "gamma": 20, "Delta": 20}
    for number, (title, size) in enumerate(sizes.items()):
        await share(village, (amara, gareth)[number % 2], place, title, PDF + b"x" * size)
    expected = {
        "newest": ["Delta", "gamma", "Émile", "alpha", "Beta"],
        "name": ["alpha", "Beta", "Delta", "Émile", "gamma"],
        "size": ["Beta", None, None, None, "alpha"],
        "person": [None] * 5,
        "kind": [None] * 5,
    }
    for order, titles in expected.items():
        found: list[str] = []
        after = ""
        for _ in range(4):
            path = f"/networks/{place.slug}/documents?order={order}&limit=2&after={after}"
            page = (await read(village, amara, path)).json()
            found += [each["title"] for each in page["items"]]
            after = page["next"]
            if after is None:
                break
        assert sorted(found) == sorted(sizes), order
        assert all(title in (None, shown) for title, shown in zip(titles, found, strict=True)), (order, found)
    for wrong in ("after=x", "order=odd", "after=WyJuYW1lIiwiYSIsImIiXQ", "limit=101", "folder=x"):
        assert (await read(village, amara, f"/networks/{place.slug}/documents?{wrong}")).status_code == 422, wrong
