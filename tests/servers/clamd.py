"""A virus scanner that speaks clamd's protocol (INSTREAM) and knows one virus: the test file of EICAR."""

import socketserver
import struct
import threading
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""What scanners are tested with; it does nothing. In two, so that this very file is not taken for it."""


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        clamd: Clamd = self.server.clamd  # type: ignore[attr-defined]
        command = self._line()
        if command != b"zINSTREAM":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        data = b""
        while size := struct.unpack("!L", self.rfile.read(4) or bytes(4))[0]:
            data += self.rfile.read(size)
            if len(data) > clamd.most:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        clamd.scanned.append(data)
        said = clamd.says or (b"stream: Eicar-Test-Signature FOUND" if EICAR in data else b"stream: OK")
        self.wfile.write(said + b"\0")

    def _line(self) -> bytes:
        said = b""
        while (letter := self.rfile.read(1)) not in (b"", b"\0"):
            said += letter
        return said


class _TcpServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class _SocketServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class Clamd:
    """The scanner at `url`, between `start` and `stop`; `scanned` holds what it was sent."""

    def __init__(self, port: int = 0, path: Path | None = None) -> None:
        self.scanned: list[bytes] = []
        self.most = 1_000_000
        self.says = b""
        """Answered to everything where it is not empty."""
        self._port = port
        self._path = path
        self._server: socketserver.BaseServer | None = None

    @property
    def url(self) -> str:
        """As CLAMD_URL names it."""
        return f"unix://{self._path}" if self._path else f"tcp://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen."""
        server: socketserver.BaseServer
        if self._path:
            server = _SocketServer(str(self._path), _Session)
        else:
            server = _TcpServer(("127.0.0.1", self._port), _Session)
            self._port = server.server_address[1]
        server.clamd = self  # type: ignore[attr-defined]
        self._server = server
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Be away; `start` comes back at the same address."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
