"""The only place where the parts meet: settings in, a running application out."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Protocol, cast

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from auth.hosts import HostGuard, hosts_of, origins_of
from auth.origins import OriginGuard
from auth.passwords import Passwords
from auth.proxies import TrustedProxies, client_address, parse_proxies
from auth.rate_limits import RateLimits
from forum.accounts.set_up import SetUpGuard
from forum.addresses import Doors
from forum.assets import Assets
from forum.counting import RequestCounts, Watch
from forum.database import open_database
from forum.envelope import Envelope
from forum.errors import Forbidden, ForumError
from forum.files.opening import open_store
from forum.files.store import MEGABYTE
from forum.live import make_gateway, present
from forum.logs import RequestLog, Told
from forum.refusals import refuse, refuse_http, refuse_unexpected, refusing
from forum.rendering import make_templates
from forum.settings import Settings
from forum.site.pages import HEALTH
from forum.state import State
from forum.stopping import PATH as UNSUBSCRIBE
from forum.visits import Visits
from realtime.brokers import Broker
from realtime.brokers.memory import MemoryBroker
from realtime.ending import end
from realtime.gateway import Admission, Gateway
from realtime.heads import HeadsKeeper
from realtime.wire import PATH as LIVE
from realtime.wire import Wire, wire_protocol

Part = Literal["web", "live"]
"""What a process may serve alone."""


def resource(name: str) -> Path:
    """The folder `templates` or `static`: beside the packages in a checkout, inside `forum` in a wheel."""
    inside = Path(__file__).parent / name
    return inside if inside.is_dir() else Path(__file__).parent.parent / name


class Confer:
    """The application as an ASGI server calls it, with the parts that the command line needs."""

    def __init__(
        self, state: State, gateway: Gateway, app: ASGIApp, wire: Callable[..., Wire], metrics: Watch | None
    ) -> None:
        self.state = state
        self.gateway = gateway
        self.wire = wire
        """What uvicorn makes of an upgrade request: a socket below ASGI."""
        self.metrics = metrics
        """What shows its figures; None where nobody watches."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, one socket, or the lifespan."""
        await self._app(scope, receive, send)


class _Beside(Protocol):
    """What runs beside the answers, such as a worker."""

    def start(self) -> None: ...

    async def stop(self) -> None: ...


class _Live:
    """The gateway as an endpoint that Starlette leaves alone."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Behind a proxy the client is whom the trusted proxy names, for sockets as for requests.
        seen = cast(dict[str, Any], {**scope, "client": (scope.get("confer.client", ""), 0)})
        await self._gateway.endpoint(seen, receive, send)


def make_broker(settings: Settings) -> Broker:
    """What carries wake-ups between processes, or within the one: that one does without Redis's client, 7 MB."""
    if not settings.redis_url:
        return MemoryBroker()
    broker: Broker = import_module("realtime.brokers.redis").RedisBroker(settings.redis_url)
    return broker


@cache
def make_assets(*, development: bool) -> Assets:
    """The assets, which are the same for all that this process makes."""
    return Assets(resource("static"), development=development)


def make_state(settings: Settings) -> State:
    """Everything that a request can reach; nothing is opened yet."""
    assets = make_assets(development=settings.development)
    templates = make_templates(resource("templates"), settings, assets.url)
    key = settings.key()
    return State(
        settings=settings,
        database=open_database(settings.database, settings.database_connections),
        broker=make_broker(settings),
        rate_limits=RateLimits(settings.redis_url or None, secret_key=key, enabled=settings.rate_limits == "on"),
        passwords=Passwords(),
        assets=assets,
        templates=templates,
        key=key,
        files=open_store(settings.files, settings.file_mb * MEGABYTE, settings.spool),
    )


def create_app(settings: Settings, *, with_worker: bool = False, only: Part | None = None) -> Confer:
    """The application. With a worker, the outbox is worked in this process too.

    `only` leaves the rest to other processes: "live" has the sockets and health, "web" all but the sockets.
    """
    state = make_state(settings)
    gateway = make_gateway(state)
    gateway.draining = only == "web"  # then whoever asks for a socket here is told 503
    log = RequestLog(everything=settings.log_requests == "on")
    # The worker writes letters, and each slice has one: 1 MB that a process without it does not hold.
    worker: _Beside | None = import_module("forum.work").Worker(state) if with_worker else None
    app = Starlette(
        middleware=[] if only == "live" else [Middleware(SetUpGuard, state=state)],
        exception_handlers={
            ForumError: refuse,
            HTTPException: _say_what_is_here if only == "live" else refuse_http,
            Exception: refuse_unexpected,
        },
    )
    # Who serves the sockets alone holds no pages: 4 MB less, and a slice more changes nothing for it.
    pages = HEALTH if only == "live" else import_module("forum.routes").ROUTES
    lifespan = _lifespan(state, gateway, worker, log, has_sockets=only != "web")
    app.router = Doors([*pages, WebSocketRoute(LIVE, _Live(gateway))], lifespan)
    app.state.confer = state
    app.state.gateway = gateway
    app.state.present = partial(present, state)
    elsewhere = refusing(app, Forbidden("This request came from another site, so nothing was done. Try again here."))
    guarded = OriginGuard(Visits(app, state), origins_of(settings.public_url), (UNSUBSCRIBE,), refused=elsewhere)
    hosted = HostGuard(guarded, hosts_of(settings.public_url), exempt=("/healthz", "/readyz"))
    wire = wire_protocol(gateway, partial(_sender, hosted, parse_proxies(settings.trusted_proxies)))
    metrics, told = _watched(state, gateway, log)
    return Confer(state, gateway, Envelope(hosted, settings.public_url, told), wire, metrics)


def _watched(state: State, gateway: Gateway, log: RequestLog) -> tuple[Watch | None, list[Told]]:
    """What shows the figures of this process, where it is to, and who hears of every request and every socket."""
    told: list[Told] = [log.tell]
    metrics: Watch | None = None
    if state.settings.metrics_port:
        counts = RequestCounts()
        metrics = import_module("forum.metrics").Metrics(state, gateway, counts)
        told.append(counts.tell)

    def tell(admission: Admission, seconds: float) -> None:
        request = secrets.token_hex(6)
        for each in told:
            each(request, "GET", LIVE, admission.status, seconds, 0)

    gateway.on_admission = tell
    return metrics, told


def _lifespan(
    state: State, gateway: Gateway, worker: _Beside | None, log: RequestLog, *, has_sockets: bool
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """What runs beside the answers, from the start of the process to its end."""
    heads = HeadsKeeper(state.database, state.broker, state.settings.data_dir)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await state.broker.start()
        if has_sockets:
            await gateway.start()
        keeping = asyncio.create_task(heads.run())
        if worker is not None:
            worker.start()
        yield
        if worker is not None:
            await worker.stop()
        await gateway.stop()
        await end([keeping])
        await heads.keep_if_possible()
        await state.broker.stop()
        await state.close()
        log.flush()

    return lifespan


async def _say_what_is_here(_: Request, __: Exception) -> Response:
    """For all that a process with sockets alone does not have."""
    return PlainTextResponse(f"This process serves {LIVE} alone.\n", 404)


def _sender(hosted: HostGuard, proxies: TrustedProxies, scope: Mapping[str, Any]) -> str | None:
    """The address from which an upgrade request comes; None where it is meant for another host."""
    asked = dict(scope)
    return client_address(asked, proxies) if hosted.knows(Headers(scope=asked)) else None
