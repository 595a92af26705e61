"""Browsers of a test are closed at its end."""

from collections.abc import Iterator

import pytest

from tests.forum.accounts.visitor import Visitor


@pytest.fixture(autouse=True)
def _visitors_leave() -> Iterator[None]:
    yield
    Visitor.close_all()
