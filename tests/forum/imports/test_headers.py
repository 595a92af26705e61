"""Names, subjects and ids out of old headers."""

import pytest

from forum.imports.headers import author_of, header_text, message_ids, split_subject


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("=?utf-8?q?Caf=C3=A9_plans?=", "Café plans"),
        ("=?UTF-8?B?zprOsc67?=\n\t=?UTF-8?B?zrfOvM6tz4HOsQ==?=", "Καλημέρα"),
        ("=?utf-8?q?=CE?= =?utf-8?q?=9A?=", "Κ"),
        ("=?iso-8859-7?q?=CA=E1=EB=E7=EC=DD=F1=E1?= all", "Καλημέρα all"),
        ("=?iso-8859-1?q?Sm=F8rrebr=F8d?= for =?utf-8?q?two?=", "Smørrebrød for two"),
        ("=?unknown?q?caf=E9?=", "café"),
        ("=?utf-8*en?q?caf=C3=A9?=", "café"),
        ("=?utf-8?q?cut =C3=A9", "cut é"),
        ("=?utf-8?b?Y2Fmw6k?=", "café"),
        ("=?utf-8?b?!?=", ""),
        ("two\n  lines\tand   spaces", "two lines and spaces"),
        ("caf\udcc3\udca9", "café"),
        ("caf\udce9", "café"),
        ("a\u202eb\x00", "ab"),
        ("1 =? 2 ?= 3", "1 =? 2 ?= 3"),
    ],
)
def test_header_text(raw: str, words: str) -> None:
    assert header_text(raw) == words


@pytest.mark.parametrize(
    ("raw", "name", "address"),
    [
        ("Ada Okafor <Ada@Example.org>", "Ada Okafor", "ada@example.org"),
        ('"Okafor, Ada" <ada@example.org>', "Ada Okafor", "ada@example.org"),
        ('"Okafor, Ada (Leeds)" <ada@example.org>', "Ada Okafor", "ada@example.org"),
        ('"Ada Okafor, PhD" <ada@example.org>', "Ada Okafor, PhD", "ada@example.org"),
        ('"Dr. \\"Ada\\" Okafor" <ada@example.org>', 'Dr. "Ada" Okafor', "ada@example.org"),
        ("ada at example.org (Ada Okafor)", "Ada Okafor", "ada@example.org"),
        ("ada (at) example (dot) org", "ada", "ada@example.org"),
        ("ada@example.org", "ada", "ada@example.org"),
        ("<ada@example.org> Ada", "Ada", "ada@example.org"),
        ("'ada@example.org' <ada@example.org>", "ada", "ada@example.org"),
        ("Ada Okafor via Falls <falls@example.org>", "Ada Okafor", "falls@example.org"),
        ("AO (Ada Okafor) <ada@example.org>", "Ada Okafor", "ada@example.org"),
        ('"ada m@iii@g oii ex@mp@e@org" <x@example.org>', "ada", "x@example.org"),
        ("=?utf-8?q?Zo=C3=AB?= Grant <zoe@example.org>", "Zoë Grant", "zoe@example.org"),
        ("Zo\udceb <zoe@example.org>", "Zoë", "zoe@example.org"),
        ("Ada Okafor", "Ada Okafor", ""),
        ("Ada <not an address>", "Ada", ""),
        ("", "", ""),
        ("x" * 300 + " <a@b.c>", "x" * 100, "a@b.c"),
        ("ada+list@example.org", "ada+list", "ada+list@example.org"),
    ],
)
def test_author_of(raw: str, name: str, address: str) -> None:
    assert author_of(raw) == (name, address)


@pytest.mark.parametrize(
    ("subject", "base", "is_reply"),
    [
        ("Pens", "Pens", False),
        ("Re: Pens", "Pens", True),
        ("RE: Fwd: AW: SV: Re[2]: RE : Pens", "Pens", True),
        ("[Falls] Re: [Falls] Pens", "Pens", True),
        ("Re: [Question] Pens", "[Question] Pens", True),
        ("ΑΠ: Σχετ: Στυλό", "Στυλό", True),
        ("Antw: Stifte", "Stifte", True),
        ("答复：笔", "笔", True),
        ("Pens (fwd)", "Pens", False),
        ("[Fwd: Pens]", "Pens]", True),
        ("[ada@example.org: Re: Pens]", "Pens", True),
        ("[EXTERNAL] Pens", "Pens", False),
        ("Blue ink (was: Pens)", "Blue ink", False),
        ("Reading: pens", "Reading: pens", False),
        ("R: pens", "pens", True),
        ("Re:", "", True),
        ("", "", False),
    ],
)
def test_split_subject(subject: str, base: str, is_reply: bool) -> None:
    assert split_subject(subject, frozenset({"falls"})) == (base, is_reply)


def test_message_ids() -> None:
    assert message_ids("Message from <ada@example.org> of Monday <1@x>\n <1@x> <two words> <fol\n ded>") == (
        "ada@example.org",
        "1@x",
        "folded",
    )
