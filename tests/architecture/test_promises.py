"""Each promise of live delivery and each rule of its socket has a test that names it, on both shapes where it differs.

A promise is named by `test_p3_…`. The rules of the socket stand below in words, each with the tests that prove it: one
that is renamed or goes is missed here.
"""

import ast
import re
from functools import cache

from tests.architecture.sources import select, tree

PROMISES = {
    1: "durable: answered after the commit is on the disk",
    2: "safe to try again: one key is one thing",
    3: "one order: numbers without holes, in the order of commits",
    4: "applied once, by the client's rule",
    5: "gaps are found, six seconds late at most",
    6: "resume, or an explicit resync",
    7: "no hole between page and socket",
    8: "an ended right is exact",
    9: "degraded without loss",
    10: "a deploy loses nothing",
    11: "presence, typing and the order between streams are not promised",
}

SOCKET = {
    "handshake: 403 unless the origin is right; a cookie without one is refused": [
        "only_configured_origins_may_connect"
    ],
    "handshake: programs show a token and no origin; none in the address": [
        "a_program_shows_a_token_and_no_origin",
        "a_token_in_the_address_is_no_token",
    ],
    "handshake: no compression": ["no_compression_is_agreed_on"],
    "handshake: a missing or ended session is told after the upgrade": ["a_missing_or_ended_session_is_told_by_4401"],
    "frames: hello first; another version is told": [
        "hello_comes_first_and_in_time",
        "other_versions_are_told_to_reload",
    ],
    "frames: an unknown one gets an error, five end the connection": ["five_bad_frames_end_a_connection_and_no_other"],
    "frames: html for the thread on the screen alone": ["html_comes_only_for_the_thread_on_the_screen"],
    "frames: null where it is gone": ["what_is_gone_is_null_and_its_number_counts"],
    "frames: 64 KiB, what is larger is fetched": [
        "an_event_that_would_pass_64_kib_is_left_to_be_fetched",
        "p4_a_range_of_long_posts_comes_in_parts_under_64_kib",
    ],
    "streams: one's own are heard from hello on, and as soon as a right begins": [
        "a_right_that_begins_is_heard_at_once"
    ],
    "streams: not_found is one answer": ["subscribe_answers_with_the_way_of_joining"],
    "joining: a hold buffer, so that nothing is lost or doubled": [
        "p7_posts_during_the_catch_up_are_neither_lost_nor_doubled"
    ],
    "joining: the next part when there is room": ["catching_up_pauses_at_128_kib_and_goes_on_when_there_is_room"],
    "resync: epoch, ahead, expired": [
        "p6_another_epoch_a_number_ahead_and_a_log_that_is_no_longer_kept",
        "p6_a_stream_whose_whole_log_is_gone_is_expired",
        "p6_a_new_epoch_under_a_running_gateway_resyncs_everybody",
    ],
    "resync: too far": ["p6_as_far_as_promised_and_no_further", "p6_two_thousand_events_a_connection"],
    "heartbeat: heads, by which a lost last event is found": [
        "p5_pings_carry_the_heads_from_which_a_lost_last_event_is_found"
    ],
    "heartbeat: jitter": ["pings_of_many_are_spread"],
    "heartbeat: 4513 without a pong": ["no_pong_is_no_reader"],
    "reconnect: full jitter, reset by a steady minute, silence of 40 s": ["pages_come_back_at_moments_of_their_own"],
    "drain: bye, spread, 1012": ["p10_each_socket_gets_its_own_bye_and_is_closed_by_1012"],
    "drain: no new sockets": ["p10_no_new_sockets_while_draining"],
    "close 4403": ["p8_a_suspended_person_is_told_by_4403"],
    "close 4409, ten sockets a person": [
        "the_oldest_of_too_many_sockets_is_closed_by_4409",
        "too_many_tabs_pause_the_oldest",
    ],
    "close 4508": ["a_reader_that_took_nothing_finds_4508_when_it_reads_again"],
    "close 1009": ["frames_that_are_too_big_are_closed_by_1009"],
    "close 1011: an error ends one connection": ["one_connection_that_fails_does_not_end_the_walk"],
    "close 1013": ["who_cannot_be_greeted_now_is_told_to_come_back_by_1013"],
    "limits: their numbers": ["limits_are_those_of_the_contract"],
    "limits: frames a minute, 4529": ["too_many_frames_are_refused_then_closed"],
    "limits: an address signed out": ["guests_of_one_address_have_a_bound_of_their_own"],
    "limits: streams a socket": ["a_socket_listens_to_so_many_streams_and_no_more"],
    "back-pressure: lagging, and recovery by fetching": [
        "a_full_buffer_makes_a_connection_lag_until_it_is_empty",
        "a_slow_reader_slows_nobody_and_gets_everything_in_the_end",
    ],
    "back-pressure: a bound for the process": ["the_process_holds_only_so_much_for_all"],
    "presence: names for members, numbers for others, one frame a second": [
        "names_go_to_members_and_numbers_to_others",
        "sixty_who_come_and_go_cost_one_frame_a_second",
        "nothing_of_presence_reaches_who_was_removed",
        "presence_is_never_stored",
    ],
    "Redis: only what is named; rubbish does no harm": [
        "only_what_the_contract_names_goes_through_redis",
        "p5_rubbish_forged_and_huge_messages_change_nothing_for_readers",
    ],
}

ON_BOTH_SHAPES = {"stage", "shape", "database", "database_url", "server", "own_server", "village", "scene"}
"""Fixtures that come once for each shape."""

OF_ONE_SHAPE = {9, 11}
"""Promises about the absence of Redis, or of PostgreSQL: the other shape has none that could go away."""


@cache
def parameters_by_test() -> dict[str, set[str]]:
    """The parameters of every test, by its name without `test_`."""
    return {
        node.name.removeprefix("test_"): {argument.arg for argument in node.args.args}
        for path in select(".py", under=("tests",))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }


def of_promise(number: int) -> list[set[str]]:
    """The parameters of each test that names this promise."""
    return [parameters for name, parameters in parameters_by_test().items() if name.startswith(f"p{number}_")]


def test_every_promise_has_tests_on_both_shapes() -> None:
    for number, promise in PROMISES.items():
        named = of_promise(number)
        assert named, f"P{number}: {promise}"
        if number not in OF_ONE_SHAPE:
            assert any(parameters & ON_BOTH_SHAPES for parameters in named), f"P{number} on one shape only"


def test_no_test_names_a_promise_that_is_none() -> None:
    numbers = {int(found[1]) for name in parameters_by_test() if (found := re.match(r"p(\d+)_", name))}
    assert numbers == set(PROMISES)


def test_every_rule_of_the_socket_has_its_tests() -> None:
    assert [(rule, name) for rule, names in SOCKET.items() for name in names if name not in parameters_by_test()] == []
    assert all(SOCKET.values())


def test_a_promise_without_a_test_would_be_found() -> None:
    assert of_promise(12) == []
