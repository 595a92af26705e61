"""The pages of networks: what each kind of visitor finds, and what the forms do."""

import re
import secrets
from html import unescape

import httpx2
import pytest

from tests.forum.threads.village import Place, Village

KINDS = ("open", "closed", "unlisted", "secret")


async def shown(browser: httpx2.AsyncClient, path: str, status: int = 200) -> str:
    answer = await browser.get(path)
    assert answer.status_code == status, f"{path}: {answer.status_code}"
    return unescape(answer.text)


async def sent(browser: httpx2.AsyncClient, path: str, status: int = 303, **fields: str) -> httpx2.Response:
    answer = await browser.post(path, data=fields)
    assert answer.status_code == status, f"{path}: {answer.status_code}\n{answer.text[:2000]}"
    return answer


def path_of(place: Place, page: str = "") -> str:
    return f"/networks/{place.slug}{page}"


async def test_a_network_is_made_by_its_form(village: Village) -> None:
    amara = await village.person("Amara Okafor")
    browser = village.browser(amara)
    form = await shown(browser, "/networks/new")
    for words in (
        "Anyone can read",
        "Only members read",
        "It stands in no list",
        "Only its members and the administrators of this site",
    ):
        assert words in form
    key = re.search(r'name="key" value="([^"]+)"', form)[1]  # type: ignore[index]
    fields = {"name": f"Falls {secrets.token_hex(6)}", "purpose": "Fewer falls.", "access": "closed", "accent": "plum"}
    answers = [await sent(browser, "/networks", **fields, key=key) for _ in range(2)]
    path = answers[0].headers["location"]
    assert path == "/networks/" + fields["name"].lower().replace(" ", "-")
    assert answers[1].headers["location"] == path
    page = await shown(browser, path)
    assert fields["name"] in page
    assert "Your network is ready" in page
    other = await sent(browser, "/networks", 422, **fields | {"purpose": "Other words."}, key=key)
    assert "You have already sent this form" in other.text
    assert "Other words." in other.text


async def test_what_was_typed_comes_back_with_what_must_change(village: Village) -> None:
    browser = village.browser(await village.person())
    answer = await sent(browser, "/networks", 422, name="", purpose="Kept <b>words</b>", access="closed", accent="teal")
    page = answer.text
    assert "Give the network a name." in page
    assert "Kept &lt;b&gt;words&lt;/b&gt;" in page
    assert "<b>words</b>" not in page
    assert 'href="#f-name"' in page


@pytest.mark.parametrize("access", KINDS)
async def test_front_page_of_each_kind(village: Village, access: str) -> None:
    amara, outsider = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara, access=access)  # type: ignore[arg-type]
    for visitor in (outsider, None):
        answer = await village.browser(visitor).get(path_of(place))
        if access == "secret":
            assert answer.status_code == 404
            assert place.name not in answer.text
            continue
        assert answer.status_code == 200
        assert place.name in answer.text
        assert ("For trying things out." in answer.text) == (access != "unlisted")
        assert ("Who runs it" in answer.text) == (access == "closed")
        assert ("Ask to join" in answer.text) == (access != "open")


async def test_asking_admitting_and_leaving(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara)
    asking, deciding = village.browser(gareth), village.browser(amara)
    too_long = await sent(asking, path_of(place, "/membership"), 422, words="x" * 1001)
    assert "This is too long" in too_long.text
    assert "x" * 1001 in too_long.text
    await sent(asking, path_of(place, "/membership"), words="I run the <i>clinic</i>.")
    assert "You have asked to join" in await shown(asking, path_of(place))
    await shown(asking, path_of(place, "/members"), 404)
    requests = await deciding.get(path_of(place, "/requests"))
    assert "I run the &lt;i&gt;clinic&lt;/i&gt;." in requests.text
    assert "I run the" in (await deciding.get("/")).text
    answer = await sent(deciding, path_of(place, "/requests"), **{f"who-{gareth.id}": "yes", "answer": "admit"})
    assert answer.headers["location"] == path_of(place, "/requests")
    assert "Nobody is waiting" in await shown(deciding, path_of(place, "/requests"))
    assert "Gareth Williams" in await shown(asking, path_of(place, "/members"))
    assert "You can ask to join again" in await shown(asking, path_of(place, "/departure"))
    assert (await sent(asking, path_of(place, "/departure"))).headers["location"] == "/"
    await shown(asking, path_of(place, "/members"), 404)
    assert "I run the <i>clinic</i>." not in await shown(asking, path_of(place))


