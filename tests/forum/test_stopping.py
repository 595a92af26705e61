"""The tokens by which mail stops: whole and unchanged they say whose and of what; else they say nothing."""

import base64

from forum.stopping import Stopping, read_token, write_token
from ground.columns import new_id

KEY = b"k" * 32


def test_what_is_written_is_read() -> None:
    for stopping in (Stopping(new_id(), new_id()), Stopping(new_id(), None)):
        token = write_token(KEY, stopping)
        assert read_token(KEY, token) == stopping
        assert len(token) == 64, "it stands in a header, on one line"


def test_cut_changed_and_forged_ones_are_nothing() -> None:
    token = write_token(KEY, Stopping(new_id(), new_id()))
    assert read_token(b"l" * 32, token) is None
    for length in range(64):
        assert read_token(KEY, token[:length]) is None
    held = bytearray(base64.urlsafe_b64decode(token))
    for place in range(len(held)):
        other = bytes([*held[:place], held[place] ^ 1, *held[place + 1 :]])
        assert read_token(KEY, base64.urlsafe_b64encode(other).decode()) is None
    for nonsense in (
        "",
        "no-such-secret",
        token + "A",
        token + "====",
        "é" * 64,
        "\0" * 64,
        " " + token[1:],
        "A" * 10_000,
    ):
        assert read_token(KEY, nonsense) is None
