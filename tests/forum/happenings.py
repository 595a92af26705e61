"""One way at least in which each kind of event comes about, through the API: what is live is compared with a reload.

`HAPPENINGS` names every kind there is; a test compares it with the classes of `forum.events`.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tests.forum.card_happenings import change_cards, make_cards, take_cards_away, use_cards
from tests.forum.scenery import Scenery
from tests.forum.threads.village import Villager

Happening = Callable[[Scenery], Awaitable[None]]


async def _begin_threads(scenery: Scenery) -> None:
    words = {"title": "Begun just now", "body": "Has anybody tried the new lines?"}
    await scenery.call(scenery.gareth, "POST", f"{scenery.network}/threads", words)
    words = {"title": "Priya’s own", "body": "From another screen of mine."}
    await scenery.call(scenery.priya, "POST", f"{scenery.network}/threads", words)


async def _reply(scenery: Scenery) -> None:
    first = await scenery.reply(scenery.gareth, scenery.thread, "The registrar, I **think**.")
    scenery.made["answered"] = first
    scenery.made["answer"] = await scenery.reply(scenery.amara, scenery.thread, "Not at weekends.", reply_to=first)
    await scenery.reply(scenery.gareth, scenery.other, "And here too.")


async def _reply_oneself(scenery: Scenery) -> None:
    """What the reader writes on another screen: everything before it is read then."""
    scenery.made["own"] = await scenery.reply(scenery.priya, scenery.other, "From another screen of mine.")


async def _edit(scenery: Scenery) -> None:
    path = f"/posts/{scenery.made['answered']}"
    await scenery.call(scenery.gareth, "PATCH", path, {"body": "The registrar, `surely`."})
    posts = await scenery.call(scenery.amara, "GET", f"/threads/{scenery.thread}/posts")
    await scenery.call(scenery.amara, "PATCH", f"/posts/{posts['items'][0]['id']}", {"body": "Could each ward say?"})


async def _remove(scenery: Scenery) -> None:
    """Who wrote last in the thread is another one now."""
    removal = {"reason": "It names a patient."}
    await scenery.call(scenery.amara, "POST", f"/posts/{scenery.made['answer']}/removal", removal)
    await scenery.call(scenery.priya, "DELETE", f"/posts/{scenery.made['own']}")


async def _hide_and_restore(scenery: Scenery) -> None:
    """What was hidden can be read again: what it answers names it again, and who wrote last is the other again."""
    hiding = {"rule": "abuse", "reason": "Please say it more kindly."}
    act = await scenery.call(scenery.amara, "POST", f"/posts/{scenery.made['answered']}/hiding", hiding)
    await scenery.call(scenery.amara, "POST", f"/acts/{act['id']}/undo", {})


async def _report_and_decide(scenery: Scenery) -> None:
    """A post is reported twice, and a person, of which one is decided."""
    path = f"/posts/{scenery.made['answered']}/reports"
    await scenery.call(scenery.priya, "POST", path, {"rule": "wrong", "words": "It is the bleep holder."})
    cases = await scenery.call(scenery.amara, "GET", f"{scenery.network}/reports")
    await scenery.call(scenery.amara, "PUT", f"/reports/{cases['items'][0]['id']}/lease", {"taken": True})
    person = f"{scenery.network}/members/{scenery.gareth.id}/reports"
    await scenery.call(scenery.priya, "POST", person, {"rule": "abuse"})
    decision = f"/reports/{cases['items'][0]['id']}/decision"
    await scenery.call(scenery.amara, "POST", decision, {"decision": "disagree"})


async def _pin_and_lock(scenery: Scenery) -> None:
    change = {"title": "The pump <line>", "pinned": True, "locked": True}
    await scenery.call(scenery.amara, "PATCH", f"/threads/{scenery.thread}", change)


async def _unlock(scenery: Scenery) -> None:
    await scenery.call(scenery.amara, "PATCH", f"/threads/{scenery.thread}", {"locked": False})


async def _move(scenery: Scenery) -> None:
    """A thread goes to a network in which one of the readers is, and the other is not."""
    place = await scenery.village.network(scenery.amara, name=f"Elsewhere {secrets.token_hex(3)}")
    words = {"title": "To be moved", "body": "It belongs elsewhere."}
    thread = await scenery.call(scenery.gareth, "POST", f"{scenery.network}/threads", words)
    await scenery.call(
        scenery.amara, "POST", f"/threads/{thread['id']}/move", {"network": place.slug, "reason": "There."}
    )


async def _hold(scenery: Scenery) -> None:
    """What one member writes waits; one post is rejected, and one is approved."""
    path = f"{scenery.network}/members/{scenery.gareth.id}/hold"
    await scenery.call(scenery.amara, "PUT", path, {"reason": "Let us read first."})
    for number in range(2):
        scenery.made[f"held{number}"] = await scenery.reply(scenery.gareth, scenery.other, f"Waiting {number}.")
    await scenery.call(scenery.amara, "DELETE", path)


async def _decide(scenery: Scenery) -> None:
    path = f"{scenery.network}/held/{scenery.made['held0']}/rejection"
    await scenery.call(scenery.amara, "POST", path, {"reason": "Said already."})
    await scenery.call(scenery.amara, "POST", f"{scenery.network}/held/{scenery.made['held1']}/approval")


async def _join(scenery: Scenery) -> None:
    await scenery.ask_and_admit(scenery.place.slug, scenery.maeve)


async def _give_role(scenery: Scenery) -> None:
    path = f"{scenery.network}/members/{scenery.gareth.id}"
    await scenery.call(scenery.amara, "PATCH", path, {"role": "moderator"})


async def _leave(scenery: Scenery) -> None:
    """Beside what she wrote stands from now on that she left."""
    await scenery.reply(scenery.maeve, scenery.thread, "I shall be away from Monday.")
    await scenery.call(scenery.maeve, "DELETE", f"{scenery.network}/members/me")


async def _change_network(scenery: Scenery) -> None:
    change = {"name": f"Pump line {secrets.token_hex(3)}", "purpose": "Who answers & when.", "accent": "moss"}
    await scenery.call(scenery.amara, "PATCH", scenery.network, change)


async def _announce(scenery: Scenery) -> None:
    told = {"title": "The line is down", "body": "Until **noon**."}
    await scenery.call(scenery.amara, "POST", f"{scenery.network}/announcements", told)


async def _ask(scenery: Scenery) -> None:
    await scenery.call(scenery.maeve, "PUT", f"{scenery.network}/members/me", {"words": "May I come back?"})


async def _withdraw(scenery: Scenery) -> None:
    await scenery.call(scenery.maeve, "DELETE", f"{scenery.network}/members/me")


async def _invite(scenery: Scenery) -> None:
    wanted = {"emails": [f"{secrets.token_hex(6)}@example.org"]}
    await scenery.call(scenery.amara, "POST", f"{scenery.network}/invitations", wanted)


async def _belong_elsewhere(scenery: Scenery) -> None:
    """Another network takes the reader in, where something is new a moment later."""
    place = await scenery.village.network(scenery.amara, name=f"Wound care {secrets.token_hex(3)}")
    scenery.made["elsewhere"] = place.slug
    await scenery.ask_and_admit(place.slug, scenery.priya)
    words = {"title": "Welcome", "body": "Say hello."}
    await scenery.call(scenery.amara, "POST", f"/networks/{place.slug}/threads", words)


async def _moderate(scenery: Scenery) -> None:
    """The reader becomes a moderator: another stream is heard from then on, and pages offer more."""
    path = f"{scenery.network}/members/{scenery.priya.id}"
    await scenery.call(scenery.amara, "PATCH", path, {"role": "moderator"})


async def _moderate_no_more(scenery: Scenery) -> None:
    path = f"{scenery.network}/members/{scenery.priya.id}"
    await scenery.call(scenery.amara, "PATCH", path, {"role": "member"})


async def _belong_no_more(scenery: Scenery) -> None:
    path = f"/networks/{scenery.made['elsewhere']}/members/{scenery.priya.id}"
    await scenery.call(scenery.amara, "PATCH", path, {"status": "removed", "reason": "By mistake."})


async def _read_some(scenery: Scenery) -> None:
    await scenery.call(scenery.priya, "PUT", f"/threads/{scenery.thread}/read", {"ranges": [[1, 2]]})


async def _read_all(scenery: Scenery) -> None:
    """The button "Mark all read", pressed on another screen."""
    answer = await scenery.browser(scenery.priya).post(
        f"{scenery.network}/reading", data={"position": "1000000", "show": "all"}
    )
    assert answer.status_code == 303, answer.text


async def _mention(scenery: Scenery) -> None:
    await scenery.reply(scenery.gareth, scenery.thread, "What does @Priya Shah say?")


async def _read_mention(scenery: Scenery) -> None:
    await scenery.call(scenery.priya, "PUT", f"/threads/{scenery.thread}/read", {"ranges": [[1, 9]]})


async def _tell(scenery: Scenery) -> None:
    """Somebody writes in a thread in which the reader wrote, and another names them; the worker tells them of it."""
    known = {each["id"] for each in await _told(scenery)}
    await scenery.reply(scenery.gareth, scenery.other, "Also for @Priya Shah.")
    await _until(scenery, lambda lines: any(each["id"] not in known for each in lines))


async def _read_lines(scenery: Scenery) -> None:
    """All of the list, on another screen."""
    await scenery.call(scenery.priya, "PUT", "/me/notifications/read", {})


async def _told(scenery: Scenery) -> list[dict[str, Any]]:
    answer = await scenery.call(scenery.priya, "GET", "/me/notifications?limit=100")
    return list(answer["items"])


async def _until(scenery: Scenery, holds: Callable[[list[dict[str, Any]]], bool]) -> None:
    for _ in range(1200):  # a worker that is behind comes to it
        if holds(await _told(scenery)):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("nobody was told")


async def _end_token(scenery: Scenery) -> None:
    """One of the reader's programs signs out; the others stay."""
    again = await scenery.village.person_again(scenery.priya)
    await scenery.call(again, "DELETE", "/tokens/current")


