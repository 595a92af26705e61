"""Who may bring files to a post, and who may have those of one: whoever reads the post, and nobody else."""

from sqlalchemy import ColumnElement, and_, exists, or_, select

from forum.policy.conditions import moderated_by, readable_by, threads_readable_by
from forum.policy.decision import Decision, when
from forum.policy.moderation import cases_shown_to
from forum.policy.threads import may_start_thread
from forum.tables import acts, cases, held_posts, post_files, posts
from forum.viewer import Viewer


def may_bring_files(viewer: Viewer, network_id: str) -> Decision:
    """Whoever may write in a network may bring files for what they write there."""
    return may_start_thread(viewer, network_id)


def may_send_files(viewer: Viewer) -> Decision:
    """Whoever belongs to some network may send a file before saying in which of them it is to be shared."""
    return when(bool(viewer.active_places()), "Join a network first: a file is sent to be shared in one.")


def post_files_readable_by(viewer: Viewer) -> ColumnElement[bool]:
    """Files, joined to their `networks`, and where there are to `posts`, `threads` and `held_posts`.

    Those of a post go with its words: out of sight where these are, but for moderators who read them still. Those of
    words that wait are for their author and moderators; those of words not sent yet, for who brought them.
    """
    of_post = and_(posts.c.removed_at.is_(None), threads_readable_by(viewer))
    to_judge = and_(_judged_by(viewer), threads_readable_by(viewer))
    if not viewer.id:
        return and_(post_files.c.post_id.is_not(None), of_post)
    mine = and_(post_files.c.brought_by == viewer.id, readable_by(viewer))
    return or_(
        and_(post_files.c.post_id.is_not(None), or_(of_post, to_judge)),
        and_(post_files.c.held_id.is_not(None), or_(mine, moderated_by(viewer))),
        and_(post_files.c.post_id.is_(None), held_posts.c.id.is_(None), mine),
    )


def _judged_by(viewer: Viewer) -> ColumnElement[bool]:
    """Of posts out of sight, those whose words moderators read on the page of the act or of a case; what its author
    took away, on that of a case alone. Earlier versions are shown on neither, nor what an edit took out. An act stays
    with its network where the thread moves, and is nothing to the moderators of the other."""
    acted = exists(select(acts.c.id).where(acts.c.post_id == posts.c.id, acts.c.network_id == posts.c.network_id))
    by_moderator = and_(posts.c.removed_by.is_distinct_from(posts.c.author_id), acted.correlate_except(acts))
    reported = exists(select(cases.c.id).where(cases.c.post_id == posts.c.id, cases_shown_to(viewer)))
    is_shown = or_(by_moderator, reported.correlate_except(cases))
    return and_(posts.c.removed_at.is_not(None), post_files.c.until_version.is_(None), moderated_by(viewer), is_shown)
