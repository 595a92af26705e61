"""The API of networks: who sees what of each kind (design, section 7), and what becomes of each request."""

import secrets

import pytest

from tests.forum.networks.caller import Caller, new_name
from tests.forum.networks.conftest import Calling

KINDS = ("open", "closed", "unlisted", "secret")


@pytest.mark.parametrize("access", KINDS)
def test_creator_is_first_administrator(amara: Caller, access: str) -> None:
    name = new_name()
    network = amara.make(access, name, accent="plum")
    plain = name.lower().replace(" ", "-")
    assert (network["name"], network["access"], network["accent"]) == (name, access, "plum")
    assert network["member_count"] == 1
    assert network["size"] == "1–10"
    assert network["my"] == {"role": "administrator", "status": "active"}
    assert network["url"] == f"{amara.server.url}/networks/{network['slug']}"
    if access in ("unlisted", "secret"):
        assert network["slug"].removeprefix(f"{plain}-").isalpha()
        assert len(network["slug"]) == len(plain) + 9
        assert amara.get(f"/networks/{plain}").status_code == 404
    else:
        assert network["slug"] == plain
    assert amara.show(network).json() == network


def test_a_name_in_the_directory_is_taken(amara: Caller, gareth: Caller) -> None:
    name = new_name()
    first = amara.make("closed", name)
    again = {"name": name.upper(), "purpose": "P", "access": "open"}
    refused = gareth.post("/networks", again)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["name"]
    assert "Another network has this name" in refused.json()["detail"]
    other = gareth.make("open")
    assert gareth.patch(f"/networks/{other['slug']}", {"name": name}).status_code == 422
    assert gareth.patch(f"/networks/{other['slug']}", {"name": other["name"].upper()}).status_code == 200
    assert amara.leave(first, alone="yes").status_code == 204
    assert gareth.make("closed", name)["slug"] == f"{first['slug']}-2"


def test_a_name_that_looks_like_one_in_the_directory_is_taken(amara: Caller, gareth: Caller) -> None:
    mark = new_name()
    first = amara.make("closed", f"{mark} Inquiry Board")
    for name in (f"{mark} Inquiry Board.", f"{mark} Inquiry-Board", f"{mark} lnquiry Board", f"{mark} Inquiry B0ard"):
        refused = gareth.post("/networks", {"name": name, "purpose": "P", "access": "open"})
        assert (refused.status_code, "looks like it" in refused.json()["detail"]) == (422, True), name
    # Its own name may be written otherwise; what is hidden is not compared until it comes into the directory.
    assert amara.patch(f"/networks/{first['slug']}", {"name": f"{mark} Inquiry-Board"}).status_code == 200
    hidden = gareth.make("unlisted", f"{mark} lnquiry Board")
    listed = gareth.patch(f"/networks/{hidden['slug']}", {"access": "closed", "confirm": hidden["name"]})
    assert (listed.status_code, "another name first" in listed.json()["detail"]) == (422, True)
    gareth.make("open", f"{mark} Inquiry Group")


def test_names_of_hidden_networks_are_not_told(amara: Caller, gareth: Caller) -> None:
    for access in ("unlisted", "secret"):
        name = new_name()
        hidden = amara.make(access, name)
        assert gareth.make("closed", name)["slug"] == hidden["slug"][:-9]
        assert amara.make(access, name)["slug"] != hidden["slug"]


