"""Our cookies: their names, the headers that set and clear them, and reading one without being fooled.

With https their names begin with `__Host-`, which browsers accept only from this very host, with Secure and for
the whole site: a sibling host can't plant one. Plain http (a trial on one's own machine) can have neither.
"""

from datetime import timedelta
from typing import Literal

from starlette.datastructures import Headers

SameSite = Literal["Lax", "Strict"]


def is_https(base_url: str) -> bool:
    """Whether people reach the site by https, going by its own address."""
    return base_url.lower().startswith("https://")


def session_cookie_name(base_url: str) -> str:
    """`__Host-confer`, or `confer` on plain http."""
    return "__Host-confer" if is_https(base_url) else "confer"


def browser_cookie_name(base_url: str) -> str:
    """The name of the cookie of `auth.browsers`."""
    return f"{session_cookie_name(base_url)}-browser"


def registration_cookie_name(base_url: str) -> str:
    """The name of the cookie that marks the browser in which somebody registered."""
    return f"{session_cookie_name(base_url)}-registered"


def set_cookie(name: str, value: str, lifetime: timedelta, *, same_site: SameSite = "Lax") -> tuple[str, str]:
    """The header that sets a cookie which scripts can't read: ("set-cookie", …)."""
    return "set-cookie", f"{name}={value}; Max-Age={int(lifetime.total_seconds())}; {_attributes(name, same_site)}"


def clear_cookie(name: str, *, same_site: SameSite = "Lax") -> tuple[str, str]:
    """The header that takes the cookie away: ("set-cookie", …)."""
    return "set-cookie", f"{name}=; Max-Age=0; {_attributes(name, same_site)}"


def read_cookie(headers: Headers, name: str) -> str | None:
    """The cookie's value. Two different values under one name are none: one of them was planted."""
    values = set()
    for header in headers.getlist("cookie"):
        for part in header.split(";"):
            key, equals, value = part.strip(" \t").partition("=")
            if equals and key == name:
                values.add(value.strip('"'))
    return values.pop() if len(values) == 1 else None


def _attributes(name: str, same_site: SameSite) -> str:
    secure = "; Secure" if name.startswith("__Host-") else ""
    return f"Path=/; HttpOnly; SameSite={same_site}{secure}"
