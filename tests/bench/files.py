"""Files beside what the machine itself does with the same bytes, and documents: the library, and a long one found."""

import base64
import os
import random
import secrets
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.bench import figures
from tests.bench.client import Answer, Client, WrongAnswer
from tests.bench.data import Known
from tests.bench.figures import Figure, target_of
from tests.bench.latencies import compare
from tests.bench.machine import memory_of
from tests.bench.sites import Site
from tests.bench.words import invented, write
from tests.previews.making import write_pdf
from tests.servers.nginx import program
from tests.servers.processes import Child, accepts, free_port

SIZE = 100_000_000
EACH_OF_EIGHT = 40_000_000
PDF_PAGES = 300
LINE = 90
"""Characters of a line of the PDF."""
PATIENCE_SECONDS = 60.0
_TUS = {"Tus-Resumable": "1.0.0"}


def measure_files(site: Site, rounds: int, repeats: int) -> Iterator[Figure]:
    """Every figure about files and documents."""
    with tempfile.TemporaryDirectory(prefix="files-", dir=site.folder) as name:
        content = random.Random(1).randbytes(SIZE)
        source = Path(name) / "source"
        source.write_bytes(content)
        yield from _transfers(site, Path(name), content, rounds)
    yield _eight_uploads(site)
    yield _long_pdf(site)
    yield _library(site, repeats)


def _transfers(site: Site, folder: Path, content: bytes, rounds: int) -> Iterator[Figure]:
    known = site.filled.writers[0]
    copied, sent, fetched, served = list[float](), list[float](), list[float](), list[float]()
    for _ in range(rounds):
        copied.append(_copy(folder / "source", folder / "copy"))
        sent.append(_timed(lambda: upload(site, known, content)))
    path = _share(site, known, upload(site, known, content), "Large")
    with _nginx(folder / "source") as port:
        for _ in range(rounds):
            fetched.append(_download(site.server.port, f"{path}/versions/1/content", known.bearer))
            served.append(_download(port, "/source", {}))
    for figure, times, beside, other in (
        (figures.UPLOAD, sent, copied, "cp with fsync"),
        (figures.DOWNLOAD, fetched, served, "nginx"),
    ):
        own, plain = statistics.median(times), statistics.median(beside)
        measured = f"{plain / own:.2f}  {SIZE / own / 1e6:,.0f} MB/s"
        yield Figure(figure, target_of(figure, site.shape), plain / own, measured, f"{other} {SIZE / plain / 1e6:,.0f}")


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _copy(source: Path, target: Path) -> float:
    began = time.perf_counter()
    shutil.copyfile(source, target)
    file = os.open(target, os.O_RDONLY)
    os.fsync(file)
    os.close(file)
    taken = time.perf_counter() - began
    target.unlink()
    return taken


def upload(site: Site, known: Known, content: bytes) -> str:
    """Send bytes by tus in one part; the id of the upload, which is whole then."""
    with Client(site.server.port, known.bearer) as client:
        name = base64.b64encode(f"{secrets.token_hex(4)}.bin".encode()).decode()
        begun = client.ask(
            _request(client, "POST", "/api/v1/uploads", len(content), {"Upload-Metadata": f"filename {name}"})
        )
        _check(begun, 201)
        found: str = begun.json()["id"]
        part = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        part["Content-Length"] = str(len(content))
        head = client.written("PATCH", f"/api/v1/uploads/{found}", {**_TUS, **part})
        _check(client.ask(head + content), 204)
        return found


def _request(client: Client, method: str, path: str, length: int, more: dict[str, str]) -> bytes:
    return client.written(method, path, {**_TUS, "Upload-Length": str(length), "Content-Length": "0", **more})


def _check(answer: Answer, status: int) -> None:
    if answer.status != status:
        raise WrongAnswer(f"answered {answer.status} instead of {status}: {answer.body[:200]!r}")


