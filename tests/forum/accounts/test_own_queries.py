"""The file of what is held about somebody answers for every column of every table that refers to people."""

from dataclasses import fields
from typing import Any

import auth.tables
import forum.tables
from auth.sessions import Session
from auth.tokens import Token
from forum.accounts.own_queries import ELSEWHERE, LEFT_OUT, LISTS
from forum.accounts.own_words import PARTS, WORDS
from forum.accounts.queries import OwnMembership
from tests.forum.accounts.own_file import data_in, read_me_in, words_in
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
    held, text = data_in(answer.content), words_in(answer.content)
    assert [(each["reason"], each["appeal"]) for each in held["acts_about_me"]] == [("Be kinder.", "I was kind.")]
    assert [(each["rule"], each["words"]) for each in held["reports_i_made"]] == [("off_topic", "No pudding here.")]
    assert held["mails_i_want"] == [{"mail": "never"}]
    assert [each["network_id"] for each in held["invitations_to_me"]] == [elsewhere.id]
    assert "act.concerns_me" in {each["kind"] for each in held["notifications"]}
    assert {"member.joined", "post.appealed"} <= {each["act"] for each in held["what_i_did"]}
    assert hall.thread not in {each["id"] for each in held["threads_i_began"]}
    for hidden in ("Come.", "Priya", "Olu", hall.olu.id, hall.priya.id):
        assert hidden not in text, hidden


async def test_nobody_learns_from_it_that_somebody_reported_them(village: Village) -> None:
    hall = await open_hall(village)
    await hall.report(hall.maeve, words="Look at this.")
    (case,) = await hall.cases(hall.priya)
    body = {"decision": "agree", "act": "warn", "reason": "Be kind.", "rule": "abuse"}
    await hall.do(hall.priya, "POST", f"/reports/{case['id']}/decision", body)
    text = words_in((await village.browser(hall.gareth).get("/settings/data/file")).content)
    assert "Be kind." in text
    for hidden in ("report.", "Look at this.", case["id"], hall.maeve.id):
        assert hidden not in text, hidden


async def test_every_part_and_every_word_of_it_is_explained(village: Village) -> None:
    hall = await open_hall(village)
    await hall.do(hall.gareth, "PATCH", f"/posts/{hall.post}", {"body": "Said otherwise."})
    answer = await village.browser(hall.gareth).get("/settings/data/file")
    assert answer.headers["content-type"] == "application/zip"
    held, told = data_in(answer.content), read_me_in(answer.content)
    assert list(PARTS) == list(held)
    viewer = await village.viewer(hall.gareth)
    words = {column.key for own in LISTS for column in own.select(viewer).selected_columns}
    words |= {field.name for field in fields(OwnMembership)} | {"thread_title", "card_title", "document_title"}
    words |= {field.name for kind in (Session, Token) for field in fields(kind)} - {"account_id"}
    rows = [held["account"], *(row for rows in held.values() for row in rows if isinstance(row, dict))]
    words |= {word for row in rows for word in row}
    explained = {word for entry in WORDS for word in entry.split(", ")}
    assert words - explained == set()
    assert explained - words == {"announcement_id", "post_number"} - words
    for said in (*PARTS, *WORDS):
        assert said in " ".join(told.split()), said
    # The words of tables that say nothing to anybody.
    assert not {"baseline", "hold_left", "held_waiting", "reads_after", "door", "chain", "ranges"} & words
    assert "standing" not in held


async def test_names_stand_beside_the_numbers_of_what_one_may_know_of(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    kept, lost = await village.network(ada, [ben]), await village.network(ada, [ben], access="secret")
    threads = [await village.thread(ben, place, f"About {place.name}") for place in (kept, lost)]
    for place, thread in zip((kept, lost), threads, strict=True):
        await village.reply(ada, place, thread, "Ask @Ben.")
    await village.program(ben).put(f"/api/v1/threads/{threads[0]}/read", json={"ranges": [[1, 2]]})
    await village.remove(lost.id, ben)
    held = data_in((await village.browser(ben).get("/settings/data/file")).content)

    def named(part: str, of: str) -> dict[str, Any]:
        found: dict[str, Any] = next(row for row in held[part] if of in row.values())
        return found

    for part in ("threads_i_began", "what_i_have_read"):
        row = named(part, threads[0])
        assert (row["thread_title"], row["network_name"]) == (f"About {kept.name}", kept.name)
    assert [row["post_number"] for row in held["posts_that_mention_me"]] == [2]
    assert named("my_place_in_networks", kept.id)["network_name"] == kept.name
    gone = named("threads_i_began", threads[1])
    assert (gone["network_id"], gone["network_name"], gone["thread_title"]) == (lost.id, None, None)
    assert named("my_place_in_networks", lost.id)["network_name"] is None
    assert lost.name not in str(held)
    assert {row["network_name"] for row in held["what_i_did"] if row["network_id"] == lost.id} <= {None}
