"""What was hidden because it quotes a post with patient data comes back with that post, unless it must not."""

import asyncio
import secrets
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from forum.acts import quotations, quoting
from forum.acts.posts import hide_post
from forum.acts.quoting import list_quoting, may_quote
from forum.acts.undoing import undo_act
from forum.tables import acts, notifications
from tests.forum.moderation.hall import Hall, column, logged_about, open_hall
from tests.forum.threads.village import Village

WORDS = "Mr Pettigrew of the blue door is worse today."
OTHER = "Mrs Lamplugh of the red door is better today."


async def quote(hall: Hall, words: str = WORDS, answer: str = "Is he?") -> str:
    """Maeve quotes it."""
    return await hall.village.reply(hall.maeve, hall.place, hall.thread, f"> {words}\n\n{answer}")


async def said(hall: Hall, words: str = WORDS) -> str:
    """Gareth says it."""
    return await hall.village.reply(hall.gareth, hall.place, hall.thread, f"Look:\n\n{words}")


async def hidden(hall: Hall, *posts: str) -> list[bool]:
    """Whether each of these is."""
    return [bool((await hall.read(hall.amara, post))["hidden_rule"]) for post in posts]


async def patient(hall: Hall, post: str) -> str:
    """The post hidden because of patient data; the act's id."""
    return await hall.hide(hall.priya, post, "patient_data", "It names a patient.")


async def undo(hall: Hall, act: str) -> None:
    """Another moderator takes it back."""
    await hall.do(hall.amara, "POST", f"/acts/{act}/undo", {})


async def test_quotations_come_back_each_by_an_act_of_its_own(village: Village) -> None:
    hall = await open_hall(village)
    post = await said(hall)
    quotes = [await quote(hall), await quote(hall, answer="He is.")]
    act = await patient(hall, post)
    assert await hidden(hall, post, *quotes) == [True, True, True]
    assert (await hall.do(hall.priya, "GET", f"/acts/{act}"))["quotation_count"] == 2
    assert (await hall.do(hall.gareth, "GET", f"/acts/{act}"))["quotation_count"] == 0
    page = (await village.browser(hall.priya).get(f"/acts/{act}")).text
    assert "Two posts that were hidden because they quote this one come back with it" in page
    await undo(hall, act)
    assert await hidden(hall, post, *quotes) == [False, False, False]
    for each in quotes:
        assert WORDS in (await hall.read(hall.maeve, each))["body"]
        assert [row.act for row in await hall.stored(logged_about(each))] == ["post.hide", "post.hide_undone"]
    own = select(acts.c.id).where(acts.c.post_id.in_(quotes))
    told = column(notifications, "account_id").where(
        notifications.c.kind == "act.undone", notifications.c.object_id.in_(own)
    )
    assert [row.account_id for row in await hall.stored(told)] == [hall.maeve.id] * 2


@pytest.mark.parametrize("way", ["hidden", "removed", "by its author"])
async def test_what_is_out_of_sight_is_marked_as_patient_data_afterwards(village: Village, way: str) -> None:
    hall = await open_hall(village)
    post = await said(hall)
    quoted = await quote(hall)
    if way == "hidden":
        await hall.hide(hall.amara, post)
    elif way == "removed":
        await hall.do(hall.amara, "POST", f"/posts/{post}/removal", {"reason": "Off the point."})
    else:
        await hall.do(hall.gareth, "DELETE", f"/posts/{post}")
    before = await hall.read(hall.maeve, post)
    moderator, reader = village.browser(hall.priya), village.browser(hall.maeve)
    for page, is_offered in ((moderator, True), (reader, False)):
        assert ("Contains patient data" in (await page.get(f"/posts/{post}/actions")).text) == is_offered
    if way != "by its author":
        offered = await moderator.get(f"/posts/{post}/act", follow_redirects=True)
        assert f'href="/posts/{post}/hiding"' in offered.text
    form = (await moderator.get(f"/posts/{post}/hiding")).text
    assert ("contain patient data?" in form, 'value="abuse"' in form, WORDS in form) == (True, False, False)
    assert await hidden(hall, quoted) == [False]
    for who, rule, status in ((hall.priya, "abuse", 403), (hall.gareth, "patient_data", 403)):
        body = {"rule": rule, "reason": "It names a patient."}
        assert (await hall.ask(who, "POST", f"/posts/{post}/hiding", body)).status_code == status
    done = await moderator.post(f"/posts/{post}/hiding", data={"rule": "patient_data", "reason": "It names a patient."})
    assert done.status_code == 303
    assert (await hall.read(hall.maeve, post))["hidden_rule"] == "patient_data"
    assert await hidden(hall, quoted) == [True]
    again = {"rule": "patient_data", "reason": "It names a patient."}
    assert (await hall.ask(hall.priya, "POST", f"/posts/{post}/hiding", again)).status_code == 403
    marked = (await moderator.get(f"/posts/{post}/act", follow_redirects=True)).text
    assert (f'href="/posts/{post}/hiding"' in marked, WORDS in marked) == (False, way != "by its author")
    (row,) = await hall.stored(column(acts, "id").where(acts.c.post_id == post, acts.c.rule == "patient_data"))
    await undo(hall, row.id)
    after = await hall.read(hall.maeve, post)
    for name in ("hidden_rule", "removed_at", "removal_reason", "body"):
        assert after[name] == before[name], name
    assert await hidden(hall, quoted) == [False]


