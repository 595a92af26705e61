"""A network's threads: where their lines lead, and what "Mark all read" asks and leads to."""

import re

from tests.forum.threads.village import Village


async def test_a_line_leads_to_what_is_unread_or_newest(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben], access="open")
    thread_id = await village.thread(ada, place)
    await village.reply(ada, place, thread_id)
    path = f"/networks/{place.slug}"
    assert f'href="/threads/{thread_id}#post-2"' in (await village.browser(ada).get(path)).text
    assert f'href="/threads/{thread_id}#new"' in (await village.browser(ben).get(path)).text
    assert f'href="/threads/{thread_id}"' in (await village.browser().get(path)).text


async def test_mark_all_read_stays_in_its_filter(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    await village.thread(ada, place)
    browser, path = village.browser(ben), f"/networks/{place.slug}"
    page = (await browser.get(f"{path}?show=unread")).text
    position = re.search(r'name="position" value="(\d+)"', page)
    assert position
    assert 'name="show" value="unread"' in page
    marked = await browser.post(f"{path}/reading", data={"position": position[1], "show": "unread"})
    assert marked.headers["location"] == f"{path}?show=unread"
    odd = await browser.post(f"{path}/reading", data={"position": position[1], "show": "//example.org"})
    assert odd.headers["location"] == path
    page = (await browser.get(f"{path}?show=unread")).text
    assert "You have read everything here" in page
    assert page.count("button is-main") == 1


async def test_many_unread_posts_are_not_lost_by_one_press(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place)
    asks = "You can’t take that back."
    for _ in range(19):
        await village.reply(ada, place, thread_id)
    assert asks not in (await village.browser(ben).get(f"/networks/{place.slug}")).text
    await village.reply(ada, place, thread_id)
    page = (await village.browser(ben).get(f"/networks/{place.slug}")).text
    assert asks in page
    assert "<button>Mark 21 posts as read</button>" in page


async def test_administrators_of_a_fresh_network_begin_by_inviting_too(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    inviting = f'href="/networks/{place.slug}/invitations/new">Invite people</a>'
    for person, is_offered in ((ada, True), (ben, False)):
        page = (await village.browser(person).get(f"/networks/{place.slug}")).text
        assert "Start a thread" in page
        assert (inviting in page) == is_offered
    for path in ("/members", "/members?status=invited"):
        page = (await village.browser(ada).get(f"/networks/{place.slug}{path}")).text
        assert f'href="/networks/{place.slug}/invitations">Invitations</a>' in page
        assert f'href="/networks/{place.slug}/invitations/new"' in page
