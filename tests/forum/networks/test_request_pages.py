"""Answering those who ask to join: what is said is what has come of it, whoever was first."""

import asyncio

from tests.forum.networks.test_pages import path_of, sent, shown
from tests.forum.threads.village import Place, Village, Villager


async def ask(village: Village, place: Place, *people: Villager) -> None:
    for person in people:
        await sent(village.browser(person), path_of(place, "/membership"))


async def test_a_late_answer_says_how_things_stand(village: Village) -> None:
    amara, priya, bao = await village.people("Amara Okafor", "Priya Shah", "Bao Tran")
    place = await village.network(amara)
    await village.join(place.id, priya, "administrator")
    await ask(village, place, bao)
    first, second = village.browser(amara), village.browser(priya)
    chosen, path = {f"who-{bao.id}": "yes"}, path_of(place, "/requests")
    await sent(first, path, **chosen, answer="admit")
    assert "Admitted Bao Tran. We have told them by e-mail." in await shown(first, path)
    late = await sent(second, path, 409, **chosen, answer="refuse", reason="No room.")
    assert "Somebody changed this before you: Bao Tran is a member now." in late.text
    assert "Refused" not in late.text
    assert ("Nobody is waiting" in late.text, 'Requests <span class="count' in late.text) == (True, False)
    # The same answer by another administrator was not theirs; one's own, pressed twice, was.
    await sent(second, path, 409, **chosen, answer="admit")
    await sent(first, path, **chosen, answer="admit")
    assert (await village.viewer(bao)).role_in(place.id) == "member"


async def test_of_two_at_once_one_is_told_that_it_was_the_other(village: Village) -> None:
    amara, priya, bao = await village.people("Amara Okafor", "Priya Shah", "Bao Tran")
    place = await village.network(amara)
    await village.join(place.id, priya, "administrator")
    await ask(village, place, bao)
    fields = {f"who-{bao.id}": "yes", "answer": "admit"}
    answers = await asyncio.gather(
        *(village.browser(person).post(path_of(place, "/requests"), data=fields) for person in (amara, priya))
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]


async def test_of_several_each_is_named(village: Village) -> None:
    amara, *crowd = await village.people("Amara Okafor", "Ann Ek", "Bo Lund", "Cy Dahl", "Di Berg")
    place = await village.network(amara)
    await ask(village, place, *crowd)
    browser, path = village.browser(amara), path_of(place, "/requests")
    await sent(browser, path, **{f"who-{crowd[1].id}": "yes"}, answer="refuse")
    assert "Refused Bo Lund." in await shown(browser, path)
    await sent(village.browser(crowd[2]), path_of(place, "/departure"))
    chosen = {f"who-{person.id}": "yes" for person in crowd}
    mixed = await sent(browser, path, 409, **chosen, answer="admit")
    assert "Admitted Ann Ek and Di Berg. Somebody changed this before you: Bo Lund was refused." in mixed.text
    assert "Whoever else you chose has taken their request back." in mixed.text


async def test_removing_somebody_who_was_removed_says_so(village: Village) -> None:
    amara, priya, bao = await village.people("Amara Okafor", "Priya Shah", "Bao Tran")
    place = await village.network(amara, [bao])
    await village.join(place.id, priya, "administrator")
    path = path_of(place, f"/members/{bao.id}/removal")
    await sent(village.browser(amara), path, reason="Enough")
    late = await sent(village.browser(priya), path, 409, reason="Enough")
    assert "Somebody changed this before you: Bao Tran was removed." in late.text


async def test_what_is_said_can_be_put_in_our_mouth_by_nobody(village: Village) -> None:
    amara, bao = await village.people("Amara Okafor", "Bao Tran")
    place = await village.network(amara)
    await ask(village, place, bao)
    browser = village.browser(amara)
    answer = await sent(browser, path_of(place, "/requests"), **{f"who-{bao.id}": "yes"}, answer="admit")
    cookie = answer.cookies["notice"]
    for forged in (cookie[:-1] + ("0" if cookie[-1] != "0" else "1"), "admitted", "admitted.QQ.x", "admitted.é.é"):
        headers = {"Cookie": f"confer={amara.session}; notice={forged}".encode("latin-1")}
        page = await village.program().get(path_of(place), headers=headers)  # type: ignore[arg-type]
        assert page.status_code == 200
        assert "Admitted" not in page.text


async def test_many_are_answered_by_the_api(village: Village) -> None:
    amara, *crowd = await village.people("Amara Okafor", "Ann Ek", "Bo Lund", "Cy Dahl", "Di Berg")
    place = await village.network(amara)
    await ask(village, place, *crowd)
    program, path = village.program(amara), f"/api/v1{path_of(place, '/requests/answers')}"
    refusal = {"account_ids": [crowd[1].id], "answer": "refuse", "reason": "No room."}
    (refused,) = (await program.post(path, json=refusal)).json()["items"]
    assert refused == {"account_id": crowd[1].id, "status": "answered", "now": "refused", "detail": ""}
    await sent(village.browser(crowd[2]), path_of(place, "/departure"))
    chosen = [crowd[0].id, crowd[1].id, crowd[2].id, crowd[3].id, crowd[0].id]
    items = (await program.post(path, json={"account_ids": chosen, "answer": "admit"})).json()["items"]
    assert [each["account_id"] for each in items] == chosen
    states = [(each["status"], each["now"]) for each in items]
    assert states == [
        ("answered", "active"),
        ("passed_over", "refused"),
        ("passed_over", None),
        ("answered", "active"),
        ("answered", "active"),
    ]
    assert "Bo Lund was refused" in items[1]["detail"]
    for wrong in ({}, {"account_ids": [], "answer": "admit"}, {"account_ids": ["x"], "answer": "admit"}):
        assert (await program.post(path, json=wrong)).status_code == 422, wrong
    assert (await village.program(crowd[0]).post(path, json=refusal)).status_code == 403
    assert (await village.program(crowd[2]).post(path, json=refusal)).status_code == 404
