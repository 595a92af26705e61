"""Archives as they come: every charset, every broken header, and never an end of the run."""

import base64
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.imports.bodies import CUT, NO_WORDS
from forum.imports.mbox import Malformed, ParsedMessage, read_messages

FROM = b"From ada at example.org Mon May  3 10:00:00 2004\n"
HEADERS = b"From: Ada Okafor <ada@example.org>\nDate: Mon, 3 May 2004 10:00:00 +0100\nSubject: Pens\n"
PARTS = b"""Content-Type: multipart/mixed; boundary="AA"

--AA
Content-Type: multipart/alternative; boundary="BB"

--BB
Content-Type: text/plain; charset=utf-8

%s
--BB
Content-Type: text/html; charset=utf-8

<style>p{}</style><p>Rich <b>words</b><br>here</p><blockquote><p>quoted</p></blockquote><ul><li>one</ul>
<p><a href="https://a.example/x">the form</a> <a href="javascript:x">no</a></p>
--BB--
--AA
Content-Type: application/pdf; name="C:\\beds\\plan.pdf"
Content-Disposition: attachment

JVBERi0=
--AA
Content-Type: image/png; name="=?utf-8?q?caf=C3=A9=2Epng?="

x
--AA
Content-Type: message/rfc822

Subject: Older

words
--AA--
"""


def read(tmp_path: Path, content: bytes) -> list[ParsedMessage | Malformed]:
    file = tmp_path / "archive.mbox"
    file.write_bytes(content)
    return list(read_messages(file))


def read_one(tmp_path: Path, headers: bytes, body: bytes = b"Hello\n") -> ParsedMessage:
    (message,) = read(tmp_path, FROM + headers + b"\n" + body)
    assert isinstance(message, ParsedMessage)
    return message


def test_a_message_is_read(tmp_path: Path) -> None:
    message = read_one(
        tmp_path,
        HEADERS + b"Message-ID: <1@example.org>\nIn-Reply-To: <0@example.org>\nReferences: <a@b>\n\t<0@example.org>\n",
        b"Who has the pens?\n\nAda\n\n",
    )
    assert message == ParsedMessage(
        number=1,
        message_id="1@example.org",
        in_reply_to="0@example.org",
        references=("a@b", "0@example.org"),
        subject="Pens",
        base_subject="Pens",
        is_reply=False,
        author_name="Ada Okafor",
        author_address="ada@example.org",
        date=datetime(2004, 5, 3, 9, 0, tzinfo=UTC),
        body="Who has the pens?\n\nAda",
        end=message.end,
    )
    assert message.end == (tmp_path / "archive.mbox").stat().st_size


def test_messages_are_numbered_and_lines_that_only_look_like_beginnings_stay_in_bodies(tmp_path: Path) -> None:
    body = (
        b"From here on we walk.\n\nFrom the manual:\nNote: walk slowly\n\nFrom Ada Mon to Fri 2004\n\n"
        b">From the start\n>>From a quote\n\n"
    )
    messages = read(tmp_path, (FROM + HEADERS + b"\n" + body) * 3)
    assert [message.number for message in messages] == [1, 2, 3]
    for message in messages:
        assert isinstance(message, ParsedMessage)
        assert message.body == body.decode().strip().replace(">From the", "From the").replace(">>From", ">From")


@pytest.mark.parametrize(
    "line",
    [
        b"From MAILER-DAEMON Mon Nov 23 01:27:39 2026",
        b"From - Mon Nov 23 01:27:39 2026",
        b"From 1234567890@xxx Mon Nov 23 01:27:39 +0000 2026",
        b"From ada at example.org  Mon Nov 23 01:27:39 2026",
        b"From ada@example.org Mon, 23 Nov 2026 01:27:39 +0000",
        b"From ada@example.org",
    ],
)
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_lines_that_begin_messages(tmp_path: Path, line: bytes, newline: bytes) -> None:
    content = (line + b"\n" + HEADERS + b"\nHello\n\n").replace(b"\n", newline) * 2
    messages = read(tmp_path, content)
    assert [message.body for message in messages if isinstance(message, ParsedMessage)] == ["Hello", "Hello"]


