"""Limits on writing keep the words, and say how long to wait."""

from pathlib import Path

from tests.forum.threads.village import open_village
from tests.servers.confer import confer_in_shape
from tests.servers.shapes import SQLITE_MEMORY


async def test_too_many_posts_in_a_minute_keep_the_words(tmp_path: Path) -> None:
    with confer_in_shape(SQLITE_MEMORY, tmp_path / "confer", None, RATE_LIMITS="on") as server:
        village = open_village(server)
        ada = await village.person("Ada")
        place = await village.network(ada)
        thread_id = await village.thread(ada, place)
        browser, path = village.browser(ada), f"/threads/{thread_id}/posts"
        answers = [await browser.post(path, data={"body": f"Post {n}.", "key": f"k{n}"}) for n in range(31)]
        assert [answer.status_code for answer in answers] == [303] * 30 + [429]
        assert "Post 30." in answers[-1].text
        assert 0 < int(answers[-1].headers["retry-after"]) <= 60
        scripted = await browser.post(path, data={"body": "Post 31.", "key": "k31"}, headers={"X-Fragment": "1"})
        assert (scripted.status_code, "<html" in scripted.text) == (429, False)
        await village.close()
