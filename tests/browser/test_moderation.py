"""A report from flag to appeal, on the pages of three people at once."""

import re

from playwright.async_api import Page, expect

from tests.browser.scene import Scene, equals_reload, post


async def choose(page: Page, label: str) -> None:
    """Choose by the words beside it: those lie over what is drawn."""
    await page.get_by_text(label, exact=True).click()


async def test_a_report_goes_from_flag_to_appeal(scene: Scene) -> None:
    await scene.reply(scene.gareth, "Only fools would ask that.")
    queue = await scene.open(scene.amara, f"/networks/{scene.place.slug}/reports")
    await expect(queue.get_by_text("Nothing is reported")).to_be_visible()
    author = await scene.open(scene.gareth)
    reader = await scene.open(scene.priya)

    await post(reader, 2).get_by_role("link", name="More").click()
    await post(reader, 2).get_by_role("link", name="Report").click()
    await choose(reader, "Abuse")
    await reader.get_by_label("In your own words").fill("He calls us fools.")
    await reader.get_by_role("button", name="Report this post").click()
    await expect(reader.get_by_text("Waiting", exact=True)).to_be_visible()

    await expect(queue.get_by_role("link", name=re.compile("Reports 1"))).to_be_visible()
    await queue.get_by_role("link", name=re.compile("A post by Gareth Williams")).click()
    await queue.get_by_role("button", name="I look into it").click()
    await expect(queue.get_by_text("You are looking into this until")).to_be_visible()
    await choose(queue, "Agree")
    await choose(queue, "Hide the post")
    await queue.get_by_label("What do you tell Gareth Williams?").fill("Please say it kindly.")
    await queue.get_by_role("button", name="Decide").click()
    await expect(queue.get_by_text("Nothing is reported")).to_be_visible()

    await expect(post(author, 2)).to_contain_text("A moderator hid this post by Gareth Williams: abuse.")
    await equals_reload(scene, author, scene.gareth)
    await post(author, 2).get_by_role("link", name="More").click()
    await author.get_by_role("link", name="What was done, and why").click()
    await expect(author.get_by_text("Please say it kindly.")).to_be_visible()
    await expect(author.get_by_text("Only fools would ask that.")).to_be_visible()
    await author.get_by_label("Why should it be taken back?").fill("I named nobody.")
    await author.get_by_role("button", name="Send the appeal").click()
    await expect(author.get_by_text("will answer it. The answer will stand here.")).to_be_visible()
    await reader.reload()
    await expect(reader.get_by_text("The moderators agreed")).to_be_visible()


async def test_a_hidden_post_comes_back_by_undo(scene: Scene) -> None:
    made = await scene.reply(scene.gareth, "Ask the ward.")
    reader = await scene.open(scene.priya)
    page = await scene.open(scene.amara, f"/posts/{made['id']}/hiding")
    await choose(page, "Off topic")
    await page.get_by_label("What do you tell Gareth Williams?").fill("Not here.")
    await page.get_by_role("button", name="Hide the post").click()
    await expect(post(reader, 2)).to_contain_text("A moderator hid this post")
    # It is near for who goes by keys: from anywhere by F8, which leads back too, and right behind the first links.
    undo, link = page.get_by_role("button", name="Undo"), page.get_by_role("link", name="Accessibility")
    await link.focus()
    await page.keyboard.press("F8")
    await expect(undo).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(link).to_be_focused()
    await page.locator(".skip").last.focus()
    await page.keyboard.press("Tab")
    await expect(undo).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(post(reader, 2)).to_contain_text("Ask the ward.")
    await equals_reload(scene, reader, scene.priya)


async def test_an_appeal_and_its_answer_are_seen_at_once_by_all_who_have_the_act_open(scene: Scene) -> None:
    made = await scene.reply(scene.gareth, "Only fools would ask that.")
    olu, tess = await scene.village.people("Olu Adeyemi", "Tess Archer")
    for other in (olu, tess):
        await scene.village.join(scene.place.id, other, "administrator")
    hidden = {"rule": "abuse", "reason": "Be kind."}
    act = (await scene.call(scene.amara, "POST", f"/posts/{made['id']}/hiding", hidden))["id"]
    author = await scene.open(scene.gareth, f"/acts/{act}")
    typed = author.get_by_label("Why should it be taken back?")
    await typed.fill("I was about to say")
    await scene.call(scene.gareth, "POST", f"/acts/{act}/appeal", {"words": "I named nobody."})
    await expect(author.get_by_text("will answer it. The answer will stand here.")).to_be_visible()
    await expect(typed).to_have_count(0)
    await expect(author.get_by_label("What you were writing")).to_have_value("I was about to say")
    judge = await scene.open(tess, f"/acts/{act}")
    await judge.get_by_label("Why?").fill("I think")
    await scene.call(olu, "POST", f"/acts/{act}/answer", {"outcome": "overturned", "answer": "You are right."})
    for page in (author, judge):
        await expect(page.get_by_text("You are right.")).to_be_visible()
        await expect(page.get_by_text("This was undone. It no longer counts.")).to_be_visible()
    await expect(judge.get_by_role("button", name="Answer the appeal")).to_have_count(0)
    await expect(judge.get_by_label("What you were writing")).to_have_value("I think")


