"""What was answered with success is in the database, once; what was refused is not."""

from collections import Counter, defaultdict

from tests.faults.recorder import Call, Log, Stored, StoredPost

NEVER = frozenset({400, 401, 405, 413, 415, 422, 428, 429, 431, 500, 501, 502})
"""Answers that nothing in these loads should ever get."""
CREATING = ("post", "thread")


def acts(log: Log) -> dict[str, list[Call]]:
    """The tries of each act, by its key."""
    found: dict[str, list[Call]] = defaultdict(list)
    for call in log.calls:
        found[call.key].append(call)
    return found


def _marked(stored: Stored) -> dict[str, list[tuple[StoredPost, int]]]:
    """Where each mark stands: posts, with the version that carries it."""
    found: dict[str, list[tuple[StoredPost, int]]] = defaultdict(list)
    for post in stored.posts.values():
        for mark, versions in post.marks.items():
            found[mark] += [(post, version) for version in versions]
    return found


def acknowledged_is_there(log: Log, stored: Stored) -> list[str]:
    """Each post, thread, edit and removal that was acknowledged stands in the database as it was answered."""
    marked = _marked(stored)
    found = []
    for call in log.calls:
        if not call.is_acknowledged:
            continue
        if call.kind in CREATING and not _is_made(call, stored, marked):
            found.append(f"{call.who} was told {call.status} for {call.kind} {call.made}, which is not there as told")
        elif call.kind == "edit" and not any(post.id == call.target for post, _ in marked[call.mark]):
            found.append(f"{call.who} was told {call.status} for an edit of {call.target}, whose words are not there")
        elif call.kind == "remove" and not (call.target in stored.posts and stored.posts[call.target].is_removed):
            found.append(f"{call.who} was told {call.status} for removing {call.target}, which is not removed")
    return found


def _is_made(call: Call, stored: Stored, marked: dict[str, list[tuple[StoredPost, int]]]) -> bool:
    post = next((post for post, _ in marked[call.mark]), None)
    if post is None or post.author_id != call.who or post.network_id != call.network:
        return False
    if call.kind == "thread":
        return post.thread_id == call.made and post.number == 1
    return call.told[1:4] == (post.id, post.number, post.thread_id)


def nothing_twice(log: Log, stored: Stored) -> list[str]:
    """What one act wrote stands in one version of one post, however often it was tried."""
    known = {call.mark for call in log.calls}
    return [
        f"the words {mark} stand in {', '.join(f'{post.id} version {version}' for post, version in places)}"
        for mark, places in _marked(stored).items()
        if mark in known and len(places) > 1
    ]


def refused_left_nothing(log: Log, stored: Stored) -> list[str]:
    """An act of which every try was refused has written nothing."""
    marked = _marked(stored)
    found = []
    for key, calls in acts(log).items():
        was_refused = all(call.status is not None and 400 <= call.status < 500 for call in calls)
        if was_refused and calls[0].mark and marked[calls[0].mark]:
            found.append(f"{calls[0].who} was told {calls[0].status} for {calls[0].kind} {key}, and it was done")
    return found


def one_key_one_row(log: Log, stored: Stored) -> list[str]:
    """All tries of a creating request with an answer were told the same, and the database has its key once."""
    rows = Counter((request.account_id, request.key) for request in stored.requests)
    objects = {(request.account_id, request.key): request.object_id for request in stored.requests}
    found = []
    for key, calls in acts(log).items():
        first = calls[0]
        answered = [call for call in calls if call.is_acknowledged]
        if first.kind not in CREATING or not answered:
            continue
        if len({call.told for call in answered}) > 1:
            found.append(f"the key {key} of {first.who} was answered {[call.told for call in answered]}")
        if rows[first.who, key] != 1:
            found.append(f"the key {key} of {first.who} has {rows[first.who, key]} rows")
        elif objects[first.who, key] != answered[0].made:
            found.append(f"the key {key} of {first.who} is kept for another object than {answered[0].made}")
    return found


def memberships_are_there(log: Log, stored: Stored) -> list[str]:
    """As many times as a member as joinings were acknowledged, and no more than were tried; the same for endings."""
    begun: Counter[tuple[str, str]] = Counter(log.setting.members)
    ended: Counter[tuple[str, str]] = Counter()
    may_begin: Counter[tuple[str, str]] = Counter(log.setting.members)
    may_end: Counter[tuple[str, str]] = Counter()
    for calls in acts(log).values():
        pair, kind = (calls[0].network, calls[0].target), calls[0].kind
        is_beginning = kind == ("admit" if pair[0] in log.setting.closed else "join")
        was_done = any(call.is_acknowledged for call in calls)
        may_be = was_done or any(call.is_unknown for call in calls)
        if is_beginning:
            begun[pair] += was_done
            may_begin[pair] += may_be
        elif kind in ("leave", "expel"):
            ended[pair] += was_done
            may_end[pair] += may_be
    times = Counter((each.network_id, each.account_id) for each in stored.memberships.values() if each.was_active)
    ends = Counter(
        (each.network_id, each.account_id)
        for each in stored.memberships.values()
        if each.was_active and each.status in ("left", "removed", "banned")
    )
    return [
        f"{pair[1]} in {pair[0]}: {times[pair]} times a member, {ends[pair]} of them ended; acknowledged were "
        f"{begun[pair]} beginnings and {ended[pair]} ends, tried {may_begin[pair]} and {may_end[pair]}"
        for pair in may_begin.keys() | times.keys()
        if not (begun[pair] <= times[pair] <= may_begin[pair] and ended[pair] <= ends[pair] <= may_end[pair])
    ]


def answers_are_known(log: Log, _: Stored, *, allowed: frozenset[int] = frozenset()) -> list[str]:
    """No answer says that something is broken, or that the question made no sense."""
    counted = Counter((call.kind, call.status) for call in log.calls if call.status in NEVER - allowed)
    return [f"{count} × {kind} was answered {status}" for (kind, status), count in counted.items()]
