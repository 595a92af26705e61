"""Run the server: uvicorn in this process, one writer of SQLite at a time, a clean end."""

import asyncio
import errno
import fcntl
import gc
import os
import resource
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.server import Server

from auth.accounts import has_claimed_account
from forum.accounts.set_up import set_up_secret
from forum.app import Confer, Part, create_app, make_broker
from forum.database import open_database
from forum.logs import configure_logging
from forum.private_files import make_folders
from forum.schema import CannotSearch, bring_up_to_date, is_current
from forum.settings import Settings
from realtime.event_log import get_epoch
from realtime.heads import DatabaseIsBehind, HeadsKeeper
from realtime.wire import PATH

GRACE_SECONDS = 10
DRAIN_SECONDS = 10.0
"""Over how long the sockets of a process that stops come back elsewhere."""

LAST_WORD_SECONDS = 0.1
MOST_FILES = 65_536
NO_SUCH_NAME = "HOST is {host}, a name of which this machine knows no address ({why}). {how}"
NOT_THIS_MACHINE = "HOST is {host}, which is no address of this machine, so that no port of it can be had. {how}"
HOW_TO_LISTEN = (
    "Write HOST=127.0.0.1 for this machine alone, HOST=0.0.0.0 for all of its addresses, or one of them. "
    "The address that people use is BASE_URL."
)
_OF_ANOTHER = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


class CannotStart(Exception):
    """The server can't start; the text says why and what to do."""


class _Server(Server):
    """Says when it is ready, and tells the open sockets goodbye before it stops."""

    def __init__(self, config: Config, confer: Confer, only: Part | None, watched: socket.socket | None) -> None:
        """`watched` is where the figures are asked for."""
        super().__init__(config)
        self._confer = confer
        self._only = only
        self._watched = watched

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            if self._confer.metrics is not None and self._watched is not None:
                await self._confer.metrics.start(self._watched)
            _spare_what_stays()
            _let_the_loop_in()
            await _say_where(self._confer, self._only)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._confer.state.is_draining = True
        await self._confer.gateway.drain(DRAIN_SECONDS)
        await self._listen_no_more(sockets or [])
        await super().shutdown(sockets)
        if self._confer.metrics is not None:
            await self._confer.metrics.stop()

    async def _listen_no_more(self, sockets: list[socket.socket]) -> None:
        """Serve all who were let in, and let nobody in any more: a proxy then asks another process.

        uvicorn would cut those whom the kernel has let in and it has not, and those who have not said yet what
        they want. A copy of the listening socket keeps the first waiting until they are taken over; then it is closed.
        """
        copies = [listener.dup() for listener in sockets]
        for server in self.servers:
            server.close()
        await asyncio.sleep(0)
        late = [each for copy in copies for each in _let_in(copy)]
        protocol = partial(
            cast(Callable[..., asyncio.Protocol], self.config.http_protocol_class),
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )
        for each in late:
            await asyncio.get_running_loop().connect_accepted_socket(protocol, each)
        await asyncio.sleep(LAST_WORD_SECONDS)


def _let_in(listener: socket.socket) -> list[socket.socket]:
    """All who wait at this socket; it is closed in the moment in which there are no more."""
    found = []
    listener.setblocking(False)
    with listener, suppress(BlockingIOError):
        while True:
            found.append(listener.accept()[0])
    return found


