"""What we say after something was done, once, on the page that follows. Each has a short name.

Those with `{who}` say to whom it was done. The names travel in the browser's cookie, sealed, so that no other site
can have us say something.
"""

import base64
import binascii
import hmac
from collections.abc import Sequence

from auth.secrets import seal_of
from forum.text import LEFT_OUT

NOTICES = {
    "saved": "Saved.",
    "no-day": "That is no day of the calendar. Write it as in 2026-03-14, or choose one.",
    "photo-changed": "Your photo is shown beside your words now.",
    "photo-removed": "Your photo is gone.",
    "signed-out": "You are signed out.",
    "signed-out-elsewhere": "You are signed out in every other browser.",
    "signed-out-tokens-ended": "You are signed out everywhere else, and your access tokens no longer work.",
    "password-changed": "Your password is changed. We have signed you out in every other browser.",
    "password-changed-tokens-ended": "Your password is changed. You are signed out everywhere else, and your access "
    "tokens no longer work.",
    "email-sent": "We have sent a message to the new address. Open it, and do what it says.",
    "email-stays": "Your address stays as it is. The link that we sent does nothing any more.",
    "email-changed": "Your e-mail address is changed.",
    "account-closed": "Your account is closed. Thank you for having been here.",
    "token-revoked": "The token no longer works.",
    "verified": "Your address is confirmed, and you are signed in.",
    "password-chosen": "Your password is chosen, and you are signed in.",
    "session-ended": "That browser is signed out.",
    "set-up": "Confer is ready. Begin by creating your first network.",
    "network-created": "Your network is ready. Start its first thread, then bring people in.",
    "joined": "You are a member now.",
    "invitation-declined": "You declined the invitation. Those who run the network see that.",
    "invitation-withdrawn": "The invitation is cancelled. Its link does nothing any more.",
    "invitation-resent": "We have written to {who} again.",
    "reminded": "A reminder is on its way to {who}.",
    "nobody-reminded": "Nobody was reminded: each had a mail within the last three days, or theirs came back.",
    "joining-link-made": "The link is ready. Copy it, and send it to whom you like.",
    "joining-link-changed": "The link is changed. Its address is the same.",
    "joining-link-reset": "There is a new link. The old one is dead.",
    "joining-link-ended": "The link is ended. Nobody can join by it any more.",
    "access-changed": "You have changed who can see this network.",
    "network-archived": "The network is archived. You can bring it back at any time.",
    "network-back": "The network is back: members can write again.",
    "network-going": "The network will be deleted in two weeks. Until then you can keep it.",
    "network-kept": "The network stays, and nothing in it is lost. We tell its members by e-mail.",
    "announced": "All members are told, on their pages and by e-mail.",
    "asked-withdrawn": "Your request is withdrawn.",
    "left": "You have left the network. What you wrote stays there.",
    "member-removed": "{who} is removed from the network.",
    "member-banned": "{who} is removed and can't ask again.",
    "member-restored": "The ban is lifted: {who} may ask to join again.",
    "role-changed": "The role of {who} is changed.",
    "organisation-saved": "{who} is saved.",
    "organisations-saved": "The organisations are added.",
    "organisation-removed": "{who} is taken away. Its members stay.",
    "admitted": "Admitted {who}. We have told them by e-mail.",
    "refused": "Refused {who}. We have told them by e-mail.",
    "invited": "Invited {who}. Each gets a mail of their own.",
    "invited-one": "Invited one person. They get a mail of their own.",
    "invitations-kept": "We keep these for you for two weeks. Go on with them when you can invite people again.",
    "invitations-forgotten": "The kept list is forgotten.",
    "all-read": "Everything is marked as read.",
    "thread-created": "Your thread is up.",
    "posted": "Your post is up.",
    "document-shared": "The document is shared.",
    "version-shared": "The new version is shared. The address of the document opens it.",
    "version-restored": "That version is the newest again.",
    "document-held": "The document is held. Nothing deletes it until you let it go.",
    "document-let-go": "The document is held no longer. It is deleted 30 days after it was withdrawn.",
    "document-withdrawn": "The document is withdrawn. It can be restored for 30 days.",
    "document-restored": "The document is back.",
    "document-taken": "Others see that you are working on it, for 8 hours at most.",
    "document-free": "Nobody is working on it any more.",
    "document-wished": "We tell you when it is free.",
    "document-read": "Thank you. Who looks after it sees that you have read it.",
    "card-made": "The card is made. We ask you when it is time to look at it again.",
    "card-confirmed": "Thank you. It is held to be right for another year.",
    "card-cleared": "Everybody here can read the card again.",
    "card-removed": "The card is removed. It can be restored for 30 days.",
    "card-restored": "The card is back.",
    "card-used": "Thank you. It stands on the card.",
    "card-use-ended": "It stands on the card no longer.",
    "folder-made": "The folder is made.",
    "folder-removed": "The folder is removed.",
    "already-sent": "You sent this already. It is here once.",
    "edited": "Your changes are saved.",
    "removed": "The post is removed.",
    "removed-for-now": "The post is removed, and its author will be told.",
    "hidden": "The post is hidden, and its author will be told.",
    "repeats-hidden": "They are hidden, too. Their authors are told.",
    "act-undone": "That is undone, and whom it concerns is told.",
    "act-undone-alone": "That is undone.",
    "reported": "Thank you. The moderators will look at it, and what comes of it will stand here.",
    "report-answered": "Decided. Those who reported it are told.",
    "case-taken": "You have it for half an hour. Others see that.",
    "case-released": "Others can look into it now.",
    "warned": "{who} is warned, and will be told.",
    "appealed": "Your appeal is on its way. The answer will stand here.",
    "appeal-answered": "The appeal is answered. Its author is told.",
    "erased-before": "They were erased before. Nothing was left to do.",
    "silenced": "{who} can read and not write for now. We have told them.",
    "unsilenced": "{who} can write again.",
    "holding": "What {who} writes waits for a moderator now. We have told them.",
    "unheld": "What {who} writes is read at once again.",
    "suspended": "The account of {who} is suspended.",
    "reinstated": "{who} can come in again.",
    "held": "Your words wait for a moderator. You can see them below, and nobody else can.",
    "approved": "The post of {who} is up.",
    "rejected": "Rejected. We have told {who}, who reads your words beside the post.",
    "posted-before": "A moderator let it through before you took it back. You can remove it here.",
    "withdrawn": "You have taken it back.",
    "slowed": "The thread is slow now.",
    "unslowed": "The thread is as fast as others again.",
    "moved": "The thread is in this network now.",
    "pinned": "The thread is pinned to the top.",
    "unpinned": "The thread is no longer pinned.",
    "locked": "The thread is locked.",
    "unlocked": "The thread is open again.",
    "retitled": "The title is changed.",
    "watch-changed": "Saved.",
    "glass-ended": "You no longer read that network. Its log says when you stopped.",
    "review-begun": "The review has begun. You can leave it and come back at any time.",
    "review-decided": "Saved.",
    "review-asked": "Thank you. The administrators see that you still need it.",
    "review-signed": "The review is signed.",
    "review-ended": "Their access has ended. We have told them by e-mail.",
    "address-trusted": "We write to your address again. If it is refused once more, we say so here.",
}
_TIDIED = ("posted", "thread-created", "edited", "held")
NOTICES |= {f"{name}-tidied": f"{NOTICES[name]} {LEFT_OUT}" for name in _TIDIED}
"""The same where something was left out of what was typed."""