async def test_who_looks_into_a_case_and_what_came_of_it_is_seen_at_once(scene: Scene) -> None:
    made = await scene.reply(scene.gareth, "Only fools would ask that.")
    (olu,) = await scene.village.people("Olu Adeyemi")
    await scene.village.join(scene.place.id, olu, "moderator")
    await scene.call(scene.priya, "POST", f"/posts/{made['id']}/reports", {"rule": "abuse"})
    (case,) = (await scene.call(scene.amara, "GET", f"/networks/{scene.place.slug}/reports"))["items"]
    page = await scene.open(olu, f"/networks/{scene.place.slug}/reports/{case['id']}")
    reporter = await scene.open(scene.priya, "/reports")
    await expect(page.get_by_text("Nobody is looking into this")).to_be_visible()
    await expect(reporter.get_by_text("Waiting", exact=True)).to_be_visible()
    answer = page.get_by_label("What do you tell those who reported?")
    await answer.fill("I think it is fair.")
    await choose(page, "Disagree")

    await scene.call(scene.amara, "PUT", f"/reports/{case['id']}/lease", {"taken": True})
    await expect(page.get_by_text("Amara Okafor is looking into this", exact=True)).to_be_visible()
    await expect(page.get_by_text("Nobody is looking into this")).to_have_count(0)
    # The form stays with what is chosen and typed, and can be sent again once the other hands it back.
    decide, kept = page.get_by_role("button", name="Decide"), page.get_by_label("What you were writing")
    held = page.get_by_text("Amara Okafor is looking into this now. What you have typed stays here")
    await expect(held).to_be_visible()
    await expect(decide).to_be_disabled()
    await expect(answer).to_have_value("I think it is fair.")
    await expect(page.get_by_label("Disagree")).to_be_checked()
    await answer.fill("I think it is fair enough.")
    await scene.call(scene.amara, "PUT", f"/reports/{case['id']}/lease", {"taken": False})
    await expect(decide).to_be_enabled()
    await expect(held).to_have_count(0)
    await expect(answer).to_have_value("I think it is fair enough.")
    await expect(kept).to_have_count(0)
    await scene.call(scene.amara, "POST", f"/reports/{case['id']}/decision", {"decision": "disagree"})
    await expect(page.get_by_text("Decided by Amara Okafor")).to_be_visible()
    await expect(decide).to_have_count(0)
    await expect(kept).to_have_value("I think it is fair enough.")
    await expect(page.get_by_text("Nothing of what you were writing was sent.")).to_be_visible()
    await expect(reporter.get_by_text("The moderators saw it otherwise")).to_be_visible()
    await expect(reporter.get_by_text("Waiting", exact=True)).to_have_count(0)


async def test_what_is_sent_too_late_is_given_back(scene: Scene) -> None:
    made = await scene.reply(scene.gareth, "Only fools would ask that.")
    await scene.call(scene.priya, "POST", f"/posts/{made['id']}/reports", {"rule": "abuse"})
    (case,) = (await scene.call(scene.amara, "GET", f"/networks/{scene.place.slug}/reports"))["items"]
    (olu,) = await scene.village.people("Olu Adeyemi")
    await scene.village.join(scene.place.id, olu, "moderator")
    scene.visitors.tolerate("409")
    page = await scene.visitors.open(java_script_enabled=False)
    await page.context.add_cookies([{"name": "confer", "value": olu.session, "url": scene.village.url}])
    await page.goto(f"{scene.village.url}/networks/{scene.place.slug}/reports/{case['id']}")
    await choose(page, "Disagree")
    await page.get_by_label("What do you tell those who reported?").fill("I think it is fair.")
    await scene.call(scene.amara, "POST", f"/reports/{case['id']}/decision", {"decision": "ignore"})
    await page.get_by_role("button", name="Decide").click()
    await expect(page.get_by_text("has decided this already")).to_be_visible()
    await expect(page.get_by_label("What you were writing")).to_have_value("I think it is fair.")


