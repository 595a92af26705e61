"""Pieces come back as they were sent, and nothing else comes back at all."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from previews.parts import (
    HEAD,
    MAX_TITLE,
    SENTENCES,
    Cut,
    End,
    Facts,
    Page,
    Picture,
    Refusal,
    Spoken,
    Why,
    read_part,
    write_part,
)

WEBP = b"RIFF\0\0\0\0WEBPVP8 "
PARTS = [
    Facts("pdf", 3),
    Page(7, "A title", "Words\nand ωords", "<p>Words</p>"),
    Picture(1, 360, 300, 500, WEBP),
    Cut(Why.MORE_PAGES),
    Refusal(Why.LOCKED),
    End(),
]


def parted(written: bytes) -> tuple[bytes, bytes]:
    words, body = HEAD.unpack_from(written)
    assert len(written) == HEAD.size + words + body
    return written[HEAD.size : HEAD.size + words], written[HEAD.size + words :]


@pytest.mark.parametrize("part", PARTS)
def test_pieces_come_back(part: Spoken) -> None:
    assert read_part(*parted(write_part(part))) == part


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({}, b""),
        ({"": "Facts"}, b""),
        ({"": "Facts", "kind": "pdf", "pages": "3"}, b""),
        ({"": "Facts", "kind": "pdf", "pages": True}, b""),
        ({"": "Facts", "kind": "pdf", "pages": -1}, b""),
        ({"": "Facts", "kind": "pdf", "pages": 1, "more": 1}, b""),
        ({"": "Facts", "kind": ["pdf"], "pages": 1}, b""),
        ({"": "Cut", "why": "because"}, b""),
        ({"": "Cut", "why": None}, b""),
        ({"": "Object"}, b""),
        ({"": ["Cut"]}, b""),
        ({"": "Page", "number": 0, "title": "", "text": "", "html": ""}, b""),
        ({"": "Page", "number": 1, "title": "x" * (MAX_TITLE + 1), "text": "", "html": ""}, b""),
        ({"": "Page", "number": 1, "title": "", "text": None, "html": ""}, b""),
        ({"": "Picture", "page": 1, "fits": 360, "width": 360, "height": 10**9}, WEBP),
        ({"": "Picture", "page": 1, "fits": 360, "width": 360, "height": 500}, b"<svg onload=x>"),
        ({"": "End"}, b"bytes"),
        ([], b""),
        (7, b""),
        (None, b""),
    ],
)
def test_what_is_no_piece_is_refused(fields: object, body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  any of them is a refusal
        read_part(json.dumps(fields).encode(), body)


@given(st.binary(max_size=200), st.binary(max_size=20))
def test_any_bytes_are_a_piece_or_refused(words: bytes, body: bytes) -> None:
    with contextlib.suppress(ValueError):
        read_part(words, body)


def test_deep_json_is_refused() -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        read_part(b"[" * 100_000, b"")


def test_every_reason_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Why)
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())
