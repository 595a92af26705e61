"""Nobody got what they had no right to: by the number that ended the right, by stream, and by the words themselves."""

from collections import defaultdict

from tests.faults.recorder import Call, Log, Stored

GRACE_SECONDS = 10.0
"""The longest that a socket may still hand out what was numbered before the end of a right (P8 b)."""

Pair = tuple[str, str]
"""Network and account."""


def endings(log: Log, stored: Stored) -> dict[Pair, list[tuple[int, int | None]]]:
    """For each former time as a member of a closed network: the number that ended it, and that of the next."""
    steps: dict[Pair, list[tuple[int, str]]] = defaultdict(list)
    for stream, events in stored.events.items():
        for event in events:
            membership = stored.memberships.get(event.object_id)
            if stream.startswith("network:") and event.kind in ("member.joined", "member.left") and membership:
                steps[membership.network_id, membership.account_id].append((event.seq, event.kind))
    found: dict[Pair, list[tuple[int, int | None]]] = defaultdict(list)
    for pair, changes in steps.items():
        if pair[0] in log.setting.closed:
            following = [*changes[1:], (None, "")]
            found[pair] = [
                (seq, after[0]) for (seq, kind), after in zip(changes, following, strict=True) if kind == "member.left"
            ]
    return found


def _by_pair(log: Log, *kinds: str) -> dict[Pair, list[Call]]:
    found: dict[Pair, list[Call]] = defaultdict(list)
    for call in log.calls:
        if call.kind in kinds:
            found[call.network, call.target].append(call)
    return found


def nothing_after_the_end(log: Log, stored: Stored) -> list[str]:
    """No event numbered after the one that ended somebody's right came to them, before they were let in again."""
    ended = endings(log, stored)
    admissions = _by_pair(log, "admit")
    exits = _by_pair(log, "leave", "expel")
    found = []
    for frame in log.frames:
        pair = (frame.stream.partition(":")[2], frame.who)
        if frame.type != "event" or pair not in ended or not frame.stream.startswith("network:"):
            continue
        for number, (last, again) in enumerate(ended[pair]):
            if frame.seq <= last or (again is not None and frame.seq >= again):
                continue
            if not _may_be_back(frame.at, _exit(number, exits[pair]), admissions[pair]):
                found.append(f"{frame.who} got {frame.stream} {frame.seq}, after {last} had ended their right")
    return found


def _exit(number: int, exits: list[Call]) -> float:
    """When the exit with this number was first asked for; the first of all where that cannot be told."""
    begun: dict[str, float] = {}
    for call in exits:
        begun.setdefault(call.key, call.started)
    acknowledged = sorted(begun[key] for key in {call.key for call in exits if call.is_acknowledged})
    return acknowledged[number] if number < len(acknowledged) else min(begun.values(), default=0.0)


def _may_be_back(at: float, left: float, admissions: list[Call]) -> bool:
    """Whether an admission that was asked for after this exit had been asked for by then."""
    return any(left < call.started < at for call in admissions)


def only_for_its_audience(log: Log, stored: Stored) -> list[str]:
    """Events of a person go to them alone, those of moderators to administrators, of closed networks to members."""
    members = {(each.network_id, each.account_id) for each in stored.memberships.values() if each.was_active}
    leading = {
        (each.network_id, each.account_id)
        for each in stored.memberships.values()
        if each.was_active and each.role != "member"
    }
    found = []
    for frame in log.frames:
        if frame.type != "event":
            continue
        kind, _, identifier = frame.stream.partition(":")
        pair = (identifier, frame.who)
        if (
            (kind == "account" and identifier != frame.who)
            or (kind == "moderators" and pair not in leading)
            or (kind == "network" and identifier in log.setting.closed and pair not in members)
        ):
            found.append(f"{frame.who} got {frame.stream} {frame.seq}, which is not theirs to hear")
    return found


class _Members:
    """Who might be a member of what, and when, by what was acknowledged and what was tried."""

    def __init__(self, log: Log) -> None:
        self._first = log.setting.members
        self._admissions = _by_pair(log, "admit")
        self._exits = _by_pair(log, "leave", "expel")

    def may_hold(self, network: str, who: str, at: float) -> bool:
        """Whether they might be a member at this moment."""
        pair = (network, who)
        exits = [call.started for call in self._exits.get(pair, ()) if call.is_acknowledged and call.ended <= at]
        began = [call.started for call in self._admissions.get(pair, ()) if call.started <= at]
        if not exits:
            return pair in self._first or bool(began)
        return any(start > max(exits) for start in began)

    def may_hear(self, network: str, who: str, at: float) -> bool:
        """The same for a socket, on which what was under way may still come."""
        return self.may_hold(network, who, at) or self.may_hold(network, who, at - GRACE_SECONDS)


def canaries_stay(log: Log, _: Stored) -> list[str]:
    """The word of a closed network came to nobody who could not be a member by then, in frames and answers alike."""
    members = _Members(log)
    networks = log.setting.canaries
    found = []
    for call in log.calls:
        for network in map(networks.__getitem__, call.canaries):
            times = (call.started, call.ended)
            if not any(members.may_hold(network, call.who, at) for at in times):
                found.append(f"{call.who} was answered {call.kind} with the word of {network}")
    for frame in log.frames:
        for network in map(networks.__getitem__, frame.canaries):
            if not members.may_hear(network, frame.who, frame.at):
                found.append(f"{frame.who} got a frame {frame.type} with the word of {network}")
    return found


def presence_stays(log: Log, stored: Stored) -> list[str]:
    """Who reads a thread of a closed network is told to nobody who could not be a member by then."""
    members = _Members(log)
    found = []
    for frame in log.frames:
        network = stored.threads.get(frame.object_id) if frame.type == "presence" else None
        if network in log.setting.closed and not members.may_hear(str(network), frame.who, frame.at):
            found.append(f"{frame.who} was told who reads the thread {frame.object_id} of {network}")
    return found