def test_broken_pieces_are_reported_by_number_and_skipped(tmp_path: Path) -> None:
    good = FROM + HEADERS + b"\nHello\n\n"
    endless = FROM + b"X-Long: " + b"x" * 300_000 + b"\n\nHello\n\n"
    messages = read(tmp_path, b"rubbish\n\n" + good + FROM + b"Status: RO\n\n\n" + endless + good)
    assert [type(message).__name__ for message in messages] == [
        "Malformed", "ParsedMessage", "Malformed", "Malformed", "ParsedMessage",
    ]  # fmt: skip
    assert [message.reason for message in messages if isinstance(message, Malformed)] == [
        "The file does not begin with a “From ” line.",
        "It has no headers.",
        "Its headers are too long.",
    ]


@pytest.mark.parametrize("piece", [b"This is not a header at all\n\nsecond\n\n", b"\nno headers at all\n\n", b"\n\n"])
@pytest.mark.parametrize("before", [b"\nHello\n\n", PARTS % b"Hello"])
@pytest.mark.parametrize("sender", [b"g@example.org", b"gareth at example.org", b"-"])
def test_a_message_without_headers_is_reported_and_its_words_are_nobody_elses(
    tmp_path: Path, piece: bytes, before: bytes, sender: bytes
) -> None:
    line = b"From " + sender + b"  Mon Jan  5 12:00:00 2015\n"
    good, bad, after = read(tmp_path, FROM + HEADERS + before + b"\n" + line + piece + FROM + HEADERS + b"\nBye\n")
    assert isinstance(bad, Malformed)
    assert (bad.number, bad.reason) == (2, "It has no headers.")
    assert isinstance(good, ParsedMessage)
    assert isinstance(after, ParsedMessage)
    assert "Hello" in good.body
    assert not re.search("second|headers", good.body)


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_an_empty_file_holds_nothing(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content) == []


def _with_charset(charset: str, encoding: str = "8bit") -> bytes:
    return HEADERS + f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n".encode()


GREEK = "Καλημέρα σε όλους, η συνάντηση είναι τη Δευτέρα"


@pytest.mark.parametrize(
    ("declared", "true", "words"),
    [
        ("utf-8", "utf-8", "Zoë’s café €"),
        ("iso-8859-1", "utf-8", "Zoë’s café €"),
        ("us-ascii", "utf-8", GREEK),
        ("utf-8", "cp1252", "Zoë’s café €"),
        ("iso-8859-1", "cp1252", "Zoë’s café €"),
        ("nonsense", "cp1252", "Zoë’s café €"),
        ("base64", "cp1252", "café"),
        ('"iso-8859-15"', "iso-8859-15", "café €"),
        ("iso-8859-7", "iso-8859-7", GREEK),
        ("iso-8859-7", "cp1253", GREEK + " €"),
        ("windows-1253", "cp1253", GREEK),
        ("iso-8859-1", "cp1253", GREEK),
        ("us-ascii", "cp1253", GREEK),
        ("us-ascii", "koi8-r", "Здравствуйте, коллеги, встреча в понедельник"),
        ("iso-8859-2", "iso-8859-2", "Łukasz Żak pisze"),
        ("iso-2022-jp", "iso-2022-jp", "こんにちは"),
        ("gb2312", "gbk", "你好，各位"),
        ("utf-8", "utf-8-sig", "Hello é"),
    ],
)
def test_charsets_declared_and_wrong(tmp_path: Path, declared: str, true: str, words: str) -> None:
    assert read_one(tmp_path, _with_charset(declared), words.encode(true)).body == words


def test_a_few_broken_bytes_do_not_change_the_charset(tmp_path: Path) -> None:
    raw = GREEK.encode() * 5 + b"\xff\xfe"
    assert read_one(tmp_path, _with_charset("utf-8"), raw).body.startswith(GREEK)


