"""Figures of the sockets of one process, counted when somebody asks for them."""

from dataclasses import dataclass

from realtime.connection import Budget
from realtime.hub import Hub


@dataclass(frozen=True, slots=True)
class Figures:
    """What a gateway holds at one moment; `handed_out` counts from its start."""

    sockets: int
    subscriptions: int
    lagging: int
    handed_out: int
    """Live events, each counted for every socket that it was for."""
    unsent_bytes: int
    worst_lag: int
    """Events between a stream's head and what was handed out of it here, in the worst stream at the last look."""

    @classmethod
    def of(cls, hub: Hub, budget: Budget, *, handed_out: int, worst_lag: int) -> "Figures":
        """Counted now; costs a walk over connections and streams."""
        return cls(
            sockets=len(hub.connections) + len(hub.expected),
            subscriptions=sum(len(stream.subscriptions) for stream in hub.streams.values()),
            lagging=sum(connection.lagging for connection in hub.connections.values()),
            handed_out=handed_out,
            unsent_bytes=budget.held,
            worst_lag=worst_lag,
        )
