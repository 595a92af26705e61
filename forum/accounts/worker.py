"""The letters about accounts. Each is written when it is sent, for whoever owns the address then."""

from collections.abc import Mapping

from auth.accounts import Account, find_account, find_account_by_email, lock_account
from auth.links import LinkPurpose, find_waiting_address, issue_link
from auth.tokens import count_live_tokens, list_tokens
from forum.accounts.queries import has_written
from forum.mailing import Letter, LetterWriter
from forum.state import State
from realtime.transaction import Transaction

Reference = Mapping[str, str]


async def write_verify_email(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To a new address: the link that proves it."""
    account = await _account(tx, reference)
    if account is None or account.email is None or account.verified_at is not None:
        return None
    link = await _link(state, tx, account, LinkPurpose.VERIFY_EMAIL, account.email, "verify")
    subject = f"Confirm your address for {state.settings.site_name}"
    context = {"link": link, "from_archive": await has_written(tx.connection, account.id)}
    return Letter(account.email, "", subject, "verify_email", context)


async def write_claim_account(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To an address whose account waits for its owner: the link to take it over."""
    account = await _account(tx, reference)
    if account is None or account.email is None or account.verified_at is not None:
        return None
    link = await _link(state, tx, account, LinkPurpose.CLAIM_ACCOUNT, account.email, "verify")
    subject = f"Finish registering with {state.settings.site_name}"
    context = {"link": link, "from_archive": await has_written(tx.connection, account.id)}
    return Letter(account.email, "", subject, "claim_account", context)


async def write_already_registered(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To somebody who has an account and whose address was registered again."""
    account = await _account(tx, reference)
    if account is None or account.email is None:
        return None
    url = state.settings.public_url
    context = {"sign_in": f"{url}/sign-in", "forgotten": f"{url}/forgotten"}
    subject = f"You already have an account at {state.settings.site_name}"
    return Letter(account.email, account.name, subject, "already_registered", context)


async def write_verify_again(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """Once more to an address that somebody typed as the one they registered: nobody, where nothing waits for proof."""
    account = await find_account_by_email(tx.connection, reference["address"])
    if account is None:
        return None
    write = write_verify_email if account.has_password else write_claim_account
    return await write(state, tx, {"account_id": account.id})


async def write_forgotten(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To whoever owns the address that somebody typed as their own: nobody, where it has no account.

    Who is suspended gets no link, for no password would let them in, but reads so, and whom to write to.
    """
    account = await find_account_by_email(tx.connection, reference["address"])
    if account is None or account.email is None:
        return None
    if account.suspended_at is not None:
        subject = f"Your account at {state.settings.site_name} is suspended"
        context = {"contact": f"{state.settings.public_url}/about/contact"}
        return Letter(account.email, account.name, subject, "forgotten_suspended", context)
    if account.verified_at is None:
        return await write_claim_account(state, tx, {"account_id": account.id})
    link = await _link(state, tx, account, LinkPurpose.RESET_PASSWORD, account.email, "reset")
    subject = f"Choose a new password for {state.settings.site_name}"
    return Letter(account.email, account.name, subject, "reset_password", {"link": link})


async def write_change_email(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To the address that somebody wants to move to: the link, or that it has another account already.

    Where that account waits for its owner, as out of an archive, nobody is told that they have one: they may take it.
    """
    account = await _account(tx, reference)
    if account is None or account.email is None:
        return None
    address, site_name = reference["address"], state.settings.site_name
    await lock_account(tx.connection, account.id)  # who asks for another one at this moment waits, or has been heard
    if await find_waiting_address(tx.connection, account.id) != address:
        return None  # they wanted another one in the meantime, or none
    owner = await find_account_by_email(tx.connection, address)
    if owner is not None and owner.id != account.id:
        if owner.email is None:
            return None
        if owner.verified_at is None:
            return await _write_email_waits(state, tx, owner, owner.email)
        return Letter(owner.email, owner.name, f"Your address at {site_name} stays yours", "email_in_use", {})
    link = await _link(state, tx, account, LinkPurpose.CHANGE_EMAIL, address, "verify")
    return Letter(address, "", f"Confirm your new address for {site_name}", "change_email", {"link": link})


async def _write_email_waits(state: State, tx: Transaction, owner: Account, address: str) -> Letter:
    link = await _link(state, tx, owner, LinkPurpose.CLAIM_ACCOUNT, address, "verify")
    context = {"link": link, "from_archive": await has_written(tx.connection, owner.id)}
    subject = f"Nothing was moved to this address at {state.settings.site_name}"
    return Letter(address, "", subject, "email_waits", context)


async def write_email_changed(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To the old address: that it is no longer the account's."""
    account = await find_account(tx.connection, reference["account_id"])
    if account is None:
        return None
    subject = f"Your address at {state.settings.site_name} was changed"
    context = {"contact": f"{state.settings.public_url}/about/contact"}
    return Letter(reference["address"], account.name, subject, "email_changed", context)


async def write_password_changed(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To the owner: that the password is another one, what ended with it, and what still opens the account."""
    account = await _account(tx, reference)
    if account is None or account.email is None:
        return None
    subject = f"Your password at {state.settings.site_name} was changed"
    url = state.settings.public_url
    context = {
        "revoked": int(reference.get("revoked", "0")),
        "live": await count_live_tokens(tx.connection, account.id),
        "tokens": f"{url}/settings/tokens",
        "forgotten": f"{url}/forgotten",
    }
    return Letter(account.email, account.name, subject, "password_changed", context)


async def write_account_closed(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To the address that a closed account had, which is kept for this alone: that it is closed."""
    subject = f"Your account at {state.settings.site_name} is closed"
    context = {"contact": f"{state.settings.public_url}/about/contact"}
    return Letter(reference["address"], "", subject, "account_closed", context)


async def write_token_made(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To the owner: that a program has a key to the account, also where it was revoked already."""
    account = await _account(tx, reference)
    made = [
        token
        for token in await list_tokens(tx.connection, reference["account_id"])
        if token.id == reference["token_id"]
    ]
    if account is None or account.email is None or not made:
        return None
    url = state.settings.public_url
    context = {"label": made[0].label, "tokens": f"{url}/settings/tokens", "forgotten": f"{url}/forgotten"}
    subject = f"A token was made for your account at {state.settings.site_name}"
    return Letter(account.email, account.name, subject, "token_made", context)


async def _account(tx: Transaction, reference: Reference) -> Account | None:
    """The account, unless it was closed or suspended in the meantime."""
    account = await find_account(tx.connection, reference["account_id"])
    if account is None or account.closed_at is not None or account.suspended_at is not None:
        return None
    return account


async def _link(state: State, tx: Transaction, account: Account, purpose: LinkPurpose, address: str, page: str) -> str:
    """The address of the page with the button; its secret exists nowhere else."""
    secret = await issue_link(tx.connection, account.id, purpose, address)
    return f"{state.settings.public_url}/{page}/{secret}"


LETTERS: dict[str, LetterWriter] = {
    "verify_email": write_verify_email,
    "claim_account": write_claim_account,
    "already_registered": write_already_registered,
    "verify_again": write_verify_again,
    "forgotten": write_forgotten,
    "change_email": write_change_email,
    "email_changed": write_email_changed,
    "password_changed": write_password_changed,
    "token_made": write_token_made,
    "account_closed": write_account_closed,
}
