"""Patient data that others repeat in words of their own: no quote's mark tells, so that a moderator decides.

Nothing is hidden because of it: Confer reports such posts to the moderators of their network, as anybody could, and on
the page of the act that hid the first they stand with a button for all. The worker looks through the site's posts, a
bounded part in each transaction.
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, exists, func, insert, select

from forum.acts.cases import count_report, hold_case, tell_of_report
from forum.acts.holding import hold_network_of, hold_post
from forum.acts.posts import hide_quotation
from forum.acts.quotations import REPEATS
from forum.acts.quoting import hold_networks_of, said_in
from forum.errors import Forbidden, NotFound
from forum.policy import acts_shown_to, may_hide
from forum.tables import acts, cases, posts, reports
from forum.text import Said
from forum.viewer import Viewer
from ground.columns import Identifier, new_id, now
from realtime.transaction import Transaction

MOST_LOOKED_AT = 1_000
"""So many posts one transaction looks at."""
MOST_REPORTED = 50
"""So many because of one act: whatever stands in more posts than these is a phrase of many."""
MOST_HIDDEN = 100
_BEFORE = 50
"""So many posts that its author wrote before tell which words are always theirs."""
FOUND = "Confer found that this post repeats words, or the NHS number, of a post that was hidden as patient data."
REPEATS_IT = "It repeats words of a post that was hidden because of patient data. Say it again without them."

_STANDS = (
    select(acts.c.post_id, posts.c.author_id)
    .join(posts, posts.c.id == acts.c.post_id)
    .where(
        acts.c.id == bindparam("act_id", type_=Identifier),
        acts.c.undone_at.is_(None),
        posts.c.removed_at.is_not(None),
        posts.c.erased_at.is_(None),
    )
)


async def _said(tx: Transaction, post_id: str, author_id: str) -> Said:
    said = Said((await said_in(tx.connection, [post_id]))[post_id])
    before = select(posts.c.body).where(posts.c.author_id == author_id, posts.c.id < post_id)
    said.forget((await tx.execute(before.order_by(posts.c.id.desc()).limit(_BEFORE))).scalars())
    return said


def _repeats(said: Said, body: str, *, is_later: bool) -> bool:
    """What was written before it can't have been taken from it; but the same number is of the same patient."""
    return said.has_number_in(body) or (is_later and said.has_words_in(body))


async def seek_repeats(tx: Transaction, act_id: str, after: str) -> None:
    """Leave a task for each post that repeats what this act has hidden, and one to go on `after` the last looked at."""
    found = (await tx.execute(_STANDS, {"act_id": act_id})).first()
    if found is None:
        return
    said = await _said(tx, found.post_id, found.author_id)
    asked = select(posts.c.id, posts.c.body).where(posts.c.removed_at.is_(None), posts.c.id != found.post_id)
    asked = asked.where(posts.c.id > after) if after else asked
    rows = (await tx.execute(asked.order_by(posts.c.id).limit(MOST_LOOKED_AT))).all()
    for row in rows:
        if _repeats(said, row.body, is_later=row.id > found.post_id):
            tx.enqueue("report_repeat", {"act_id": act_id, "post_id": row.id})
    if len(rows) == MOST_LOOKED_AT:
        tx.enqueue("seek_repeats", {"act_id": act_id, "after": rows[-1].id})


async def report_repeat(tx: Transaction, act_id: str, post_id: str) -> None:
    """Report such a post in its network, unless it was edited, or what it repeats came back meanwhile."""
    if not await hold_networks_of(tx, [post_id]):
        return
    post = await hold_post(tx, None, post_id)
    found = (await tx.execute(_STANDS, {"act_id": act_id})).first()
    reported = select(func.count()).where(reports.c.act_id == act_id)
    if found is None or post.removed_at is not None or (await tx.connection.scalar(reported) or 0) >= MOST_REPORTED:
        return
    body = (await tx.execute(select(posts.c.body).where(posts.c.id == post_id))).scalar_one()
    said = await _said(tx, found.post_id, found.author_id)
    known = select(reports.c.id).join(cases, cases.c.id == reports.c.case_id)
    is_known = await tx.connection.scalar(known.where(reports.c.act_id == act_id, cases.c.post_id == post_id))
    if is_known is not None or not _repeats(said, body, is_later=post_id > found.post_id):
        return
    case_id = await hold_case(tx, post.network_id, post.author_id, post.id)
    row = {"id": new_id(), "case_id": case_id, "rule": "patient_data", "words": FOUND, "act_id": act_id}
    await tx.execute(insert(reports), row | {"created_at": now()})
    await count_report(tx, case_id)
    await tell_of_report(tx, case_id, post.network_id)


async def hide_repeats(tx: Transaction, viewer: Viewer, act_id: str) -> int:
    """Hide what was found in the act's own network and waits for a moderator there; how many posts those are.

    Raises NotFound, and Forbidden for who doesn't moderate it.
    """
    about = select(acts.c.network_id, acts.c.post_id).where(acts.c.id == act_id, acts_shown_to(viewer))
    act = (await tx.execute(about)).first()
    if act is None:
        raise NotFound
    if not viewer.has_role(act.network_id, "moderator"):
        raise Forbidden("Only moderators and administrators may do this.")
    if act.post_id is None or not await hold_network_of(tx, act.post_id):
        raise NotFound
    hidden = 0
    for post_id in await _waiting(tx, act_id, act.network_id):
        post = await hold_post(tx, viewer, post_id)
        if post.removed_at is None and may_hide(viewer, post.standing, "patient_data"):
            await hide_quotation(tx, viewer.id, post, act_id, REPEATS_IT, REPEATS)
            hidden += 1
    return hidden


async def _waiting(tx: Transaction, act_id: str, network_id: str) -> Sequence[str]:
    this = exists(select(reports.c.id).where(reports.c.case_id == cases.c.id, reports.c.act_id == act_id))
    open_ones = (cases.c.network_id == network_id, cases.c.outcome == "", cases.c.post_id.is_not(None))
    # What moved to another network since is for the moderators of that one to hide.
    still_here = (posts.c.network_id == network_id, this.correlate(cases))
    found = select(cases.c.post_id).join(posts, posts.c.id == cases.c.post_id).where(*open_ones, *still_here)
    found = found.order_by(cases.c.post_id)
    return list((await tx.execute(found.limit(MOST_HIDDEN))).scalars())