def _share(site: Site, known: Known, upload_id: str, title: str) -> str:
    """Share what was sent as a document; where the API has it."""
    path = f"/api/v1/networks/{site.filled.few_network}/documents"
    with Client(site.server.port, known.bearer) as client:
        answer = client.post(path, {"title": title, "upload": upload_id}, {"Idempotency-Key": secrets.token_hex(8)})
    _check(answer, 201)
    return f"/api/v1/documents/{answer.json()['id']}"


def _download(port: int, path: str, headers: dict[str, str]) -> float:
    with Client(port, headers) as client:
        answer = client.expect(200, path)
    if len(answer.body) != SIZE:
        raise WrongAnswer(f"GET {path} sent {len(answer.body)} bytes")
    return answer.seconds


@contextmanager
def _nginx(source: Path) -> Iterator[int]:
    """The port of an nginx that serves this file's folder and does nothing else."""
    folder, port = source.parent, free_port()
    paths = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"worker_processes 1; pid {folder}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; sendfile on; {paths}\n server {{ listen 127.0.0.1:{port}; root {folder}; }} }}\n"
    )
    command = [
        program(),
        "-p",
        str(folder),
        "-c",
        str(configuration),
        "-g",
        f"daemon off;{'' if os.getuid() else ' user root;'}",
    ]
    child = Child(command, folder / "nginx.txt", directory=folder)
    try:
        for _ in range(500):
            if accepts(port):
                break
            time.sleep(0.01)
        yield port
    finally:
        child.kill()


def _eight_uploads(site: Site) -> Figure:
    """By how much the server grows at most while eight people send large files at once."""
    contents = [random.Random(number).randbytes(EACH_OF_EIGHT) for number in range(8)]
    before = memory_of(site.server.pid).resident
    senders = [
        threading.Thread(target=upload, args=(site, known, content), daemon=True)
        for known, content in zip(site.filled.writers, contents, strict=False)
    ]
    for sender in senders:
        sender.start()
    most = before
    while any(sender.is_alive() for sender in senders):
        most = max(most, memory_of(site.server.pid).resident)
        time.sleep(0.02)
    name, grown = figures.UPLOADS_MEMORY, most - before
    measured = f"{grown:.0f} MB (from {before:.0f})"
    return Figure(name, target_of(name, site.shape), grown, measured, f"8 files of {EACH_OF_EIGHT // 1_000_000} MB")


def _long_pdf(site: Site) -> Figure:
    """How long after its document was shared a word on one of the last pages of a long PDF is found."""
    known, mark = site.filled.writers[0], f"{invented(4_999)}{secrets.choice('bdgkmt')}ox"
    said = " ".join(write(3, 2_000).body.replace("(", "").replace(")", "").split())
    pages = [f"{said[:LINE]} {number} {said[LINE : 20 * LINE]}" for number in range(PDF_PAGES)]
    pages[-20] += f" {mark}"
    upload_id = upload(site, known, write_pdf(pages))
    began = time.perf_counter()
    _share(site, known, upload_id, "Long")
    name, taken = figures.PDF_FOUND, PATIENCE_SECONDS
    with Client(site.server.port, known.bearer) as client:
        while (taken := time.perf_counter() - began) < PATIENCE_SECONDS:
            if client.expect(200, f"/api/v1/search?q={quote(mark)}").json()["items"]:
                break
            time.sleep(0.1)
    return Figure(name, target_of(name, site.shape), taken, f"{taken:.1f} s", f"{PDF_PAGES} pages")


def _library(site: Site, repeats: int) -> Figure:
    large, small = (f"/networks/{slug}/documents" for slug in (site.filled.many_network, site.filled.few_network))
    places = {f"by {order}": [(f"{large}?order={order}", f"{small}?order={order}")] for order in ("newest", "name")}
    ratio = compare(site, places, repeats)
    name = figures.LIBRARY
    beside = f"worst: {ratio.place}, {ratio.large_ms:.2f} ms against {ratio.small_ms:.2f} ms"
    return Figure(name, target_of(name, site.shape), ratio.worst, f"{ratio.worst:.2f}", beside)
