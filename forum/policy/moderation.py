"""Who reports, who decides about reports, and who sees, undoes, appeals against and judges an act of moderation."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from auth.tables import accounts
from forum.policy.decision import YES, Decision, when
from forum.policy.glass import may_leave_traces
from forum.policy.threads import may_moderate
from forum.records import ActKind, Post, Rule
from forum.tables import acts, cases, memberships
from forum.viewer import Viewer

ONLY_MODERATORS = "Only moderators and administrators may do this."
_ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Standing:
    """What rights over a post depend on."""

    network_id: str
    author_id: str
    is_gone: bool
    """Removed or hidden: nobody reads it in its thread."""
    hidden_rule: str
    is_erased: bool
    by_author: bool
    """Its author took it away."""

    @property
    def is_hidden(self) -> bool:
        """By a moderator, for a rule that its stub names."""
        return bool(self.hidden_rule)


def standing_of(post: Post) -> Standing:
    """The standing of a post at hand."""
    return Standing(
        post.network_id,
        post.author.id,
        post.removed_at is not None,
        post.hidden_rule,
        post.is_erased,
        post.removed_by_author,
    )


def may_remove(viewer: Viewer, post: Standing) -> Decision:
    """One's own post while a member; another's as a moderator, with a reason. A hidden one only as a moderator."""
    if post.is_gone and not post.is_hidden:
        return Decision(False, "This post was removed already.")
    if viewer.has_role(post.network_id, "moderator"):
        return YES
    own = bool(viewer.id) and post.author_id == viewer.id and viewer.role_in(post.network_id) is not None
    if own and post.is_hidden:
        return Decision(False, "A moderator has hidden this post. You can appeal against that.")
    return when(own, "Only the author or a moderator may remove a post.")


def may_hide(viewer: Viewer, post: Standing, rule: Rule = "patient_data") -> Decision:
    """Moderators hide posts that can be read, their own too; what is out of sight already, as patient data alone.

    Its quotations can still be read then, and are hidden with it.
    """
    decision = may_moderate(viewer, post.network_id)
    if not decision:
        return decision
    if rule == "patient_data" and not post.is_erased and post.hidden_rule != rule:
        return YES
    return when(
        not post.is_gone, "This post is hidden already." if post.is_hidden else "This post was removed already."
    )


def may_erase(viewer: Viewer) -> Decision:
    """The site's administrators, who need not be able to read what they erase."""
    return when(viewer.is_site_administrator, "Only an administrator of the site may erase words for good.")


def may_report_post(viewer: Viewer, post: Standing) -> Decision:
    """Whoever reads a post may report it, with or without an account; but not one's own."""
    if viewer.id and post.author_id == viewer.id:
        return Decision(False, "This post is yours. You can edit or remove it yourself.")
    if not (decision := may_leave_traces(viewer, post.network_id)):
        return decision
    if not post.is_gone:
        return YES
    by_moderator = post.is_hidden or post.is_erased or not post.by_author
    done = "A moderator has dealt with this post already." if by_moderator else "Its author has removed this post."
    return Decision(False, f"{done} There is nothing left here to report.")


def may_report_person(viewer: Viewer, account_id: str) -> Decision:
    """Anybody whom one meets in a network, but not oneself."""
    return when(viewer.id != account_id, "You can’t report yourself.")


def may_warn(viewer: Viewer, network_id: str, account_id: str) -> Decision:
    """Moderators warn others."""
    decision = may_moderate(viewer, network_id)
    return decision if not decision else when(viewer.id != account_id, "You can’t warn yourself.")


def may_undo(
    viewer: Viewer,
    kind: ActKind,
    network_id: str,
    by_id: str | None,
    account_id: str | None,
    *,
    is_granted: bool = False,
) -> Decision:
    """Moderators take back what was done, but not what another did about themselves: against that they appeal.

    Who belongs to a network is for its administrators to say. `is_granted`: an appeal against it was, in words.
    """
    decision = may_moderate(viewer, network_id)
    if not decision and not overrules_move(viewer, kind, is_asked=is_granted):
        return decision
    if kind in ("expel", "ban") and not viewer.has_role(network_id, "administrator"):
        return Decision(False, "Only administrators take somebody back into the network.")
    about_me = account_id == viewer.id and by_id != viewer.id
    return when(not about_me, "This is about you, so somebody else decides. You can appeal against it.")


def overrules_move(viewer: Viewer, kind: ActKind, *, is_asked: bool) -> bool:
    """Whether the viewer takes a move back without moderating both networks: an administrator of the site, where an
    appeal asks for it that they judge, or that was granted by somebody who doesn't moderate both.

    They read neither network for it, and nobody comes to read what they could not read before the move. Of each
    network alone not even an administrator can: they would take something out of one in which they have no say.
    """
    return kind == "move" and is_asked and viewer.is_site_administrator


# -- Reports ---------------------------------------------------------------------------------------


