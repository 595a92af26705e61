"""Reports become cases; one moderator decides each, nobody decides about themselves, and who reported is told."""

import asyncio
import re

from forum.tables import audit_rows, cases, notifications, reports
from tests.forum.moderation.hall import column, open_hall
from tests.forum.threads.village import Village


async def test_a_report_goes_its_way(village: Village) -> None:
    hall = await open_hall(village)
    made = await hall.report(hall.maeve, words="He calls us fools.")
    assert (made["state"], made["answer"], made["receipt"]) == ("waiting", "", None)
    # The same person again adds to what they said, and counts once.
    again = await hall.report(hall.maeve, rule="other", words="And it goes on.")
    assert (again["id"], again["words"]) == (made["id"], "He calls us fools.\n\nAnd it goes on.")
    await hall.report(hall.amara, rule="abuse")
    for moderator in (hall.amara, hall.priya):
        (case,) = await hall.cases(moderator)
        counted = (case["report_count"], case["rules"], case["account"]["name"])
        assert counted == (2, {"abuse": 1, "other": 1}, "Gareth Williams")
    whole = await hall.do(hall.priya, "GET", f"/reports/{case['id']}")
    assert [report["reporter"]["name"] for report in whole["reports"]] == ["Maeve Brennan", "Amara Okafor"]
    for stranger in (hall.gareth, hall.maeve, hall.olu, None):
        assert (await hall.ask(stranger, "GET", f"/reports/{case['id']}")).status_code == 404
    decision = {"decision": "agree", "act": "hide", "rule": "abuse", "reason": "Say it kindly.", "answer": "Thank you."}
    decided = await hall.do(hall.priya, "POST", f"/reports/{case['id']}/decision", decision)
    assert (decided["state"], decided["decided_by"]["name"]) == ("agreed", "Priya Shah")
    assert (await hall.read(hall.maeve))["hidden_rule"] == "abuse"
    assert await hall.cases(hall.amara) == []
    own = (await hall.do(hall.maeve, "GET", "/me/reports"))["items"][0]
    assert (own["state"], own["answer"]) == ("agreed", "Thank you.")
    of_network = column(notifications, "account_id", "kind").where(notifications.c.network_id == hall.place.id)
    told = {(row.account_id, row.kind) for row in await hall.stored(of_network)}
    assert {(hall.maeve.id, "report.answered"), (hall.gareth.id, "act.concerns_me")} <= told
    assert {account_id for account_id, kind in told if kind == "report.made"} == {hall.priya.id, hall.amara.id}
    # The proof of the decision does not say who reported.
    rows = await hall.stored(
        column(audit_rows, "act", "actor_id", "subject_id", "after").where(audit_rows.c.chain == hall.place.id)
    )
    assert {"report.agreed", "post.hide"} <= {row.act for row in rows}
    assert hall.maeve.id not in str([row for row in rows if row.act in ("report.agreed", "post.hide")])


async def test_each_is_told_how_many_they_may_decide(village: Village) -> None:
    hall = await open_hall(village)
    await hall.report(hall.maeve)
    for person in (hall.priya, hall.amara):
        await hall.do(hall.maeve, "POST", f"/networks/{hall.place.slug}/members/{person.id}/reports", {"rule": "abuse"})
    await village.join(hall.place.id, hall.olu, "administrator")
    for who, count in ((hall.amara, 2), (hall.olu, 3), (hall.priya, 1)):
        found = await hall.do(who, "GET", f"/networks/{hall.place.slug}/reports")
        assert (found["waiting_count"], len(found["items"])) == (count, count)
        for page in ("", "/reports", "/members"):
            text = (await village.browser(who).get(f"/networks/{hall.place.slug}{page}")).text
            tab = re.search(rf'<a href="/networks/{hall.place.slug}/reports".*?</a>', text, re.DOTALL)
            assert tab
            assert f">{count}<" in tab[0], (page, tab[0])


