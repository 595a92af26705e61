"""Play the script: every act by the command that people use, in the order of time, then put back to when it was.

No mail goes out: none of these people has a mailbox.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from importlib.resources import files

from pydantic import SecretStr

from auth.accounts import find_account_by_email, has_claimed_account, update_profile
from forum.accounts.commands import create_verified_account
from forum.accounts.inputs import NewAccount
from forum.acts.posts import remove_post
from forum.database import Database
from forum.documents.commands import add_version, share_document
from forum.documents.folder_commands import make_folder
from forum.documents.inputs import NewDocument, NewFolder
from forum.errors import Conflict
from forum.filing.brought import BroughtFile, Room
from forum.knowledge.commands import change_card, make_card
from forum.knowledge.inputs import CardChange, NewCard, NewUse
from forum.knowledge.use_commands import say_use
from forum.membership import Step, begin, lock_current
from forum.networks.commands import create_network
from forum.networks.inputs import NewNetwork
from forum.seeds import backdating_commands as backdating
from forum.seeds.papers import Library, Paper, read_library
from forum.seeds.people import ADMINISTRATOR, PEOPLE
from forum.seeds.script import Act, Place, Post, Practice, Talk, moment_of, read_place
from forum.state import State
from forum.threads.commands import edit_post, post_reply, start_thread
from forum.threads.queries import get_thread
from forum.threads.reading_commands import mark_all_read
from forum.threads.thread_commands import set_lock, set_pin
from forum.threads.writing import Written, lay_out
from forum.viewer import Viewer, viewer_of_account
from ground.columns import now
from realtime.transaction import Transaction

NETWORKS = ("diabetes-board", "falls", "warm-homes", "analysts", "hospices")
FILLED = "There are people here already, and the demonstration goes only into an empty site. Choose another DATA_DIR."

_Deed = Callable[[Transaction], Awaitable[None]]


@dataclass(slots=True)
class Planted:
    """How much was made."""

    people: int
    networks: int
    threads: int
    posts: int
    documents: int


@dataclass(slots=True)
class _Stage:
    """What is known while the script is played; people by their keys."""

    state: State
    now: datetime
    account_ids: dict[str, str] = field(default_factory=dict)
    viewers: dict[str, Viewer] = field(default_factory=dict)
    deeds: list[tuple[datetime, int, _Deed]] = field(default_factory=list)
    """What happens when; the number keeps what happens at one moment in the script's order."""

    def at(self, at: str) -> datetime:
        return moment_of(at, self.now)

    def plan(self, at: str, deed: _Deed) -> None:
        self.deeds.append((self.at(at), len(self.deeds), deed))


class _Quiet(Transaction):
    """Leaves no tasks to the worker."""

    def enqueue(self, kind: str, reference: dict[str, str], *, after: datetime | None = None) -> None:
        """Nothing is sent."""


@asynccontextmanager
async def _quietly(database: Database) -> AsyncIterator[Transaction]:
    async with database.write() as connection:
        tx = _Quiet(connection)
        yield tx
        await tx.finish()


async def plant(state: State, password: SecretStr) -> Planted:
    """Fill an empty site with the demonstration; everybody in it has this one password. Raises Conflict."""
    places, libraries = read_places(), [read_library(name) for name in NETWORKS]
    # Once for all: a hash takes a tenth of a second on purpose.
    password_hash = await state.passwords.hash(password.get_secret_value())
    stage = _Stage(state, now())
    async with _quietly(state.database) as tx:
        if await has_claimed_account(tx.connection):
            raise Conflict(FILLED)
        await _make_people(stage, tx, password, password_hash)
    await _look(stage)
    async with _quietly(state.database) as tx:
        ids = [await _make_network(stage, tx, place) for place in places]
    await _look(stage)
    for place, network_id in zip(places, ids, strict=True):
        await _plan_network(stage, place, network_id)
    for place, network_id, library in zip(places, ids, libraries, strict=True):
        await _plan_library(stage, place, network_id, library)
    async with _quietly(state.database) as tx:
        for _, _, deed in sorted(stage.deeds, key=lambda planned: planned[:2]):
            await deed(tx)
    talks = [talk for place in places for talk in place.talks]
    papers = sum(len(library.papers) for library in libraries)
    return Planted(len(PEOPLE), len(places), len(talks), sum(len(talk.posts) for talk in talks), papers)


def read_places() -> list[Place]:
    """The networks of the script."""
    folder = files("forum.seeds") / "networks"
    return [read_place((folder / f"{name}.txt").read_text("utf-8")) for name in NETWORKS]


async def is_planted(state: State) -> bool:
    """Whether the demonstration is here."""
    async with state.database.read() as connection:
        return await find_account_by_email(connection, ADMINISTRATOR.email) is not None


