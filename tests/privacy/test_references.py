"""Ids, names and addresses of hidden things inside what is sent: they tell no more than those of nothing."""

from collections.abc import Callable

import pytest

from ground.columns import new_id
from tests.privacy.addresses import doors, shown
from tests.privacy.world import HIDDEN, Place, World

Sent = tuple[str, str, str, dict[str, str] | None]
"""Who asks, the method, the path, and what is sent: what is `REAL` there is the id or the word that is tried."""


def _by_post(world: World, _: Place) -> list[Sent]:
    path = f"/threads/{world.places['open'].threads[0]}"
    answer = {"body": "An answer", "reply_to": "REAL"}
    return [
        ("signed_out", "GET", f"{path}?reply=REAL", None),
        ("elsewhere", "GET", f"{path}?reply=REAL", None),
        ("elsewhere", "GET", f"{path}?reply=REAL&quote=1", None),
        ("elsewhere", "POST", f"{path}/posts", answer),
        ("elsewhere", "POST", f"{path}/posts", answer | {"act": "preview"}),
        ("elsewhere", "POST", f"/api/v1{path}/posts", answer),
    ]


def _by_network(_: World, __: Place) -> list[Sent]:
    mention = {"body": "@Ada Insider and @Ada Member", "network": "REAL"}
    return [(visitor, "POST", "/preview", mention) for visitor in ("outsider", "elsewhere", "removed", "suspended")]


def _by_person(world: World, _: Place) -> list[Sent]:
    path = f"/networks/{world.elsewhere.slug}"
    return [
        ("elsewhere", "GET", f"{path}/members/REAL", None),
        ("elsewhere", "POST", f"{path}/members/REAL/role", {"role": "moderator"}),
        ("elsewhere", "POST", f"{path}/members/REAL/ban", {"reason": "Enough"}),
        ("elsewhere", "POST", f"{path}/requests", {"who-REAL": "on", "answer": "admit"}),
        ("elsewhere", "PATCH", f"/api/v1{path}/members/REAL", {"status": "banned"}),
        ("elsewhere", "GET", "/people/REAL", None),
    ]


def _by_invitation(world: World, _: Place) -> list[Sent]:
    path = f"/networks/{world.elsewhere.slug}"
    return [
        ("elsewhere", "POST", f"{path}/invitations/REAL/withdrawal", {}),
        ("elsewhere", "PATCH", f"/api/v1{path}/members/REAL", {"status": "removed"}),
    ]


def _by_word(_: World, __: Place) -> list[Sent]:
    visitors = ("signed_out", "outsider", "requested", "removed", "site_administrator")
    paths = ("/networks?q=REAL", "/api/v1/networks?q=REAL", "/api/v1/networks?q=REAL&mine=true")
    return [(visitor, "GET", path, None) for visitor in visitors for path in paths]


TRIED: dict[str, tuple[Callable[[World, Place], list[Sent]], Callable[[World, Place], str]]] = {
    "post": (_by_post, lambda _, place: place.posts[0]),
    "network": (_by_network, lambda _, place: place.id),
    "person": (_by_person, lambda world, _: world.ids["insider"]),
    "invitation": (_by_invitation, lambda _, place: place.invitation),
    "word": (_by_word, lambda _, place: place.words["content"]),
    "name": (_by_word, lambda _, place: place.words["name" if place.access == "secret" else "title"]),
    # What the directory shows of a closed network is found there, too.
    "purpose": (_by_word, lambda _, place: place.words["title" if place.access == "closed" else "purpose"]),
}


def _say(world: World, sent: Sent, name: str) -> tuple[int, str, str]:
    visitor, method, path, body = sent
    path = path.replace("REAL", name)
    asker = doors(world, path)[visitor]
    if body is None:
        return shown(asker.ask(method, path), [name])
    filled = {field.replace("REAL", name): value.replace("REAL", name) for field, value in body.items()}
    if path.startswith("/api/"):
        return shown(asker.ask(method, path, json=filled), [name])
    return shown(asker.ask(method, path, form=filled), [name])


@pytest.mark.parametrize("kind", TRIED)
def test_a_hidden_name_is_as_a_made_up_one(world: World, kind: str) -> None:
    requests, real = TRIED[kind]
    for access in HIDDEN:
        place = world.places[access]
        name = real(world, place)
        made_up = new_id() if len(name) == 36 else "a" + name[1:-1] + "z"
        for sent in requests(world, place):
            assert _say(world, sent, name) == _say(world, sent, made_up), (access, sent)


def test_members_get_more_for_the_same_names(world: World) -> None:
    """The comparison would see it: here the names mean something."""
    place = world.places["secret"]
    for kind, path in (("post", f"/threads/{place.threads[0]}?reply=REAL"), ("name", "/networks?q=REAL&mine=true")):
        sent: Sent = ("fellow", "GET", path, None)
        assert _say(world, sent, TRIED[kind][1](world, place)) != _say(world, sent, new_id())
    mention: Sent = ("fellow", "POST", "/preview", {"body": "@Ada Insider", "network": "REAL"})
    assert _say(world, mention, place.id) != _say(world, mention, new_id())


def test_the_name_of_a_hidden_network_is_free(own_world: World) -> None:
    """It holds no plain address, so making another one of its name goes as it goes for any name."""
    for access in ("unlisted", "secret"):
        name = own_world.places[access].name
        made = own_world.do("outsider", "POST", "/networks", {"name": name, "purpose": "Mine", "access": "closed"})
        assert made["slug"] == name.lower().replace(" ", "-")


def test_an_invitation_does_not_tell_who_has_an_account(world: World) -> None:
    path = f"/networks/{world.elsewhere.slug}/invitations"
    answers = []
    for email in (world.people["insider"].email, "nobody.at.all@example.org"):
        answer = world.programs["elsewhere"].ask("POST", f"/api/v1{path}", json={"emails": [email]})
        answers.append(shown(answer, [email]))
    assert answers[0] == answers[1]