async def test_an_asker_sees_their_own_words(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara)
    asking = village.browser(gareth)
    answer = await sent(asking, path_of(place, "/membership"), words="I run the <i>clinic</i>.")
    assert "set-cookie" not in answer.headers  # the page says it: no toast lies over it
    assert "I run the <i>clinic</i>." in await shown(asking, path_of(place))


async def test_the_last_administrator_stays_until_there_is_another(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara, [gareth])
    browser = village.browser(amara)
    assert "You are the last administrator" in await shown(browser, path_of(place, "/departure"))
    for fields in ({}, {"alone": "yes"}):
        refused = await sent(browser, path_of(place, "/departure"), 403, **fields)
        assert "You are the last administrator" in refused.text
        assert f"Leave {place.name}?" in refused.text
    path = path_of(place, f"/members/{amara.id}")
    own = await shown(browser, path)
    assert "You are the last administrator" in own
    assert "Save the role" not in own
    refused = await sent(browser, f"{path}/role", 403, role="member")
    assert "You are the last administrator" in refused.text
    assert 'class="network-head' in refused.text
    await sent(browser, path_of(place, f"/members/{gareth.id}/role"), role="administrator")
    await sent(browser, f"{path}/role", role="member")


@pytest.mark.parametrize("access", KINDS)
async def test_who_is_alone_may_leave_and_nobody_is_asked_in(village: Village, access: str) -> None:
    amara, outsider = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara, access=access)  # type: ignore[arg-type]
    waits = access in ("closed", "unlisted")
    asking = village.browser(outsider)
    if waits:
        await sent(asking, path_of(place, "/membership"), words="Please.")
    browser = village.browser(amara)
    page = await shown(browser, path_of(place, "/departure"))
    assert "You are the only member" in page
    assert 'name="alone" value="yes"' in page
    # Whoever has not read what becomes of it is told first.
    assert "You are the only member" in (await sent(browser, path_of(place, "/departure"), 403)).text
    await sent(browser, path_of(place, "/departure"), alone="yes")
    if access == "secret":
        await shown(browser, path_of(place), 404)
        return
    for visitor in (browser, asking, village.browser()):
        front = await shown(visitor, path_of(place))
        assert "Nobody belongs to this network any more" in front
        assert 'href="/about/contact"' in front.partition("<main")[2].partition("</main>")[0]
        for promise in ("An administrator will answer", "Why would you like to join", "Join this network", "to join<"):
            assert promise not in front
    await sent(asking, path_of(place, "/membership"), 403)
    assert place.name not in await shown(asking, "/")
    assert place.name not in (await shown(asking, f"/networks?q={place.name}")).partition("<main")[2].replace(
        f'value="{place.name}"', ""
    )
    if waits:
        assert "Withdraw my request" in await shown(asking, path_of(place))
        await sent(asking, path_of(place, "/departure"))


