"""What this slice shows in the API and on the socket."""

from forum.announcement_queries import Announcement
from forum.records import Network
from ground.answers import Answer
from ground.columns import moment_text


class ApiAuthor(Answer):
    """Who said it."""

    id: str
    name: str


class ApiAnnouncement(Answer):
    """What an administrator told all members."""

    id: str
    network_id: str
    title: str
    body: str
    html: str
    author: ApiAuthor
    created_at: str


class ApiAnnouncements(Answer):
    """The newest hundred announcements of a network, newest first."""

    items: list[ApiAnnouncement]
    next: str | None
    as_of: dict[str, list[str | int]]


class ApiSeenPlace(Answer):
    """A place where a network could be seen: what is answered there, and what of the network stands in it."""

    place: str
    path: str
    status: int
    shows: list[str]


class ApiSeen(Answer):
    """Every such place."""

    items: list[ApiSeenPlace]


class ApiWeek(Answer):
    """A week, by its Monday, in UTC; members at its end, and who came, posts and requests to join within it."""

    week: str
    members: int
    active: int | None
    posts: int
    asked: int


class ApiNumbers(Answer):
    """The last 52 weeks, how many people wait to be admitted now, and how much of its room the network's files take."""

    items: list[ApiWeek]
    waiting: int
    stored_bytes: int
    most_bytes: int


class ApiWeekly(Answer):
    """How many announcements may be made in seven days."""

    weekly: int


class ApiEnding(Answer):
    """Since when a network is archived, and when it is deleted; null where it is not."""

    archived_at: str | None
    deletes_at: str | None


def api_ending(network: Network) -> dict[str, object]:
    """How the network stands."""
    moments = {"archived_at": network.archived_at, "deletes_at": network.deletes_at}
    return {name: moment_text(moment) if moment else None for name, moment in moments.items()}


def heard_announcement(announcement: Announcement) -> dict[str, object]:
    """The announcement as every member sees it."""
    return {
        "id": announcement.id,
        "network_id": announcement.network_id,
        "title": announcement.title,
        "body": announcement.body,
        "html": announcement.html,
        "author": {"id": announcement.author_id, "name": announcement.author},
        "created_at": moment_text(announcement.created_at),
    }