async def _share(scenery: Scenery, person: Villager, title: str, folder: str = "") -> str:
    """A document over the API; its id."""
    program = scenery.village.program(person)
    said, file = {"title": title, "folder": folder}, {"file": ("a.txt", secrets.token_bytes(30).hex().encode())}
    answer = await program.post(f"/api/v1{scenery.network}/documents", data=said, files=file)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def _make_folders(scenery: Scenery) -> None:
    """Two, one in the other, and one that only moderators see."""
    path = f"{scenery.network}/folders"
    for name, parent in (("folder", None), ("inner", "folder")):
        said = {"name": f"The {name} <b>"} | ({"parent": scenery.made[parent]} if parent else {})
        scenery.made[name] = (await scenery.call(scenery.gareth, "POST", path, said))["id"]
    closed = {"name": "Complaints", "narrowed": True}
    scenery.made["closed"] = (await scenery.call(scenery.amara, "POST", path, closed))["id"]


async def _share_documents(scenery: Scenery) -> None:
    scenery.made["document"] = await _share(scenery, scenery.gareth, "Night <rota>", scenery.made["inner"])
    scenery.made["own"] = await _share(scenery, scenery.priya, "From another screen of mine")
    scenery.made["secret"] = await _share(scenery, scenery.amara, "A complaint", scenery.made["closed"])