async def test_what_was_dealt_with_otherwise_stays(village: Village) -> None:
    hall = await open_hall(village)
    post = await said(hall)
    quotes = [await quote(hall, answer=f"Number {number}.") for number in range(4)]
    removed, erased, back, plain = quotes
    act = await patient(hall, post)
    await hall.do(hall.priya, "POST", f"/posts/{removed}/removal", {"reason": "Off the point as well."})
    await hall.do(await hall.overseer(), "POST", f"/posts/{erased}/erasure", {"reason": "It names a patient."})
    (own,) = await hall.stored(column(acts, "id").where(acts.c.post_id == back))
    await undo(hall, own.id)
    again = await hall.hide(hall.priya, back, "abuse", "It is rude.")
    assert (await hall.do(hall.priya, "GET", f"/acts/{act}"))["quotation_count"] == 1
    await undo(hall, act)
    shown = [await hall.read(hall.maeve, each) for each in quotes]
    assert [bool(each["removed_at"]) for each in shown] == [True, True, True, False]
    assert (shown[0]["removal_reason"], shown[1]["erased"], shown[2]["hidden_rule"]) == (
        "Off the point as well.",
        True,
        "abuse",
    )
    await undo(hall, again)
    assert await hidden(hall, plain, back) == [False, False]


async def test_what_quotes_another_hidden_post_waits_for_that_one(village: Village) -> None:
    hall = await open_hall(village)
    one, other = await said(hall), await said(hall, OTHER)
    both = await village.reply(hall.maeve, hall.place, hall.thread, f"> {WORDS}\n\nHe.\n\n> {OTHER}\n\nShe.")
    first, second = await patient(hall, one), await patient(hall, other)
    assert (await hall.do(hall.priya, "GET", f"/acts/{first}"))["quotation_count"] == 0
    await undo(hall, first)
    assert await hidden(hall, one, both, other) == [False, True, True]
    assert (await hall.do(hall.priya, "GET", f"/acts/{second}"))["quotation_count"] == 1
    await undo(hall, second)
    assert await hidden(hall, one, both, other) == [False, False, False]


async def test_an_appeal_brings_them_back_too(village: Village) -> None:
    hall = await open_hall(village)
    post = await said(hall)
    quoted = await quote(hall)
    act = await patient(hall, post)
    await hall.do(hall.gareth, "POST", f"/acts/{act}/appeal", {"words": "He is a cat."})
    assert "One post that was hidden" in (await village.browser(hall.amara).get(f"/acts/{act}")).text
    await hall.do(hall.amara, "POST", f"/acts/{act}/answer", {"outcome": "overturned", "answer": "So he is."})
    assert await hidden(hall, post, quoted) == [False, False]


async def test_undone_many_times_at_once_beside_who_hides_a_quotation(village: Village) -> None:
    hall = await open_hall(village)
    post = await said(hall)
    quotes = [await quote(hall, answer=f"Number {number}.") for number in range(3)]
    act = await patient(hall, post)
    (own,) = await hall.stored(column(acts, "id").where(acts.c.post_id == quotes[0]))
    answers = await asyncio.gather(
        *(hall.ask(who, "POST", f"/acts/{act}/undo", {}) for who in (hall.priya, hall.amara) * 2),
        hall.ask(hall.priya, "POST", f"/acts/{own.id}/undo", {}),
        hall.ask(hall.amara, "POST", f"/posts/{quotes[1]}/removal", {"reason": "Off the point."}),
    )
    assert sorted(answer.status_code for answer in answers[:4]) == [200, 409, 409, 409]
    assert answers[4].status_code in (200, 409)
    assert answers[5].status_code < 300
    assert await hidden(hall, post, *quotes) == [False, False, False, False]
    assert (await hall.read(hall.maeve, quotes[1]))["removed_at"]


