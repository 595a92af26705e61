"""Who began a thread reads what was done with it, appeals once, and hears when it is undone; a move goes back."""

from sqlalchemy import select

from forum.tables import acts, audit_rows, notifications
from tests.forum.moderation.hall import Hall, column, open_hall
from tests.forum.threads.village import Village


async def act_of(hall: Hall, kind: str) -> str:
    """The id of the newest act of this kind on the thread."""
    asked = select(acts.c.id).where(acts.c.thread_id == hall.thread, acts.c.kind == kind).order_by(acts.c.id.desc())
    return str((await hall.stored(asked))[0].id)


async def told(hall: Hall, kind: str) -> int:
    """How many lines of this kind Maeve, who began the thread, has."""
    about = (notifications.c.account_id == hall.maeve.id, notifications.c.kind == kind)
    return len(await hall.stored(column(notifications, "id").where(*about)))


async def test_a_move_is_told_appealed_against_and_undone_from_its_page(village: Village) -> None:
    hall = await open_hall(village)
    target = await village.network(hall.amara, [hall.gareth], access="secret")
    await hall.do(
        hall.amara, "POST", f"/threads/{hall.thread}/move", {"network": target.slug, "reason": "It is theirs."}
    )
    act_id = await act_of(hall, "move")
    page = (await village.browser(hall.maeve).get(f"/acts/{act_id}")).text
    for words in ("It is theirs.", "“Night rota”", "a network you can’t see", "You see it otherwise?"):
        assert words in page, words
    assert target.name not in page
    assert f"/threads/{hall.thread}" not in page  # nothing would be found there
    assert (await hall.do(hall.maeve, "GET", f"/acts/{act_id}"))["moved_to"] == "a network you can’t see"
    await hall.do(hall.maeve, "POST", f"/acts/{act_id}/appeal", {"words": "It was ours."})
    assert (await hall.ask(hall.maeve, "POST", f"/acts/{act_id}/appeal", {"words": "Twice."})).status_code == 409
    # Priya moderates only where it came from: she is offered nothing, and asked all the same she is told why.
    assert "Undo this" not in (await village.browser(hall.priya).get(f"/acts/{act_id}")).text
    refused = await hall.ask(hall.priya, "POST", f"/acts/{act_id}/undo", {})
    assert (refused.status_code, "moderates both networks" in refused.text) == (409, True)
    browser = village.browser(hall.amara)
    shown = (await browser.get(f"/acts/{act_id}")).text
    assert f"Moved to</dt><dd>{target.name}" in shown
    assert "Undo this" in shown
    undone = await browser.post(f"/acts/{act_id}/undo", data={"reason": "It was theirs after all."})
    assert undone.status_code == 303
    thread = await hall.do(hall.maeve, "GET", f"/threads/{hall.thread}")
    assert (thread["network_id"], thread["number"]) == (hall.place.id, 1)
    assert await told(hall, "appeal.answered") == 1  # which the undoing is
    assert "It was theirs after all." in (await village.browser(hall.maeve).get(f"/acts/{act_id}")).text
    rows = await hall.stored(column(audit_rows, "chain", "act").where(audit_rows.c.object_id == hall.thread))
    assert {(target.id, "thread.moved_here"), (target.id, "thread.move"), (hall.place.id, "thread.move_undone")} <= {
        tuple(row) for row in rows
    }


async def test_moving_it_back_by_hand_undoes_the_move_and_only_the_newest_is_undone(village: Village) -> None:
    hall = await open_hall(village)
    first, second = await village.network(hall.amara), await village.network(hall.amara)
    path = f"/threads/{hall.thread}/move"
    await hall.do(hall.amara, "POST", path, {"network": first.slug, "reason": "Theirs."})
    earlier = await act_of(hall, "move")
    await hall.do(hall.amara, "POST", path, {"network": second.slug, "reason": "Theirs."})
    late = await hall.ask(hall.amara, "POST", f"/acts/{earlier}/undo", {})
    assert (late.status_code, "moved again since" in late.text) == (409, True)
    await hall.do(hall.amara, "POST", path, {"network": first.slug, "reason": "Theirs."})
    await hall.do(hall.amara, "POST", path, {"network": hall.place.slug, "reason": "A slip."})
    assert await told(hall, "act.undone") == 2  # of both moves she was told
    assert "A slip." in (await village.browser(hall.maeve).get(f"/acts/{earlier}")).text
    still_open = select(acts.c.id).where(acts.c.thread_id == hall.thread, acts.c.undone_at.is_(None))
    assert await hall.stored(still_open) == []


async def test_another_title_is_told_with_both_and_taken_back(village: Village) -> None:
    hall = await open_hall(village)
    path = f"/threads/{hall.thread}"
    await hall.do(hall.priya, "PATCH", path, {"title": "Cover at night", "reason": "Clearer."})
    act_id = await act_of(hall, "retitle")
    page = (await village.browser(hall.maeve).get(f"/acts/{act_id}")).text
    for words in ("“Night rota”", "“Cover at night”", "Clearer.", "You see it otherwise?"):
        assert words in page, words
    await hall.do(hall.maeve, "POST", f"/acts/{act_id}/appeal", {"words": "Mine was clear."})
    await hall.do(hall.amara, "POST", f"/acts/{act_id}/answer", {"outcome": "overturned", "answer": "It was."})
    assert (await hall.do(hall.maeve, "GET", path))["title"] == "Night rota"
    await hall.do(hall.priya, "PATCH", path, {"title": "Cover", "reason": "Short."})
    other = await act_of(hall, "retitle")
    await hall.do(hall.maeve, "PATCH", path, {"title": "My rota"})
    assert (await hall.ask(hall.amara, "POST", f"/acts/{other}/undo", {})).status_code == 409


