"""What a page names of its scripts before they run."""

import re
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest

from forum.assets import Assets
from tests.servers.confer import ConferServer
from tests.servers.shapes import SQLITE_MEMORY

IMPORTED = re.compile(r"""(?:from|import)\s*["']([^"']+)["']""")


@pytest.mark.parametrize("server", [SQLITE_MEMORY], indirect=True)
async def test_a_page_names_every_module_that_its_script_comes_to(server: ConferServer) -> None:
    async with httpx2.AsyncClient(base_url=server.url) as client:
        page = (await client.get("/")).text
        named = re.findall(r'<link rel="modulepreload" href="([^"]+)">', page)
        ahead = re.findall(r'<script type="module" src="([^"]+)">', page)
        needed: set[str] = set()
        while ahead:
            address = ahead.pop()
            answer = await client.get(address)
            assert answer.status_code == 200
            found = {urljoin(address, name) for name in IMPORTED.findall(answer.text)} - needed
            needed |= found
            ahead.extend(found)
    assert len(needed) > 20
    assert sorted(named) == sorted(needed)


def test_scripts_that_import_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "styles.txt").write_text("")
    (tmp_path / "one.js").write_text('import "./two.js";\n')
    (tmp_path / "two.js").write_text('import "./one.js";\n')
    with pytest.raises(ValueError, match="circle"):
        Assets(tmp_path)
