"""What a page fetches of styles and scripts: one file of each, and in development each script for itself."""

import re
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from forum.assets import Assets
from tests.servers.confer import ConferServer
from tests.servers.shapes import SQLITE_MEMORY

STATIC = Path(__file__).parents[2] / "static"
IMPORTED = re.compile(r"""^import\s*(?:\{[^}]*\}\s*from\s*)?["']([^"']+)["']""", re.MULTILINE)


@pytest.mark.parametrize("server", [SQLITE_MEMORY], indirect=True)
async def test_a_page_fetches_one_script(server: ConferServer) -> None:
    async with httpx2.AsyncClient(base_url=server.url) as client:
        page = (await client.get("/")).text
        [address] = re.findall(r'<script [^>]*src="([^"]+)">', page)
        script = await client.get(address)
    assert "modulepreload" not in page
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "immutable" in script.headers["Cache-Control"]
    assert not re.search(r"^\s*(?:import|export)\b|^\s*//", script.text, re.MULTILINE)


def test_all_that_is_served_of_scripts_is_one_file() -> None:
    assert [path for path in Assets(STATIC).sizes() if path.endswith(".js")] == ["app.js"]


async def test_development_serves_each_script_for_itself() -> None:
    assets = Assets(STATIC, development=True)
    app = Starlette(routes=[Route("/static/{name}", assets.respond)])
    ahead, met = [assets.url("app.js")], set()
    async with httpx2.AsyncClient(base_url="http://test", transport=httpx2.ASGITransport(app)) as client:
        while ahead:
            address = ahead.pop()
            met.add(address)
            answer = await client.get(address)
            assert answer.status_code == 200
            ahead.extend({urljoin(address, name) for name in IMPORTED.findall(answer.text)} - met)
    assert len(met) == len(list(STATIC.rglob("*.js")))


def test_scripts_that_import_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "styles.txt").write_text("")
    (tmp_path / "app.js").write_text('import "./two.js";\n')
    (tmp_path / "two.js").write_text('import "./app.js";\n')
    with pytest.raises(ValueError, match="circle"):
        Assets(tmp_path)