async def test_one_moderator_at_a_time(village: Village) -> None:
    hall = await open_hall(village)
    await hall.report(hall.maeve)
    (case,) = await hall.cases(hall.priya)
    path = f"/reports/{case['id']}"
    taken = await hall.do(hall.priya, "PUT", f"{path}/lease", {"taken": True})
    assert taken["taken_by"]["name"] == "Priya Shah"
    for body, method, where in (({"taken": True}, "PUT", "lease"), ({"decision": "disagree"}, "POST", "decision")):
        refused = await hall.ask(hall.amara, method, f"{path}/{where}", body)
        assert refused.status_code == 409
        assert "Priya Shah is looking into this" in refused.json()["detail"]
    # Nobody gives back what is another's.
    assert (await hall.ask(hall.amara, "PUT", f"{path}/lease", {"taken": False})).status_code == 409
    assert (await hall.do(hall.amara, "GET", path))["taken_by"]["name"] == "Priya Shah"
    await hall.do(hall.priya, "PUT", f"{path}/lease", {"taken": False})
    both = await asyncio.gather(
        *(hall.ask(who, "POST", f"{path}/decision", {"decision": "disagree"}) for who in (hall.amara, hall.priya))
    )
    assert sorted(answer.status_code for answer in both) == [200, 409]
    late = next(answer for answer in both if answer.status_code == 409)
    assert "has decided this already" in late.json()["detail"]
    rows = await hall.stored(column(audit_rows, "id").where(audit_rows.c.object_id == case["id"]))
    assert len(rows) == 1


async def test_many_reports_at_once_are_one_case(village: Village) -> None:
    hall = await open_hall(village)
    people = await village.people(*(f"Member {number}" for number in range(8)))
    for person in people:
        await village.join(hall.place.id, person)
    await asyncio.gather(*(hall.report(person) for person in (*people, *people)))
    (case,) = await hall.cases(hall.amara)
    assert case["report_count"] == 8
    assert len(await hall.stored(column(reports, "id").where(reports.c.case_id == case["id"]))) == 8


async def test_nobody_sees_or_decides_what_is_about_themselves(village: Village) -> None:
    hall = await open_hall(village)
    by_priya = await village.reply(hall.priya, hall.place, hall.thread, "What a silly rota.")
    await hall.report(hall.maeve, by_priya)
    assert await hall.cases(hall.priya) == []
    (case,) = await hall.cases(hall.amara)  # about a moderator: for administrators
    assert (await hall.ask(hall.priya, "GET", f"/reports/{case['id']}")).status_code == 404
    refused = await hall.ask(hall.priya, "POST", f"/reports/{case['id']}/decision", {"decision": "ignore"})
    assert refused.status_code == 404
    # Neither the number on the tab nor an event tells her.
    page = (await village.browser(hall.priya).get(f"/networks/{hall.place.slug}/reports")).text
    assert "Nothing is reported" in page
    told = await hall.stored(column(notifications, "account_id").where(notifications.c.object_id == case["id"]))
    assert [row.account_id for row in told] == [hall.amara.id]
    # About the only administrator the other moderators decide; where there is none, the site is told and sees no word.
    by_amara = await village.reply(hall.amara, hall.place, hall.thread, "Rubbish.")
    await hall.report(hall.maeve, by_amara)
    assert [found["account"]["name"] for found in await hall.cases(hall.priya)] == ["Amara Okafor"]
    assert [found["account"]["name"] for found in await hall.cases(hall.amara)] == ["Priya Shah"]
    overseer = await hall.overseer()
    await village.remove(hall.place.id, hall.priya)
    page = (await village.browser(overseer).get("/site/appeals")).text
    assert hall.place.name in page
    assert "about Amara Okafor in" in page
    assert "Rubbish" not in page


async def test_who_may_report_what(village: Village) -> None:
    hall = await open_hall(village)
    other = await open_hall(village)
    assert (await hall.ask(hall.gareth, "POST", f"/posts/{hall.post}/reports", {"rule": "abuse"})).status_code == 403
    for stranger in (hall.olu, None, other.maeve):
        answer = await hall.ask(stranger, "POST", f"/posts/{hall.post}/reports", {"rule": "abuse"})
        assert answer.status_code == 404
    person = f"/networks/{hall.place.slug}/members"
    assert (
        await hall.ask(hall.maeve, "POST", f"{person}/{hall.maeve.id}/reports", {"rule": "abuse"})
    ).status_code == 403
    assert (
        await hall.ask(hall.maeve, "POST", f"{person}/{other.gareth.id}/reports", {"rule": "abuse"})
    ).status_code == 404
    await hall.do(hall.maeve, "POST", f"{person}/{hall.gareth.id}/reports", {"rule": "abuse"})
    await hall.report(hall.maeve)
    # Somebody removed reports nothing more, and what they reported names nothing that they may not see.
    await village.remove(hall.place.id, hall.maeve)
    assert (await hall.ask(hall.maeve, "POST", f"/posts/{hall.post}/reports", {"rule": "abuse"})).status_code == 404
    own = (await hall.do(hall.maeve, "GET", "/me/reports"))["items"]
    assert [item["post_id"] for item in own] == [None, None]
    page = (await village.browser(hall.maeve).get("/reports")).text
    assert "something that you can’t see any more" in page
    for word in ("Gareth", "Night rota", hall.place.name):
        assert word not in page
    case = (await hall.cases(hall.priya))[0]
    where = f"/networks/{other.place.slug}/reports/{case['id']}"
    assert (await village.browser(other.amara).get(where)).status_code == 404
    assert (
        await other.ask(other.amara, "POST", f"/reports/{case['id']}/decision", {"decision": "ignore"})
    ).status_code == 404