def serve(settings: Settings, *, with_worker: bool, only: Part | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C; `only` one part of it, as `create_app` says.

    Raises CannotStart with a sentence where that is not possible.
    """
    if only is not None:
        _check_parts(settings, only, with_worker)
    make_folders(settings)
    lock = None if settings.is_postgresql else hold_data(settings.data_dir)
    asyncio.run(_prepare(settings))
    confer = create_app(settings, with_worker=with_worker or not settings.is_postgresql, only=only)
    config = Config(
        confer,
        host=settings.host,
        port=settings.port,
        loop="auto",
        http="httptools",
        ws=confer.wire,  # type: ignore[arg-type]
        backlog=2048,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        log_config=None,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    configure_logging()
    allow_many_sockets()
    try:
        port = settings.metrics_port
        watched = _listen("127.0.0.1", port, "METRICS_PORT=9101") if port else None
        _Server(config, confer, only, watched).run(
            sockets=[_listen(settings.host, settings.port, "PORT=8001 make run")]
        )
    finally:
        if lock is not None:
            os.close(lock)


def allow_many_sockets() -> None:
    """Each socket is an open file, and many systems begin with 1,024: take as many as this process may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _check_parts(settings: Settings, only: Part, with_worker: bool) -> None:
    if not settings.is_postgresql:
        raise CannotStart(
            f"--only {only} needs PostgreSQL, for on SQLite one process serves all. "
            "Leave --only out, or set DATABASE_URL to postgresql://…"
        )
    if not settings.redis_url:
        raise CannotStart(f"--only {only} needs REDIS_URL: through Redis the processes tell each other what is new.")
    if only == "live" and with_worker:
        raise CannotStart("--only live works no queue: leave --with-worker out, or run python -m forum work beside it.")


def hold_data(data_dir: Path) -> int:
    """Keep this data folder for this process, until it ends. Raises CannotStart where another has it."""
    data_dir.mkdir(parents=True, exist_ok=True)
    file = os.open(data_dir / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise CannotStart(
            f"Another Confer is already running on {data_dir.absolute()}. "
            f"Stop it first, or set DATA_DIR to another folder."
        ) from None
    return file


def _listen(host: str, port: int, other: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with ExitStack() as failing:
        try:
            listener = failing.enter_context(socket.socket(family, socket.SOCK_STREAM))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
        except OSError as error:
            raise CannotStart(_why_not_there(error, host, port, other)) from None
        failing.pop_all()
    listener.listen(2048)
    listener.set_inheritable(True)
    return listener


def _why_not_there(error: OSError, host: str, port: int, other: str) -> str:
    """Another port helps only where the address is one of this machine."""
    if isinstance(error, socket.gaierror):
        return NO_SUCH_NAME.format(host=host, why=error.strerror, how=HOW_TO_LISTEN)
    if error.errno in _OF_ANOTHER:
        return NOT_THIS_MACHINE.format(host=host, how=HOW_TO_LISTEN)
    return f"Port {port} on {host} is taken or not allowed ({error.strerror}). Choose another: {other}"


def _let_the_loop_in() -> None:
    """Whoever computes in a thread hands Python's lock on after a millisecond, not five: others' requests wait."""
    sys.setswitchinterval(0.001)


def _spare_what_stays() -> None:
    """Let the garbage collector pass over what lives as long as the process: modules, templates, statements.

    Looking at all of it again and again cost a tenth of the processor's time, in pauses of up to 100 ms.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 10, 10)


async def _prepare(settings: Settings) -> None:
    database, broker = open_database(settings.database), make_broker(settings)
    try:
        if not settings.is_postgresql:
            await bring_up_to_date(database)
        elif not await is_current(database):
            raise CannotStart("The database is not up to date. Run: python -m forum migrate")
        await HeadsKeeper(database, broker, settings.data_dir).check()
    except (DatabaseIsBehind, CannotSearch) as error:
        raise CannotStart(str(error)) from error
    except (OSError, ConnectionError) as error:
        raise CannotStart(
            f"The database at DATABASE_URL does not answer ({error}). Start it, then try again."
        ) from error
    finally:
        await broker.stop()
        await database.dispose()


async def _say_where(confer: Confer, only: Part | None) -> None:
    settings = confer.state.settings
    if only == "live":
        print(f"The sockets of {settings.public_url} are served on port {settings.port}, at {PATH}", flush=True)
        print("Stop it with Ctrl-C.", flush=True)
        return
    print(f"Confer is at {settings.public_url}{' without its sockets' if only else ''}", flush=True)
    print(f"Its data lies in {settings.data_dir.absolute()}", flush=True)
    print("Stop it with Ctrl-C.", flush=True)
    if settings.rate_limits == "off":
        print("Rate limits are off: this is for load tests only.", flush=True)
    if not settings.is_https and settings.allow_http:
        print("ALLOW_HTTP is set: passwords cross the network unprotected.", flush=True)
    async with confer.state.database.read() as connection:
        if not await has_claimed_account(connection):
            secret = set_up_secret(confer.state.key, await get_epoch(connection))
            print(f"Nobody has an account yet. Make the first one at {settings.public_url}/set-up/{secret}", flush=True)


def run(main: Any) -> Any:
    """Run one coroutine of the command line."""
    return asyncio.run(main)