async def _make_people(stage: _Stage, tx: Transaction, password: SecretStr, password_hash: str) -> None:
    for number, person in enumerate(PEOPLE):
        new = NewAccount(email=person.email, name=person.name, password=password)
        is_first = person is ADMINISTRATOR
        await create_verified_account(tx, new, password_hash, site_administrator=is_first, with_token=False)
        account = await find_account_by_email(tx.connection, person.email)
        if account is None:
            raise Conflict(FILLED)
        await update_profile(
            tx.connection,
            account.id,
            job_title=person.job_title,
            organisation=person.organisation,
            about=person.about,
        )
        await backdating.put_account(tx, account.id, stage.at(f"{61 + number % 7} 09:00"))
        stage.account_ids[person.key] = account.id


async def _look(stage: _Stage) -> None:
    """Everybody as they stand now."""
    for key, account_id in stage.account_ids.items():
        viewer = await viewer_of_account(stage.state.database, account_id)
        if viewer is not None:
            stage.viewers[key] = viewer


async def _make_network(stage: _Stage, tx: Transaction, place: Place) -> str:
    """The network with everybody who belongs to it or asks to."""
    founder = stage.viewers[place.people[0][0]]
    network_id = (await create_network(tx, founder, NewNetwork.model_validate(place.about), None, "anyone")).object_id
    begun = stage.at(f"{place.age} 08:30")
    await backdating.put_network(tx, network_id, begun)
    for number, (key, role) in enumerate(place.people):
        # The founder's began with the network.
        joined = await lock_current(tx, network_id, stage.account_ids[key])
        joined = joined or await begin(tx, network_id, stage.account_ids[key], Step("active", role, founder.id))
        if joined is not None:
            moment = min(begun + timedelta(hours=number), stage.now)
            await backdating.put_membership(tx, joined.id, moment, active=True)
    for ask in place.asks:
        asked = await begin(tx, network_id, stage.account_ids[ask.by], Step("requested", words=ask.words))
        if asked is not None:
            await backdating.put_membership(tx, asked.id, stage.at(ask.at), active=False)
    return network_id


# -- What is said ------------------------------------------------------------------------------


async def _plan_network(stage: _Stage, place: Place, network_id: str) -> None:
    threads: dict[str, list[str]] = {}
    for talk in place.talks:
        threads[talk.title] = await _plan_talk(stage, talk, network_id)
    for practice in place.practices:
        _plan_practice(stage, practice, network_id, threads)
    for read in place.read:
        stage.plan(read.at, partial(_read_everything, stage.viewers[read.by], network_id))


async def _plan_talk(stage: _Stage, talk: Talk, network_id: str) -> list[str]:
    ids: list[str] = []
    """Of the thread and then of its posts, as they are made."""
    for number, post in enumerate(talk.posts, 1):
        written = await _lay_out(stage, post.by, network_id, post.body)
        viewer, moment = stage.viewers[post.by], stage.at(post.at)
        if number == 1:
            stage.plan(post.at, partial(_start, viewer, network_id, talk.title, written, moment, ids))
        else:
            stage.plan(post.at, partial(_reply, viewer, post.answers, written, moment, ids))
        await _plan_changes(stage, post, number, network_id, ids)
    if talk.pinned:
        stage.plan(talk.pinned.at, partial(_pin, stage.viewers[talk.pinned.by], stage.at(talk.pinned.at), ids))
    if talk.locked:
        stage.plan(talk.locked.at, partial(_lock, stage.viewers[talk.locked.by], stage.at(talk.locked.at), ids))
    return ids


def _plan_practice(stage: _Stage, practice: Practice, network_id: str, threads: Mapping[str, list[str]]) -> None:
    made: list[str] = []
    """Its id, once it is made."""
    viewer, moment = stage.viewers[practice.made.by], stage.at(practice.made.at)
    stage.plan(practice.made.at, partial(_make_card, viewer, network_id, practice, moment, threads[practice.of], made))
    if practice.edit:
        at, result = practice.edit
        stage.plan(at, partial(_change_card, viewer, result, stage.at(at), made))
    for use in practice.uses:
        stage.plan(use.at, partial(_use_card, stage.viewers[use.by], use.words, stage.at(use.at), made))


async def _plan_changes(stage: _Stage, post: Post, number: int, network_id: str, ids: list[str]) -> None:
    if post.edit:
        written = await _lay_out(stage, post.by, network_id, post.edit.words)
        viewer, moment = stage.viewers[post.by], stage.at(post.edit.at)
        stage.plan(post.edit.at, partial(_edit, viewer, number, written, moment, ids))
    if post.removal:
        viewer, moment = stage.viewers[post.removal.by], stage.at(post.removal.at)
        stage.plan(post.removal.at, partial(_remove, viewer, number, post.removal, moment, ids))


async def _lay_out(stage: _Stage, by: str, network_id: str, body: str) -> Written:
    return await lay_out(stage.state.database, stage.viewers[by], network_id, body)


async def _start(
    viewer: Viewer, network_id: str, title: str, written: Written, moment: datetime, ids: list[str], tx: Transaction
) -> None:
    posted = await start_thread(tx, viewer, network_id, title, written)
    ids += [posted.object_id, await backdating.put_thread(tx, posted.object_id, viewer.id, moment)]


