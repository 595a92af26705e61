"""Slips are forgiven: one in a short word, two in a long one, none in a very short one."""

from forum.search.corrections import distance, nearest, slips_forgiven


def test_distances() -> None:
    for one, other, far in (
        ("diabet", "diabet", 0),
        ("diabt", "diabet", 1),
        ("daibet", "diabet", 1),
        ("diebet", "diabet", 1),
        ("diabeet", "diabet", 1),
        ("daibt", "diabet", 2),
        ("cover", "wards", 3),
    ):
        assert distance(one, other, 2) == far, (one, other)
        assert distance(other, one, 2) == far, (other, one)


def test_how_many_are_forgiven() -> None:
    assert [slips_forgiven(word) for word in ("abc", "abcd", "abcdefg", "abcdefgh", "abcd5")] == [0, 1, 1, 2, 0]


def test_the_nearest_comes_first() -> None:
    assert nearest("hospitl", ["hostil", "hospit", "hospital", "wards"]) == ["hospit", "hospital"]
    assert nearest("hypoglycemai", ["hypoglycaemia", "hyperglycaemia"]) == ["hypoglycaemia"]
    assert nearest("hypoglycema", ["hypoglycaemia"]) == ["hypoglycaemia"]
    assert nearest("cat", ["cap"]) == []
