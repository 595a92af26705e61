"""Lines and wishes in the shape of the API."""

from typing import Any

from forum.notification_kinds import NotificationKind
from forum.notifications.records import Line
from forum.notifications.settings_queries import Standing
from forum.notifications.wording import path_of, sentence_of
from forum.records import Access, MailChoice, WatchLevel
from ground.answers import Answer
from ground.columns import moment_text


class ApiNotificationNetwork(Answer):
    """The network that a line is about, where its reader may know of it."""

    id: str
    slug: str
    name: str
    access: Access


class ApiNotificationThread(Answer):
    """The thread that a line is about, and the number of the post."""

    id: str
    title: str
    number: int


class ApiNotificationActor(Answer):
    """Who did it."""

    id: str
    name: str


class ApiNotification(Answer):
    """A line on the caller's list: `text` says it in words, `url` is where it leads."""

    id: str
    kind: NotificationKind
    object_id: str
    network: ApiNotificationNetwork | None
    thread: ApiNotificationThread | None
    actor: ApiNotificationActor | None
    text: str
    url: str | None
    created_at: str
    read_at: str | None


class ApiNotifications(Answer):
    """A part of the caller's list, newest first."""

    items: list[ApiNotification]
    next: str | None
    as_of: dict[str, tuple[str, int]]


class ApiNetworkWish(Answer):
    """What the caller wants to hear of one of their networks; `mail` null: as `mail` of all."""

    network: ApiNotificationNetwork
    level: WatchLevel
    mail: MailChoice | None


class ApiWishes(Answer):
    """What the caller wants to hear. `refused_at`: since when their address takes no mail."""

    mail: MailChoice
    refused_at: str | None
    networks: list[ApiNetworkWish]


class ApiNetworkMail(Answer):
    """Whether mails about a network may carry its words; of an open network they do anyway."""

    content: bool


def api_line(line: Line, public_url: str) -> dict[str, Any]:
    """A line as its reader may see it now."""
    path = path_of([line])
    return {
        "id": line.id,
        "kind": line.kind,
        "object_id": line.object_id,
        "network": _network(line.network_id, line.slug, line.network_name, line.access),
        "thread": {"id": line.thread_id, "title": line.title, "number": line.number} if line.thread_id else None,
        "actor": {"id": line.actor_id, "name": line.actor} if line.actor_id else None,
        "text": sentence_of([line]),
        "url": f"{public_url}{path}" if path else None,
        "created_at": moment_text(line.created_at),
        "read_at": moment_text(line.read_at) if line.read_at else None,
    }


def _network(network_id: str | None, slug: str | None, name: str | None, access: str | None) -> dict[str, Any] | None:
    return {"id": network_id, "slug": slug, "name": name, "access": access} if network_id else None


def api_wishes(standing: Standing) -> dict[str, Any]:
    """What somebody wants to hear."""
    return {
        "mail": standing.mail,
        "refused_at": moment_text(standing.refused_at) if standing.refused_at else None,
        "networks": [
            {"network": _network(each.id, each.slug, each.name, each.access), "level": each.level, "mail": each.mail}
            for each in standing.networks
        ],
    }
