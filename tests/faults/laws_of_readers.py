"""What readers applied, when, and where they stood in the end."""

from bisect import bisect_right
from collections import Counter, defaultdict

from tests.faults.laws_of_order import event_of, index_events
from tests.faults.recorder import Applied, Log, Placed, Stored


def applied_in_order(log: Log, _: Stored) -> list[str]:
    """Each reader's events are contiguous and in order, each once, and each came in a frame."""
    came = {(frame.who, frame.stream, frame.seq) for frame in log.frames if frame.type == "event"}
    places: dict[tuple[str, str], int | None] = {}
    found = []
    for step in log.steps:
        key = (step.who, step.stream)
        if isinstance(step, Placed):
            places[key] = None if step.why == "ended" else step.seq
            continue
        before = places.get(key)
        if before is None or step.seq != before + 1:
            found.append(f"{step.who} applied {step.stream} {step.seq} after {before}")
        elif (step.who, step.stream, step.seq) not in came:
            found.append(f"{step.who} applied {step.stream} {step.seq}, which never came")
        places[key] = step.seq
    return found


def resyncs_have_cause(log: Log, _: Stored, *, allowed: frozenset[str] = frozenset()) -> list[str]:
    """Nobody is told to load afresh for another reason than what the scenario did."""
    why = Counter(
        (step.stream, step.why)
        for step in log.steps
        if isinstance(step, Placed) and step.why.startswith("resync: ") and step.why[8:] not in allowed
    )
    return [f"{count} readers of {stream} were told {reason}" for (stream, reason), count in why.items()]


def links_stay(log: Log, _: Stored, *, allowed: frozenset[int] = frozenset()) -> list[str]:
    """No link ended with a code that tells the client to stop."""
    codes = Counter(link.code for link in log.links if link.code is not None and 4400 <= link.code < 4500)
    return [f"{count} links were closed with {code}" for code, count in codes.items() if code not in allowed]


def heads_are_applied(log: Log, stored: Stored, *, settled: float = 0.0) -> list[str]:
    """Every live reader has applied all of each of its streams, but for what is younger than `settled` seconds."""
    due = {
        stream: max((event.seq for event in events if event.age >= settled), default=0)
        for stream, events in stored.events.items()
    }
    found = []
    for standing in log.standings:
        if not standing.is_live:
            found.append(f"{standing.who} was not connected at the end")
            continue
        for stream in stored.streams_of(standing.who):
            head = due.get(stream, 0)
            last = standing.places.get(stream)
            if (last is None and head) or (last is not None and last < head):
                found.append(f"{standing.who} stood at {last} of {stream}, whose head was {stored.heads[stream]}")
    return found


def held_is_stored(log: Log, stored: Stored, *, settled: float = 0.0) -> list[str]:
    """Who stood at the head of a network holds each of its posts at the version that the database has."""
    posts: dict[str, dict[str, int]] = defaultdict(dict)
    for post in stored.posts.values():
        posts[post.network_id][post.id] = post.version
    found = []
    for standing in log.standings:
        for stream, last in standing.places.items():
            kind, _, network = stream.partition(":")
            if kind != "network" or last < stored.heads[stream] or not standing.is_live:
                continue
            if stream not in stored.streams_of(standing.who):
                continue
            known = standing.known.get(network, {})
            if known != posts[network]:
                wrong = sorted(set(known.items()) ^ posts[network].items())
                found.append(f"{standing.who} at {last} of {stream} holds otherwise than stored: {wrong[:3]}")
    return found


def lateness(log: Log, stored: Stored) -> list[tuple[float, Applied]]:
    """How many seconds after its answer each event was applied by each reader who was connected by then.

    Counted from the welcome where somebody was away at the time; that is what a reconnection brings. While the
    recorder itself stood still nothing is counted.
    """
    index = index_events(stored)
    answered: dict[tuple[str, int], float] = {}
    for call in log.calls:
        if call.is_acknowledged and (event := event_of(call, stored, index)) is not None:
            key = (event.stream, event.seq)
            answered[key] = min(call.ended, answered.get(key, call.ended))
    welcomes: dict[str, list[float]] = defaultdict(list)
    for link in log.links:
        if link.code is None:
            welcomes[link.who].append(link.at)
    for step in log.steps:
        if isinstance(step, Placed):
            welcomes[f"{step.who} {step.stream}"].append(step.at)
    found = []
    for step in log.steps:
        if isinstance(step, Applied) and (step.stream, step.seq) in answered:
            began = max(answered[step.stream, step.seq], _latest(welcomes, step))
            found.append((step.at - began - log.stood_still(began, step.at), step))
    return found


def _latest(welcomes: dict[str, list[float]], step: Applied) -> float:
    """When the link or the place began through which this came."""
    latest = 0.0
    for key in (step.who, f"{step.who} {step.stream}"):
        moments = welcomes.get(key, [])
        number = bisect_right(moments, step.at)
        latest = max(latest, moments[number - 1] if number else 0.0)
    return latest


def nothing_is_late(log: Log, stored: Stored, *, latest: float | None = 6.0) -> list[str]:
    """An event reaches whoever is connected at most `latest` seconds after the write was answered."""
    if latest is None:
        return []
    late = sorted(((taken, step) for taken, step in lateness(log, stored) if taken > latest), key=lambda pair: -pair[0])
    return [f"{step.who} applied {step.stream} {step.seq} {taken:.1f} s after its answer" for taken, step in late]