def about_staff() -> ColumnElement[bool]:
    """Rows of `cases` about somebody who moderates the network themselves."""
    return exists(
        select(memberships.c.id).where(
            memberships.c.network_id == cases.c.network_id,
            memberships.c.account_id == cases.c.account_id,
            memberships.c.current,
            memberships.c.status == "active",
            memberships.c.role != "member",
        )
    ).correlate(cases)


def _another_administers(besides: ColumnElement[str], network_id: ColumnElement[str]) -> ColumnElement[bool]:
    others = memberships.alias("other_administrators")
    return exists(
        select(others.c.id).where(
            others.c.network_id == network_id,
            others.c.account_id != besides,
            others.c.current,
            others.c.status == "active",
            others.c.role == _ADMINISTRATOR,
        )
    ).correlate(cases, acts)


def nobody_else_moderates() -> ColumnElement[bool]:
    """Rows of `cases` that nobody of their network may decide: nobody moderates there but whom they concern."""
    others = memberships.alias("other_moderators")
    return ~exists(
        select(others.c.id).where(
            others.c.network_id == cases.c.network_id,
            others.c.account_id != cases.c.account_id,
            others.c.current,
            others.c.status == "active",
            others.c.role != "member",
        )
    ).correlate(cases)


def cases_shown_to(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of `cases` that this viewer may see and decide: never one about themselves.

    Those about somebody who moderates are for administrators; where there is no other, for the other moderators, and
    where there are none either, for the site's administrators, who see nothing more of the network for it.
    """
    of_network = _cases_of_network(viewer)
    if not viewer.is_site_administrator:
        return of_network
    return or_(of_network, and_(nobody_else_moderates(), cases.c.account_id != viewer.id))


def decides_from_outside(viewer: Viewer, network_id: str) -> bool:
    """Whether who may decide a case does not moderate its network, but looks after the site."""
    return not viewer.has_role(network_id, "moderator")


def may_look_into(viewer: Viewer, network_id: str, *, is_mine: bool) -> bool:
    """Whether the viewer reads what a case holds: who decides from outside only once they look into it, which is
    written down."""
    return is_mine or not decides_from_outside(viewer, network_id)


def _cases_of_network(viewer: Viewer) -> ColumnElement[bool]:
    roles = {key: place.role for key, place in viewer.places.items() if place.status == "active"}
    moderated = [key for key, role in roles.items() if role != "member"]
    if not moderated:
        return false()
    administered = [key for key, role in roles.items() if role == _ADMINISTRATOR]
    nobody_above = ~_another_administers(cases.c.account_id, cases.c.network_id)
    return and_(
        cases.c.network_id.in_(moderated),
        cases.c.account_id != viewer.id,
        or_(~about_staff(), cases.c.network_id.in_(administered), nobody_above),
    )


# -- Acts ------------------------------------------------------------------------------------------


def acts_shown_to(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of `acts` that this viewer may see: whom they concern, and the network's moderators."""
    if not viewer.id:
        return false()
    places = viewer.active_places()
    moderated = [place.network_id for place in places if place.role != "member"]
    return or_(acts.c.account_id == viewer.id, acts.c.network_id.in_(moderated))


def granted_acts_shown_to(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of `acts` that an administrator of the site may see, and nothing of what they were about, because an appeal
    was granted by somebody who could not take them back: there may be nobody in the networks who can."""
    return acts.c.appeal_outcome == "granted" if viewer.is_site_administrator else false()


def nobody_else_administers() -> ColumnElement[bool]:
    """Rows of `acts` of which no administrator of the network may judge an appeal: who acted, or whom it concerns."""
    others = memberships.alias("judges")
    return ~exists(
        select(others.c.id).where(
            others.c.network_id == acts.c.network_id,
            others.c.current,
            others.c.status == "active",
            others.c.role == _ADMINISTRATOR,
            or_(acts.c.by_id.is_(None), others.c.account_id != acts.c.by_id),
            others.c.account_id != acts.c.account_id,
        )
    ).correlate(acts)


def somebody_judges() -> ColumnElement[bool]:
    """Rows of `acts` of which there is somebody to judge an appeal, in the network or above it."""
    oversees = exists(
        select(accounts.c.id).where(
            accounts.c.site_administrator,
            accounts.c.closed_at.is_(None),
            or_(acts.c.by_id.is_(None), accounts.c.id != acts.c.by_id),
            accounts.c.id != acts.c.account_id,
        )
    ).correlate(acts)
    return or_(~nobody_else_administers(), oversees)


def appeals_judged_by(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of `acts` whose appeal this viewer may judge: another administrator of the network than who acted.

    Where there is no other, an administrator of the site, who sees nothing of what it was about.
    """
    places = viewer.active_places()
    administered = [place.network_id for place in places if place.role == _ADMINISTRATOR]
    of_network = acts.c.network_id.in_(administered) if administered else false()
    of_site = nobody_else_administers() if viewer.is_site_administrator else false()
    not_by_me = or_(acts.c.by_id.is_(None), acts.c.by_id != viewer.id)
    not_about_me = or_(acts.c.account_id.is_(None), acts.c.account_id != viewer.id)
    return and_(or_(of_network, of_site), not_by_me, not_about_me)