UNDOABLE = frozenset(
    (
        *("hidden", "removed-for-now", "rejected", "warned", "silenced", "holding", "member-removed", "member-banned"),
        *("pinned", "locked", "slowed", "moved", "retitled"),
    )
)
"""Those that may offer "Undo": then they travel with the id of an act."""

FORGETTING = frozenset(("account-closed",))
"""Those after which nothing that pages left in the browser may stay there."""

_MOST_NAMED = 3


def name_all(names: Sequence[str]) -> str:
    """These names in a sentence: "Ann Ek", "Ann Ek and Bo Lund", "Ann Ek, Bo Lund and 3 others"."""
    if len(names) > _MOST_NAMED:
        names = [*names[: _MOST_NAMED - 1], f"{len(names) - _MOST_NAMED + 1} others"]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def write_notice(key: bytes, notice: str, who: str = "", undo: str = "") -> str:
    """What a cookie keeps of this notice until the next page; `undo`: the act that it offers to undo, by its id.

    Raises KeyError where there is none of this name.
    """
    if ("{who}" in NOTICES[notice]) != bool(who) or (undo and notice not in UNDOABLE):
        raise KeyError(notice)
    if not who and not undo:
        return notice
    words = base64.urlsafe_b64encode(f"{undo}\n{who}".encode()).decode().rstrip("=")
    return f"{notice}.{words}.{_seal(key, notice, words)}"


def read_notice(key: bytes, kept: str) -> str | None:
    """The sentence that such a cookie stands for; None where we did not write it."""
    notice, *sealed = kept.split(".")
    sentence = NOTICES.get(notice)
    if sentence is None or not sealed:
        return sentence if sentence is not None and "{who}" not in sentence else None
    unsealed = _unsealed(key, kept)
    return sentence.replace("{who}", unsealed[1]) if unsealed is not None else None


def read_undo(key: bytes, kept: str) -> str:
    """The id of the act that such a cookie offers to undo; empty for none."""
    return (_unsealed(key, kept) or ("", ""))[0]


def _unsealed(key: bytes, kept: str) -> tuple[str, str] | None:
    """The act and the name that travel with a notice; None where we did not seal it."""
    notice, *sealed = kept.split(".")
    if len(sealed) != 2:
        return None
    words, seal = sealed
    if not hmac.compare_digest(_seal(key, notice, words).encode(), seal.encode()):
        return None
    try:
        undo, _, who = base64.urlsafe_b64decode(words + "=" * (-len(words) % 4)).decode().partition("\n")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return undo, who


def _seal(key: bytes, notice: str, words: str) -> str:
    return seal_of(key, "notice", notice, words).hex()[:32]
