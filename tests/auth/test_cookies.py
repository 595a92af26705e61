"""Cookies: what is set, under which name, and which one is believed."""

from datetime import timedelta

import pytest
from starlette.datastructures import Headers

from auth.cookies import browser_cookie_name, clear_cookie, read_cookie, session_cookie_name, set_cookie


def test_https_cookies_can_only_be_set_by_this_host() -> None:
    name = session_cookie_name("https://confer.example.org")
    assert name == "__Host-confer"
    assert browser_cookie_name("HTTPS://confer.example.org") == "__Host-confer-browser"
    assert set_cookie(name, "abc", timedelta(days=30)) == (
        "set-cookie",
        "__Host-confer=abc; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax; Secure",
    )
    assert clear_cookie(name) == ("set-cookie", "__Host-confer=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure")


def test_plain_http_has_neither_prefix_nor_secure() -> None:
    name = session_cookie_name("http://127.0.0.1:8000")
    assert name == "confer"
    assert "Secure" not in set_cookie(name, "abc", timedelta(days=30))[1]
    assert "Secure" not in clear_cookie(name)[1]


@pytest.mark.parametrize(
    ("cookies", "value"),
    [
        (["confer=abc"], "abc"),
        (["a=1; confer=abc; b=2"], "abc"),
        (["a=1", "confer=abc"], "abc"),
        (['confer="abc"'], "abc"),
        (["confer=abc; confer=abc"], "abc"),
        (["confer=abc; confer=planted"], None),
        (["confer=abc", "confer=planted"], None),
        (["confer"], None),
        (["xconfer=abc; confer-browser=x"], None),
        (["CONFER=abc"], None),
        (["confer="], ""),
        ([";;;= ;"], None),
        ([], None),
    ],
)
def test_one_value_or_none(cookies: list[str], value: str | None) -> None:
    headers = Headers(raw=[(b"cookie", cookie.encode("latin-1")) for cookie in cookies])
    assert read_cookie(headers, "confer") == value
