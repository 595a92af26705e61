"""What is a miss is called one, and what the load counts is what came."""

import itertools
import shutil
import socket
import threading
from pathlib import Path

import pytest

from tests.bench_live.measuring import Fanned
from tests.bench_live.peers import publishing, upgrade
from tests.bench_live.programs import Load, LoadFailed, Post, build
from tests.bench_live.table import AT_MOST, Line, ratio, render
from tests.servers.processes import Child, accepts, free_port


def test_verdicts_and_their_sum() -> None:
    lines = [
        ratio("fast", 9.0, 10.0, 0.85, "the limit"),
        ratio("slow", 8.0, 10.0, 0.85, "the limit"),
        Line("memory", 4.9, "4.9 KiB", 5, AT_MOST),
        Line("fat", 5.1, "5.1 KiB", 5, AT_MOST),
        Line("not there", None, "not measured", 1),
        Line("only told", 3, "3"),
    ]
    assert [line.verdict for line in lines] == ["ok", "MISS", "ok", "MISS", "MISS", ""]
    assert render(lines).endswith("2 of 5 figures reached")


def test_a_rate_is_of_the_time_between_the_first_and_the_last_arrival() -> None:
    posts = [Post(sent=number, first=number + 0.5, middle=number + 0.55, last=number + 0.6) for number in range(8)]
    fanned = Fanned(101, posts)
    assert fanned.rate == pytest.approx(1000)
    assert fanned.whole_rate == pytest.approx(101 / 0.6)


@pytest.mark.skipif(shutil.which("cc") is None, reason="`make bench-live` installs a C compiler where there is none")
def test_the_load_counts_what_the_limit_sends(tmp_path: Path) -> None:
    port = free_port()
    server = Child([build("limit", tmp_path), str(port)], tmp_path / "log.txt")
    program = build("load", tmp_path)
    load = None
    try:
        while not accepts(port):
            assert server.running
        core = 0
        payload = "x" * 70 + "é" * 200
        load = Load(program, core, port, "plain", [upgrade(port, "/")], publishing(port, "/publish", payload))
        assert load.open(50) > 0
        posts = load.posts(20)
        assert len(posts) == 20
        assert all(post.sent <= post.first <= post.middle <= post.last for post in posts)
        assert all(one.last <= two.sent for one, two in itertools.pairwise(posts)), "one after another"
        assert len(load.posts(40, in_flight=4)) == 40
        paced = load.posts(4, every=0.05)
        assert paced[3].sent - paced[0].sent >= 0.15
        load.expect(1)
        with socket.create_connection(("127.0.0.1", port)) as other:
            other.sendall(publishing(port, "/publish", payload))
            assert len(load.come()) == 1
        load.close()
    finally:
        if load is not None:
            load.end()
        server.stop()


@pytest.mark.skipif(shutil.which("cc") is None, reason="`make bench-live` installs a C compiler where there is none")
def test_the_load_says_when_it_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse() -> None:
            taken, _ = listener.accept()
            taken.recv(4096)
            taken.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            taken.close()

        refusing = threading.Thread(target=refuse)
        refusing.start()
        port = listener.getsockname()[1]
        load = Load(build("load", tmp_path), 0, port, "plain", [upgrade(port, "/")], b"")
        try:
            with pytest.raises(LoadFailed, match="broken"):
                load.open(1)
        finally:
            load.end()
            refusing.join()
