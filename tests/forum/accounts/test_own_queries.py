"""The file of what is held about somebody answers for every column of every table that refers to people."""

import json

import auth.tables
import forum.tables
from forum.accounts.own_queries import ELSEWHERE, LEFT_OUT, LISTS
from tests.forum.moderation.hall import open_hall
from tests.forum.threads.village import Village

BY_ADDRESS = {"invitations.email_key", "bounced_addresses.email_key"}
BY_ID = {"audit_rows.actor_id", "audit_rows.subject_id"}
"""They name people without a foreign key."""


def referring() -> set[str]:
    """All columns that name an account."""
    return {
        f"{table.name}.{column.name}"
        for metadata in (auth.tables.metadata, forum.tables.metadata)
        for table in metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "accounts" for key in column.foreign_keys)
    }


def test_every_column_that_names_people_is_answered_for() -> None:
    answered = {column for own in LISTS for column in own.about}
    assert answered | set(ELSEWHERE) | set(LEFT_OUT) == referring() | BY_ADDRESS | BY_ID
    assert not answered & (set(ELSEWHERE) | set(LEFT_OUT))
    assert len({own.name for own in LISTS}) == len(LISTS)


async def test_it_holds_acts_appeals_reports_wishes_and_invitations(village: Village) -> None:
    hall = await open_hall(village)
    act = await hall.hide(hall.priya, reason="Be kinder.")
    await hall.do(hall.gareth, "POST", f"/acts/{act}/appeal", {"words": "I was kind."})
    await hall.do(hall.gareth, "PUT", "/me/notifications/settings", {"mail": "never"})
    other = await village.reply(hall.maeve, hall.place, hall.thread, "Pudding.")
    await hall.report(hall.gareth, other, "off_topic", "No pudding here.")
    viewer = await village.viewer(hall.gareth)
    assert viewer.account is not None
    elsewhere = await village.network(hall.olu, access="secret")
    body = {"emails": [viewer.account.email], "message": "Come."}
    await hall.do(hall.olu, "POST", f"/networks/{elsewhere.slug}/invitations", body)
    answer = await village.browser(hall.gareth).get("/settings/data/file")
    held = json.loads(answer.text)
    assert [(each["reason"], each["appeal"]) for each in held["acts_about_me"]] == [("Be kinder.", "I was kind.")]
    assert [(each["rule"], each["words"]) for each in held["reports_i_made"]] == [("off_topic", "No pudding here.")]
    assert held["mail_wishes"] == [{"mail": "never"}]
    assert [each["network_id"] for each in held["invitations_to_me"]] == [elsewhere.id]
    assert "act.concerns_me" in {each["kind"] for each in held["notifications"]}
    assert {"member.joined", "post.appealed"} <= {each["act"] for each in held["what_i_did"]}
    assert hall.thread not in {each["id"] for each in held["threads_i_began"]}
    for hidden in ("Come.", "Priya", "Olu", hall.olu.id, hall.priya.id):
        assert hidden not in answer.text, hidden


async def test_nobody_learns_from_it_that_somebody_reported_them(village: Village) -> None:
    hall = await open_hall(village)
    await hall.report(hall.maeve, words="Look at this.")
    (case,) = await hall.cases(hall.priya)
    body = {"decision": "agree", "act": "warn", "reason": "Be kind.", "rule": "abuse"}
    await hall.do(hall.priya, "POST", f"/reports/{case['id']}/decision", body)
    text = (await village.browser(hall.gareth).get("/settings/data/file")).text
    assert "Be kind." in text
    for hidden in ("report.", "Look at this.", case["id"], hall.maeve.id):
        assert hidden not in text, hidden
