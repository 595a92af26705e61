"""Who answers whom: references first, subjects last, and nothing that an archive can do ends it."""

import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from forum.imports.headers import split_subject
from forum.imports.mbox import ParsedMessage
from forum.imports.threading import NO_SUBJECT, ImportedThread, build_threads

START = datetime(2004, 5, 3, 9, tzinfo=UTC)


def message(
    number: int, subject: str = "Pens", *references: int | str, day: float | None = None, **changes: Any
) -> ParsedMessage:
    """A message with the id "m<number>", a day after the one before, answering the given ones."""
    base_subject, is_reply = split_subject(subject)
    fields: dict[str, Any] = {
        "number": number,
        "message_id": f"m{number}",
        "in_reply_to": None,
        "references": tuple(each if isinstance(each, str) else f"m{each}" for each in references),
        "subject": subject,
        "base_subject": base_subject,
        "is_reply": is_reply,
        "author_name": f"Person {number}",
        "author_address": f"p{number}@example.org",
        "date": START + timedelta(days=number if day is None else day),
        "body": "Words.",
        "end": number,
    }
    return ParsedMessage(**(fields | changes))


def shape(threads: list[ImportedThread]) -> list[list[tuple[str, str | None]]]:
    return [[(each.message.message_id, each.parent_id) for each in thread.messages] for thread in threads]


def ids(threads: list[ImportedThread]) -> list[list[str]]:
    return [[each.message.message_id for each in thread.messages] for thread in threads]


def test_answers_hang_under_what_they_answer() -> None:
    threads = build_threads(
        [
            message(1),
            message(2, "Re: Pens", 1),
            message(3, "Re: Pens", 1, 2),
            message(4, "Re: Pens", 1),
            message(5, "Ink"),
        ]
    )
    assert shape(threads) == [[("m1", None), ("m2", "m1"), ("m3", "m2"), ("m4", "m1")], [("m5", None)]]
    assert [thread.title for thread in threads] == ["Pens", "Ink"]


def test_in_reply_to_alone_is_enough_and_is_the_parent_where_references_lack_it() -> None:
    threads = build_threads(
        [message(1), message(2, "Re: Pens", in_reply_to="m1"), message(3, "Re: Pens", 1, in_reply_to="m2")]
    )
    assert shape(threads) == [[("m1", None), ("m2", "m1"), ("m3", "m2")]]


def test_order_in_the_file_does_not_matter() -> None:
    messages = [message(1), message(2, "Re: Pens", 1), message(3, "Re: Pens", 1, 2), message(4, "Ink")]
    expected = shape(build_threads(messages))
    for seed in range(10):
        random.Random(seed).shuffle(messages)
        assert shape(build_threads(messages)) == expected


def test_missing_messages_join_those_who_answer_them_and_leave_no_trace() -> None:
    threads = build_threads([message(2, "Re: Pens", 1), message(3, "Re: Pens", 1), message(4, "Re: Ink", "x", "y")])
    assert shape(threads) == [[("m2", None), ("m3", None)], [("m4", None)]]
    between = build_threads([message(1), message(3, "Re: Pens", 1, 2), message(4, "Re: Pens", 1, 2)])
    assert shape(between) == [[("m1", None), ("m3", "m1"), ("m4", "m1")]]


def test_the_first_of_several_with_one_id_counts() -> None:
    threads = build_threads([message(1), message(2, "Copy", message_id="m1"), message(3, "Re: Pens", 1)])
    assert shape(threads) == [[("m1", None), ("m3", "m1")]]
    assert threads[0].messages[0].message.number == 1


def test_circles_are_broken() -> None:
    for messages in (
        [message(1, "Re: Pens", 2), message(2, "Re: Pens", 1)],
        [message(1, "Pens", 1)],
        [message(1, "Re: Pens", 3), message(2, "Re: Pens", 1), message(3, "Re: Pens", 2)],
        [message(1, "Re: Pens", 2, 3, 2), message(2, "Re: Pens", 3, 1), message(3, "Re: Pens", 1, 2)],
    ):
        threads = build_threads(messages)
        assert len(threads) == 1
        assert len(threads[0].messages) == len(messages)


def test_a_subject_joins_answers_for_a_limited_time() -> None:
    messages = [
        message(1),
        message(2, "AW: pens", day=50),
        message(3, "Re: Pens!", day=105),
        message(4, "Re: Pens", day=170),
    ]
    assert ids(build_threads(messages)) == [["m1", "m2", "m3"], ["m4"]]
    assert shape(build_threads(messages))[0][1] == ("m2", None)