async def test_who_began_a_locked_thread_hears_that_it_is_open_again(village: Village) -> None:
    hall = await open_hall(village)
    await hall.do(hall.amara, "PATCH", f"/threads/{hall.thread}", {"locked": True, "reason": "It is settled."})
    page = (await village.browser(hall.maeve).get(f"/acts/{await act_of(hall, 'lock')}")).text
    assert "It is settled." in page
    assert "“Night rota”" in page
    assert "You see it otherwise?" in page
    await hall.do(hall.priya, "PATCH", f"/threads/{hall.thread}", {"locked": False})
    assert await told(hall, "act.undone") == 1
    assert "This was undone" in (await village.browser(hall.maeve).get(f"/acts/{await act_of(hall, 'lock')}")).text


async def test_who_judges_for_an_open_network_reads_why_and_not_the_words(village: Village) -> None:
    hall = await open_hall(village, "open")
    judge = await hall.overseer()
    act_id = await hall.hide(hall.amara, reason="Be kind to each other.")
    page = (await village.browser(hall.gareth).get(f"/acts/{act_id}")).text
    assert "They see what was done, the rule, the reason" in page
    assert "can’t read the network" not in page
    await hall.do(hall.gareth, "POST", f"/acts/{act_id}/appeal", {"words": "I was kind."})
    shown = (await village.browser(judge).get(f"/acts/{act_id}")).text
    assert "Be kind to each other." in shown
    assert "can’t read this network" not in shown
    assert "Only fools" not in shown


async def test_what_was_undone_offers_no_number_for_erasing(village: Village) -> None:
    hall = await open_hall(village)
    act_id = await hall.hide(hall.amara)
    browser, asked = village.browser(hall.priya), "Should the words be gone for good"
    assert asked in (await browser.get(f"/acts/{act_id}")).text
    await hall.do(hall.amara, "POST", f"/acts/{act_id}/undo", {})
    assert asked not in (await browser.get(f"/acts/{act_id}")).text


async def test_what_was_done_there_names_no_network_to_who_may_not_know_of_it(village: Village) -> None:
    hall = await open_hall(village)
    target = await village.network(hall.amara, access="secret")
    move = {"network": target.slug, "reason": "It is theirs."}
    await hall.do(hall.amara, "POST", f"/threads/{hall.thread}/move", move)
    await hall.do(hall.amara, "PATCH", f"/threads/{hall.thread}", {"title": "Among us", "reason": "Ours."})
    act_id = await act_of(hall, "retitle")
    assert (await hall.do(hall.maeve, "GET", f"/acts/{act_id}"))["network_id"] is None
    assert (await hall.do(hall.amara, "GET", f"/acts/{act_id}"))["network_id"] == target.id
    own = await hall.hide(hall.amara)
    assert (await hall.do(hall.gareth, "GET", f"/acts/{own}"))["network_id"] is None


async def test_appeals_are_told_apart_by_what_they_are_against(village: Village) -> None:
    hall = await open_hall(village)
    await village.join(hall.place.id, hall.olu, "administrator")
    change = {"locked": True, "title": "The rota of the night", "reason": "Settled."}
    await hall.do(hall.amara, "PATCH", f"/threads/{hall.thread}", change)
    await hall.do(hall.amara, "POST", f"/posts/{hall.post}/hiding", {"rule": "abuse", "reason": "Be kind."})
    for kind in ("lock", "retitle"):
        await hall.do(hall.maeve, "POST", f"/acts/{await act_of(hall, kind)}/appeal", {"words": "Why?"})
    (hidden,) = await hall.stored(column(acts, "id").where(acts.c.post_id == hall.post))
    await hall.do(hall.gareth, "POST", f"/acts/{hidden.id}/appeal", {"words": "Why?"})
    page = (await village.browser(hall.olu).get(f"/networks/{hall.place.slug}/reports")).text
    for words in (
        "Against: Amara Okafor locked a thread by Maeve Brennan: “The rota of the night”",
        "Against: Amara Okafor gave a thread by Maeve Brennan another title: “The rota of the night”",
        "Against: Amara Okafor hid a post by Gareth Williams: post 2 in “The rota of the night”",
    ):
        assert words in page, words


async def test_who_judges_for_a_closed_network_learns_what_was_done_and_not_to_what(village: Village) -> None:
    hall = await open_hall(village)
    overseer = await hall.overseer()
    await hall.do(hall.amara, "PATCH", f"/threads/{hall.thread}", {"locked": True, "reason": "Settled."})
    await hall.do(hall.maeve, "POST", f"/acts/{await act_of(hall, 'lock')}/appeal", {"words": "Why?"})
    page = (await village.browser(overseer).get("/site/appeals")).text
    assert "Against: A moderator locked a thread by Maeve Brennan</p>" in page
    assert "Night rota" not in page