def test_encodings_of_bodies(tmp_path: Path) -> None:
    assert (
        read_one(tmp_path, _with_charset("utf-8", "quoted-printable"), b"caf=C3=A9 goes=\n on").body == "café goes on"
    )
    encoded = base64.encodebytes("café".encode())
    assert read_one(tmp_path, _with_charset("utf-8", "base64"), encoded).body == "café"
    assert read_one(tmp_path, _with_charset("utf-8", "base64"), b"not base64 at all!").body
    flowed = HEADERS + b"Content-Type: text/plain; format=flowed\n"
    assert read_one(tmp_path, flowed, b"We walk \nslowly.\n> he \n> said\n>> no\n-- \nAda").body == (
        "We walk slowly.\n> he said\n>> no\n-- \nAda"
    )


def test_control_and_null_bytes_go(tmp_path: Path) -> None:
    assert read_one(tmp_path, HEADERS, b"a\x00b\x07c\xe2\x80\xaed").body == "abcd"


def test_plain_text_is_preferred_and_attachments_are_named_in_one_line(tmp_path: Path) -> None:
    (message,) = read(tmp_path, FROM + HEADERS + PARTS % b"Plain words")
    assert isinstance(message, ParsedMessage)
    assert message.body == "Plain words\n\n[Attached, not brought in: plan.pdf, café.png, the message “Older”]"


@pytest.mark.parametrize("plain", [b"", b"This message is in HTML format.", b"  \n"])
def test_html_is_read_as_text_where_there_is_nothing_else(tmp_path: Path, plain: bytes) -> None:
    (message,) = read(tmp_path, FROM + HEADERS + PARTS % plain)
    assert isinstance(message, ParsedMessage)
    assert message.body.startswith(
        "Rich words\nhere\n\n> quoted\n\n- one\n\nthe form <https://a.example/x> no\n\n[Attached"
    )


@pytest.mark.parametrize("kind", [b'mixed; boundary="abc"', b'alternative; boundary="abc"', b"alternative", b"mixed"])
def test_plain_words_below_a_header_of_parts_are_taken_as_they_are(tmp_path: Path, kind: bytes) -> None:
    headers = HEADERS + b"MIME-Version: 1.0\nContent-Type: multipart/%s\n" % kind
    assert (
        read_one(tmp_path, headers, b"Words that matter.\n\nCaf\xc3\xa9, S.\n").body == "Words that matter.\n\nCafé, S."
    )
    assert read_one(tmp_path, headers, b"\n").body == NO_WORDS


def test_a_message_without_words_says_so_and_a_long_one_is_cut(tmp_path: Path) -> None:
    assert read_one(tmp_path, HEADERS, b"\n \n").body == NO_WORDS
    body = read_one(tmp_path, HEADERS, b"words words\n" * 20_000).body
    assert body.endswith(f"\n\n{CUT}")
    assert len(body) < 101_000


def test_a_missing_message_id_is_made_from_the_content(tmp_path: Path) -> None:
    first, second = read_one(tmp_path, HEADERS), read_one(tmp_path, HEADERS)
    assert first.message_id == second.message_id
    assert first.message_id.endswith("@without-message-id.invalid")
    assert read_one(tmp_path, HEADERS, b"Other\n").message_id != first.message_id
    assert read_one(tmp_path, HEADERS + b"Message-ID: 5@example.org\n").message_id == "5@example.org"


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (b"Date: Mon, 3 May 2004 10:00:00 +0100", datetime(2004, 5, 3, 9, tzinfo=UTC)),
        (b"Date: 3 May 04 10:00", datetime(2004, 5, 3, 10, tzinfo=UTC)),
        (b"Date: Mon, 3 May 2004 10:00:00 +9999\nReceived: by x; Mon, 3 May 2004 12:00:00 GMT", None),
        (b"Date: soon\nReceived: from a by b; Tue, 4 May 2004 12:00:00 GMT", datetime(2004, 5, 4, 12, tzinfo=UTC)),
        (b"Date: Fri, 1 Jan 2099 10:00:00 +0000", datetime(2004, 5, 3, 10, tzinfo=UTC)),
        (b"Date: Thu, 1 Jan 1970 00:00:00 +0000", datetime(2004, 5, 3, 10, tzinfo=UTC)),
        (b"Date: \xff\xfe", datetime(2004, 5, 3, 10, tzinfo=UTC)),
        (b"X: y", datetime(2004, 5, 3, 10, tzinfo=UTC)),
    ],
)
def test_dates_and_what_stands_in_for_them(tmp_path: Path, date: bytes, expected: datetime | None) -> None:
    message = read_one(tmp_path, b"From: ada@example.org\n" + date + b"\n")
    assert message.date.tzinfo is UTC
    if expected:
        assert message.date == expected
    assert message.date.year == 2004


