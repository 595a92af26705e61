"""Who asks: a browser by its cookie, a program by its token, and a wrong token is not nobody."""

import pytest
from starlette.datastructures import Headers

from auth.accounts import close_account
from auth.backend import BadToken, clear_cookie, cookie_name, identify, set_cookie
from auth.sessions import end_other_sessions, start_session
from auth.tokens import create_token, revoke_token
from forum.database import Database
from tests.auth.conftest import MakeAccount


async def test_a_session_and_a_token_say_who(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    async with database.write() as connection:
        cookie = await start_session(connection, account.id, "")
        secret, token = await create_token(connection, account.id, "script")
    async with database.read() as connection:
        browser = await identify(connection, Headers({"cookie": f"confer={cookie}"}), "confer")
        program = await identify(connection, Headers({"authorization": f"Bearer {secret}"}), "confer")
    assert browser is not None
    assert program is not None
    assert (browser.kind, browser.account_id, browser.token_id) == ("session", account.id, None)
    assert browser.session_id is not None
    assert (program.kind, program.account_id, program.token_id) == ("token", account.id, token.id)
    assert program.session_id is None
    assert browser.account == program.account == account


async def test_without_credentials_it_is_nobody(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    async with database.write() as connection:
        cookie = await start_session(connection, account.id, "")
        secret, _ = await create_token(connection, account.id, "script")
        for headers in (
            {},
            {"cookie": "confer="},
            {"cookie": "confer=wrong"},
            {"cookie": f"confer={'x' * 5_000}"},
            {"cookie": f"confer={cookie}; confer=planted"},
            {"cookie": f"__Host-confer={cookie}"},
            {"cookie": f"confer={secret}"},
            {"authorization": "Basic YW5uOnBhc3N3b3Jk"},
        ):
            assert await identify(connection, Headers(headers), "confer") is None
        basic = Headers({"authorization": "Basic YW5uOnBhc3N3b3Jk", "cookie": f"confer={cookie}"})
        assert await identify(connection, basic, "confer") is not None


async def test_a_bad_token_is_not_nobody_and_never_falls_back(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    async with database.write() as connection:
        cookie = await start_session(connection, account.id, "")
        secret, token = await create_token(connection, account.id, "script")
        await revoke_token(connection, account.id, token.id)
        for value in (
            f"Bearer {secret}",
            "Bearer wrong",
            "Bearer",
            "bearer  ",
            f"Bearer {cookie}",
            "Bearer " + "x" * 9_000,
        ):
            with pytest.raises(BadToken, match=r"\.$"):
                await identify(connection, Headers({"authorization": value, "cookie": f"confer={cookie}"}), "confer")
        twice = Headers(raw=[(b"authorization", b"Bearer a"), (b"authorization", b"Bearer b")])
        with pytest.raises(BadToken):
            await identify(connection, twice, "confer")


async def test_ended_and_closed_is_nobody(make_account: MakeAccount, database: Database) -> None:
    ann, bob = await make_account(), await make_account("bob@example.org", "Bob")
    async with database.write() as connection:
        ended, closed = [await start_session(connection, account.id, "") for account in (ann, bob)]
        secret, _ = await create_token(connection, bob.id, "script")
        await end_other_sessions(connection, ann.id, None)
        await close_account(connection, bob.id, keep_name=False)
        for cookie in (ended, closed):
            assert await identify(connection, Headers({"cookie": f"confer={cookie}"}), "confer") is None
        with pytest.raises(BadToken):
            await identify(connection, Headers({"authorization": f"Bearer {secret}"}), "confer")


def test_cookies_follow_the_address() -> None:
    assert cookie_name("https://confer.example.org") == "__Host-confer"
    assert set_cookie("http://127.0.0.1:8000", "abc")[1].startswith("confer=abc; Max-Age=2592000;")
    assert clear_cookie("https://confer.example.org")[1].startswith("__Host-confer=; Max-Age=0;")
