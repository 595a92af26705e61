"""Every limit by number, in one table. Bounds on sizes and lists stand with what they bound."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Rule:
    """So many in so many seconds, counted from the first.

    `shared` counts over all processes (through Redis, where there is one); a rule that is asked on every
    read counts in its own process only, because a round trip would cost more than the reading.
    """

    name: str
    amount: int
    seconds: int
    shared: bool = True


_MINUTE, _HOUR, DAY = 60, 3_600, 86_400

#: Attempts on one account before it is slowed; signing in clears them.
SIGN_IN_ACCOUNT = Rule("sign_in_account", 5, 15 * _MINUTE)
#: Attempts on one account from all addresses together, of browsers that it does not know; from then on one a minute.
#: A browser that it knows goes on, and so does whoever opens the mail for a new password.
SIGN_IN_EVERYWHERE = Rule("sign_in_everywhere", 100, _HOUR)
#: Attempts of a browser that signed in to the account before: it has a count of its own, which nobody else can fill.
SIGN_IN_KNOWN_BROWSER = Rule("sign_in_known_browser", 30, 15 * _MINUTE)
#: Failures of one address; a whole hospital stands behind one.
SIGN_IN_ADDRESS = Rule("sign_in_address", 300, 5 * _MINUTE)

#: By client address.
REGISTER = Rule("register", 100, _HOUR)
#: Registering, forgotten passwords and changes of address: mails to one mailbox, by its normalised address.
MAIL_TO_ADDRESS = Rule("mail_to_address", 5, _HOUR)
#: The same mails asked for from one client address.
MAIL_FROM_CLIENT = Rule("mail_from_client", 100, _HOUR)
#: Opening links of mails, by client address, and setting the site up.
LINKS = Rule("links", 300, 5 * _MINUTE)
#: Wrong passwords where a signed-in person must give theirs again, by account.
CONFIRM_PASSWORD = Rule("confirm_password", 10, 15 * _MINUTE)

#: Reports of people without an account, by client address; a whole hospital stands behind one.
REPORTS_BY_ADDRESS = Rule("reports_by_address", 10, _HOUR)

#: By account from here on.
POSTS = Rule("posts", 30, _MINUTE)
POSTS_A_DAY = Rule("posts_a_day", 1_000, DAY)
THREADS = Rule("threads", 20, 10 * _MINUTE)
#: In one network, for who has become a member of it lately.
NEW_POSTS = Rule("new_posts", 20, DAY)
NEW_THREADS = Rule("new_threads", 3, DAY)
#: The very same words in one network.
SAME_WORDS = Rule("same_words", 2, DAY)
#: Documents and versions shared, folders made.
DOCUMENTS = Rule("documents", 300, _HOUR)
#: Cards made, and said to be used too.
CARDS = Rule("cards", 60, _HOUR)
EDITS = Rule("edits", 60, _MINUTE)
#: In place of THREADS, POSTS_A_DAY and EDITS for those who moderate: no limit on their work, but on a program run wild.
MODERATION = Rule("moderation", 600, _MINUTE)
UPLOADS = Rule("uploads", 300, _HOUR)
PREVIEWS = Rule("previews", 60, _MINUTE, shared=False)
NETWORKS = Rule("networks", 20, DAY)
JOINING = Rule("joining", 60, _HOUR)
MEMBERSHIP_CHANGES = Rule("membership_changes", 600, _HOUR)
INVITATIONS = Rule("invitations", 500, DAY)
REPORTS = Rule("reports", 30, _HOUR)
APPEALS = Rule("appeals", 20, _HOUR)
#: By invitation: how often one is sent again.
INVITATIONS_AGAIN = Rule("invitations_again", 3, DAY)
TOKENS = Rule("tokens", 30, _HOUR)
DOWNLOAD_OF_DATA = Rule("download_of_data", 10, _HOUR)
SEARCH = Rule("search", 120, _MINUTE, shared=False)
#: What is offered while somebody types; the search itself has a count of its own.
SUGGESTIONS = Rule("suggestions", 300, _MINUTE, shared=False)
SOCKETS = Rule("sockets", 120, _MINUTE, shared=False)

RULES = MappingProxyType({rule.name: rule for rule in list(globals().values()) if isinstance(rule, Rule)})