async def _reply(
    viewer: Viewer, answers: int, written: Written, moment: datetime, ids: list[str], tx: Transaction
) -> None:
    thread = await get_thread(tx.connection, viewer, ids[0])
    posted = await post_reply(tx, viewer, thread, written, ids[answers] if answers else None)
    await backdating.put_reply(tx, posted.object_id, ids[0], viewer.id, moment)
    ids.append(posted.object_id)


async def _edit(
    viewer: Viewer, number: int, written: Written, moment: datetime, ids: list[str], tx: Transaction
) -> None:
    await edit_post(tx, viewer, ids[number], written)
    await backdating.put_edit(tx, ids[number], moment)


async def _remove(viewer: Viewer, number: int, removal: Act, moment: datetime, ids: list[str], tx: Transaction) -> None:
    await remove_post(tx, viewer, ids[number], removal.words)
    await backdating.put_removal(tx, ids[number], moment)


async def _pin(viewer: Viewer, moment: datetime, ids: list[str], tx: Transaction) -> None:
    await set_pin(tx, viewer, ids[0], True)
    await backdating.put_pin(tx, ids[0], moment)


async def _lock(viewer: Viewer, moment: datetime, ids: list[str], tx: Transaction) -> None:
    await set_lock(tx, viewer, ids[0], True)
    await backdating.put_lock(tx, ids[0], moment)


async def _make_card(
    viewer: Viewer,
    network_id: str,
    practice: Practice,
    moment: datetime,
    ids: list[str],
    made: list[str],
    tx: Transaction,
) -> None:
    source = {"source_kind": "post" if practice.number else "thread", "source_id": ids[practice.number]}
    new = NewCard.model_validate({**practice.words, **source, "title": practice.title})
    made.append((await make_card(tx, viewer, network_id, new, None)).object_id)
    review_on = now().date() + timedelta(days=practice.review)
    await backdating.put_card(tx, made[0], moment, review_on)


async def _change_card(viewer: Viewer, result: str, moment: datetime, made: list[str], tx: Transaction) -> None:
    await change_card(tx, viewer, made[0], CardChange(result=result))
    await backdating.put_card_change(tx, made[0], moment)


async def _use_card(viewer: Viewer, words: str, moment: datetime, made: list[str], tx: Transaction) -> None:
    said = await say_use(tx, viewer, made[0], NewUse(words=words), None)
    await backdating.put_use(tx, said.object_id, moment)


async def _read_everything(viewer: Viewer, network_id: str, tx: Transaction) -> None:
    # The command goes no further than there are posts.
    await mark_all_read(tx, viewer, network_id, 1_000_000)


# -- What is shared ----------------------------------------------------------------------------


async def _plan_library(stage: _Stage, place: Place, network_id: str, library: Library) -> None:
    folder_ids: dict[str, str] = {}
    for name, is_narrowed in library.folders.items():
        new, at = NewFolder(name=name, narrowed=is_narrowed), f"{place.age - 1} 10:00"
        founder, moment = stage.viewers[place.people[0][0]], stage.at(at)
        stage.plan(at, partial(_make_folder, founder, network_id, new, moment, folder_ids))
    for paper in library.papers:
        made: list[str] = []
        """Its id, once it is shared."""
        for number, (act, text) in enumerate(paper.versions, 1):
            file = await _file_of(stage.state, paper.name, text)
            viewer, moment = stage.viewers[act.by], stage.at(act.at)
            if number == 1:
                stage.plan(act.at, partial(_share, viewer, network_id, paper, file, moment, folder_ids, made))
            else:
                stage.plan(act.at, partial(_share_version, viewer, number, act.words, file, moment, made))


async def _file_of(state: State, name: str, text: str) -> BroughtFile:
    async with await state.files.begin() as incoming:
        await incoming.write(text.encode())
        return BroughtFile(await incoming.finish(), name, Room(state.files, state.settings))


async def _make_folder(
    viewer: Viewer, network_id: str, new: NewFolder, moment: datetime, ids: dict[str, str], tx: Transaction
) -> None:
    ids[new.name] = (await make_folder(tx, viewer, network_id, new)).object_id
    await backdating.put_folder(tx, ids[new.name], moment)


async def _share(
    viewer: Viewer,
    network_id: str,
    paper: Paper,
    file: BroughtFile,
    moment: datetime,
    folder_ids: dict[str, str],
    made: list[str],
    tx: Transaction,
) -> None:
    folder = folder_ids[paper.folder] if paper.folder else None
    new = NewDocument(title=paper.title, description=paper.about, folder=folder, tags=paper.tags)
    made.append((await share_document(tx, viewer, network_id, new, file, None)).object_id)
    await backdating.put_version(tx, made[0], 1, moment)


async def _share_version(
    viewer: Viewer, number: int, said: str, file: BroughtFile, moment: datetime, made: list[str], tx: Transaction
) -> None:
    await add_version(tx, viewer, made[0], file, said, number - 1)
    await backdating.put_version(tx, made[0], number, moment)
