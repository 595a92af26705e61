"""The socket: authenticate, answer, deliver, drain. Put together from the parts around it.

`Gateway.endpoint` is an ASGI endpoint for `GET /live`. It knows nothing of accounts or threads: what
must be asked it asks through `Questions`.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any

from ground.columns import new_id
from realtime.brokers import Broker
from realtime.connection import Budget, Connection, Transport
from realtime.conversation import Conversation, Parts
from realtime.delivery import Delivery
from realtime.ending import end
from realtime.failures import brief
from realtime.figures import Figures
from realtime.frames import bye
from realtime.handshake import Request, credentials, is_allowed, read_request
from realtime.heartbeat import Heartbeat
from realtime.hub import Hub
from realtime.limits import Limits
from realtime.log_reader import LogReader
from realtime.presence import Presence
from realtime.protocol import SUBPROTOCOL, Hello
from realtime.questions import Credentials, Identity, Questions
from realtime.rights import Rights
from realtime.socket import AsgiSocket, Receive, Send, refuse
from realtime.subscribing import Subscribing
from realtime.together import Together
from realtime.transaction import Database

_log = logging.getLogger(__name__)


UPGRADED = 101
"""The HTTP status of an upgrade that becomes a socket."""


@dataclass(frozen=True, slots=True)
class Admission:
    """The answer to an upgrade request: its HTTP status, and where it is 101, who came or why it is closed at once."""

    status: int
    subprotocol: str | None = None
    close: tuple[int, str] | None = None
    identity: Identity | None = None
    address: str = ""


class Gateway:
    """All sockets of this process. `start()` before the first request, `drain()` and `stop()` at the end."""

    def __init__(
        self,
        database: Database,
        broker: Broker,
        questions: Questions,
        *,
        origins: Collection[str],
        allow_guests: bool = False,
        limits: Limits | None = None,
    ) -> None:
        self.id = new_id()
        self.limits = limits or Limits()
        self.draining = False
        self._spread_seconds = 0.0
        self._broker = broker
        self._questions = questions
        self._origins = frozenset(origins)
        self._allow_guests = allow_guests
        self._budget = Budget(self.limits.unsent_of_process)
        self._ear = broker.listen()
        self.hub = Hub(self._ear, self.limits)
        log = LogReader(database, self.limits)
        self._rights = Rights(self.hub, log, questions, self.limits)
        self._delivery = Delivery(self.hub, log, self._rights, questions, self.limits)
        self._subscribing = Subscribing(self.hub, log, self._rights, self._delivery, questions, self.limits)
        self._presence = Presence(self.id, self._ear, broker.tell, self.hub, self._rights, questions, self.limits)
        self._heartbeat = Heartbeat(self.hub, log, self._rights, self._delivery, self.limits)
        self._parts = Parts(
            self.hub, log, self._subscribing, self._delivery, self._presence, questions, self.limits, self._greet
        )
        self._arrivals: Together[Credentials, Identity | None] = Together(
            questions.authenticate, most=self.limits.asked_together, seconds=self.limits.read_seconds
        )
        self._tasks: list[asyncio.Task[None]] = []
        self.on_admission: Callable[[Admission, float], None] = lambda _, __: None
        """Told of every answer to an upgrade request, and how many seconds it took to find it."""

    @property
    def degraded(self) -> bool:
        """Whether the database could not be read for so long that no content is sent."""
        return self._heartbeat.degraded

    @property
    def unsent_bytes(self) -> int:
        """What this process holds unsent for all its connections."""
        return self._budget.held

    def figures(self) -> Figures:
        """What there is at this moment, for whoever watches over the process."""
        handed_out, worst_lag = self._delivery.handed_out, self._heartbeat.worst_lag
        return Figures.of(self.hub, self._budget, handed_out=handed_out, worst_lag=worst_lag)

    async def start(self) -> None:
        """Begin to listen to the broker and to look after connections."""
        parts = {
            "listening": self._listen,
            "heartbeat": self._heartbeat.run_sweep,
            "head check": self._heartbeat.run_head_check,
            "rights": lambda: self._rights.keep(self._subscribing.refresh),
            "presence": self._presence.run,
        }
        self._tasks = [asyncio.create_task(self._for_ever(name, run)) for name, run in parts.items()]

    async def _for_ever(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Each part runs until it is stopped; one that fails is told and begins again."""
        while True:
            try:
                await run()
            except Exception as error:
                _log.critical("%s failed and begins again: %s", name, brief(error))
            await asyncio.sleep(self.limits.longest_retry_seconds)

    async def drain(self, seconds: float) -> None:
        """Take no new sockets; say `bye` to each, with its own delay within `seconds`, and close it with 1012.

        Returns when all are gone, or after `closing_seconds`.
        """
        self.draining = True
        self._spread_seconds = seconds
        for index, connection in enumerate([*self.hub.expected, *self.hub.connections.values()]):
            if index and index % self.limits.connections_a_slice == 0:
                await asyncio.sleep(0)
            self._send_away(connection)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.limits.closing_seconds):
                await self.hub.empty.wait()

    def _send_away(self, connection: Connection) -> None:
        delay = random.uniform(0, self._spread_seconds)  # noqa: S311 - spreads load, hides nothing
        connection.send(bye(round(delay * 1000)))
        connection.close(1012, "restart")

    async def stop(self) -> None:
        """End everything; `drain()` comes first where clients should be told."""
        self.draining = True
        self._ear.close()
        await end(self._tasks)
        await self._delivery.stop()

    async def _listen(self) -> None:
        while True:
            heard = await self._ear.take()
            if heard.reconnected:
                self._heartbeat.check_heads_now()
            for stream, seq in heard.wakeups.items():
                self._delivery.wake(stream, seq)
            for note in heard.notes:
                self._presence.hear(note)

    async def endpoint(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve one socket of an ASGI server, from its upgrade request to its end."""
        if (await receive())["type"] != "websocket.connect":
            return
        admission = await self.admit(read_request(scope))
        if admission.status != UPGRADED:
            await refuse(scope, send, admission.status)
            return
        await send({"type": "websocket.accept", "subprotocol": admission.subprotocol})
        if admission.close is not None:
            code, reason = admission.close
            await send({"type": "websocket.close", "code": code, "reason": reason})
            return
        socket = AsgiSocket(receive, send, self.limits)
        conversation = self.begin(admission, socket)
        try:
            await socket.run(conversation)
        finally:
            self.end(conversation.connection)

    async def admit(self, request: Request | None) -> Admission:
        """Who asks for a socket, and whether they get one."""
        began = time.perf_counter()
        admission = await self._decide(request)
        self.on_admission(admission, time.perf_counter() - began)
        return admission

    async def _decide(self, request: Request | None) -> Admission:
        if request is None or not is_allowed(request, self._origins):
            return Admission(403)
        if self.draining:
            return Admission(503)
        try:
            identity = await self._arrivals.ask((credentials(request), request.address))
        except Exception as error:
            _log.warning("nobody can be authenticated now: %s", brief(error))
            return Admission(503)
        if self.draining:  # by now
            return Admission(503)
        if SUBPROTOCOL not in request.subprotocols:
            return Admission(UPGRADED, None, (4412, "version too old"))
        if identity is None and (request.has_token or not self._allow_guests):
            return Admission(UPGRADED, SUBPROTOCOL, (4401, "session ended"))
        return Admission(UPGRADED, SUBPROTOCOL, None, identity, request.address)

    def begin(self, admission: Admission, transport: Transport) -> Conversation:
        """A connection for somebody who was admitted. `end` follows when its socket has gone."""
        connection = Connection(new_id(), admission.address, transport, self.limits, self._budget)
        connection.identity = admission.identity
        self.hub.expect(connection)
        return Conversation(self._parts, connection)

    def end(self, connection: Connection) -> None:
        """The socket has gone."""
        self._presence.leave(connection)
        connection.abandon()
        self.hub.remove(connection)

    async def _greet(self, connection: Connection, hello: Hello) -> None:
        if self.draining:  # who said hello in the very moment
            self._send_away(connection)
            return
        oldest = self.hub.admit(connection)
        if oldest is not None:
            oldest.close(4409, "too many connections")
        try:
            async with asyncio.timeout(self.limits.round_seconds):
                await self._subscribing.greet(connection, hello)
        except Exception as error:
            _log.warning("a connection cannot be greeted now: %s", brief(error))
            connection.close(1013, "try again later")
            return
        self._heartbeat.greet(connection)
        if connection.identity is not None:
            # It may have ended between the upgrade and the reading of its own stream.
            self._rights.verify_soon(connection.identity)
