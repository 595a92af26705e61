"""What a page says before a list is sent and what it says afterwards are the same numbers."""

from collections import Counter

from forum.inviting.address_lists import read_addresses, written
from forum.inviting.inputs import InvitationForm
from forum.inviting.left_out import sort_left_out
from forum.inviting.sorting import Invited, Known, keys_of, sort_out

LIST = """new@x.example, NEW@x.example, member@x.example, member@x.example, invited@x.example, invited@x.example
banned@x.example; banned@x.example; late@x.example late@x.example; gone@x.example; gone@x.example; none"""


def test_what_comes_twice_counts_once_before_and_after() -> None:
    known = Known(
        members={"member@x.example"},
        waiting={"invited@x.example": "batch"},
        banned={"banned@x.example": "They were banned."},
        removed={"gone@x.example": "They were removed."},
        lately={"late@x.example": 3},
        left=2,
    )
    entries = read_addresses(LIST)
    found = sort_out(entries, keys_of(entries), known)
    before = Counter("unticked" if each.warning else each.status for each in found if each.warning or not is_new(each))
    lists = {
        name: written([each.entry for each in found if of(each)])
        for name, of in (
            ("emails", is_new),
            ("doubtful", lambda each: bool(each.warning)),
            ("later", lambda each: each.status == "over_limit"),
            ("wrong", lambda each: each.status == "invalid"),
            ("skipped", lambda each: each.status in ("already_member", "already_invited", "banned", "duplicate")),
        )
    }
    form = InvitationForm(role="member", message="", days="28", **lists)
    wanted = read_addresses(form.emails)
    sent = [Invited(each.address, "sent", "") for each in wanted]
    after = {each.key: each.count for each in sort_left_out(form, wanted, sent, known)}
    assert after == dict(before)
    assert after["duplicate"] == 6


def is_new(each: object) -> bool:
    return each.status == "sent" and not each.warning  # type: ignore[attr-defined]