async def test_what_vanishes_meanwhile(village: Village) -> None:
    hall = await open_hall(village)
    await hall.do(hall.gareth, "DELETE", f"/posts/{hall.post}")
    await hall.report(hall.maeve, rule="patient_data")  # what stood there is judged all the same
    (case,) = await hall.cases(hall.priya)
    page = (await village.browser(hall.priya).get(f"/networks/{hall.place.slug}/reports/{case['id']}")).text
    assert "Only fools would ask" in page
    hidden = await village.reply(hall.gareth, hall.place, hall.thread, "Another word.")
    await hall.hide(hall.priya, hidden)
    answer = await hall.ask(hall.maeve, "POST", f"/posts/{hidden}/reports", {"rule": "abuse"})
    assert answer.status_code == 409
    assert "A moderator has dealt with this post already" in answer.json()["detail"]


async def test_hostile_words_are_refused_and_harmless_ones_shown_as_text(village: Village) -> None:
    hall = await open_hall(village)
    path = f"/posts/{hall.post}/reports"
    wrong = [
        {"rule": "abuse", "words": "x" * 10_000},
        {"rule": "rude"},
        {"words": "No rule."},
        {"rule": "other"},
        {"rule": "abuse", "about": "more"},
        {"rule": ["abuse"]},
    ]
    for body in wrong:
        assert (await hall.ask(hall.maeve, "POST", path, body)).status_code == 422, body
    await hall.report(hall.maeve, words="<script>alert(1)</script>\u202e ‮")
    (case,) = await hall.cases(hall.priya)
    page = (await village.browser(hall.priya).get(f"/networks/{hall.place.slug}/reports/{case['id']}")).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    form = {"rule": "", "words": "y" * 10_000, "key": "k1"}
    answer = await village.browser(hall.maeve).post(f"/posts/{hall.post}/report", data=form)
    assert answer.status_code == 422
    assert "y" * 10_000 in answer.text


async def test_the_same_key_is_one_report(village: Village) -> None:
    hall = await open_hall(village)
    path, body = f"/posts/{hall.post}/reports", {"rule": "abuse", "words": "Once."}
    first = await hall.ask(hall.maeve, "POST", path, body, **{"Idempotency-Key": "one"})
    second = await hall.ask(hall.maeve, "POST", path, body, **{"Idempotency-Key": "one"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.headers["Idempotent-Replay"] == "true"
    assert first.json()["id"] == second.json()["id"]
    assert (await hall.do(hall.maeve, "GET", "/me/reports"))["items"][0]["words"] == "Once."


async def test_a_person_is_reported_and_warned(village: Village) -> None:
    hall = await open_hall(village)
    path = f"/networks/{hall.place.slug}/members/{hall.gareth.id}/reports"
    await hall.do(hall.maeve, "POST", path, {"rule": "abuse", "words": "In every thread."})
    (case,) = await hall.cases(hall.priya)
    assert case["post_id"] is None
    for body in (
        {"decision": "agree", "act": "hide", "rule": "abuse", "reason": "Why"},
        {"decision": "agree", "act": "warn"},
    ):
        assert (await hall.ask(hall.priya, "POST", f"/reports/{case['id']}/decision", body)).status_code == 422
    body = {"decision": "agree", "act": "warn", "reason": "Please be kinder."}
    decided = await hall.do(hall.priya, "POST", f"/reports/{case['id']}/decision", body)
    act = await hall.do(hall.gareth, "GET", f"/acts/{decided['act_id']}")
    assert (act["kind"], act["reason"], act["by"]) == ("warn", "Please be kinder.", None)
    await hall.report(hall.maeve)
    (case,) = await hall.cases(hall.priya)
    page = (await village.browser(hall.priya).get(f"/networks/{hall.place.slug}/reports/{case['id']}")).text
    assert "Please be kinder." in page  # what was done before stands in the record
    assert len(await hall.stored(column(cases, "id").where(cases.c.network_id == hall.place.id))) == 2
