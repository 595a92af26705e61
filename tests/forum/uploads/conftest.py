"""The village of a running server."""

from tests.forum.threads.conftest import village

__all__ = ["village"]
