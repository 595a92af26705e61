"""How a connection comes to listen: `hello` with its resume, `subscribe`, and rights that begin later.

Always in one order: know the stream here (so that no wake-up is lost), read its head and the version
of its audience, ask about the right, subscribe. A right that ended before the head was read is then
seen; one that ends later raises the version, and is asked again before the next event goes out.
"""

from collections.abc import Iterable, Sequence

from realtime.connection import Connection, Subscription
from realtime.delivery import Delivery
from realtime.event_log import Head
from realtime.frames import Mode, WhyResync, resync, subscribed, unsubscribed, welcome
from realtime.hub import Hub, Pins
from realtime.limits import Limits
from realtime.log_reader import LogReader
from realtime.protocol import Hello, Position, Subscribe
from realtime.questions import Questions, own_stream
from realtime.rights import Rights
from realtime.together import Together

_MOST_ROUNDS = 5


class NotFound(LookupError):
    """The stream does not exist, or this person may not hear it: one answer for both."""


class TooMany(Exception):
    """This socket listens to as many streams as one may."""


class Subscribing:
    """Begins subscriptions of connections that the hub has admitted."""

    def __init__(
        self, hub: Hub, log: LogReader, rights: Rights, delivery: Delivery, questions: Questions, limits: Limits
    ) -> None:
        self._hub = hub
        self._log = log
        self._rights = rights
        self._delivery = delivery
        self._questions = questions
        self._limits = limits
        self._streams_of: Together[str, list[str]] = Together(
            self._streams_of_all, most=limits.asked_together, seconds=limits.read_seconds
        )

    async def _streams_of_all(self, accounts: Sequence[str]) -> list[list[str]]:
        found = await self._questions.streams_of(set(accounts))
        return [found[account] for account in accounts]

    async def greet(self, connection: Connection, hello: Hello) -> None:
        """Answer `hello`: subscribe to what belongs to the person and to what it resumes and may hear."""
        with Pins(self._hub) as pins:
            pins.add(hello.resume)
            survey = await self._log.survey_with_others(list(hello.resume))
            heads = dict(survey.heads)
            own = await self._own_streams(connection.account, pins, heads)
            others = [name for name in hello.resume if name not in own]
            allowed = [name for name in others if name in heads and await self._may_hear(connection.account, name)]
            epoch = survey.epoch or self._hub.epoch or await self._log.epoch()
            if connection.closing:
                return
            # What was told in a welcome is what a later epoch is compared with.
            self._hub.epoch = self._hub.epoch or epoch
            # The hub's own names, so that thousands of members of a network do not keep each their copy.
            connection.own = tuple(pins[name].name for name in own)
            names = [*own, *allowed][: self._limits.streams_a_socket]
            streams = {name: heads[name].seq for name in names}
            connection.send(welcome(connection.id, epoch, connection.account, self._limits.ping_seconds, streams))
            for name in others:
                if name not in allowed:
                    connection.send(unsubscribed(name, "removed"))
            self._resume(connection, hello, names, heads, pins, epoch)

    def _resume(
        self,
        connection: Connection,
        hello: Hello,
        names: Iterable[str],
        heads: dict[str, Head],
        pins: Pins,
        epoch: str,
    ) -> None:
        left = self._limits.resume_events
        for name in names:
            head, start = heads[name], hello.resume.get(name)
            why = self._why_resync(start, head.seq, epoch, left)
            sent = head.seq
            if start is not None and why is None:
                sent = start.seq
                left -= head.seq - start.seq
            if why is not None:
                connection.send(resync(name, why, head.seq))
            self._begin(connection, name, pins, head, sent)

    def _why_resync(self, start: Position | None, head: int, epoch: str, left: int) -> WhyResync | None:
        if start is None:
            return None
        if start.epoch != epoch:
            return "epoch"
        if start.seq > head:
            return "ahead"
        if head - start.seq > min(left, self._limits.resume_events_a_stream):
            return "too_far"
        return None

    async def subscribe(self, connection: Connection, request: Subscribe) -> None:
        """Answer `subscribe`. NotFound, TooMany."""
        name = request.stream
        if len(connection.subscriptions) >= self._limits.streams_a_socket and name not in connection.subscriptions:
            raise TooMany
        with Pins(self._hub) as pins:
            pins.add([name])
            survey = await self._log.survey([name])
            head = survey.heads.get(name)
            # Asked in either case, so that a hidden stream takes no longer than none.
            allowed = await self._may_hear(connection.account, name)
            if head is None or survey.epoch is None or not allowed:
                raise NotFound(name)
            if connection.closing:
                return
            if already := connection.subscriptions.get(name):
                self._hub.unsubscribe(already)
            start = request.start
            why = self._why_resync(start, head.seq, survey.epoch, self._limits.resume_events)
            sent = head.seq if start is None or why else start.seq
            mode: Mode = "resync" if why else "catchup" if sent < head.seq else "live"
            connection.send(subscribed(request.id, name, head.seq, mode))
            if why:
                connection.send(resync(name, why, head.seq))
            self._begin(connection, name, pins, head, sent)

    async def refresh(self, account_id: str) -> None:
        """Bring the connections of a person up to date with the streams that belong to it now."""
        if not self._hub.of_account(account_id):
            return
        with Pins(self._hub) as pins:
            heads: dict[str, Head] = {}
            own = set(await self._own_streams(account_id, pins, heads))
            for connection in self._hub.of_account(account_id):
                if not connection.closing:
                    await self._bring_up_to_date(connection, own, heads, pins)

    async def _bring_up_to_date(
        self, connection: Connection, own: set[str], heads: dict[str, Head], pins: Pins
    ) -> None:
        lost = set(connection.own) - own
        connection.own = (*lost, *(pins[name].name for name in own))
        for name in sorted(own - connection.subscriptions.keys()):
            if len(connection.subscriptions) < self._limits.streams_a_socket:
                connection.send(subscribed(None, name, heads[name].seq, "live"))
                self._begin(connection, name, pins, heads[name], heads[name].seq)
        for name in lost:
            # Whoever left an open network still reads it; asked whatever the version says.
            subscription = connection.subscriptions.get(name)
            if subscription and not await self._may_hear(connection.account, name):
                self._rights.end(subscription, "removed")
        connection.own = tuple(name for name in connection.own if name not in lost)

    def _begin(self, connection: Connection, name: str, pins: Pins, head: Head, sent: int) -> Subscription:
        stream = pins[name]
        subscription = self._hub.subscribe(connection, stream, head=head.seq, sent=sent, checked=head.authz_version)
        if subscription.live:
            self._delivery.begin_live(stream)
        else:
            self._delivery.begin_catching_up(subscription)
        return subscription

    async def _may_hear(self, account: str | None, name: str) -> bool:
        return account in await self._questions.audience(name, {account})

    async def _own_streams(self, account: str | None, pins: Pins, heads: dict[str, Head]) -> list[str]:
        """The streams that belong to a person; adds their heads to `heads`, each read before the
        last time the person's streams were asked for, so that no number is told that was reached
        after the right had ended."""
        if account is None:
            return []
        asked = set(heads)
        own = [own_stream(account)]
        for _ in range(_MOST_ROUNDS):
            unknown = [name for name in own if name not in asked]
            if unknown:
                pins.add(unknown)
                heads.update((await self._log.survey_with_others(unknown)).heads)
                asked.update(unknown)
            own = await self._streams_of.ask(account)
            if all(name in asked for name in own):
                break
        # Their own stream first: it is heard even by who has more streams than one socket may have.
        return sorted((name for name in own if name in heads), key=lambda name: name != own_stream(account))
