"""The figures as Prometheus reads them: there, true, of bounded number, and for this machine alone."""

import re
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from forum.routes import ROUTES
from tests.realtime.reader import Reader
from tests.servers.confer import ConferServer, confer_in_shape
from tests.servers.postgres import PostgresServer
from tests.servers.processes import accepts, free_port
from tests.servers.shapes import POSTGRES_REDIS

Labels = frozenset[tuple[str, str]]
Figures = dict[tuple[str, Labels], float]


@pytest.fixture(scope="module")
def watched(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConferServer]:
    """A server on PostgreSQL that tells its figures."""
    folder = tmp_path_factory.mktemp("watched")
    with confer_in_shape(POSTGRES_REDIS, folder, postgres_server, METRICS_PORT=str(free_port())) as running:
        yield running


def port(server: ConferServer) -> int:
    return int(server.environment["METRICS_PORT"])


def ask(server: ConferServer) -> Figures:
    """All samples, by name and labels."""
    answer = httpx2.get(f"http://127.0.0.1:{port(server)}/metrics", trust_env=False)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.text)
    return {(each.name, frozenset(each.labels.items())): each.value for family in families for each in family.samples}


def figure(server: ConferServer, name: str, **labels: str) -> float:
    return ask(server).get((name, frozenset(labels.items())), 0.0)


def come_true(condition: Callable[[], object], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


async def test_sockets_and_frames_of_a_post(watched: ConferServer) -> None:
    person = watched.person("Oriel Nightingale")
    with httpx2.Client(base_url=f"{watched.url}/api/v1", headers=person.bearer, trust_env=False) as client:
        wish = {"name": f"Heron {secrets.token_hex(6)}", "purpose": "P", "access": "closed"}
        network = client.post("/networks", json=wish).json()
        thread = client.post(f"/networks/{network['slug']}/threads", json={"title": "T", "body": "B"}).json()["id"]
        url = f"{watched.url.replace('http', 'ws')}/live"
        reader = await Reader.open(url, token=person.token, origin=watched.url)
        streams = (await reader.frame("welcome"))["streams"]
        before = ask(watched)
        assert client.post(f"/threads/{thread}/posts", json={"body": "A feather"}).status_code == 201
        await reader.event(f"network:{network['id']}", streams[f"network:{network['id']}"] + 1)
        after = ask(watched)
    assert before["confer_sockets", frozenset()] == 1
    assert before["confer_subscriptions", frozenset()] == len(streams)
    assert after["confer_frames_sent_total", frozenset()] >= before["confer_frames_sent_total", frozenset()] + 1
    posting = frozenset({("method", "POST"), ("route", "/api/v1/threads/{id}/posts")})
    assert after["confer_requests_total", posting | {("status", "2xx")}] == 1
    assert after["confer_request_seconds_count", posting] == 1
    assert 0 < after["confer_request_seconds_sum", posting] < 10
    upgraded = frozenset({("method", "GET"), ("route", "/live"), ("status", "1xx")})
    assert after["confer_requests_total", upgraded] == 1
    for label in (value for _, labels in after for _, value in labels):
        assert not re.search(f"[0-9a-f]{{8}}-|Heron|Oriel|example|{network['slug']}", label)
    await reader.close()
    come_true(lambda: figure(watched, "confer_sockets") == 0)


def test_every_figure_that_operators_are_told_of_is_there(watched: ConferServer) -> None:
    """The page for operators names each, and each name in it exists."""
    there = {name.removesuffix("_total") for name, _ in ask(watched)}
    told = set(
        re.findall(r"`((?:confer|process)_[a-z_]+)", (Path(__file__).parents[2] / "docs/operators.md").read_text())
    )
    parts = {f"confer_request_seconds_{part}" for part in ("bucket", "count", "sum")}
    assert {name.removesuffix("_total") for name in told} - parts <= there | {"confer_request_seconds"}
    assert {name for name in there if name.startswith("confer_")} - parts <= {
        name.removesuffix("_total") for name in told
    }


def test_clients_cannot_make_new_series(watched: ConferServer) -> None:
    with httpx2.Client(base_url=watched.url, trust_env=False) as client:
        client.get("/about/privacy")
        come_true(lambda: figure(watched, "confer_loop_lag_seconds", quantile="1") >= 0)
        for _ in range(2):
            known = len(ask(watched))
            for number in range(30):
                client.get(f"/{secrets.token_hex(8)}")
                client.get(f"/about/{secrets.token_hex(8)}?q={number}")
                client.request(secrets.choice(("PROPFIND", "MKCOL", "LOCK")), "/about/privacy")
        assert len(ask(watched)) == known
    assert known < 20 * len(ROUTES)


def test_what_waits_in_the_outbox_grows_old(postgres_server: PostgresServer, tmp_path: Path) -> None:
    """No worker takes the letter, as where it has stopped."""
    with confer_in_shape(POSTGRES_REDIS, tmp_path, postgres_server) as first:
        first.person("Already Here")
        first.stop()
        idle = first.beside(tmp_path / "idle", METRICS_PORT=str(free_port()))
        idle.start("--only", "web")
        assert (figure(idle, "confer_outbox_tasks"), figure(idle, "confer_outbox_oldest_seconds")) == (0, 0)
        form = {"name": "New Here", "email": "new.here@example.org", "password": "seven kettles under the bridge"}
        httpx2.post(f"{idle.url}/register", data=form, headers={"Origin": idle.url}, trust_env=False)
        assert figure(idle, "confer_outbox_tasks") == 1
        come_true(lambda: figure(idle, "confer_outbox_oldest_seconds") > 0.2)
        assert figure(idle, "confer_outbox_given_up") == 0
        assert figure(idle, "confer_database_up") == 1
        assert figure(idle, "confer_database_connections_limit", kind="read") == 8
        postgres_server.drop_database(idle.environment["DATABASE_URL"])
        come_true(lambda: figure(idle, "confer_database_up") == 0)
        assert idle.stop() == 0


def test_one_process_on_sqlite_tells_the_same(tmp_path: Path) -> None:
    server = ConferServer(tmp_path, METRICS_PORT=str(free_port()))
    server.start()
    assert figure(server, "confer_database_up") == 1
    assert figure(server, "confer_database_connections_limit", kind="read") == 8
    assert figure(server, "process_resident_memory_bytes") > 1_000_000
    assert server.stop() == 0


def test_only_this_machine_is_told_and_on_no_other_port(watched: ConferServer) -> None:
    assert watched.status("/metrics") == 404
    assert accepts(port(watched))
    with socket.socket() as probe:  # another address of the same machine
        assert probe.connect_ex(("127.0.0.2", port(watched))) != 0
    with httpx2.Client(base_url=f"http://127.0.0.1:{port(watched)}", trust_env=False) as client:
        assert client.get("/").status_code == 404
        assert client.post("/metrics").status_code == 404
    with socket.create_connection(("127.0.0.1", port(watched))) as nonsense:
        nonsense.sendall(b"x" * 100_000)
    assert figure(watched, "confer_broker_up") == 1


def test_port_that_is_taken_is_told_in_a_sentence(watched: ConferServer, tmp_path: Path) -> None:
    other = ConferServer(tmp_path, METRICS_PORT=str(port(watched)))
    with pytest.raises(RuntimeError, match="does not start"):
        other.start()
    assert other.exit_code == 2
    assert f"Port {port(watched)} on 127.0.0.1 is taken" in other.said()
    assert "METRICS_PORT=" in other.said()
