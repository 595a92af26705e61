"""Who may bring files to a post, and who may have those of one: whoever reads the post, and nobody else."""

from sqlalchemy import ColumnElement, and_, or_

from forum.policy.conditions import moderated_by, readable_by, threads_readable_by
from forum.policy.decision import Decision
from forum.policy.threads import may_start_thread
from forum.tables import held_posts, post_files, posts
from forum.viewer import Viewer


def may_bring_files(viewer: Viewer, network_id: str) -> Decision:
    """Whoever may write in a network may bring files for what they write there."""
    return may_start_thread(viewer, network_id)


def post_files_readable_by(viewer: Viewer) -> ColumnElement[bool]:
    """Files, joined to their `networks`, and where there are to `posts`, `threads` and `held_posts`.

    Those of a post go with its words: out of sight where these are, but for moderators, who judge them still. Those of
    words that wait are for their author and moderators; those of words not sent yet, for who brought them.
    """
    of_post = and_(posts.c.removed_at.is_(None), threads_readable_by(viewer))
    to_judge = and_(posts.c.removed_at.is_not(None), moderated_by(viewer), threads_readable_by(viewer))
    if not viewer.id:
        return and_(post_files.c.post_id.is_not(None), of_post)
    mine = and_(post_files.c.brought_by == viewer.id, readable_by(viewer))
    return or_(
        and_(post_files.c.post_id.is_not(None), or_(of_post, to_judge)),
        and_(post_files.c.held_id.is_not(None), or_(mine, moderated_by(viewer))),
        and_(post_files.c.post_id.is_(None), held_posts.c.id.is_(None), mine),
    )