def test_a_subject_joins_nothing_that_is_no_answer() -> None:
    assert len(build_threads([message(1), message(2)])) == 2
    assert len(build_threads([message(1), message(2, body="Ada wrote:\n> Pens?\nYes.")])) == 1
    assert len(build_threads([message(1, ""), message(2, "Re:"), message(3, "Re: (no subject)")])) == 3


def _archive_without_prefixes() -> list[ParsedMessage]:
    return [
        message(number, f"Subject {number // 2}", *([number - 1] if number % 2 else [])) for number in range(100, 120)
    ]


def test_where_an_archive_took_every_re_away_somebody_else_with_the_same_subject_answers() -> None:
    rest = _archive_without_prefixes()
    pens = [message(1, "Pens for Leeds"), message(2, "Pens for Leeds", day=10), message(3, "Pens for Leeds", day=40)]
    assert ids(build_threads([*pens, *rest]))[:2] == [["m1", "m2"], ["m3"]]
    same = [message(1, "Course on falls"), message(2, "Course on falls", day=9, author_address="p1@example.org")]
    assert ids(build_threads([*same, *rest]))[:2] == [["m1"], ["m2"]]
    single = [message(1, "Help"), message(2, "Help")]
    assert ids(build_threads([*single, *rest]))[:2] == [["m1"], ["m2"]]


def test_a_new_subject_under_an_old_message_begins_a_thread() -> None:
    threads = build_threads(
        [
            message(1, "Pens for Leeds"),
            message(2, "Room for the summer party", 1),
            message(3, "Re: Room for the summer party", 1, 2),
        ]
    )
    assert shape(threads) == [[("m1", None)], [("m2", None), ("m3", "m2")]]
    kept = [
        message(1, "Pens for Leeds"),
        message(2, "Blue ink (was: Pens for Leeds)", 1),
        message(3, "Pens for leeds", 1),
    ]
    assert len(build_threads(kept)) == 1


def test_an_address_for_an_id_joins_nothing() -> None:
    messages = [message(1, "Pens"), message(2, "Ink", "p1@example.org"), message(3, "Paper", "p1@example.org")]
    assert len(build_threads(messages)) == 3


def test_a_tag_that_all_subjects_carry_goes() -> None:
    messages = [message(number, f"[Falls-L] Subject {number}") for number in range(5)]
    messages.append(message(9, "[Falls-L] Re: Subject 4", day=5))
    threads = build_threads(messages)
    assert [thread.title for thread in threads] == [f"Subject {number}" for number in range(5)]
    assert build_threads([message(1, "[Question] Pens")])[0].title == "[Question] Pens"


def test_no_message_stands_before_the_one_it_answers_whatever_the_clocks_say() -> None:
    threads = build_threads([message(1), message(2, "Re: Pens", 1, day=-30), message(3, "Re: Pens", 2, day=-40)])
    assert ids(threads) == [["m1", "m2", "m3"]]


def test_a_thread_without_any_subject_has_a_title() -> None:
    assert [thread.title for thread in build_threads([message(1, ""), message(2, "Re: ", 1)])] == [NO_SUBJECT]


def test_chains_of_any_depth_and_any_order_in_little_time() -> None:
    chain = [message(0)] + [message(number, "Re: Pens", number - 1, day=number / 1000) for number in range(1, 20_000)]
    stars = [message(number, "Re: Pens", "gone", day=1) for number in range(20_000)]
    subjects = [message(number, "Re: Pens", day=number / 1000) for number in range(20_000)]
    shuffled = random.Random(5).sample(chain, len(chain))
    for messages in (chain, chain[::-1], shuffled, stars, subjects):
        began = time.thread_time()
        threads = build_threads(messages)
        assert time.thread_time() - began < 4
        assert [len(thread.messages) for thread in threads] == [20_000]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 12),
            st.lists(st.integers(0, 15), max_size=4),
            st.sampled_from(["Pens", "Re: Pens", "Ink for all", "Re: ", "", "[a] Pens"]),
            st.integers(-100, 100),
        ),
        max_size=15,
    )
)
def test_every_message_is_in_one_place_and_after_its_parent(rows: list[tuple[int, list[int], str, int]]) -> None:
    messages = [message(number, subject, *references, day=day) for number, references, subject, day in rows]
    placed = [each for thread in build_threads(messages) for each in thread.messages]
    assert sorted(each.message.message_id for each in placed) == sorted({each.message_id for each in messages})
    for thread in build_threads(messages):
        seen: set[str | None] = {None}
        assert thread.title
        for each in thread.messages:
            assert each.parent_id in seen
            seen.add(each.message.message_id)
