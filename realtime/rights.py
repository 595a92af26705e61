"""Who may hear what, asked again whenever it may have changed: promise P8.

The rule that makes it exact: content is read first, then the version of the stream's audience, then
the right of everybody who was checked against an older version. Whoever is told "yes" had the right
after the content was read, so that nothing numbered or written after its end can go out. A right that
ends later raises the version in its own commit, before any later number.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Collection

from realtime.connection import Connection, Subscription
from realtime.failures import brief
from realtime.frames import WhyUnsubscribed, unsubscribed
from realtime.hub import Hub, Stream
from realtime.limits import Limits
from realtime.log_reader import LogReader
from realtime.questions import Identity, Questions, own_stream

_log = logging.getLogger(__name__)

_IDENTITIES_A_QUESTION = 1000
SESSION_ENDED = (4401, "session ended")
ACCOUNT_NOT_ALLOWED = (4403, "account not allowed")


class Rights:
    """Asks about rights and ends what is no longer allowed; keeps sessions and own streams up to date."""

    def __init__(self, hub: Hub, log: LogReader, questions: Questions, limits: Limits) -> None:
        self._hub = hub
        self._log = log
        self._questions = questions
        self._limits = limits
        self._to_verify: set[Identity] = set()
        self._to_refresh: set[str] = set()
        self._something = asyncio.Event()

    async def check(self, stream: Stream) -> int:
        """Ask about every listener that was checked against an older version than the stream's now.

        Returns that version. What was read before this call may go to those who are still
        subscribed and whose `checked` is not below it.
        """
        head = (await self._log.survey([stream.name])).heads.get(stream.name)
        if head is None:
            for subscription in list(stream.subscriptions.values()):
                self.end(subscription, "closed")
            return 0
        stale = [each for each in stream.subscriptions.values() if each.checked < head.authz_version]
        if stale:
            await self._ask(stream.name, stale, head.authz_version)
        return head.authz_version

    async def _ask(self, name: str, stale: Collection[Subscription], version: int) -> None:
        owned = [each.connection for each in stale if each.connection.account and name == _own(each.connection)]
        if owned:
            # A person's own stream tells of ended sessions and of changed memberships.
            await self.close_ended({each.identity for each in owned if each.identity})
        allowed = await self._questions.audience(name, {each.connection.account for each in stale})
        for subscription in stale:
            if not subscription.active:
                continue
            if subscription.connection.account in allowed:
                subscription.checked = max(subscription.checked, version)
            elif name == _own(subscription.connection):
                subscription.connection.close(*ACCOUNT_NOT_ALLOWED)
                self._hub.unsubscribe(subscription)
            else:
                self.end(subscription, "removed" if name in subscription.connection.own else "closed")
        for connection in owned:
            if connection.account and not connection.closing:
                self.refresh_soon(connection.account)

    def end(self, subscription: Subscription, why: WhyUnsubscribed) -> None:
        """End one subscription, and what else showed the stream to this connection."""
        if not subscription.active:
            return
        connection = subscription.connection
        self._hub.unsubscribe(subscription)
        connection.own = tuple(name for name in connection.own if name != subscription.stream)
        if connection.view_stream == subscription.stream:
            connection.view = connection.view_stream = None
        connection.send(unsubscribed(subscription.stream, why))

    async def may_hear(self, account: str | None, name: str) -> bool:
        """Whether this person may hear the stream at this moment."""
        return account in await self._questions.audience(name, {account})

    async def close_ended(self, identities: Collection[Identity]) -> None:
        """Close the connections here whose session has ended."""
        asked = list(identities)
        for start in range(0, len(asked), _IDENTITIES_A_QUESTION):
            some = asked[start : start + _IDENTITIES_A_QUESTION]
            for identity in set(some) - await self._questions.still_valid(some):
                await self._close(identity)

    async def _close(self, identity: Identity) -> None:
        own = own_stream(identity.account_id)
        may_come_back = identity.account_id in await self._questions.audience(own, {identity.account_id})
        for connection in self._hub.of_account(identity.account_id):
            if connection.identity == identity:
                connection.close(*SESSION_ENDED if may_come_back else ACCOUNT_NOT_ALLOWED)

    def verify_soon(self, identity: Identity) -> None:
        """Have this session asked about at the next occasion, together with others."""
        self._to_verify.add(identity)
        self._something.set()

    def refresh_soon(self, account_id: str) -> None:
        """Have the streams of this person asked for again at the next occasion."""
        self._to_refresh.add(account_id)
        self._something.set()

    async def keep(self, refresh: Callable[[str], Awaitable[None]]) -> None:
        """Work off what `verify_soon` and `refresh_soon` left, for ever; and ask about all sessions now and then.

        `refresh` brings the subscriptions of one account up to date.
        """
        all_again_at = time.monotonic() + self._limits.session_check_seconds
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, all_again_at - time.monotonic())):
                    await self._something.wait()
            self._something.clear()
            if time.monotonic() >= all_again_at:
                all_again_at = time.monotonic() + self._limits.session_check_seconds
                self._to_verify.update(each.identity for each in self._hub.connections.values() if each.identity)
            try:
                async with asyncio.timeout(self._limits.round_seconds):
                    await self._work_off(refresh)
            except Exception as error:
                _log.warning("rights cannot be asked for now: %s", brief(error))
                self._something.set()
                await asyncio.sleep(self._limits.longest_retry_seconds)

    async def _work_off(self, refresh: Callable[[str], Awaitable[None]]) -> None:
        identities = frozenset(self._to_verify)
        if identities:
            await self.close_ended(identities)
            self._to_verify -= identities
        while self._to_refresh:
            account_id = self._to_refresh.pop()
            try:
                await refresh(account_id)
            except BaseException:
                self._to_refresh.add(account_id)
                raise


def _own(connection: Connection) -> str | None:
    return own_stream(connection.account) if connection.account else None
