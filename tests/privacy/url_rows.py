"""Rows of the table of addresses: what each kind of visitor gets, and the rows that come again and again."""

from dataclasses import dataclass, replace

COLUMNS = (
    "signed_out",
    "outsider",
    "invited",
    "site_administrator",
    "fellow",
    "member",
    "moderator",
    "administrator",
)


@dataclass(frozen=True, slots=True)
class Row:
    """What each kind of visitor gets in a closed network, and where that differs in others."""

    closed: str
    secret: str = ""
    open: str = ""
    unlisted: str = ""

    def expected(self, access: str) -> dict[str, str]:
        """The code for each kind of visitor, in a network of this access."""
        special = {"closed": self.closed, "secret": self.secret, "open": self.open, "unlisted": self.unlisted}[access]
        return dict(zip(COLUMNS, (special or self.closed).split(), strict=True))


def everybody(code: str) -> Row:
    """The same for all."""
    return Row(" ".join([code] * len(COLUMNS)))


def account(code: str, signed_out: str) -> Row:
    """The same for all who are signed in."""
    return Row(" ".join([signed_out] + [code] * (len(COLUMNS) - 1)))


def act(codes: str) -> Row:
    """An act for some of the members; `codes` are theirs. Who reads an open network is told why they may not."""
    return Row(f"401 404 404 404 {codes}", open=f"401 403 403 403 {codes}")


def form(codes: str) -> Row:
    """The page with the form for an act."""
    return Row(f"303 404 404 404 {codes}", open=f"303 403 403 403 {codes}")


ALL = everybody("200")
NOWHERE = everybody("404")
OWN_PAGE = account("200", "303")
OWN_ACT = account("ok", "401")
READ = Row("404 404 404 404 200 200 200 200", open=ALL.closed)
FRONT = Row(ALL.closed, secret="404 404 200 200 200 200 200 200")
MEMBERS_DO = act("ok ok ok ok")
MODERATORS_DO = act("403 403 ok ok")
ADMINISTRATORS_DO = act("403 403 403 ok")
# Nobody can ask to join an open or a secret network: whoever is answered there has asked no more.
ANSWERING = replace(ADMINISTRATORS_DO, secret="401 404 404 404 403 403 403 409", open="401 403 403 403 403 403 403 409")

OVERSEERS_SEE = Row("303 403 403 200 403 403 403 403")
OVERSEERS_DO = Row("401 403 403 ok 403 403 403 403")
NO_REASON = "401 403 403 422 403 403 403 403"
# What waits for a moderator was written by `fellow`.
WITHDRAW = Row("401 404 404 404 ok 404 403 403")
HELD = Row("401 404 404 404 403 404 ok ok")
# One of the invitations, of which there are none in the open network.
WITH_INVITATION = Row("401 404 404 404 403 403 403 ok", open="401 403 403 403 403 403 403 404")

ADMINISTRATORS_SEE = form("403 403 403 200")
JOIN = Row("401 ok ok ok ok ok ok ok", secret="401 404 ok 404 ok ok ok ok")
LEAVE = Row("401 404 ok 404 ok ok ok 403", open="401 404 404 404 ok ok ok 403")
ADMINISTRATORS_ASK = Row("404 404 404 404 403 403 403 200", open="404 403 403 403 403 403 403 200")
TOLD = Row("404 404 404 404 200 200 200 200", open="404 403 403 403 200 200 200 200")
COMPLETE = Row("303 404 404 404 200 200 200 200", open=OWN_PAGE.closed)
# Whoever reads a post may report it, and everybody who is signed in anybody whom they meet.
REPORT = Row("404 404 404 404 ok 403 ok ok", open="ok ok ok ok ok 403 ok ok")
REPORT_FORM = Row("303 404 404 404 200 200 200 200", open=OWN_PAGE.closed)
REPORT_PERSON = Row("401 404 404 404 ok ok ok ok", open=OWN_ACT.closed)
DECIDE = Row("401 404 404 404 404 404 ok ok")
# An act is nobody's business but that of whom it concerns and of the moderators, in open networks too.
UNDO = Row("401 404 404 404 404 403 ok ok")
APPEAL = Row("401 404 404 404 404 ok 403 403")
JUDGE = Row("401 404 404 404 404 403 403 ok")
OVERSEE = Row("303 403 403 200 403 403 403 403")