async def test_several_are_answered_at_once_with_a_reason(village: Village) -> None:
    amara, *crowd = await village.people("Amara Okafor", "Gareth", "Priya", "Helen")
    place = await village.network(amara)
    for person in crowd:
        await sent(village.browser(person), path_of(place, "/membership"))
    deciding = village.browser(amara)
    nobody = await sent(deciding, path_of(place, "/requests"), 422, answer="refuse", reason="Kept")
    assert "Choose first whom to answer" in nobody.text.partition("Answer several at once")[2]
    assert "Kept</textarea>" in nobody.text
    assert f"who-{crowd[0].id}" in nobody.text
    long = {f"who-{crowd[0].id}": "yes", "answer": "refuse", "reason": "x" * 1001}
    too_long = await sent(deciding, path_of(place, "/requests"), 422, **long)
    assert "This is too long" in too_long.text
    assert f"who-{crowd[0].id}" in too_long.text
    chosen = {f"who-{person.id}": "yes" for person in crowd[:2]}
    await sent(deciding, path_of(place, "/requests"), **chosen, answer="refuse", reason="Only for nurses.", back="home")
    assert "Only for nurses." in await shown(village.browser(crowd[0]), path_of(place))
    assert "You may ask again" in await shown(village.browser(crowd[1]), path_of(place))
    assert "You have asked to join" in await shown(village.browser(crowd[2]), path_of(place))
    await sent(deciding, path_of(place, "/requests"), 409, **chosen, answer="admit")
    assert (await village.viewer(crowd[0])).places == {}


async def test_roles_removal_and_bans(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara, [gareth])
    browser, path = village.browser(amara), path_of(place, f"/members/{gareth.id}")
    await sent(browser, f"{path}/role", role="moderator")
    assert (await village.viewer(gareth)).role_in(place.id) == "moderator"
    assert "Moderator" in await shown(browser, path_of(place, "/members"))
    assert f'href="{path}/ban"' in await shown(browser, path)
    assert f'action="{path}/ban"' not in await shown(browser, path)
    assert "Remove Gareth Williams for good?" in await shown(browser, f"{path}/ban")
    await sent(browser, f"{path}/ban", reason="No more.")
    assert "you can’t ask to join again" in await shown(village.browser(gareth), path_of(place))
    await sent(village.browser(gareth), path_of(place, "/membership"), 403)
    assert "No more." in await shown(browser, path_of(place, "/members?status=banned"))
    await sent(browser, f"{path}/ban/end")
    await sent(village.browser(gareth), path_of(place, "/membership"))
    await sent(browser, f"{path}/role", 409, role="member")
    await sent(browser, f"{path}/role", 422, role="owner")


async def test_an_open_network_offers_nothing_to_who_was_banned(village: Village) -> None:
    amara, gareth, olu = await village.people("Amara Okafor", "Gareth Williams", "Olu Adeyemi")
    place = await village.network(amara, [gareth], access="open")
    await sent(village.browser(amara), path_of(place, f"/members/{gareth.id}/ban"), reason="No more.")
    for page in ("", "/about"):
        seen = await shown(village.browser(gareth), path_of(place, page))
        assert ("Join this network" in seen, "you can’t ask to join again" in seen) == (False, True)
    for other in (village.browser(olu), village.browser(amara), village.browser()):
        assert "you can’t ask to join again" not in await shown(other, path_of(place))
    assert "Join this network" in await shown(village.browser(olu), path_of(place))
    await sent(village.browser(amara), path_of(place, f"/members/{gareth.id}/ban/end"))
    assert "Join this network" in await shown(village.browser(gareth), path_of(place))


@pytest.mark.parametrize("access", KINDS)
async def test_requests_have_a_tab_where_people_can_ask(village: Village, access: str) -> None:
    amara = await village.person("Amara Okafor")
    place = await village.network(amara, access=access)  # type: ignore[arg-type]
    browser = village.browser(amara)
    asks = access in ("closed", "unlisted")
    assert (f'href="{path_of(place, "/requests")}"' in await shown(browser, path_of(place))) == asks
    page = await shown(browser, path_of(place, "/requests"))
    assert ("Whoever asks to join will be listed here" in page) == asks
    assert ("Nobody needs to ask here" in page) == (not asks)


