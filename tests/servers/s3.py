"""A private object storage that speaks S3 and keeps everything in memory: moto's server, on the loopback address."""

import http.client
import os
import shutil
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from tests.servers.processes import Child, accepts, free_port

KEY, SECRET = "confer-tests", "no secret at all"


class S3Server:
    """One server, empty at first; `new_bucket` gives each test a place of its own."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="confer-s3-"))
        self.port = free_port()
        self._count = 0
        command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        environment = {"PATH": os.environ["PATH"], "MOTO_S3_DEFAULT_MAX_KEYS": "7"}
        self._child = Child(command, self._folder / "log.txt", environment=environment, directory=self._folder)
        deadline = time.monotonic() + 30
        while not accepts(self.port):
            if not self._child.running or time.monotonic() > deadline:
                self._child.kill()
                raise RuntimeError(f"moto does not start:\n{self._child.said()}")
            time.sleep(0.05)

    def new_bucket(self) -> str:
        """The address of an empty folder in a new bucket, as FILES_URL takes it."""
        self._count += 1
        name = f"confer-{self._count}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("PUT", f"/{name}", headers={"Authorization": f"AWS {KEY}:x"})
        with closing(connection), connection.getresponse() as answer:
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"moto makes no bucket: {answer.status}")
        secret = SECRET.replace(" ", "%20")
        return f"s3://{KEY}:{secret}@{name}/files?endpoint=http://127.0.0.1:{self.port}&region=eu-west-2"

    def stop(self) -> None:
        """End it, with all that it has."""
        self._child.kill()
        shutil.rmtree(self._folder, ignore_errors=True)
