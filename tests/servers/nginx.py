"""A private nginx that runs the configuration of `docs/nginx.conf`, on other ports and in a folder of its own."""

import re
import shutil
import tempfile
import time
from pathlib import Path

from tests.servers.processes import Child, accepts, ordinary_user

CONFIGURATION = Path(__file__).parents[2] / "docs/nginx.conf"
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class NginxServer:
    """A proxy on the loopback address in front of a process with pages and one with sockets."""

    def __init__(self, port: int, *, web_port: int, live_port: int) -> None:
        """Start it on this port, as an ordinary user."""
        self._folder = Path(tempfile.mkdtemp(prefix="confer-nginx-"))
        self._user = ordinary_user()
        self.port = port
        try:
            self._start(web_port, live_port)
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def _start(self, web_port: int, live_port: int) -> None:
        configuration = self._folder / "nginx.conf"
        configuration.write_text(self._moved(CONFIGURATION.read_text(), web_port, live_port))
        if self._user is not None:
            shutil.chown(self._folder, self._user)
        command = [program(), "-p", str(self._folder), "-c", str(configuration), "-e", "stderr", "-g", "daemon off;"]
        self._child = Child(command, self._folder / "log.txt", directory=self._folder, user=self._user)
        deadline = time.monotonic() + 10
        while not accepts(self.port):
            if not self._child.running or time.monotonic() > deadline:
                self._child.kill()
                raise RuntimeError(f"nginx does not start:\n{self._child.said()}")
            time.sleep(0.01)

    def _moved(self, text: str, web_port: int, live_port: int) -> str:
        """The configuration with our ports, and with what it writes in our folder; nothing else is changed."""
        here = "".join(f"\n    {name}_temp_path {self._folder}/{name};" for name in _TEMPORARY)
        for found, put in (
            (r"listen 80;", f"listen 127.0.0.1:{self.port};"),
            (r"server 127\.0\.0\.1:8000 ", f"server 127.0.0.1:{web_port} "),
            (r"server 127\.0\.0\.1:8100 ", f"server 127.0.0.1:{live_port} "),
            (r"pid /run/nginx\.pid;", f"pid {self._folder}/nginx.pid;"),
            (r"error_log /var/log/nginx/confer\.log", f"error_log {self._folder}/error.log"),
            (r"worker_processes auto;", "worker_processes 1;"),
            (r"worker_rlimit_nofile 65536;", "# worker_rlimit_nofile: "),  # only root may raise it
            (r"worker_connections 20000;", "worker_connections 200;"),
            (r"http \{", f"http {{{here}"),
        ):
            text, count = re.subn(rf"^( *){found}", lambda match, put=put: match[1] + put, text, flags=re.MULTILINE)  # type: ignore[misc]
            if count != 1:
                raise RuntimeError(f"docs/nginx.conf has {count} lines with {found}")
        return text

    def said(self) -> str:
        """All that it wrote: its own output and its log of errors."""
        log = self._folder / "error.log"
        return self._child.said() + (log.read_text("utf-8", errors="replace") if log.exists() else "")

    def stop(self) -> None:
        """End it and remove its folder."""
        self._child.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


def program() -> str:
    """The path of nginx; systems keep it out of the PATH of ordinary people."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/sbin")
    if not found:
        raise RuntimeError("nginx is missing: `make test` installs it, or says how to")
    return found
