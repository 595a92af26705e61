"""A process that ends answers everybody whom it let in; others are not let in, so that a proxy asks elsewhere."""

import os
import resource
import signal
import socket
import threading
from pathlib import Path

from forum.serve import allow_many_sockets
from tests.servers.confer import ConferServer
from tests.servers.shapes import SQLITE_MEMORY

ASKERS = 8


def ask_until_refused(port: int, answers: list[bytes]) -> None:
    """One connection for each request, as a proxy makes them, until there is nobody to connect to."""
    request = f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
    while True:
        with socket.socket() as client:
            client.settimeout(10)
            try:
                client.connect(("127.0.0.1", port))
            except (ConnectionRefusedError, ConnectionResetError):
                # Reset before anything was sent is as refused: the listener closed within the handshake.
                return
            try:
                client.sendall(request)
                answer = b""
                while part := client.recv(4096):
                    answer += part
            except ConnectionError as error:
                answer = repr(error).encode()
            answers.append(answer)


def test_everybody_who_was_let_in_is_answered(tmp_path: Path) -> None:
    server = ConferServer(tmp_path, shape=SQLITE_MEMORY)
    for _ in range(2):
        server.start()
        answers: list[bytes] = []
        askers = [threading.Thread(target=ask_until_refused, args=(server.port, answers)) for _ in range(ASKERS)]
        for asker in askers:
            asker.start()
        while len(answers) < 20 * ASKERS:
            assert server.running
        os.kill(server.pid, signal.SIGTERM)
        for asker in askers:
            asker.join(20)
        assert server.stop() == 0
        cut = [answer for answer in answers if not answer.startswith(b"HTTP/1.1 200") or not answer.endswith(b"ok\n")]
        # Between the last look for who waits and the closing lie microseconds; without care nearly all are cut.
        assert len(cut) <= 1, cut
        assert len(answers) > 20 * ASKERS


def test_as_many_sockets_as_the_system_allows() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        allow_many_sockets()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(hard, 65_536), hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
