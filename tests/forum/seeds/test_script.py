"""The script of the demonstration makes sense: people exist, answers follow what they answer, nothing lies ahead."""

from datetime import UTC, date, datetime

import pytest

from forum.networks.inputs import NewNetwork
from forum.records import ACCENTS
from forum.seeds.people import ADMINISTRATOR, MEMBER, NEWCOMER, PEOPLE
from forum.seeds.planting import read_places
from forum.seeds.script import Act, Place, Post, Talk, UnreadableScript, moment_of, read_place, working_day

NOW = datetime(2031, 2, 12, 11, 30, tzinfo=UTC)  # a Wednesday
PLACES = read_places()
TALKS = [(place, talk) for place in PLACES for talk in place.talks]
KEYS = {person.key for person in PEOPLE}

SCRIPT = """name: Pens
purpose: For those who write.
access: open
age: 20
administrators: ada
moderators:
members: ben cy
read: ben 40m
asks: dee 3 09:10: May I: come in?

== Who has the pens?
pinned: ada 9 10:00

-- ada 10 09:00
First *words*.

- a list

-- ben 9 09:30, answers 1
Not I.

-- edit 8 10:00
Still not I.

-- cy 2h
Nor I.

-- removal ada 5m
Not kind.

== Ink

-- ben 1 09:00
Blue.
"""


def test_a_file_is_a_network_with_its_threads() -> None:
    place = read_place(SCRIPT)
    assert place == Place(
        about={"name": "Pens", "purpose": "For those who write.", "access": "open"},
        age=20,
        people=[("ada", "administrator"), ("ben", "member"), ("cy", "member")],
        asks=[Act("dee", "3 09:10", "May I: come in?")],
        read=[Act("ben", "40m")],
        talks=[
            Talk(
                "Who has the pens?",
                [
                    Post("ada", "10 09:00", 0, "First *words*.\n\n- a list"),
                    Post("ben", "9 09:30", 1, "Not I.", edit=Act("ben", "8 10:00", "Still not I.")),
                    Post("cy", "2h", 0, "Nor I.", removal=Act("ada", "5m", "Not kind.")),
                ],
                pinned=Act("ada", "9 10:00"),
            ),
            Talk("Ink", [Post("ben", "1 09:00", 0, "Blue.")]),
        ],
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("no colon", "no colon"),
        ("read: ada yesterday", "ada yesterday"),
        ("== T\nshut: ada 1 09:00", "shut: ada 1 09:00"),
        ("== T\n\n-- ada yesterday\nWords.", "-- ada yesterday"),
    ],
)
def test_a_line_that_means_nothing_is_named(text: str, line: str) -> None:
    with pytest.raises(UnreadableScript, match=f"^{line}$"):
        read_place(f"name: Pens\n{text}\n")


def test_times_count_back_from_now() -> None:
    assert moment_of("40m", NOW) == datetime(2031, 2, 12, 10, 50, tzinfo=UTC)
    assert moment_of("3h", NOW) == datetime(2031, 2, 12, 8, 30, tzinfo=UTC)
    assert moment_of("1 09:10", NOW) == datetime(2031, 2, 11, 9, 10, tzinfo=UTC)
    assert working_day(date(2031, 2, 12), 3) == date(2031, 2, 7)  # over a weekend
    assert working_day(date(2031, 2, 9), 1) == date(2031, 2, 7)  # from a Sunday
    # In summer ten past nine in the United Kingdom is ten past eight in UTC.
    assert moment_of("1 09:10", datetime(2031, 7, 9, 12, tzinfo=UTC)) == datetime(2031, 7, 8, 8, 10, tzinfo=UTC)


def test_people_have_names_and_places_of_their_own() -> None:
    assert len({person.name for person in PEOPLE}) == len({person.key for person in PEOPLE}) == len(PEOPLE) > 30
    assert len({person.organisation for person in PEOPLE}) > 8
    assert all(person.email.endswith(".example") for person in PEOPLE)
    joined = {key for place in PLACES for key, _ in place.people}
    asking = {ask.by for place in PLACES for ask in place.asks}
    assert joined | asking == KEYS - {NEWCOMER.key}
    assert {ADMINISTRATOR.key, MEMBER.key} <= joined


def test_there_is_a_network_of_every_kind_and_each_has_its_accent() -> None:
    networks = [NewNetwork.model_validate(place.about) for place in PLACES]
    assert {network.access for network in networks} == {"open", "closed", "unlisted", "secret"}
    assert len({network.accent for network in networks}) == len(networks)
    assert {network.accent for network in networks} <= set(ACCENTS)
    roles = {role for place in PLACES for _, role in place.people}
    assert roles == {"administrator", "moderator", "member"}
    assert all(place.people[0][1] == "administrator" for place in PLACES)


@pytest.mark.parametrize(("place", "talk"), TALKS, ids=[talk.title for _, talk in TALKS])
def test_a_conversation_runs_forward_among_members(place: Place, talk: Talk) -> None:
    members = dict(place.people)
    moments = [moment_of(post.at, NOW) for post in talk.posts]
    begun = moment_of(f"{place.age} 08:30", NOW)
    assert begun < moments[0]
    assert moments == sorted(set(moments))
    assert moments[-1] < NOW
    for number, (post, moment) in enumerate(zip(talk.posts, moments, strict=True), 1):
        assert post.by in members
        assert post.body
        assert post.answers < number
        for act in filter(None, (post.edit, post.removal)):
            assert moment < moment_of(act.at, NOW) < NOW
        if post.removal and post.removal.by != post.by:
            assert members[post.removal.by] != "member"
            assert post.removal.words
    for act in filter(None, (talk.pinned, talk.locked)):
        assert members[act.by] != "member"
        assert moments[0] < moment_of(act.at, NOW) < NOW
    if talk.locked:
        assert moments[-1] < moment_of(talk.locked.at, NOW)


def test_everything_that_people_do_here_is_shown() -> None:
    words = "\n".join(post.body for _, talk in TALKS for post in talk.posts)
    for mark in ("| ", "- [x] ", "- [ ] ", "```sql", "```python", "\n> ", "**", "`", "1. "):
        assert mark in words, mark
    assert any(f"@{person.name}" in words for person in PEOPLE)
    assert any(post.edit for _, talk in TALKS for post in talk.posts)
    assert any(post.removal for _, talk in TALKS for post in talk.posts)
    assert any(talk.locked for _, talk in TALKS)
    assert sum(len(place.asks) for place in PLACES) >= 3
