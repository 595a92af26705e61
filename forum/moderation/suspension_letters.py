"""Letters to somebody whose account is suspended, or open again."""

from collections.abc import Mapping

from forum.errors import NotFound
from forum.mailing import Letter, LetterWriter
from forum.moderation.suspension_queries import find_suspended, get_account
from forum.state import State
from realtime.transaction import Transaction


async def write_suspended(state: State, tx: Transaction, reference: Mapping[str, str]) -> Letter | None:
    """That they can't come in, and why; nothing where it was taken back meanwhile."""
    found = await find_suspended(tx.connection, reference["account_id"], reference["row_id"])
    if found is None:
        return None
    address, name, reason = found
    context = {"reason": reason, "link": f"{state.settings.public_url}/about/contact"}
    return Letter(
        address, name, f"Your account on {state.settings.site_name} is suspended", "account_suspended", context
    )


async def write_reinstated(state: State, tx: Transaction, reference: Mapping[str, str]) -> Letter | None:
    """That they can come in again; nothing where they were suspended anew meanwhile."""
    try:
        account = await get_account(tx.connection, reference["account_id"])
    except NotFound:
        return None
    if account.suspended_at is not None:
        return None
    subject = f"You can sign in to {state.settings.site_name} again"
    context = {"link": f"{state.settings.public_url}/sign-in"}
    return Letter(account.email, account.name, subject, "account_reinstated", context)


LETTERS: Mapping[str, LetterWriter] = {
    "account_suspended": write_suspended,
    "account_reinstated": write_reinstated,
}
