"""XML is read piece by piece, and nothing beside it."""

import io
from dataclasses import replace

import pytest

from previews.limits import LIMITS
from previews.parts import Refused, Why
from previews.xml_reading import attribute, read_elements, relation


def read(source: str, wanted: set[str], opened: set[str] = frozenset(), skipped: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    found = read_elements(io.BytesIO(source.encode()), LIMITS, wanted, opened, skipped)
    return [f"{element.tag}:{''.join(element.itertext())}" for element in found]


def test_outermost_elements_come_whole() -> None:
    source = "<a><b>1<c>2</c></b><d><c>3</c></d><b><b>4</b></b></a>"
    assert read(source, {"b"}) == ["b:12", "b:4"]
    assert read(source, {"b", "c"}) == ["b:12", "c:3", "b:4"]
    assert read(source, {"c"}, {"d"}) == ["c:2", "d:", "c:3"]
    assert read(source, {"b"}, skipped={"c"}) == ["b:1", "b:4"]
    assert read("<a><x><b>1</b></x><b>2</b></a>", {"b"}, skipped={"x"}) == ["b:2"]


def test_names_are_without_their_namespaces() -> None:
    source = '<w:a xmlns:w="one" xmlns:r="http://x/relationships"><w:b w:val="2" id="3" r:id="4"/></w:a>'
    (element,) = read_elements(io.BytesIO(source.encode()), LIMITS, {"b"})
    assert (attribute(element, "val"), attribute(element, "none", "0"), relation(element)) == ("2", "0", "4")


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("<a><b></a>", Why.BROKEN),
        ("<a>", Why.BROKEN),
        ("", Why.BROKEN),
        ("words", Why.BROKEN),
        ('<?xml version="1.0" encoding="rot13"?><a/>', Why.BROKEN),
        ("<!DOCTYPE a><a/>", Why.DOCUMENT_TYPE),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', Why.DOCUMENT_TYPE),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', Why.DOCUMENT_TYPE),
        ("<a>&b;</a>", Why.BROKEN),
        ("<a>" * 1_000 + "</a>" * 1_000, Why.BOMB),
    ],
)
def test_what_is_wrong_is_refused(source: str, why: Why) -> None:
    with pytest.raises(Refused) as refused:
        read(source, {"b"})
    assert refused.value.why is why


def test_one_piece_may_be_only_so_large() -> None:
    limits = replace(LIMITS, depth=10)
    source = io.BytesIO(b"<a><b>" + b"<c/>" * 500_000 + b"</b></a>")
    with pytest.raises(Refused) as refused:
        list(read_elements(source, limits, {"b"}))
    assert refused.value.why is Why.TOO_LARGE
