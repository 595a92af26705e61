"""The command line: what to run is said by options, how by the environment.

A wrong setting, or a server that can't start, is a sentence on stderr and code 2; a command that was
refused is a sentence and code 1. What one command alone needs is loaded for it alone: a server would hold
all of it, 1 MB, and have no use for it.
"""

import argparse
import asyncio
import getpass
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError

from auth.passwords import PasswordsBusy
from forum.accounts.commands import create_verified_account
from forum.accounts.inputs import NewAccount
from forum.app import make_state
from forum.database import DatabaseBusy
from forum.errors import BackupFailed, ForumError
from forum.forms import validate
from forum.logs import configure_logging
from forum.private_files import keep_private, make_folders
from forum.schema import CannotSearch, bring_up_to_date, is_current
from forum.serve import CannotStart, hold_data, serve
from forum.settings import Settings, SettingsError, read_settings
from forum.state import State
from realtime.event_log import renew_epoch

_T = TypeVar("_T")
_PIPE_BYTES = 64 * 1024


class CommandRefused(Exception):
    """The command can't do what was asked; the text says why."""


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; `words` are those of the command line by default. Returns the exit code."""
    options = make_parser().parse_args(words)
    signal.signal(signal.SIGTERM, _end)
    if getattr(options, "is_silent", False) and not sys.stderr.isatty():
        return _run_silently(options)
    return _run(options)


def _run(options: argparse.Namespace) -> int:
    try:
        settings = read_settings()
        keep_private(settings)
        return int(options.run(settings, options) or 0)
    except (SettingsError, CannotStart, CannotSearch, BackupFailed) as error:
        return _say(error, 2)
    except (CommandRefused, ForumError, PasswordsBusy) as error:
        return _say(error, 1)
    except (DBAPIError, DatabaseBusy, ConnectionError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        return _say(f"The database at DATABASE_URL can't be used ({type(cause).__name__}: {cause}).", 2)
    except OSError as error:
        return _say(f"{error.filename or 'A file'}: {error.strerror or error}.", 2)
    except KeyboardInterrupt:
        return 0


TRY_LATER = 75
"""What a mail server understands as "not now" (EX_TEMPFAIL): it keeps the mail and hands it over again."""


def _run_silently(options: argparse.Namespace) -> int:
    """Run a command whose output a mail server would send to whoever wrote the mail: nothing is ever said."""
    try:
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
            return TRY_LATER if _run(options) else 0
    except Exception:
        return TRY_LATER


def _say(error: object, code: int) -> int:
    print(error, file=sys.stderr)
    return code


def _end(_: int, __: FrameType | None) -> None:
    """Asked to end is no failure: the process ends with 0."""
    raise SystemExit(0)


def make_parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    parser = argparse.ArgumentParser(
        prog="python -m forum",
        description="Confer. What to run is said here; how it runs, the environment says.",
        epilog=_environment(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    serving = commands.add_parser("serve", help="answer requests")
    serving.add_argument("--with-worker", action="store_true", help="work the queue too, as on SQLite always")
    serving.add_argument("--only", choices=("web", "live"), help="all but the sockets, or the sockets alone")
    serving.set_defaults(run=_serve)
    commands.add_parser("work", help="work the queue: send mail, tidy up").set_defaults(run=_work)
    commands.add_parser("migrate", help="make or change the tables").set_defaults(run=_migrate)
    seeding = commands.add_parser("seed", help="fill an empty site with the demonstration")
    seeding.add_argument("--if-empty", action="store_true", help="where it is there already, leave it as it is")
    seeding.set_defaults(run=_seed)
    checking = commands.add_parser("check", help="verify what is stored")
    checking.add_argument("--contents", action="store_true", help="read every file too, which takes its time")
    checking.set_defaults(run=_check)
    commands.add_parser("reindex", help="make anew what is searched").set_defaults(run=_reindex)
    epoch = commands.add_parser("epoch", help="begin a new incarnation after restoring a backup")
    epoch.add_argument(
        "--renew", action="store_true", required=True, help="do it; every open page reads its place anew"
    )
    epoch.set_defaults(run=_renew_epoch)
    for word, help_text in (("backup", "write all that is stored into a file"), ("restore", "put a backup back")):
        commands.add_parser(word, help=help_text).add_argument("file", type=Path, metavar="FILE")
    commands.choices["backup"].set_defaults(run=_back_up)
    commands.choices["restore"].set_defaults(run=_restore)
    receiving = commands.add_parser("receive", help="take a mail that came back, from a mail server's pipe")
    receiving.set_defaults(run=_receive, is_silent=True)
    _add_account_commands(commands.add_parser("account", help="accounts").add_subparsers(required=True, metavar="act"))
    _add_imports(commands.add_parser("import", help="bring archives in").add_subparsers(required=True, metavar="kind"))
    return parser


def _environment() -> str:
    """Every setting, for the end of the help."""
    width = max(map(len, Settings.model_fields))
    settings = (f"  {name.upper():<{width}}  {field.description}" for name, field in Settings.model_fields.items())
    return "\n".join(["environment:", *settings])


def _add_account_commands(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    create = acts.add_parser("create", help="make a verified account")
    create.add_argument("email", metavar="EMAIL", help="the address that they sign in with")
    create.add_argument("--name", required=True, help="the name that others see")
    create.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    create.add_argument("--site-administrator", action="store_true", help="may look after the whole site")
    create.add_argument("--token", action="store_true", help="print an API token, alone on the last line")
    create.set_defaults(run=_create_account)


def _add_imports(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    mbox = kinds.add_parser("mbox", help="a mailing list's archive")
    mbox.add_argument("file", type=Path, metavar="FILE", help="the archive, not compressed")
    mbox.add_argument("--network", required=True, metavar="SLUG", help="the last part of the network's address")
    mbox.set_defaults(run=_import_mbox)


def _serve(settings: Settings, options: argparse.Namespace) -> None:
    serve(settings, with_worker=options.with_worker, only=options.only)


def _work(settings: Settings, _: argparse.Namespace) -> None:
    make_folders(settings)
    lock = None if settings.is_postgresql else hold_data(settings.data_dir)
    configure_logging()
    try:
        asyncio.run(_with_state(settings, import_module("forum.work").work_until_stopped))
    finally:
        if lock is not None:
            os.close(lock)


def _migrate(settings: Settings, _: argparse.Namespace) -> None:
    async def act(state: State) -> None:
        await bring_up_to_date(state.database)

    asyncio.run(_with_state(settings, act, migrated=False))
    print("The tables are up to date.")


def _check(settings: Settings, options: argparse.Namespace) -> int:
    async def act(state: State) -> list[str]:
        find = import_module("forum.checking").find_troubles
        troubles: list[str] = await find(state.database, state.files, with_contents=options.contents)
        if not troubles:
            await _keep_heads(state)
        return troubles

    troubles = asyncio.run(_with_state(settings, act, migrated=False))
    for trouble in troubles:
        print(trouble, file=sys.stderr)
    if not troubles:
        print("Everything that is stored holds together.")
    return 1 if troubles else 0


async def _keep_heads(state: State) -> None:
    async with state.transaction() as tx:
        await import_module("forum.audit_heads").keep_heads(tx)


def _reindex(settings: Settings, _: argparse.Namespace) -> None:
    progress = import_module("forum.imports.progress").Progress(sys.stderr)

    async def act(state: State) -> int:
        count: int = await import_module("forum.search.reindexing_commands").reindex(state, progress)
        return count

    print(f"{asyncio.run(_with_state(settings, act)):,} things can be found.")


def _renew_epoch(settings: Settings, _: argparse.Namespace) -> None:
    async def act(state: State) -> None:
        async with state.database.write() as connection:
            await renew_epoch(connection)

    asyncio.run(_with_state(settings, act))
    print("A new epoch has begun. Restart the servers: every open page then reads its place anew.")


def _back_up(settings: Settings, options: argparse.Namespace) -> None:
    asyncio.run(_with_state(settings, _keep_heads))
    manifest = asyncio.run(import_module("forum.backup").back_up(settings, options.file))
    print(f"{options.file} holds everything up to event {manifest.events}, {manifest.made_at}.")


def _restore(settings: Settings, options: argparse.Namespace) -> None:
    lock = None if settings.is_postgresql else hold_data(settings.data_dir)
    try:
        manifest = asyncio.run(import_module("forum.backup").restore(settings, options.file))
    finally:
        if lock is not None:
            os.close(lock)
    print(f"Restored as of {manifest.made_at}, with {manifest.events} events, as a new epoch. Start the servers now.")


def _create_account(settings: Settings, options: argparse.Namespace) -> None:
    password = sys.stdin.readline().rstrip("\r\n") if options.password_stdin else _ask_password()
    fields = {"email": options.email, "name": options.name, "password": password}
    new = validate(NewAccount, fields)

    async def act(state: State) -> str | None:
        password_hash = await state.passwords.hash(new.password.get_secret_value())
        async with state.transaction() as tx:
            return await create_verified_account(
                tx, new, password_hash, site_administrator=options.site_administrator, with_token=options.token
            )

    token = asyncio.run(_with_state(settings, act))
    print("The account is made.")
    if token is not None:
        print(token)


def _ask_password() -> str:
    if not sys.stdin.isatty():
        raise CommandRefused("Write --password-stdin to give the password on standard input.")
    return getpass.getpass("Password: ")


def _receive(settings: Settings, _: argparse.Namespace) -> None:
    reports = import_module("forum.inviting.delivery_reports")
    commands = import_module("forum.inviting.bounce_commands")
    data = sys.stdin.buffer.read(reports.MOST_BYTES)
    while sys.stdin.buffer.read(_PIPE_BYTES):  # the rest is taken and thrown away, so that the pipe does not break
        pass

    async def act(state: State) -> None:
        await commands.receive(state, data)

    asyncio.run(_with_state(settings, act))


async def _with_state(settings: Settings, act: Callable[[State], Awaitable[_T]], *, migrated: bool = True) -> _T:
    """Do it beside a server that may be running. Where the tables must be there, SQLite's are made on the way."""
    state = make_state(settings)
    try:
        if migrated and not settings.is_postgresql:
            await bring_up_to_date(state.database)
        elif migrated and not await is_current(state.database):
            raise CannotStart("The database is not up to date. Run: python -m forum migrate")
        await state.broker.start()
        return await act(state)
    finally:
        await state.broker.stop()
        await state.close()


def _seed(settings: Settings, options: argparse.Namespace) -> None:
    async def act(state: State) -> list[str]:
        lines: list[str] = await import_module("forum.seeds").seed(state, if_empty=options.if_empty)
        return lines

    for line in asyncio.run(_with_state(settings, act)):
        print(line)


def _import_mbox(settings: Settings, options: argparse.Namespace) -> None:
    commands, progress = import_module("forum.imports.commands"), import_module("forum.imports.progress")

    async def act(state: State) -> Any:
        return await commands.import_mbox(state, options.file, options.network, progress.Progress(sys.stderr))

    for line in asyncio.run(_with_state(settings, act)).lines():
        print(line)
