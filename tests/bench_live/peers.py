"""Each server that is measured, on the server's core: what it is started with, and what the load says to it."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.machine import Cores, on_core
from tests.bench_live.crowd import Crowd, gather
from tests.bench_live.programs import Dialect
from tests.servers.confer import ROOT, ConferServer
from tests.servers.postgres import PostgresServer
from tests.servers.processes import Child, accepts, family, free_port
from tests.servers.redis import RedisServer

_POSTGRES = ("shared_buffers=256MB", "max_wal_size=2GB", "synchronous_commit=on", "full_page_writes=on")
_SECONDS_TO_START = 20


@dataclass(frozen=True, slots=True)
class Peer:
    """A running server."""

    name: str
    pids: tuple[int, ...]
    """Of the processes that do the work."""
    port: int
    dialect: Dialect
    upgrades: list[bytes]
    publish: bytes


@dataclass(frozen=True, slots=True)
class Site:
    """Confer on PostgreSQL and Redis, with its crowd."""

    peer: Peer
    server: ConferServer
    crowd: Crowd
    database_url: str
    redis_url: str


@contextmanager
def confer(cores: Cores, readers: int) -> Iterator[Site]:
    """One process of Confer on the server's core; PostgreSQL and Redis share the other with the load."""
    with on_core(cores.load), _directory() as folder:
        postgres, redis = PostgresServer(fsync=True, settings=_POSTGRES), RedisServer()
        try:
            url = postgres.new_database()
            server = ConferServer(folder, database_url=url, redis_url=redis.url)
            server.command("migrate")
            crowd = gather(url, readers)
            with on_core(cores.server):
                server.start(cold=True)
            try:
                cookies = [{"Cookie": f"confer={secret}", "Origin": server.url} for secret in crowd.secrets[1:]]
                upgrades = [
                    upgrade(server.port, "/live", {"Sec-WebSocket-Protocol": "confer.v1", **each}) for each in cookies
                ]
                peer = Peer("Confer", (server.pid,), server.port, "confer", upgrades, crowd.request(server.port))
                yield Site(peer, server, crowd, url, redis.url)
            finally:
                server.stop()
        finally:
            redis.stop()
            postgres.stop()


@contextmanager
def limit(cores: Cores, program: str, payload: str) -> Iterator[Peer]:
    """The epoll server that only writes."""
    with _directory() as folder:
        port = free_port()
        with _started([program, str(port)], folder, port, cores) as child:
            published = publishing(port, "/publish", payload)
            yield Peer("C, epoll", (child.pid,), port, "plain", [upgrade(port, "/")], published)


_NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.txt; worker_rlimit_nofile 20000;
load_module {modules}/ngx_nchan_module.so;
events {{ worker_connections 15000; }}
http {{
    access_log off; keepalive_requests 1000000; keepalive_timeout 1h; tcp_nodelay on;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi; client_body_in_single_buffer on;
    nchan_shared_memory_size 512M;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location = /publish {{
            nchan_publisher; nchan_channel_id all; nchan_message_buffer_length 300; nchan_message_timeout 5m;
        }}
        location = /subscribe {{
            nchan_subscriber websocket; nchan_channel_id all; nchan_subscriber_first_message newest;
        }}
    }}
}}
"""


@contextmanager
def nchan(cores: Cores, payload: str) -> Iterator[Peer]:
    """nginx with nchan, one worker process."""
    with _directory() as folder:
        port = free_port()
        modules = next(path for path in _MODULES if (path / "ngx_nchan_module.so").exists())
        (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, modules=modules, port=port))
        command = [_nginx(), "-p", str(folder), "-c", str(folder / "nginx.conf")]
        with _started(command, folder, port, cores) as child:
            published = publishing(port, "/publish", payload)
            workers = tuple(family(child.pid)[1:])
            yield Peer("nginx + nchan", workers, port, "plain", [upgrade(port, "/subscribe")], published)


@contextmanager
def starlette(cores: Cores, payload: str) -> Iterator[Peer]:
    """Starlette with `send_text` in a loop."""
    with _directory() as folder:
        port = free_port()
        with _started([sys.executable, str(_HERE / "starlette_loop.py"), str(port)], folder, port, cores) as child:
            published = publishing(port, "/publish", payload)
            yield Peer("Starlette, send_text", (child.pid,), port, "plain", [upgrade(port, "/")], published)


@contextmanager
def socketio(cores: Cores, payload: str) -> Iterator[Peer]:
    """socket.io in one process of node."""
    with _directory() as folder:
        port = free_port()
        command = ["node", str(_HERE / "socketio.js"), str(port)]
        with _started(command, folder, port, cores, NODE_PATH=str(_CACHE / "socketio/node_modules")) as child:
            asked = [upgrade(port, "/socket.io/?EIO=4&transport=websocket")]
            yield Peer("socket.io", (child.pid,), port, "socketio", asked, publishing(port, "/publish", payload))


@contextmanager
def channels(cores: Cores, payload: str) -> Iterator[Peer]:
    """Django Channels, its Redis on the other core."""
    with _directory() as folder:
        redis, port = RedisServer(), free_port()
        command = [str(_CACHE / "channels/bin/python"), str(_HERE / "channels_group.py"), str(port), redis.url]
        try:
            with _started(command, folder, port, cores) as child:
                published = publishing(port, "/publish", payload)
                yield Peer("Django Channels", (child.pid,), port, "plain", [upgrade(port, "/")], published)
        finally:
            redis.stop()


_HERE = Path(__file__).parent
_CACHE = ROOT / ".cache/bench-live"
_MODULES = [Path(top, "nginx/modules") for top in ("/usr/lib", "/usr/lib64", "/usr/share")]


def _nginx() -> str:
    return "/usr/sbin/nginx" if Path("/usr/sbin/nginx").exists() else "nginx"


def upgrade(port: int, path: str, fields: dict[str, str] | None = None) -> bytes:
    """A request for a socket, as a browser makes it."""
    head = {
        "Host": f"127.0.0.1:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Accept-Encoding": "gzip, deflate, br",
        **(fields or {}),
    }
    return "".join(
        [f"GET {path} HTTP/1.1\r\n", *(f"{name}: {value}\r\n" for name, value in head.items()), "\r\n"]
    ).encode()


def publishing(port: int, path: str, payload: str) -> bytes:
    """A request that publishes this text."""
    body = payload.encode()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


@contextmanager
def _started(command: list[str], folder: Path, port: int, cores: Cores, **environment: str) -> Iterator[Child]:
    with on_core(cores.server):
        child = Child(command, folder / "log.txt", directory=folder, environment=os.environ | environment)
    try:
        deadline = time.monotonic() + _SECONDS_TO_START
        while not accepts(port):
            if not child.running or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} does not start:\n{child.said()}")
            time.sleep(0.02)
        time.sleep(0.1)  # nginx: the worker comes after the port
        yield child
    finally:
        child.stop()


@contextmanager
def _directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="confer-live-") as name:
        yield Path(name)