async def test_a_name_in_the_directory_is_taken(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara)
    fields = {"name": place.name, "purpose": "Kept words", "access": "closed", "accent": "teal"}
    taken = await sent(village.browser(gareth), "/networks", 422, **fields)
    assert "Another network has this name" in taken.text
    assert 'href="#f-name"' in taken.text
    assert "Kept words" in taken.text


async def test_settings_and_who_can_see(village: Village) -> None:
    amara, gareth, outsider = await village.people("Amara Okafor", "Gareth Williams", "Priya Shah")
    place = await village.network(amara, [gareth])
    browser = village.browser(amara)
    page = await shown(browser, path_of(place, "/settings/look"))
    version = re.search(r'name="version" value="(\d+)"', page)[1]  # type: ignore[index]
    fields = {"name": f"Name {secrets.token_hex(6)}", "purpose": "Another.", "accent": "moss", "version": version}
    await sent(browser, path_of(place, "/settings/look"), **fields)
    await sent(browser, path_of(place, "/settings/look"), **fields)  # it says so already
    late = fields | {"name": f"{fields['name']} 2", "purpose": "A third."}
    stale = await sent(browser, path_of(place, "/settings/look"), 422, **late)
    assert "Somebody has changed this network since" in stale.text
    for words in (f"It is called “{fields['name']}” now.", "It says now: “Another.”", "A third."):
        assert words in stale.text
    assert "It is Moss now" not in stale.text
    same = await sent(browser, path_of(place, "/access"), 422, access="closed", confirm=fields["name"])
    assert "Choose another kind: this network is closed now." in same.text
    wrong = await sent(browser, path_of(place, "/access"), 422, access="secret", confirm="Something else")
    assert f"type the name of the network: {fields['name']}" in wrong.text
    moved = await sent(browser, path_of(place, "/access"), access="secret", confirm=fields["name"])
    path = moved.headers["location"].removesuffix("/settings")
    assert path != path_of(place)
    assert (await village.browser(gareth).get(path_of(place))).headers["location"] == path
    await shown(village.browser(outsider), path_of(place), 404)
    await shown(village.browser(outsider), path, 404)
    await shown(village.browser(gareth), f"{path}/settings", 403)


async def test_opening_a_network_keeps_what_was_written_among_its_members(village: Village) -> None:
    amara, outsider = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara)
    before = await village.thread(amara, place, "Said among ourselves")
    browser, other = village.browser(amara), village.browser(outsider)
    await sent(browser, path_of(place, "/access"), access="open", confirm=place.name)
    after = await village.thread(amara, place, "Said to everybody")
    for visitor in (other, village.browser()):
        page = await shown(visitor, path_of(place))
        assert "Said to everybody" in page
        assert "Said among ourselves" not in page
        await shown(visitor, f"/threads/{after}")
        await shown(visitor, f"/threads/{before}", 404)
    assert "Said among ourselves" in await shown(browser, path_of(place))
    assert "stays with those who were members then" in await shown(other, path_of(place, "/about"))


async def test_directory_names_what_it_may(village: Village) -> None:
    amara, outsider = await village.people("Amara Okafor", "Gareth Williams")
    word = f"q{secrets.token_hex(5)}"
    for access in KINDS:
        await village.network(amara, access=access, name=f"{word} {access}")  # type: ignore[arg-type]
    mine = await shown(village.browser(amara), f"/networks?q={word}&mine=true")
    assert all(f"{word} {access}" in mine for access in KINDS)
    for visitor in (outsider, None):
        page = await shown(village.browser(visitor), f"/networks?q={word}&utm_source=letter")
        assert [f"{word} {access}" in page for access in KINDS] == [True, True, False, False]
    assert "No network has all these words" in await shown(village.browser(outsider), f"/networks?q={word}x")
    assert "<script>" not in (await village.browser().get("/networks?q=<script>")).text


