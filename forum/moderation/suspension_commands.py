"""The site's administrators shut an account out, and let it in again: sessions and sockets end in the same moment."""

from auth.accounts import reinstate_account, suspend_account
from forum.audit import Deed, record
from forum.errors import Forbidden
from forum.events import SessionsEnded
from forum.moderation.suspension_queries import FoundAccount, get_account
from forum.policy import may_suspend
from forum.streams import account_stream
from forum.viewer import Viewer
from realtime.transaction import Transaction


async def suspend(tx: Transaction, viewer: Viewer, account_id: str, reason: str) -> FoundAccount:
    """Suspend the account; done already, nothing changes. Raises Forbidden and NotFound."""
    account = await _asked(tx, viewer, account_id)
    if account.suspended_at is not None:
        return account
    await suspend_account(tx.connection, account_id)
    row_id = await record(tx, _deed("account.suspended", viewer, account_id, reason))
    tx.enqueue("mail", {"letter": "account_suspended", "account_id": account_id, "row_id": row_id})
    tx.emit(account_stream(account_id), SessionsEnded(account_id), authz=True)
    return account


async def reinstate(tx: Transaction, viewer: Viewer, account_id: str) -> FoundAccount:
    """Take the suspension back; where there is none, nothing changes. Raises Forbidden and NotFound."""
    account = await _asked(tx, viewer, account_id)
    if account.suspended_at is None:
        return account
    await reinstate_account(tx.connection, account_id)
    await record(tx, _deed("account.reinstated", viewer, account_id, ""))
    tx.enqueue("mail", {"letter": "account_reinstated", "account_id": account_id})
    return account


async def _asked(tx: Transaction, viewer: Viewer, account_id: str) -> FoundAccount:
    decision = may_suspend(viewer, account_id)
    if not decision:
        raise Forbidden(decision.reason)
    return await get_account(tx.connection, account_id)


def _deed(act: str, viewer: Viewer, account_id: str, reason: str) -> Deed:
    return Deed(act=act, kind="account", object_id=account_id, actor_id=viewer.id, subject_id=account_id, reason=reason)
