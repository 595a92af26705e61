"""Each act is told in plain words, also those that nobody has written a phrase for."""

from datetime import UTC, datetime

from forum.audit_log.sentences import changes, sentence


def test_who_did_what() -> None:
    told = sentence("member.admitted", "Amara Okafor", "administrator", {"subject": "Gareth Williams"})
    assert told == "Amara Okafor (administrator) admitted Gareth Williams."
    assert sentence("member.joined", "Ben", "", {"actor": "Ben", "subject": "Ben"}) == "Ben became a member."
    assert sentence("member.joined", "Ada", "", {"subject": "Ben"}) == "Ada made Ben a member."
    assert sentence("member.removed", "Ada", "", {}) == "Ada removed a former member."
    assert sentence("invitation.sent", "Ada", "", {"address": "{who}@example.org"}) == "Ada invited {who}@example.org."
    declined = sentence("invitation.declined", "", "", {"address": "k7@z.org"})
    assert declined == "The invitation of k7@z.org was declined by whoever had its link."
    assert sentence("invitation.declined", "", "", {}) == "The invitation was declined by whoever had its link."
    assert sentence("glass.ended", "", "", {}).startswith("The time was over")


def test_which_way_an_account_came() -> None:
    said = {"subject": "Nora New"}
    assert sentence("account.set_up", "", "", said) == "The first account, for Nora New, was made on the set-up page."
    assert sentence("account.created_by_command", "", "", said).endswith("was made on the command line.")
    assert sentence("account.created", "", "", said) == "An account for Nora New was made."  # rows that do not know


def test_acts_without_a_phrase() -> None:
    assert sentence("thread.lock_undone", "Ada", "", {}) == "Ada took back that a moderator locked a thread."
    assert sentence("post.hide_undone", "", "", {"subject": "Ben"}) == (
        "Confer itself took back that a moderator hid a post of Ben."
    )
    assert sentence("kettle.put_on", "Ada", "", {}) == "Ada did this: kettle, put on."


def test_what_changed() -> None:
    assert changes('{"role":"member","status":"active"}', '{"role":"moderator","status":"active"}') == (
        ("Role", "member", "moderator"),
    )
    assert changes(None, '{"role":"member","status":"active"}') == ()
    assert changes(None, '{"access":"closed","name":"' + "a" * 64 + '"}') == (("Who can see it", "", "closed"),)
    assert changes('{"name":"' + "a" * 64 + '"}', '{"name":"' + "b" * 64 + '"}') == (
        ("Name", "words not kept here (mark aaaaaaaa)", "words not kept here (mark bbbbbbbb)"),
    )
    moved = ('{"network_id":"n","number":4}', '{"network_id":"m","posts":2}')
    assert changes(*moved, "thread.move") == (("Posts", "", "2"),)
    assert changes(None, '{"number":7}', "thread.moved_here") == (("Number", "", "7"),)
    assert changes('{"number":4}', '{"number":5}', "document.version_added") == (("Version", "4", "5"),)
    assert changes(None, '{"link":"01890000-0000-7000-8000-000000000000","asks":true}') == (("Asks", "", "yes"),)
    assert changes('{"pinned":false}', '{"pinned":true}') == (("Pinned", "no", "yes"),)


def test_settings_are_told_in_words() -> None:
    assert changes('{"hold_left":0}', '{"hold_left":-1,"rule":"patient_data"}') == (
        ("Posts that wait for a moderator", "0", "all"),
        ("Rule", "", "patient data"),
    )
    assert changes('{"slow_minutes":0}', '{"slow_minutes":10}') == (
        ("Minutes between two posts of one person", "0", "10"),
    )


def test_moments_are_told_as_moments() -> None:
    until = '{"until":"2026-11-28T21:12:08.538082Z"}'
    assert changes(None, until) == (("Until", "", datetime(2026, 11, 28, 21, 12, 8, 538082, UTC)),)
    assert changes(None, '{"name_of_file":"2026-11-28"}') == (("Name of file", "", "2026-11-28"),)
