"""Reporting by page: with an account and, in open networks, without one."""

import re

from tests.forum.moderation.hall import open_hall
from tests.forum.threads.village import Village


async def test_without_an_account_one_gets_a_receipt(village: Village) -> None:
    hall = await open_hall(village, "open")
    guest = village.browser()
    form = (await guest.get(f"/posts/{hall.post}/report")).text
    found = re.search(r'name="key" value="([^"]+)"', form)
    assert found
    said = {"rule": "abuse", "words": "This is rude.", "key": found[1]}
    done = await guest.post(f"/posts/{hall.post}/report", data=said)
    assert done.status_code == 303
    receipt = done.headers["location"]
    assert re.fullmatch(r"/reports/receipt/[\w-]{43}", receipt)
    page = (await guest.get(receipt)).text
    assert "Waiting" in page
    assert "This is rude." in page
    # The same form twice is one report with one receipt; other forms are others.
    assert (await guest.post(f"/posts/{hall.post}/report", data=said)).headers["location"] == receipt
    other = await guest.post(f"/posts/{hall.post}/report", data={**said, "key": "another"})
    assert other.headers["location"] != receipt
    (case,) = await hall.cases(hall.priya)
    assert case["report_count"] == 2
    shown = (await village.browser(hall.priya).get(f"/networks/{hall.place.slug}/reports/{case['id']}")).text
    assert "Somebody without an account" in shown
    body = {"decision": "disagree", "answer": "We think it is fair."}
    await hall.do(hall.priya, "POST", f"/reports/{case['id']}/decision", body)
    answered = (await guest.get(receipt)).text
    assert "We think it is fair." in answered
    assert "will look at it" not in answered
    assert (await guest.get(f"{receipt[:-1]}!")).status_code == 404
    assert (await guest.get("/reports/receipt/" + "x" * 5_000)).status_code in (404, 414, 431)


async def test_a_guest_of_a_closed_network_learns_nothing(village: Village) -> None:
    hall = await open_hall(village)
    guest = village.browser()
    assert (await guest.get(f"/posts/{hall.post}/report")).status_code == 404
    answer = await guest.post(f"/posts/{hall.post}/report", data={"rule": "abuse"})
    assert answer.status_code == 404
    by_api = await hall.ask(None, "POST", f"/posts/{hall.post}/reports", {"rule": "abuse"})
    assert by_api.status_code == 404


async def test_the_form_keeps_what_was_typed_and_leads_to_the_list(village: Village) -> None:
    hall = await open_hall(village)
    page = village.browser(hall.maeve)
    assert f'href="/posts/{hall.post}/report"' in (await page.get(f"/posts/{hall.post}/actions")).text
    wrong = await page.post(f"/posts/{hall.post}/report", data={"rule": "other", "words": "", "key": "k"})
    assert wrong.status_code == 422
    assert "Say in a few words what is wrong." in wrong.text
    assert 'value="k"' in wrong.text
    done = await page.post(f"/posts/{hall.post}/report", data={"rule": "other", "words": "It is rude.", "key": "k"})
    assert done.headers["location"] == "/reports"
    shown = (await page.get("/reports")).text
    assert "post 2 in “Night rota”" in shown
    assert "It is rude." in shown
    assert "You have reported nothing" in (await village.browser(hall.gareth).get("/reports")).text
    assert (await village.browser(hall.gareth).get(f"/posts/{hall.post}/report")).status_code == 403
    person = f"/networks/{hall.place.slug}/people/{hall.gareth.id}/report"
    assert "Report Gareth Williams?" in (await page.get(person)).text
    assert (await page.post(person, data={"rule": "abuse", "key": "p"})).headers["location"] == "/reports"
    assert len(await hall.cases(hall.priya)) == 2