async def _prepare(scenery: Scenery) -> None:
    """One that everybody sees, and one that moderators see: the worker does it soon after they are shared."""
    seen = await _share(scenery, scenery.gareth, "To be read at once")
    hidden = await _share(scenery, scenery.amara, "By moderators", scenery.made["closed"])
    until = time.monotonic() + 60
    for document in (seen, hidden):
        while 'data-ready="yes"' not in (await scenery.browser(scenery.amara).get(f"/documents/{document}")).text:
            assert time.monotonic() < until
            await asyncio.sleep(0.1)


async def _share_versions(scenery: Scenery) -> None:
    for document, person in (("document", scenery.priya), ("own", scenery.priya), ("secret", scenery.amara)):
        path = f"/documents/{scenery.made[document]}/versions"
        file = {"file": ("a.txt", secrets.token_bytes(30).hex().encode())}
        said = {"note": "Mended & longer", "base": "1"}
        answer = await scenery.village.program(person).post(f"/api/v1{path}", data=said, files=file)
        assert answer.status_code == 201, answer.text
    path = f"/documents/{scenery.made['document']}/versions/1/restoration"
    await scenery.call(scenery.gareth, "POST", path, {"base": 2})


async def _change_documents(scenery: Scenery) -> None:
    path = f"/documents/{scenery.made['document']}"
    await scenery.call(scenery.gareth, "PATCH", path, {"title": "Rota & more", "tags": ["nights"], "folder": None})
    await scenery.call(scenery.gareth, "PUT", f"{path}/lock", {"purpose": "New shifts"})
    await scenery.call(scenery.amara, "POST", f"{path}/lock/breaking", {"reason": "It is needed now."})
    await scenery.call(scenery.amara, "PATCH", path, {"owner": scenery.priya.id})


