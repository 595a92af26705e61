"""The data that is measured on is such as Confer itself would have made."""

from sqlalchemy import func, select

from forum.checking import find_troubles
from forum.database import open_database
from forum.migrate import migrate
from forum.tables import memberships, networks, posts, threads
from tests.bench.client import Client
from tests.bench.data import FEW, Plan, fill
from tests.servers.confer import ConferServer

SMALL = Plan(
    people=12,
    writers=2,
    networks=7,
    long_thread=130,
    short_threads=3,
    many_threads=45,
    few_threads=10,
    many_documents=25,
    few_documents=4,
    with_words=6,
)


async def test_counters_hold(database_url: str) -> None:
    database = open_database(database_url)
    await migrate(database)
    await fill(database_url, SMALL)
    assert await find_troubles(database) == []
    counted = select(threads.c.network_id, func.count().label("threads"), func.sum(threads.c.post_count).label("posts"))
    by_network = counted.group_by(threads.c.network_id).subquery()
    written = (
        select(posts.c.thread_id, func.count().label("n"), func.min(posts.c.position).label("first"))
        .add_columns(func.max(posts.c.position).label("last"), func.max(posts.c.number).label("newest"))
        .group_by(posts.c.thread_id)
        .subquery()
    )
    members = select(func.count()).where(memberships.c.network_id == networks.c.id).scalar_subquery()
    async with database.read() as connection:
        joined = networks.join(by_network, by_network.c.network_id == networks.c.id)
        columns = (networks.c.thread_count, by_network.c.threads, networks.c.post_count, by_network.c.posts)
        rows = (await connection.execute(select(*columns, networks.c.member_count, members).select_from(joined))).all()
        of_threads = select(threads, written).join(written, written.c.thread_id == threads.c.id)
        made = (await connection.execute(of_threads)).all()
    await database.dispose()
    assert len(rows) == SMALL.networks
    assert all(row[0] == row[1] and row[2] == row[3] and row[4] == row[5] for row in rows)
    assert len(made) == sum(row[0] for row in rows)
    assert all(
        row.post_count == row.n == row.newest and row.first_position == row.first and row.last_position == row.last
        for row in made
    )


async def test_pages_and_socket_positions(own_server: ConferServer) -> None:
    """Everybody whom we know can do what the bench will have them do."""
    own_server.kill()
    filled = await fill(_address(own_server), SMALL)
    own_server.start()
    with Client(own_server.port) as client:
        page = client.expect(200, f"/threads/{filled.page_thread}", filled.member.cookie)
        assert b'id="post-20"' in page.body
        assert client.get(f"/threads/{filled.page_thread}").status == 200
        assert client.get(f"/threads/{filled.long_thread}").status == 404
        client.expect(200, f"/threads/{filled.long_thread}?at=121", filled.member.cookie)
        me = client.expect(200, "/api/v1/me", filled.member.bearer).json()
        everywhere = client.expect(200, "/api/v1/me", filled.eager.bearer).json()
        assert (len(me["memberships"]), len(everywhere["memberships"])) == (FEW, SMALL.networks)
        made = client.post(f"/api/v1/threads/{filled.busy_thread}/posts", {"body": "Yes."}, filled.writers[0].bearer)
        assert (made.status, made.json()["number"]) == (201, 21)


def _address(server: ConferServer) -> str:
    return server.environment["DATABASE_URL"] or f"sqlite+aiosqlite:///{server.data_dir / 'confer.sqlite3'}"