async def test_who_chooses_nothing_is_asked_to_choose(village: Village) -> None:
    hall = await open_hall(village)
    page = village.browser(hall.maeve)
    answer = await page.post(f"/posts/{hall.post}/report", data={"words": "Look at this.", "key": "k"})
    assert answer.status_code == 422
    assert "Choose what is wrong." in answer.text
    assert "Look at this." in answer.text
    await hall.report(hall.maeve)
    (case,) = await hall.cases(hall.priya)
    moderator = village.browser(hall.priya)
    path = f"/networks/{hall.place.slug}/reports/{case['id']}/decision"
    assert "Choose what you decide." in (await moderator.post(path, data={"answer": ""})).text
    hiding = await moderator.post(f"/posts/{hall.post}/hiding", data={"reason": "Be kind."})
    assert "Choose which rule it breaks." in hiding.text
    act = await hall.hide(hall.priya)
    await hall.do(hall.gareth, "POST", f"/acts/{act}/appeal", {"words": "It was a joke."})
    judged = await village.browser(hall.amara).post(f"/acts/{act}/answer", data={"answer": "No."})
    assert "Choose: keep the decision, or take it back." in judged.text
    by_api = await hall.ask(hall.maeve, "POST", f"/posts/{hall.post}/reports", {"words": "Look."})
    assert [error["message"] for error in by_api.json()["errors"]] == ["Choose what is wrong."]


async def test_times_and_hints_of_the_queue_are_plain_english(village: Village) -> None:
    hall = await open_hall(village)
    await hall.report(hall.maeve)
    moderator, path = village.browser(hall.priya), f"/networks/{hall.place.slug}/reports"
    # Scripts turn the moment into "2 minutes ago" or "just now": what is before it must go with both.
    assert re.search(r"<span>reported <time ", (await moderator.get(path)).text)
    (case,) = await hall.cases(hall.priya)
    page = (await moderator.get(f"{path}/{case['id']}")).text
    assert re.search(r"It was reported <time [^>]*>[^<]*</time>\.", page)
    assert "The author reads these words beside their post" in page
    assert "They are not told who you are, nor who reported it." in page
    await hall.report(hall.amara)
    assert re.search(r"<span>first reported <time ", (await moderator.get(path)).text)
    person = f"/networks/{hall.place.slug}/members/{hall.gareth.id}/reports"
    await hall.do(hall.maeve, "POST", person, {"rule": "abuse"})
    (about,) = [each for each in await hall.cases(hall.priya) if each["id"] != case["id"]]
    page = (await moderator.get(f"{path}/{about['id']}")).text
    assert "beside their post" not in page
    assert "nor who reported them." in page


async def test_who_has_reported_it_already_reads_so_above_the_form(village: Village) -> None:
    hall = await open_hall(village)
    person = f"/networks/{hall.place.slug}/people/{hall.gareth.id}/report"
    paths = (f"/posts/{hall.post}/report", person)
    reporter, other = village.browser(hall.maeve), village.browser(hall.amara)
    for path in paths:
        assert "You have reported this already" not in (await reporter.get(path)).text
        await reporter.post(path, data={"rule": "other", "words": f"Rude {path[1]}.", "key": path[1]})
        page = (await reporter.get(path)).text
        for words in ("You have reported this already", "Waiting", f"Rude {path[1]}.", "is added to it"):
            assert words in page
        assert "You have reported this already" not in (await other.get(path)).text
    for case in await hall.cases(hall.priya):
        body = {"decision": "disagree", "answer": "We think it is fair."}
        await hall.do(hall.priya, "POST", f"/reports/{case['id']}/decision", body)
    for path in paths:
        page = (await reporter.get(path)).text
        assert "We think it is fair." in page
        assert "report it again" in page


async def test_by_the_api_without_an_account(village: Village) -> None:
    hall = await open_hall(village, "open")
    made = await hall.report(None, rule="wrong")
    assert made["receipt"].startswith(f"{village.state.settings.public_url}/reports/receipt/")
    assert (await village.browser().get(made["receipt"])).status_code == 200