async def test_a_long_network_is_gone_through_in_parts(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    hall = await open_hall(village)
    edited = await quote(hall, "Nothing of note was said of anybody")
    post = await said(hall)
    quotes = [await quote(hall, answer=f"Number {number}.") for number in range(5)]
    await hall.do(hall.maeve, "PATCH", f"/posts/{edited}", {"body": f"> {WORDS}\n\nNow I know."})
    monkeypatch.setattr(quoting, "MOST_HIDDEN", 2)
    monkeypatch.setattr(quotations, "MOST_HIDDEN", 2)
    viewer = await village.viewer(hall.priya)
    async with village.state.transaction() as tx:
        act = (await hide_post(tx, viewer, post, "patient_data", "It names a patient.")).act_id
        assert act is not None
        assert len((await tx.execute(select(acts.c.id).where(acts.c.network_id == hall.place.id))).all()) == 3
    async for are_hidden in _over_time(hall, *quotes, edited):
        if all(are_hidden):
            break
    monkeypatch.undo()
    assert (await hall.do(hall.priya, "GET", f"/acts/{act}"))["quotation_count"] == 6
    monkeypatch.setattr(quotations, "MOST_HIDDEN", 2)
    async with village.state.transaction() as tx:
        await undo_act(tx, viewer, act)
    async for are_hidden in _over_time(hall, post, *quotes, edited):
        if not any(are_hidden):
            break


async def _over_time(hall: Hall, *posts: str) -> AsyncIterator[list[bool]]:
    """Whether they are hidden, again and again while the worker goes on."""
    for _ in range(100):
        are_hidden = await hidden(hall, *posts)
        yield are_hidden
        await asyncio.sleep(0.1)
    raise AssertionError(f"the worker did not go on: {are_hidden}")


async def test_a_part_goes_on_where_the_last_one_ended(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    hall = await open_hall(village)
    before = [await quote(hall, f"Nobody knows number {number} of them") for number in range(3)]
    post = await said(hall)
    later = [await quote(hall, answer=f"Number {number}.") for number in range(5)]
    monkeypatch.setattr(quoting, "_PART", 2)
    monkeypatch.setattr(quoting, "_MAY_QUOTE", quoting._MAY_QUOTE.limit(2))
    monkeypatch.setattr(quoting, "MOST_LOOKED_AT", 3)
    async with village.state.database.read() as connection:
        seen = [each.post.id async for each in may_quote(connection, hall.place.id, post)]
        assert seen == later + before  # those written later first
        found, after = list[str](), ""
        for most in (3, 2, 0):
            part = await list_quoting(connection, hall.place.id, post, after)
            assert len(part.post_ids) == most
            found, after = found + part.post_ids, part.after or ""
    assert (found, after) == (later, "")


async def test_other_networks_hide_it_too_and_learn_nothing_of_the_first(village: Village) -> None:
    words = f"Mrs {secrets.token_hex(4)} of the yellow door is worse."
    first, second = await open_hall(village, "secret"), await open_hall(village, "open")
    post = await said(first, words)
    quoted = await quote(second, words)
    act = await patient(first, post)
    async for are_hidden in _over_time(second, quoted):
        if all(are_hidden):
            break
    for shown in (await second.read(None, quoted), await second.read(second.maeve, quoted)):
        assert (shown["body"], shown["hidden_rule"]) == ("", "patient_data")
    for moderator in (second.amara, second.priya):
        (line,) = [
            line
            for line in (await second.do(moderator, "GET", "/me/notifications"))["items"]
            if line["kind"] == "quotation.hidden"
        ]
        assert (line["network"]["slug"], "patient data" in line["text"]) == (second.place.slug, True)
        own = await second.do(moderator, "GET", f"/acts/{line['object_id']}")
        assert (own["kind"], own["rule"], own["by"], words in own["html"]) == ("hide", "patient_data", None, True)
        browser = village.browser(moderator)
        for path in (f"/acts/{line['object_id']}", f"/networks/{second.place.slug}/log"):
            page = (await browser.get(path)).text
            assert not [name for name in (first.place.name, first.place.slug, first.thread, act) if name in page]
        assert (await second.ask(moderator, "GET", f"/acts/{act}")).status_code == 404
    assert (await first.do(first.priya, "GET", f"/acts/{act}"))["quotation_count"] == 0
    await undo(first, act)
    async for are_hidden in _over_time(second, quoted):
        if not any(are_hidden):
            break
    assert words in (await second.read(None, quoted))["body"]
