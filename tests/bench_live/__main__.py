"""`python -m tests.bench_live`: measure, print, and end with the two ratios. Loads this machine only."""

import json
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.bench.machine import choose_cores, processor
from tests.bench_live import peers
from tests.bench_live.measuring import Fanned, fan_out
from tests.bench_live.peers import Site
from tests.bench_live.programs import Load, build


def main() -> None:
    cores = choose_cores()
    os.sched_setaffinity(0, {cores.load})
    print(f"{processor()}; the server on core {cores.server}, load and databases on core {cores.load}", flush=True)
    readers, rounds, posts = int(os.environ.get("READERS", "1000")), 24, 10
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="confer-live-")))
        program = build("load", folder)
        site = stack.enter_context(peers.confer(cores, readers))
        frame = sample(site)
        print(f"frame of {len(frame)} bytes")
        found = [
            stack.enter_context(peers.limit(cores, build("limit", folder), frame)),
            site.peer,
            stack.enter_context(peers.nchan(cores, frame)),
        ]
        loads = {
            each.name: Load(program, cores.load, each.port, each.dialect, each.upgrades, each.publish) for each in found
        }
        for each in found:
            stack.callback(loads[each.name].end)
            print(each.name, "opened", readers / loads[each.name].open(readers))
        fanned = {each.name: Fanned(readers) for each in found}
        for each in found:
            fan_out(each, loads[each.name], Fanned(readers), 5)
        for _ in range(rounds):
            for each in found:
                fan_out(each, loads[each.name], fanned[each.name], posts)
        for name, what in fanned.items():
            print(
                f"{name:15} {what.rate:10,.0f}/s whole {what.whole_rate:10,.0f}/s "
                f"cpu {what.microseconds:.2f} ceiling {what.ceiling:,.0f} "
            )
        mine, least, theirs = (fanned[each.name] for each in (found[1], found[0], found[2]))
        print("ratio_to_limit", mine.rate / least.rate)
        print("ratio_to_nchan", mine.rate / theirs.rate)


def sample(site: Site) -> str:
    """The very frame that the readers of a post get."""
    secret = site.crowd.secrets[0]
    with connect(
        f"ws://127.0.0.1:{site.peer.port}/live",
        additional_headers={"Cookie": f"confer={secret}"},
        origin=site.server.url,  # type: ignore[arg-type]
        subprotocols=[Subprotocol("confer.v1")],
        compression=None,
        proxy=None,
    ) as socket:
        socket.send(json.dumps({"type": "hello", "v": 1, "client": "bench", "resume": {}}))
        socket.recv(timeout=5)
        import socket as plain

        with plain.create_connection(("127.0.0.1", site.peer.port)) as writer:
            writer.sendall(site.peer.publish)
            answer = writer.recv(65536)
            if not answer.startswith(b"HTTP/1.1 201"):
                raise RuntimeError(answer.decode())
        while True:
            text = str(socket.recv(timeout=5))
            if json.loads(text)["type"] == "event":
                return text


if __name__ == "__main__":
    main()
