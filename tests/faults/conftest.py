"""The shapes that scenarios run on, and the table of their figures at the end."""

import pytest

from tests.faults.scenes import Store
from tests.servers.shapes import POSTGRES_REDIS, SHAPES


@pytest.fixture(params=SHAPES)
def store(request: pytest.FixtureRequest) -> Store:
    """Each shape in turn, with the database server that it needs."""
    return request.param, request.getfixturevalue("postgres_server") if request.param == POSTGRES_REDIS else None


@pytest.fixture
def postgres_store(request: pytest.FixtureRequest) -> Store:
    """PostgreSQL with Redis alone, for faults that the other shape cannot have."""
    return POSTGRES_REDIS, request.getfixturevalue("postgres_server")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What scenarios measured: one line for each call of `record_property("figures", "…")`."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    lines = [
        f"{report.nodeid.rpartition('/')[2]}: {value}"
        for report in reports
        if report.when == "call"
        for name, value in report.user_properties
        if name == "figures"
    ]
    if lines:
        terminalreporter.section("faults")
        for line in lines:
            terminalreporter.line(line)
