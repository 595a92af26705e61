"""Acts in plain words, for pages and letters: to whom they concern, and to others."""

from forum.moderation.records import ShownAct

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
    "move": "A moderator has moved your thread",
    "restore": "Your post can be read again",
}
_SOMETHING = "A moderator has done something that concerns you"
_DONE = {
    "hide": "hid a post by {who}",
    "remove": "removed a post by {who}",
    "erase": "erased the words of a post by {who}",
    "warn": "warned {who}",
    "hold": "holds the posts of {who} until they are approved",
    "reject": "did not let a post by {who} through",
    "approve": "let a post by {who} through",
    "silence": "silenced {who} for a time",
    "expel": "removed {who}",
    "ban": "removed {who} for good",
    "suspend": "suspended the account of {who}",
    "retitle": "gave a thread by {who} another title",
    "pin": "pinned a thread by {who}",
    "unpin": "unpinned a thread by {who}",
    "lock": "locked a thread by {who}",
    "unlock": "opened a thread by {who} again",
    "slow": "slowed down a thread by {who}",
    "move": "moved a thread by {who}",
    "restore": "restored a post by {who}",
}


def said_to_you(kind: str) -> str:
    """What was done, to whom it concerns: a sentence without its full stop."""
    return _TO_YOU.get(kind, _SOMETHING)


def what_was_done(act: ShownAct) -> str:
    """What was done, to this viewer: a sentence without its full stop."""
    if act.is_mine:
        return said_to_you(act.kind)
    by = act.by.name if act.by else "Confer" if act.is_moderated else "A moderator"
    done = _DONE.get(act.kind, "did something that concerns {who}")
    return f"{by} {done.format(who=act.person.name if act.person else 'somebody')}"


def act_title(act: ShownAct) -> str:
    """The heading of its page."""
    about = {"hide": "A hidden post", "remove": "A removed post", "erase": "An erased post", "warn": "A warning"}
    return about.get(act.kind, "What a moderator did")