def test_like_names_get_addresses_of_their_own(amara: Caller) -> None:
    name = new_name()
    slugs = [amara.make("closed", name + end)["slug"] for end in ("", " 黄", " 蓉")]
    assert slugs == [slugs[0], f"{slugs[0]}-2", f"{slugs[0]}-3"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "purpose": "P", "access": "open"}, "name"),
        ({"name": " \u200b ", "purpose": "P", "access": "open"}, "name"),
        ({"name": "x" * 300, "purpose": "P", "access": "open"}, "name"),
        ({"name": "Diаbetes", "purpose": "P", "access": "open"}, "name"),  # a Cyrillic letter
        ({"name": "N", "purpose": "", "access": "open"}, "purpose"),
        ({"name": "N", "purpose": "x" * 501, "access": "open"}, "purpose"),
        ({"name": "N", "purpose": "P", "access": "hidden"}, "access"),
        ({"name": "N", "purpose": "P", "access": ["open"]}, "access"),
        ({"name": "N", "purpose": "P"}, "access"),
        ({"name": "N", "purpose": "P", "access": "open", "slug": "mine"}, "slug"),
    ],
)
def test_what_can_not_be_made(amara: Caller, body: dict[str, object], field: str) -> None:
    answer = amara.post("/networks", body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert answer.json()["errors"][0]["message"].endswith(".")


def test_p2_same_click_twice_makes_one_network(amara: Caller) -> None:
    body = {"name": new_name(), "purpose": "P", "access": "closed"}
    key = {"Idempotency-Key": secrets.token_urlsafe(16)}
    first, second = (amara.post("/networks", body, **key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["idempotent-replay"] == "true"
    assert amara.post("/networks", body | {"purpose": "Q"}, **key).status_code == 422


def test_signed_out_people_make_nothing(guest: Caller) -> None:
    assert guest.post("/networks", {"name": "N", "purpose": "P", "access": "open"}).status_code == 401


# -- who sees what ------------------------------------------------------------------------------------


def test_outsiders_see_of_each_kind_what_they_may(amara: Caller, gareth: Caller, guest: Caller) -> None:
    networks = {access: amara.make(access) for access in KINDS}
    for outsider in (gareth, guest):
        shown = {access: outsider.show(network) for access, network in networks.items()}
        assert [answer.status_code for answer in shown.values()] == [200, 200, 200, 404]
        assert shown["open"].json()["member_count"] == 1
        whom = [{"name": amara.name, "organisation": ""}]
        assert shown["open"].json()["created_at"] is not None
        assert shown["open"].json()["administrators"] == whom
        closed = shown["closed"].json()
        assert (closed["created_at"], closed["version"]) == (None, None)
        assert (closed["administrators"], closed["organisations"]) == (whom, [])
        assert (closed["purpose"], closed["size"], closed["member_count"]) == ("What the tests are for.", "1–10", None)
        unlisted = shown["unlisted"].json()
        assert (unlisted["purpose"], unlisted["size"], unlisted["member_count"]) == (None, None, None)
        assert unlisted["name"] == networks["unlisted"]["name"]
        told = {name for name, value in unlisted.items() if value is not None}
        assert told == {"id", "slug", "url", "name", "access", "accent"}


def test_secret_and_nothing_are_the_same_answer(amara: Caller, gareth: Caller, guest: Caller) -> None:
    secret = amara.make("secret")["slug"]
    nothing = f"{secret[:-8]}{'x' * 8}"
    for outsider in (gareth, guest):
        for path in ("", "/members", "/members?status=requested"):
            answers = [outsider.get(f"/networks/{slug}{path}") for slug in (secret, nothing)]
            assert {answer.status_code for answer in answers} == {404}
            assert answers[0].text == answers[1].text
            skipped = {"date", "x-request-id"}
            headers = [
                {key: value for key, value in answer.headers.items() if key not in skipped} for answer in answers
            ]
            assert headers[0] == headers[1]
            assert headers[0]["cache-control"] == "private, no-store"
    for method in ("put", "delete"):
        answers = [getattr(gareth, method)(f"/networks/{slug}/members/me") for slug in (secret, nothing)]
        assert {answer.status_code for answer in answers} == {404}
        assert answers[0].text == answers[1].text


def test_directory_names_open_and_closed_networks(amara: Caller, gareth: Caller, guest: Caller) -> None:
    word = f"q{secrets.token_hex(5)}"
    networks = {access: amara.make(access, f"Network {word} {access}") for access in KINDS}
    assert _names(amara, word) == sorted(network["name"] for network in networks.values())
    for outsider in (gareth, guest):
        assert _names(outsider, word) == [networks["closed"]["name"], networks["open"]["name"]]


def _names(caller: Caller, word: str, **query: str) -> list[str]:
    answer = caller.get("/networks", q=word, **query)
    assert answer.status_code == 200
    return [network["name"] for network in answer.json()["items"]]


def test_search_finds_each_word_in_any_part_of_a_row(amara: Caller, gareth: Caller) -> None:
    word = f"z{secrets.token_hex(5)}"
    purpose = f"About ß{word}_100%"
    for access in ("open", "closed"):
        name = f"Café {new_name()}"
        answer = amara.post("/networks", {"name": name, "purpose": purpose, "access": access})
        assert answer.status_code == 201
        assert name in _names(gareth, f"cafe {name.split()[-1].upper()}")
        assert name in _names(gareth, f"{name.split()[-1]} cafe ABOUT ß{word}")
        assert _names(gareth, f"{name.split()[-1]} {word}x") == []
    assert len(_names(gareth, word)) == 2
    assert len(_names(amara, f"{word}_100%")) == 2
    assert _names(amara, f"{word}_1_0%") == []


def test_search_finds_the_organisations_that_a_row_shows(amara: Caller, gareth: Caller, calling: Calling) -> None:
    hospital = f"Hôpital {secrets.token_hex(5)}"
    helen = calling("Helen of the hospital")
    assert helen.patch("/me", {"organisation": hospital}).status_code == 200
    names = {}
    for access in ("closed", "secret"):
        network = amara.make(access)
        names[access] = network["name"]
        amara.invite(network, helen.email)
        assert helen.join(network).status_code == 200
    assert _names(gareth, f"{hospital.upper()}") == [names["closed"]]
    assert _names(gareth, f"{hospital} {names['closed']}") == [names["closed"]]
    assert _names(amara, hospital) == [names["closed"]]


def test_directory_pages_by_name(amara: Caller, gareth: Caller) -> None:
    word = f"p{secrets.token_hex(5)}"
    made = sorted(amara.make("open", f"{word} {letter}")["name"] for letter in "cabed")
    seen: list[str] = []
    after = {}
    for _ in range(3):
        page = gareth.get("/networks", q=word, limit=2, **after).json()
        seen += [network["name"] for network in page["items"]]
        after = {"after": page["next"]}
    assert seen == made
    assert page["next"] is None
    assert gareth.get("/networks", mine="true", q=word).json()["items"] == []
    assert len(amara.get("/networks", mine="true", q=word).json()["items"]) == 5


@pytest.mark.parametrize(
    "query", [{"limit": 101}, {"limit": 0}, {"limit": "x"}, {"after": "x"}, {"after": "WzFd"}, {"odd": 1}]
)
def test_wrong_queries_are_refused(amara: Caller, query: dict[str, object]) -> None:
    network = amara.make()
    for path in ("/networks", f"/networks/{network['slug']}/members"):
        assert amara.get(path, **query).status_code == 422


def test_site_administrators_see_the_frame_of_every_network_and_the_content_of_none(
    amara: Caller, admin: Caller
) -> None:
    for access in ("closed", "unlisted", "secret"):
        network = amara.make(access)
        shown = admin.show(network).json()
        assert (shown["name"], shown["size"], shown["access"]) == (network["name"], "1–10", access)
        assert (shown["member_count"], shown["my"]) == (None, None)
        assert admin.get(f"/networks/{network['slug']}/members").status_code == 404
        assert admin.patch(f"/networks/{network['slug']}", {"name": "Mine now"}).status_code == 403
    assert admin.join(network).status_code == 404


# -- changing a network -------------------------------------------------------------------------------


def test_administrators_change_a_network(amara: Caller, gareth: Caller) -> None:
    network = amara.make("closed")
    amara.admit(network, gareth)
    path = f"/networks/{network['slug']}"
    assert gareth.patch(path, {"name": "Mine"}).status_code == 403
    name = new_name()
    changed = amara.patch(path, {"name": name, "purpose": "Another.", "accent": "moss"}, **{"If-Match": '"1"'})
    assert changed.status_code == 200
    assert changed.json()["version"] == 2
    assert (changed.json()["name"], changed.json()["slug"]) == (name, network["slug"])
    assert gareth.show(network).json()["purpose"] == "Another."
    assert amara.patch(path, {"name": "Late"}, **{"If-Match": '"1"'}).status_code == 412
    assert amara.patch(path, {"name": "Late"}, **{"If-Match": "1"}).status_code == 422
    assert amara.patch(path, {}).json()["version"] == 2


def test_another_access_is_typed_to_confirm(amara: Caller) -> None:
    network = amara.make("closed")
    path = f"/networks/{network['slug']}"
    for body in ({"access": "open"}, {"access": "open", "confirm": "another name"}):
        refused = amara.patch(path, body)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "confirm"
    assert amara.patch(path, {"access": "open", "confirm": network["name"].upper()}).json()["access"] == "open"


def test_becoming_hidden_moves_a_network_and_keeps_its_old_address(
    amara: Caller, gareth: Caller, helen: Caller, guest: Caller
) -> None:
    name = new_name()
    network = amara.make("open", name)
    gareth.join(network)
    old = f"/networks/{network['slug']}"
    moved = amara.patch(old, {"access": "unlisted", "confirm": name}).json()
    assert moved["slug"] != network["slug"]
    assert gareth.get(old).json()["slug"] == moved["slug"]
    for outsider in (helen, guest):
        assert outsider.get(old).status_code == 404
        assert outsider.show(moved).json()["purpose"] is None
    assert amara.make("open", name)["slug"] == f"{network['slug']}-2"
    hidden = amara.patch(old, {"access": "secret", "confirm": name}).json()
    assert hidden["slug"] not in (network["slug"], moved["slug"])
    for outsider in (helen, guest):
        for slug in (network["slug"], moved["slug"], hidden["slug"]):
            assert outsider.get(f"/networks/{slug}").status_code == 404
    assert gareth.get(f"/networks/{moved['slug']}").json()["slug"] == hidden["slug"]
