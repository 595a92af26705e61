"""Acts in plain words, to whom they concern."""

_TO_YOU = {
    "hide": "A moderator has hidden your post",
    "remove": "A moderator has removed your post",
    "erase": "The words of your post have been erased for good",
    "warn": "A moderator has warned you",
    "hold": "Your posts wait for a moderator before others can read them",
    "reject": "A moderator has not let your post through",
    "approve": "A moderator has let your post through",
    "silence": "You can read, but not write, for a time",
    "expel": "You have been removed from a network",
    "ban": "You have been removed for good",
    "suspend": "Your account is suspended",
    "retitle": "A moderator has given your thread another title",
    "pin": "A moderator has pinned your thread",
    "unpin": "A moderator has unpinned your thread",
    "lock": "A moderator has locked your thread",
    "unlock": "A moderator has opened your thread again",
    "slow": "A moderator has slowed down your thread",
    "unslow": "A moderator has let people post in your thread as they like again",
    "move": "A moderator has moved your thread",
    "withdraw": "A moderator has withdrawn your document",
    "remove_card": "A moderator has removed your card",
    "restore": "Your post can be read again",
}
UNSEEN = "a network you can’t see"
"""Instead of the name of one of which somebody may not know."""
_SOMETHING = "A moderator has done something that concerns you"


def said_to_you(kind: str) -> str:
    """What was done, to whom it concerns: a sentence without its full stop."""
    return _TO_YOU.get(kind, _SOMETHING)
