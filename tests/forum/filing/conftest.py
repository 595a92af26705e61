"""The village of a running server, with a network in it."""

from tests.forum.threads.conftest import village

__all__ = ["village"]
