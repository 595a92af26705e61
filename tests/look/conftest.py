"""The style guide served by itself: the real templates, styles and scripts, and nothing behind them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from time import sleep

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from forum.assets import Assets
from forum.envelope import Envelope
from forum.rendering import Shell, ShellNetwork, ShellViewer, make_templates
from forum.settings import Settings
from forum.site.pages import StyleguidePage
from tests.servers.processes import free_port

ROOT = Path(__file__).parents[2]


def shell(notice: str | None = None) -> Shell:
    """The frame of somebody with two networks, one of them in view."""
    networks = (
        ShellNetwork("diabetes", "Diabetes Board", "plum", 5, 2, True, "network:1"),
        ShellNetwork("falls", "Falls prevention", "moss", 0, 0, False, "network:2"),
    )
    viewer = ShellViewer("1", "Amara Okafor", "AO", 3, False)
    return Shell("Confer", "Parts", viewer, networks, "/", json.dumps({}), "e1", notice, "", 3, 1, 0, True, "", False)


def application() -> Starlette:
    """`/` is the style guide; posts to `/styleguide` are taken and do nothing."""
    assets = Assets(ROOT / "static")
    templates = make_templates(ROOT / "templates", Settings(), assets.url)

    async def page(request: Request) -> Response:
        shown = shell(request.query_params.get("notice"))
        html = templates.get_template("styleguide.html").render(shell=shown, page=StyleguidePage(datetime.now(UTC)))
        return HTMLResponse(html)

    async def take(request: Request) -> Response:
        return Response(status_code=204)

    async def asset(request: Request) -> Response:
        return assets.respond(request)

    return Starlette(
        routes=[Route("/", page), Route("/styleguide", take, methods=["POST"]), Route("/static/{name}", asset)]
    )


@pytest.fixture(scope="module")
def guide() -> Iterator[str]:
    """The address of the style guide."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    server = uvicorn.Server(
        uvicorn.Config(Envelope(application(), address), port=port, log_level="error", lifespan="off")
    )
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        sleep(0.01)
    yield f"{address}/"
    server.should_exit = True
    thread.join()
