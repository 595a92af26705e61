"""Acts in plain words, for pages and letters: to whom they concern, and to others."""

from forum.acts.sentences import said_to_you
from forum.moderation.records import ShownAct

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
    "unslow": "let people post in a thread by {who} as they like again",
    "move": "moved a thread by {who}",
    "withdraw": "withdrew a document of {who}",
    "remove_card": "removed a card of {who}",
    "restore": "restored a post by {who}",
}


def what_was_done(act: ShownAct) -> str:
    """What was done, to this viewer: a sentence without its full stop."""
    if act.is_mine:
        return said_to_you(act.kind)
    by = act.by.name if act.by else "Confer" if act.is_moderated else "A moderator"
    done = _DONE.get(act.kind, "did something that concerns {who}")
    if act.by and act.person and act.by.id == act.person.id:
        return f"{by} {done.replace(' by {who}', ' of their own').format(who='themselves')}"
    return f"{by} {done.format(who=act.person.name if act.person else 'somebody')}"


def said_in_a_list(act: ShownAct) -> str:
    """What was done, and to what, as far as this viewer may know: a line in a list of many."""
    where = f"post {act.number} in “{act.title}”" if act.number else f"“{act.title}”" if act.title else ""
    if not where and (called := act.thread or act.document or act.card):
        where = f"“{called}”"
    return f"{what_was_done(act)}{': ' if where else ''}{where}"


def act_title(act: ShownAct) -> str:
    """The heading of its page."""
    about = {
        "hide": "A hidden post",
        "remove": "A removed post",
        "erase": "An erased post",
        "warn": "A warning",
        "withdraw": "A withdrawn document",
        "remove_card": "A removed card",
        "silence": "A silence",
        "hold": "Posts that are read first",
        "reject": "A post that was not taken",
        "expel": "A removal from the network",
        "ban": "A removal for good",
        "retitle": "Another title",
        "pin": "A pinned thread",
        "lock": "A locked thread",
        "slow": "A slow thread",
        "move": "A moved thread",
    }
    return about.get(act.kind, "What a moderator did")