def test_a_message_without_any_date_has_the_one_before(tmp_path: Path) -> None:
    undated = b"From x\nFrom: ada@example.org\nSubject: x\n\nHello\n\n"
    messages = read(tmp_path, FROM + HEADERS + b"\nHello\n\n" + undated)
    assert len(messages) == 2
    assert len({message.date for message in messages if isinstance(message, ParsedMessage)}) == 1


def test_one_broken_message_of_each_kind_never_ends_the_run(tmp_path: Path) -> None:
    odd = [
        b"Content-Type: text/plain; charset*=x''y''z\n",
        b"Content-Type: multipart/mixed\n",
        b"Content-Type: multipart/mixed; boundary=\n",
        b"Content-Type: ;;;\n",
        b"Content-Transfer-Encoding: uuencode\n",
        b"Content-Disposition: attachment; filename*0*=utf-8''%ff; filename*9=x\n",
        b'Content-Type: text/plain; format=flowed; delsp=yes; charset="\n',
        b"Subject: =?x?b?!!!?= =?utf-8?q?=ZZ?= =?utf-8?b?w6?=\n",
        b"From: =?utf-8?b?\n",
        b"References: " + b"<a@b> " * 20_000 + b"\n",
        b"\xff\xfe: x\n",
    ]
    content = b"".join(FROM + header + HEADERS + b"\nbegin 644 x\n\xff\n\n" for header in odd)
    messages = read(tmp_path, content)
    assert [message.number for message in messages] == list(range(1, len(odd) + 1))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from([FROM, HEADERS, b"\n", b"\n\n", b"Content-Type: multipart/x; boundary=a\n", b"--a\n", b"Content-Transfer-Encoding: base64\n", b"From: (((\n"])), max_size=20))  # noqa: E501 # fmt: skip
def test_any_bytes_are_survived(tmp_path: Path, pieces: list[bytes]) -> None:
    for message in read(tmp_path, b"".join(pieces)):
        if isinstance(message, ParsedMessage):
            assert message.body
            assert message.message_id
            "".join([message.subject, message.author_name, message.author_address, message.body]).encode()


BOMBS = {
    "nested parts": HEADERS
    + b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (depth, depth) for depth in range(3_000)),
    "many parts": HEADERS + b'Content-Type: multipart/mixed; boundary="a"\n\n' + b"--a\n\nx\n" * 30_000,
    "folds": HEADERS + b"X: a\n" + b" \n" * 50_000 + b"\n",
    "html": HEADERS + b"Content-Type: text/html\n\n" + b"<a <!-- <![CDATA[ <b" * 40_000,
    "deep html": HEADERS + b"Content-Type: text/html\n\n" + b"<blockquote>" * 60_000,
    "parameters": HEADERS + b"Content-Type: text/plain" + b'; a="' * 40_000 + b"\n\nx",
    "encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 15_000 + b"\nDate: x\n\n",
    "from": b"From: " + b"( " * 50_000 + b"\nDate: x\n\n",
    "one line": HEADERS + b"\n" + b"x" * 20_000_000,
    "null": HEADERS + b"\n" + b"\0" * 20_000_000,
    "long word": HEADERS + b"\n" + b"\xcc\x81" * 1_000_000,
}


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_no_message_takes_long(tmp_path: Path, name: str) -> None:
    began = time.thread_time()
    messages = read(tmp_path, FROM + BOMBS[name] + b"\n\n" + FROM + HEADERS + b"\nHello\n")
    assert time.thread_time() - began < 3
    assert isinstance(messages[-1], ParsedMessage)
    assert len(messages) == 2