async def _withdraw_documents(scenery: Scenery) -> None:
    await scenery.call(scenery.priya, "DELETE", f"/documents/{scenery.made['own']}")
    reason = {"reason": "It names a patient."}
    await scenery.call(scenery.amara, "DELETE", f"/documents/{scenery.made['document']}", reason)


async def _restore_documents(scenery: Scenery) -> None:
    await scenery.call(scenery.amara, "POST", f"/documents/{scenery.made['document']}/restoration")
    await scenery.call(scenery.priya, "POST", f"/documents/{scenery.made['own']}/restoration")


async def _hide_document(scenery: Scenery) -> None:
    """It goes where only moderators see it, and one of those comes back from there."""
    into = {"folder": scenery.made["closed"]}
    await scenery.call(scenery.amara, "PATCH", f"/documents/{scenery.made['document']}", into)
    await scenery.call(scenery.amara, "PATCH", f"/documents/{scenery.made['secret']}", {"folder": None})


async def _narrow_folder(scenery: Scenery) -> None:
    """With what lies in it, however deep; then one that lies in it is removed."""
    await _share(scenery, scenery.gareth, "Deep inside", scenery.made["inner"])
    await scenery.call(scenery.amara, "PATCH", f"/folders/{scenery.made['folder']}", {"narrowed": True})
    await _share(scenery, scenery.amara, "Later", scenery.made["inner"])


async def _open_folder(scenery: Scenery) -> None:
    await scenery.call(scenery.amara, "PATCH", f"/folders/{scenery.made['folder']}", {"narrowed": False})
    change = {"name": "Named anew", "parent": None}
    await scenery.call(scenery.amara, "PATCH", f"/folders/{scenery.made['inner']}", change)


HAPPENINGS: Mapping[str, tuple[Happening, ...]] = {
    "thread.created": (_begin_threads,),
    "post.created": (_reply, _reply_oneself),
    "post.edited": (_edit,),
    "post.removed": (_remove,),
    "post.restored": (_hide_and_restore,),
    "folder.changed": (_make_folders,),
    "document.added": (_share_documents,),
    "version.prepared": (_prepare,),
    "version.added": (_share_versions,),
    "document.changed": (_change_documents,),
    "document.withdrawn": (_withdraw_documents,),
    "document.restored": (_restore_documents,),
    "document.gone": (_hide_document,),
    "folder.gone": (_narrow_folder, _open_folder),
    "card.made": (make_cards,),
    "card.changed": (change_cards,),
    "card.used": (use_cards,),
    "card.gone": (take_cards_away,),
    "reports.changed": (_report_and_decide,),
    "thread.changed": (_pin_and_lock, _unlock),
    "held.changed": (_hold, _decide),
    "thread.moved": (_move,),
    "member.joined": (_join,),
    "member.changed": (_give_role,),
    "member.left": (_leave,),
    "network.changed": (_change_network,),
    "announcement.made": (_announce,),
    "requests.changed": (_ask, _withdraw),
    "invitations.changed": (_invite,),
    "membership.changed": (_belong_elsewhere, _moderate, _moderate_no_more, _belong_no_more),
    "read.changed": (_read_some, _read_all),
    "needs.changed": (_mention, _read_mention),
    "notification.created": (_tell,),
    "notifications.changed": (_read_lines,),
    "session.ended": (_end_token,),
}
"""By kind, in the order in which they are played on one scenery."""