async def test_profile_shows_itself_to_those_one_meets(village: Village) -> None:
    amara, gareth, priya, stranger = await village.people("Amara Okafor", "Gareth", "Priya", "Helen")
    shared = await village.network(amara, [gareth])
    unshared = await village.network(amara, [priya], access="secret")
    path = f"/people/{amara.id}"
    page = await shown(village.browser(gareth), path)
    assert shared.name in page
    assert unshared.name not in page
    assert unshared.name in await shown(village.browser(priya), path)
    for visitor in (stranger, None):
        await shown(village.browser(visitor), path, 404)
    await sent(village.browser(stranger), path_of(shared, "/membership"))
    assert "Helen" in await shown(village.browser(amara), f"/people/{stranger.id}")
    await shown(village.browser(gareth), f"/people/{stranger.id}", 404)
    open_place = await village.network(amara, access="open")
    assert open_place.name in await shown(village.browser(stranger), path)
    await shown(village.browser(), path, 404)
    await village.thread(amara, open_place)
    guest = await shown(village.browser(), path)
    assert open_place.name in guest
    assert shared.name not in guest


async def test_members_are_found_and_paged(village: Village) -> None:
    amara, *crowd = await village.people("Amara Okafor", *(f"Member {number:02}" for number in range(55)))
    place = await village.network(amara, crowd)
    browser = village.browser(crowd[0])
    first = (await shown(browser, path_of(place, "/members"))).partition("<main")[2]
    assert first.index("Amara Okafor") < first.index("Member 00") < first.index("Member 48")
    assert "Member 49" not in first
    later = re.search(r'href="([^"]+after=[^"]+)"', first)
    assert later is not None
    assert "Member 54" in await shown(browser, later[1])
    found = await shown(browser, path_of(place, "/members?q=member+3"))
    assert "Member 31" in found
    assert "Member 41" not in found
    assert "Change" not in first
    await shown(browser, path_of(place, "/members?status=banned"), 403)
    await shown(browser, path_of(place, "/members?status=nobody"), 422)


async def test_signed_out_people_are_led_to_sign_in(village: Village) -> None:
    amara = await village.person()
    place = await village.network(amara, access="secret")
    guest = village.browser()
    for page in ("/requests", "/settings", "/access", "/invitations", "/departure", f"/members/{amara.id}"):
        for slug in (place.slug, "there-is-no-such-network"):
            answer = await guest.get(f"/networks/{slug}{page}")
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/sign-in?next=")
    await sent(guest, "/networks", 401, name="N", purpose="P", access="open", accent="teal")


async def test_moderators_read_requests_and_answer_none(village: Village) -> None:
    amara, gareth, asker = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara)
    await village.join(place.id, gareth, "moderator")
    await sent(village.browser(asker), path_of(place, "/membership"), words="Please.")
    page = await shown(village.browser(gareth), path_of(place, "/requests"))
    assert "Please." in page
    assert "Admit" not in page
    fields = {f"who-{asker.id}": "yes", "answer": "admit"}
    await sent(village.browser(gareth), path_of(place, "/requests"), 403, **fields)
    assert "status=invited" not in await shown(village.browser(gareth), path_of(place, "/members"))
    await shown(village.browser(gareth), path_of(place, "/members?status=invited"), 403)
    assert "status=invited" in await shown(village.browser(amara), path_of(place, "/members"))
    assert (await village.viewer(asker)).role_in(place.id) is None


async def test_an_invitation_is_cancelled_by_the_same_word_on_both_lists(village: Village) -> None:
    amara = await village.person("Amara Okafor")
    place, browser = await village.network(amara), village.browser(amara)
    body = {"emails": ["priya.shah@example.org"]}
    assert (
        await village.program(amara).post(f"/api/v1/networks/{place.slug}/invitations", json=body)
    ).status_code == 201
    for path in ("/members?status=invited", "/invitations"):
        page = await shown(browser, path_of(place, path))
        assert re.search(r"/withdrawal[^>]*>.*?Cancel<", page, re.DOTALL)
        assert "Withdraw" not in page
