"""Every kind of act has words for whom it concerns."""

from typing import get_args

from forum.acts.sentences import said_to_you
from forum.records import ActKind


def test_every_kind_of_act_is_said_in_words() -> None:
    said = {kind: said_to_you(kind) for kind in get_args(ActKind)}
    unknown = said_to_you("something else")
    assert [kind for kind, words in said.items() if words == unknown] == []
    assert not [words for words in said.values() if words.endswith(".")]
