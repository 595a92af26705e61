"""The figures of this process for Prometheus, on a port of its own that only this machine reaches (METRICS_PORT).

Loaded only where that port is set: the library costs 2 MB. Labels are patterns of addresses, methods and kinds, so
that there are never more than a few hundred series, and none names a person, a network or a thing.
"""

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from socket import socket

from prometheus_client import ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from forum.counting import LoopLag, RequestCounts
from forum.state import State
from ground.columns import now
from realtime.ending import end
from realtime.failures import brief
from realtime.gateway import Gateway
from realtime.tables import outbox

PATIENCE_SECONDS = 5.0
DATABASE_SECONDS = 2.0

_OUTBOX = select(
    func.count(outbox.c.available_at),
    func.count() - func.count(outbox.c.available_at),
    select(func.min(outbox.c.created_at)).where(outbox.c.available_at.is_not(None)).scalar_subquery(),
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Queue:
    """How the outbox stands: tasks that wait, tasks given up, and how old the oldest that waits is, in seconds."""

    waiting: int
    given_up: int
    oldest_seconds: float


class Metrics:
    """Answers GET /metrics; everything else is 404."""

    def __init__(self, state: State, gateway: Gateway, counts: RequestCounts) -> None:
        self._state = state
        self._gateway = gateway
        self._counts = counts
        self._lag = LoopLag()
        self._process = ProcessCollector(registry=None)
        self._encode, self._content_type = choose_encoder("")
        self._server: asyncio.Server | None = None
        self._looking: asyncio.Task[None] | None = None

    async def start(self, listener: socket) -> None:
        """Begin to answer on this socket, which listens on the loopback address."""
        self._looking = asyncio.create_task(self._lag.run())
        self._server = await asyncio.start_server(self._serve, sock=listener, limit=16_384)

    async def stop(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.close()
        if self._looking is not None:
            await end([self._looking])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            # Whoever sends nonsense, or nothing, is let go.
            with contextlib.suppress(TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                async with asyncio.timeout(PATIENCE_SECONDS):
                    head = await reader.readuntil(b"\r\n\r\n")
                    writer.write(await self._respond(head))
                    await writer.drain()
        finally:
            writer.close()

    async def _respond(self, head: bytes) -> bytes:
        status, body = "404 Not Found", b"Only GET /metrics is here.\n"
        if head.startswith((b"GET /metrics ", b"GET /metrics?")):
            status, body = "200 OK", await self.text()
        kind = self._content_type if status == "200 OK" else "text/plain; charset=utf-8"
        headers = (
            f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        return headers.encode() + body

    async def text(self) -> bytes:
        """All figures as they stand, in Prometheus's text format."""
        found = [*self._of_requests(), *self._of_sockets(), *self._of_process(), *self._of_queue(await self._queue())]
        return await asyncio.to_thread(self._encode, _Found(found))

    def _of_requests(self) -> Iterator[Metric]:
        answered = CounterMetricFamily(
            "confer_requests", "Requests answered, by pattern of address.", labels=["method", "route", "status"]
        )
        for (method, route, status), count in self._counts.answers.items():
            answered.add_metric([method, route, f"{status}xx"], count)
        yield answered
        took = HistogramMetricFamily("confer_request_seconds", "How long answers took.", labels=["method", "route"])
        for labels, times in self._counts.times.items():
            took.add_metric(labels, [(_bound(bound), count) for bound, count in times.up_to()], times.seconds)
        yield took

    def _of_sockets(self) -> Iterator[Metric]:
        figures = self._gateway.figures()
        yield GaugeMetricFamily("confer_sockets", "Sockets that are open.", figures.sockets)
        yield GaugeMetricFamily("confer_subscriptions", "Sockets times the streams they hear.", figures.subscriptions)
        yield GaugeMetricFamily("confer_lagging_sockets", "Sockets whose client takes too little.", figures.lagging)
        yield CounterMetricFamily(
            "confer_frames_sent", "Frames with live events that were handed to sockets.", figures.handed_out
        )
        yield GaugeMetricFamily("confer_unsent_bytes", "Bytes that wait for slow clients.", figures.unsent_bytes)
        yield GaugeMetricFamily(
            "confer_stream_lag_events",
            "Events by which the worst stream was behind the database when they were last compared.",
            figures.worst_lag,
        )
        yield GaugeMetricFamily("confer_degraded", "1 while sockets get no content.", int(self._gateway.degraded))

    def _of_process(self) -> Iterator[Metric]:
        late = GaugeMetricFamily(
            "confer_loop_lag_seconds", "By how much the event loop was late in the last minute.", labels=["quantile"]
        )
        for share, seconds in self._lag.quantiles().items():
            late.add_metric([f"{share:g}"], seconds)
        yield late
        taken = GaugeMetricFamily(
            "confer_database_connections_in_use", "Connections at work at this moment.", labels=["kind"]
        )
        allowed = GaugeMetricFamily("confer_database_connections_limit", "The most there may be.", labels=["kind"])
        for kind, (in_use, most) in self._state.database.connections_in_use().items():
            taken.add_metric([kind], in_use)
            allowed.add_metric([kind], most)
        yield taken
        yield allowed
        yield GaugeMetricFamily("confer_broker_up", "1 while Redis takes and brings.", int(self._state.broker.healthy))
        yield GaugeMetricFamily("confer_draining", "1 once the process ends.", int(self._state.is_draining))
        yield from self._process.collect()

    def _of_queue(self, queue: Queue | None) -> Iterator[Metric]:
        yield GaugeMetricFamily("confer_database_up", "1 where the database answered just now.", int(queue is not None))
        if queue is not None:
            yield GaugeMetricFamily("confer_outbox_tasks", "Tasks that wait for the worker.", queue.waiting)
            yield GaugeMetricFamily("confer_outbox_given_up", "Tasks that nobody tries any more.", queue.given_up)
            yield GaugeMetricFamily(
                "confer_outbox_oldest_seconds", "Age of the oldest that waits.", queue.oldest_seconds
            )

    async def _queue(self) -> Queue | None:
        try:
            async with asyncio.timeout(DATABASE_SECONDS), self._state.database.read() as connection:
                waiting, given_up, oldest = (await connection.execute(_OUTBOX)).one()
        except Exception as error:
            _log.warning("the outbox could not be counted: %s", brief(error))
            return None
        return Queue(waiting, given_up, _age(oldest))


class _Found(Collector):
    """Figures that are ready, as the library takes them."""

    def __init__(self, found: list[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        """They."""
        return self._found


def _age(moment: datetime | None) -> float:
    return max(0.0, (now() - moment).total_seconds()) if moment is not None else 0.0


def _bound(bound: float) -> str:
    return "+Inf" if bound == float("inf") else f"{bound:g}"