async def test_administrators_see_at_once_how_many_reports_about_moderators_wait(scene: Scene) -> None:
    olu, tess = await scene.village.people("Olu Adeyemi", "Tess Archer")
    for other in (olu, tess):
        await scene.village.join(scene.place.id, other, "moderator")
    page, hers = await scene.open(scene.amara, f"/networks/{scene.place.slug}"), await scene.open(tess)
    path = f"/networks/{scene.place.slug}/members/{olu.id}/reports"
    await scene.call(scene.priya, "POST", path, {"rule": "abuse"})
    badge = page.get_by_role("link", name=re.compile("Reports 1"))
    await expect(badge).to_be_visible()
    (case,) = (await scene.call(scene.amara, "GET", f"/networks/{scene.place.slug}/reports"))["items"]
    open_case = await scene.open(scene.amara, f"/networks/{scene.place.slug}/reports/{case['id']}")
    await scene.call(scene.amara, "PUT", f"/reports/{case['id']}/lease", {"taken": True})
    await expect(open_case.get_by_text("You are looking into this until")).to_be_visible()
    await scene.call(scene.amara, "POST", f"/reports/{case['id']}/decision", {"decision": "ignore"})
    await expect(open_case.get_by_text("Decided by Amara Okafor")).to_be_visible()
    await expect(open_case.get_by_role("button", name="Decide")).to_have_count(0)
    await expect(badge).to_have_count(0)
    await expect(hers.get_by_role("link", name=re.compile("Reports [1-9]"))).to_have_count(0)


async def test_an_undo_may_say_why(scene: Scene) -> None:
    made = await scene.reply(scene.gareth, "Ask the ward.")
    act = (
        await scene.call(scene.amara, "POST", f"/posts/{made['id']}/hiding", {"rule": "abuse", "reason": "Be kind."})
    )["id"]
    page = await scene.open(scene.amara, f"/acts/{act}")
    await page.get_by_label("Why?").fill("It was kindly meant.")
    await page.get_by_role("button", name="Undo this").click()
    await page.wait_for_url("**/threads/**")
    author = await scene.open(scene.gareth, f"/acts/{act}")
    await expect(author.get_by_text("It no longer counts. Why: It was kindly meant.")).to_be_visible()


async def test_an_open_case_follows_what_others_do(scene: Scene) -> None:
    """A second report, an act of another moderator, and one that answers a form sent too late: no line stays stale."""
    member = f"/networks/{scene.place.slug}/members/{scene.priya.id}"
    await scene.call(scene.amara, "PATCH", member, {"role": "moderator"})
    made = await scene.reply(scene.gareth, "Only fools would ask that.")
    report = f"/posts/{made['id']}/reports"
    await scene.call(scene.priya, "POST", report, {"rule": "abuse", "words": "He calls us fools."})
    case = (await scene.call(scene.amara, "GET", f"/networks/{scene.place.slug}/reports"))["items"][0]["id"]
    page = await scene.open(scene.amara, f"/networks/{scene.place.slug}/reports/{case}")
    await expect(page.get_by_role("heading", name="One report")).to_be_visible()
    await scene.call(scene.amara, "POST", report, {"rule": "off_topic", "words": "And it is off topic."})
    await expect(page.get_by_role("heading", name="Two reports")).to_be_visible()
    await choose(page, "Agree")
    scene.visitors.tolerate("422")
    await page.get_by_label("What do you tell Gareth Williams?").fill("Please say it kindly.")
    await page.get_by_role("button", name="Decide").click()  # no act is chosen: the form comes back, at its own address
    await expect(page.get_by_role("alert")).to_be_visible()
    await scene.call(scene.priya, "POST", f"/posts/{made['id']}/hiding", {"rule": "abuse", "reason": "Be kind."})
    await expect(page.get_by_text("out of sight now")).to_be_visible()
    await expect(page.get_by_text(re.compile("Decided by Priya"))).to_be_visible()
    await expect(page.get_by_text("Post hidden")).to_be_visible()
    await expect(page.get_by_label("What you were writing")).to_have_value("Please say it kindly.")
    await expect(page.locator(".live-note")).to_be_hidden()
