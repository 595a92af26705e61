"""Streams without holes, in the order in which things were committed, telling all that happened and nothing else."""

from collections import Counter, defaultdict

from tests.faults.laws_of_writing import CREATING
from tests.faults.recorder import Call, Log, Stored, StoredEvent

_ABOUT_POSTS = {"post.created", "post.edited", "post.removed"}


def streams_are_whole(_: Log, stored: Stored) -> list[str]:
    """The log of each stream is exactly 1 to its head."""
    found = []
    for stream in stored.heads.keys() | stored.events.keys():
        seqs = [event.seq for event in stored.events.get(stream, [])]
        head = stored.heads.get(stream, 0)
        if seqs != list(range(1, head + 1)):
            missing = sorted(set(range(1, head + 1)) - set(seqs))
            above = [seq for seq in seqs if seq > head]
            found.append(f"{stream} has the head {head}, lacks {missing[:10]} and has {above[:10]} above it")
    return found


def events_match_rows(log: Log, stored: Stored) -> list[str]:
    """Each post and each of its later versions has exactly one event, and there is no event of anything else."""
    told: Counter[tuple[str, int]] = Counter()
    found = []
    for events in stored.events.values():
        for event in events:
            if event.kind == "thread.created":
                if event.object_id not in stored.threads:
                    found.append(f"{event.stream} {event.seq} tells of a thread {event.object_id} that is not there")
            elif event.kind in _ABOUT_POSTS:
                told[event.object_id, event.object_version] += 1
    threads = {event.object_id for events in stored.events.values() for event in events if event.kind[:7] == "thread."}
    for post in stored.posts.values():
        is_told_by_thread = post.number == 1 and post.thread_id in threads
        first = 2 if is_told_by_thread or post.id in log.setting.posts else 1
        for version in range(first, post.version + 1):
            if told.pop((post.id, version), 0) != 1:
                found.append(f"version {version} of post {post.id} in {post.network_id} does not have one event")
    return found + [f"an event tells of version {version} of {post}, which is not there" for post, version in told]


def event_of(call: Call, stored: Stored, index: dict[tuple[str, str, int], StoredEvent]) -> StoredEvent | None:
    """The event that an acknowledged call made; None for those that make none of their own."""
    if call.kind == "thread":
        return index.get(("thread.created", call.made, 0))
    if call.kind == "post":
        return index.get(("post.created", call.made, 0))
    if call.kind == "remove":
        return index.get(("post.removed", call.target, 0))
    if call.kind == "edit" and call.target in stored.posts:
        versions = stored.posts[call.target].marks.get(call.mark, [])
        return index.get(("post.edited", call.target, versions[0])) if versions else None
    return None


def index_events(stored: Stored) -> dict[tuple[str, str, int], StoredEvent]:
    """Events of networks by kind and object; those that can come more than once by version too."""
    return {
        (event.kind, event.object_id, event.object_version if event.kind == "post.edited" else 0): event
        for stream, events in stored.events.items()
        if stream.startswith("network:")
        for event in events
    }


def acknowledged_first_is_lower(log: Log, stored: Stored) -> list[str]:
    """In one stream, what was acknowledged before something else began has the lower number."""
    index = index_events(stored)
    by_stream: dict[str, list[tuple[Call, int]]] = defaultdict(list)
    for call in log.calls:
        if call.is_acknowledged and (event := event_of(call, stored, index)) is not None:
            by_stream[event.stream].append((call, event.seq))
    found = []
    for stream, written in by_stream.items():
        ended = sorted(written, key=lambda pair: pair[0].ended)
        reached, highest, whose = 0, 0, ""
        for call, seq in sorted(written, key=lambda pair: pair[0].started):
            while ended[reached][0].ended < call.started:
                if ended[reached][1] > highest:
                    highest, whose = ended[reached][1], ended[reached][0].key
                reached += 1
            # A later try of the same act, or an idempotent one, has the number of the first.
            if seq < highest and call.kind in CREATING and not _came_before(call, log, highest):
                found.append(f"{stream}: {call.key} has {seq}, though {whose} had {highest} before it began")
    return found


def _came_before(call: Call, log: Log, _: int) -> bool:
    """Whether this is not the first try of its act."""
    return any(other.key == call.key and other.started < call.started for other in log.calls)


def ranges_are_whole(log: Log, _: Stored) -> list[str]:
    """What is fetched follows what was asked for, without holes."""
    return [
        f"{answer.who} asked {answer.stream} after {answer.after} and got {list(answer.seqs[:20])}"
        for answer in log.ranges
        if list(answer.seqs) != list(range(answer.after + 1, answer.after + 1 + len(answer.seqs)))
    ]


def frames_match_log(log: Log, stored: Stored) -> list[str]:
    """Each frame with a number tells what the log holds under that number."""
    kinds = {(event.stream, event.seq): event for events in stored.events.values() for event in events}
    found = []
    for frame in log.frames:
        if frame.type != "event":
            continue
        event = kinds.get((frame.stream, frame.seq))
        if event is None:
            found.append(f"{frame.who} got {frame.stream} {frame.seq} ({frame.kind}), which is not in the log")
        elif event.kind != frame.kind or (
            frame.object_id and frame.kind in _TOLD and frame.object_id != event.object_id
        ):
            found.append(f"{frame.who} got {frame.stream} {frame.seq} as {frame.kind} {frame.object_id}, not {event}")
    return found


_TOLD = {"thread.created", "thread.changed", *_ABOUT_POSTS, "member.joined", "member.left"}
"""Kinds whose object has the id that the log keeps."""
