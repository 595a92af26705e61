"""The address of whoever asks: from our own proxies' words only."""

import pytest
from starlette.types import Scope

from auth.proxies import UNKNOWN_ADDRESS, TrustedProxies, address_group, client_address, parse_proxies


def scope(peer: str | None, *forwarded: str) -> Scope:
    headers = [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded]
    return {"type": "http", "client": (peer, 1234) if peer else None, "headers": headers}


OURS = parse_proxies("10.0.0.0/8, 2001:db8::5 unix")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.9"], "192.0.2.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.9"], "198.51.100.9"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.9"], "198.51.100.9"),
        ("10.0.0.1", ["1.1.1.1", "198.51.100.9"], "198.51.100.9"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.9, 10.2.3.4"], "198.51.100.9"),
        ("10.0.0.1", ["10.9.9.9, 10.2.3.4"], "10.9.9.9"),
        ("10.0.0.1", ["1.1.1.1, nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["1.1.1.1, <script>, 10.2.3.4"], "10.2.3.4"),
        ("10.0.0.1", ["198.51.100.9:51234"], "198.51.100.9"),
        ("10.0.0.1", ["[2001:db8:1::1]:443"], "2001:db8:1::1"),
        ("10.0.0.1", ["2001:DB8:1:0::1"], "2001:db8:1::1"),
        ("::ffff:10.0.0.1", ["::ffff:198.51.100.9"], "198.51.100.9"),
        ("2001:db8::5", ["198.51.100.9"], "198.51.100.9"),
        ("10.0.0.1", ["9.9.9.9," * 50_000 + "198.51.100.9"], "198.51.100.9"),
        ("10.0.0.1", [",,, ,"], "10.0.0.1"),
        (None, ["198.51.100.9"], "198.51.100.9"),
        (None, [], UNKNOWN_ADDRESS),
        ("testclient", ["198.51.100.9"], UNKNOWN_ADDRESS),
    ],
)
def test_read_from_its_end(peer: str | None, forwarded: list[str], address: str) -> None:
    assert client_address(scope(peer, *forwarded), OURS) == address


def test_nobody_is_trusted_by_default() -> None:
    assert client_address(scope("127.0.0.1", "198.51.100.9"), TrustedProxies()) == "127.0.0.1"
    assert client_address(scope(None, "198.51.100.9"), TrustedProxies()) == UNKNOWN_ADDRESS
    assert parse_proxies("  ") == TrustedProxies()


@pytest.mark.parametrize("text", ["10.0.0.0/33", "proxy.example.org", "10.0.0.1;10.0.0.2", "10.0.0.1/8", "*"])
def test_a_wrong_setting_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"TRUSTED_PROXIES: '.+' is neither an address nor a network. Write for"):
        parse_proxies(text)


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (UNKNOWN_ADDRESS, UNKNOWN_ADDRESS),
    ],
)
def test_groups(address: str, group: str) -> None:
    assert address_group(address) == group
