"""What is a miss is called one, and what was not measured too."""

import pytest

from tests.bench import figures
from tests.bench.client import WrongAnswer
from tests.bench.figures import Figure, closing, table, target_of
from tests.bench.load import read_summary
from tests.servers.shapes import POSTGRES_REDIS, SQLITE_MEMORY


def _figure(name: str, shape: str, value: float | None) -> Figure:
    return Figure(name, target_of(name, shape), value, str(value))


@pytest.mark.parametrize(
    ("name", "shape", "value", "verdict"),
    [
        (figures.PAGE_SIGNED_IN, POSTGRES_REDIS, 0.06, "ok"),
        (figures.PAGE_SIGNED_IN, POSTGRES_REDIS, 0.059, "MISS"),
        (figures.PAGE_SIGNED_IN, SQLITE_MEMORY, 0.037, "ok"),
        (figures.PAGE_ALONE, SQLITE_MEMORY, 5.1, "MISS"),
        (figures.LONG_THREAD, POSTGRES_REDIS, 1.2, "ok"),
        (figures.HOME, POSTGRES_REDIS, None, "MISS"),
        (figures.NETWORK_PAGE, POSTGRES_REDIS, 0.5, ""),
    ],
)
def test_verdicts(name: str, shape: str, value: float | None, verdict: str) -> None:
    assert _figure(name, shape, value).verdict == verdict


def test_closing_line_counts_what_has_a_target() -> None:
    measured = [
        _figure(figures.PAGE_SIGNED_IN, POSTGRES_REDIS, 0.1),
        _figure(figures.HOME, POSTGRES_REDIS, None),
        _figure(figures.NETWORK_PAGE, POSTGRES_REDIS, 0.5),
    ]
    assert closing(measured) == "1 of 2 figures reached"
    assert "MISS" in table("Both", measured)


def test_refused_answers_are_no_rate() -> None:
    line = '{"requests": 100, "microseconds": 1000000, "bytes": 5000, "refused": %d, "broken": 0}'
    measured = read_summary(line % 0)
    assert (measured.rate, measured.mean_size) == (100, 50)
    with pytest.raises(WrongAnswer):
        read_summary(line % 1)
    with pytest.raises(WrongAnswer):
        measured.check_size(80)
    measured.check_size(51)
