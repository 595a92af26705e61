"""What changes an account: registering and proving an address, passwords, profile, sessions, tokens.

Whoever registers an address that is known already learns nothing: the mail says what is the case, and
only the mail decides. Closing an account is in `closing_commands`.
"""

from pydantic import SecretStr
from sqlalchemy import select, update

from auth.accounts import (
    Account,
    EmailTaken,
    StaleAccount,
    change_email,
    change_password,
    create_account,
    find_account_by_email,
    forget_password,
    get_account,
    has_claimed_account,
    keep_first_password,
    lock_account,
    normalise_email,
    reset_password,
    set_site_administrator,
    update_profile,
    verify_account,
)
from auth.links import LinkPurpose, cancel_change_of_email, issue_link, use_link
from auth.passwords import check_password
from auth.sessions import end_other_sessions, end_session, start_session
from auth.tokens import Token, create_token, revoke_token, revoke_tokens
from forum.accounts.inputs import Claim, InvitedAccount, NewAccount, Profile, ProfileChange
from forum.audit import Deed, record
from forum.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from forum.events import SessionsEnded
from forum.idempotency import Claim as RequestClaim
from forum.idempotency import RequestKey, claim
from forum.invitations import Invited, accept_invitation, accept_pending_invitations, end_offers_of
from forum.settings import Settings
from forum.streams import account_stream
from forum.tables import site
from forum.viewer import Viewer
from ground.columns import new_id
from realtime.transaction import Transaction


def check_registration(settings: Settings, *, invited: bool = False) -> None:
    """Whether people may register here themselves, which those may anyway who show an invitation. Raises Forbidden."""
    if settings.registration == "closed" and not invited:
        raise Forbidden("People can't register here by themselves. Ask the site's administrators for an account.")


def check_invited(settings: Settings, email: str, invited_address: str) -> None:
    """While registration is closed an invitation is good for the address that it reached alone. Raises Invalid."""
    if settings.registration == "closed" and normalise_email(email) != normalise_email(invited_address):
        raise Invalid({"email": f"The invitation went to {invited_address}. Register with that address."})


def check_domain(settings: Settings, email: str) -> None:
    """Whether an address of this domain may register. Raises Invalid."""
    domain = email.rpartition("@")[2].lower()
    if settings.domains and domain not in settings.domains:
        names = ", ".join(sorted(settings.domains))
        raise Invalid({"email": f"Only addresses at {names} can be used here."})


async def register(tx: Transaction, new: NewAccount, password_hash: str) -> None:
    """Make an unverified account, or leave the account that the address has as it is; a mail follows either way.

    Where two people registered one address before it was proved, neither password counts any more: who
    reads the mail chooses one. Otherwise somebody could lie in wait with a password for another's address.
    For the same reason the link of a single registration asks for a password in any browser but the one that
    registered. An account that waits for its owner, out of an archive, keeps its name for all to see until then.
    """
    account = await create_account(tx.connection, new.email, new.name, password_hash=password_hash)
    if account is not None:
        await tx.create_stream(account_stream(account.id))
        tx.enqueue("mail", {"letter": "verify_email", "account_id": account.id})
        return
    known = await find_account_by_email(tx.connection, new.email)
    if known is None:
        return  # closed in this very moment
    letter = "already_registered"
    if known.verified_at is None:
        is_first = await keep_first_password(tx.connection, known.id, password_hash)
        letter = "verify_email" if is_first else "claim_account"
    if letter == "claim_account" and known.has_password:
        await forget_password(tx.connection, known.id)
    tx.enqueue("mail", {"letter": letter, "account_id": known.id})


async def register_invited(tx: Transaction, new: InvitedAccount, password_hash: str, invited: Invited) -> Account:
    """Make the account of whoever shows the mail of an invitation, which proves its address, and a member at once.

    An account that waited for its owner, from an archive or never proved, is theirs now, by the password that they
    chose. Raises Conflict where somebody uses the account already, or the invitation is good no longer.
    """
    connection = tx.connection
    account = await create_account(connection, new.email, new.name, password_hash=password_hash, verified=True)
    if account is None:
        known = await find_account_by_email(connection, new.email)
        if known is None or known.verified_at is not None or known.suspended_at is not None:
            raise Conflict("You have an account with this address already. Sign in, and the invitation waits for you.")
        account = await reset_password(connection, known.id, password_hash, name=new.name)
        await people_changed(tx)
    if new.organisation:
        account = await update_profile(connection, account.id, organisation=new.organisation)
    await tx.create_stream(account_stream(account.id))
    await accept_pending_invitations(tx, account)
    if not await accept_invitation(tx, account.id, new.email, invited.network_id):
        raise Conflict("This invitation is no longer good. Ask whoever invited you for a new one.")
    return account


async def create_verified_account(
    tx: Transaction, new: NewAccount, password_hash: str, *, site_administrator: bool, with_token: bool
) -> str | None:
    """An account whose address needs no proof, from the command line; the token's secret where one is wanted.

    Raises Conflict where the address has an account that somebody uses.
    """
    account_id = await _create_verified(tx, new, password_hash, "account.created_by_command", site_administrator)
    return (await create_token(tx.connection, account_id, "command line"))[0] if with_token else None


async def _create_verified(
    tx: Transaction, new: NewAccount, password_hash: str, act: str, site_administrator: bool
) -> str:
    """Make the account and write down which way it came; its id. Raises Conflict."""
    connection = tx.connection
    account = await create_account(
        connection, new.email, new.name, password_hash=password_hash, verified=True, site_administrator=False
    )
    if account is None:
        known = await find_account_by_email(connection, new.email)
        if known is None or known.verified_at is not None:
            raise Conflict("This address has an account already.")
        account = await reset_password(connection, known.id, password_hash, name=new.name)
        await people_changed(tx)
    await tx.create_stream(account_stream(account.id))
    await accept_pending_invitations(tx, account)
    if site_administrator:
        await set_site_administrator(connection, account.id, True)
    after = {"site_administrator": site_administrator}
    await record(tx, Deed(act, "account", account.id, subject_id=account.id, after=after))
    return account.id


async def create_first_account(tx: Transaction, new: NewAccount, password_hash: str) -> Account:
    """The first administrator of the site. Of any number at once one succeeds; for the others NotFound."""
    await tx.execute(select(site.c.id).with_for_update())  # SQLite has one writer and leaves this out
    if await has_claimed_account(tx.connection):
        raise NotFound
    await _create_verified(tx, new, password_hash, "account.set_up", True)
    account = await find_account_by_email(tx.connection, new.email)
    if account is None:
        raise NotFound
    return account


async def verify(tx: Transaction, secret: str, name: str = "") -> Account:
    """Use the link that proves the address of an account, whose password stays. Raises LinkRefused.

    `name` is the one that was typed where it registered: one out of an archive had another until now.
    """
    link = await use_link(tx.connection, secret, LinkPurpose.VERIFY_EMAIL)
    account = await verify_account(tx.connection, link.account_id)
    if name and name != account.name:
        account = await update_profile(tx.connection, account.id, name=name)
        await people_changed(tx)
    await accept_pending_invitations(tx, account)
    return account


async def claim_account(
    tx: Transaction, secret: str, claimed: Claim, password_hash: str, purpose: LinkPurpose = LinkPurpose.CLAIM_ACCOUNT
) -> Account:
    """Take over an account that waited for its owner, with a name and a password. Raises LinkRefused."""
    link = await use_link(tx.connection, secret, purpose)
    account = await reset_password(tx.connection, link.account_id, password_hash, name=claimed.name)
    await tx.create_stream(account_stream(account.id))
    await people_changed(tx)
    await accept_pending_invitations(tx, account)
    return account


async def set_new_password(tx: Transaction, secret: str, password_hash: str) -> Account:
    """Use a link of a forgotten password: every session and every token ends. Raises LinkRefused."""
    link = await use_link(tx.connection, secret, LinkPurpose.RESET_PASSWORD)
    account = await reset_password(tx.connection, link.account_id, password_hash)
    revoked = await revoke_tokens(tx.connection, account.id)
    await tx.create_stream(account_stream(account.id))
    _sessions_ended(tx, account.id)
    _tell_of_password(tx, account.id, revoked)
    return account


async def change_own_password(tx: Transaction, viewer: Viewer, password_hash: str, *, with_tokens: bool) -> Account:
    """Another password: every other session ends, every link in a mail, and `with_tokens` every token."""
    keep = viewer.credential_id if viewer.credential == "session" else None
    account = await change_password(tx.connection, viewer.id, password_hash, keep_session_id=keep)
    revoked = await revoke_tokens(tx.connection, viewer.id) if with_tokens else 0
    _sessions_ended(tx, viewer.id)
    _tell_of_password(tx, viewer.id, revoked)
    return account


def _tell_of_password(tx: Transaction, account_id: str, revoked: int) -> None:
    tx.enqueue("mail", {"letter": "password_changed", "account_id": account_id, "revoked": str(revoked)})


def send_letter(tx: Transaction, letter: str, address: str) -> None:
    """Leave it to the worker to find out whether a typed address has an account: here nothing depends on it."""
    tx.enqueue("mail", {"letter": letter, "address": address})


async def ask_for_email(tx: Transaction, viewer: Viewer, email: str) -> None:
    """Send a link to the new address; nothing changes until it is used there.

    The link that is made here is never told: it notes that the address waits, whether or not the mail will hold a
    link, so that nobody learns from it who has an account.
    """
    await lock_account(tx.connection, viewer.id)
    await cancel_change_of_email(tx.connection, viewer.id, but_to=email)
    await issue_link(tx.connection, viewer.id, LinkPurpose.CHANGE_EMAIL, email)
    tx.enqueue("mail", {"letter": "change_email", "account_id": viewer.id, "address": email})


async def cancel_email(tx: Transaction, viewer: Viewer) -> None:
    """Stay with the address that one has: links to another do nothing any more."""
    await cancel_change_of_email(tx.connection, viewer.id)


async def use_email_link(tx: Transaction, secret: str) -> Account:
    """Move to the address that the link reached; the old one is told. Raises LinkRefused or Conflict."""
    link = await use_link(tx.connection, secret, LinkPurpose.CHANGE_EMAIL)
    before = await get_account(tx.connection, link.account_id)
    try:
        account = await change_email(tx.connection, link.account_id, link.address)
    except EmailTaken as error:
        raise Conflict("This address has another account by now. Close that account first.") from error
    if before.email is not None:
        tx.enqueue("mail", {"letter": "email_changed", "account_id": account.id, "address": before.email})
    await end_offers_of(tx, account.id)
    await accept_pending_invitations(tx, account)
    return account


async def change_profile(
    tx: Transaction, viewer: Viewer, profile: Profile | ProfileChange, if_version: int | None = None
) -> Account:
    """Change what others see. Raises Stale where `if_version` is no longer the version."""
    before = await get_account(tx.connection, viewer.id)
    try:
        account = await update_profile(tx.connection, viewer.id, **profile.model_dump(), if_version=if_version)
    except StaleAccount as error:
        raise Stale(str(error)) from error
    if account.version != before.version:
        await people_changed(tx)
    return account


async def sign_in(tx: Transaction, account_id: str, user_agent: str, *, instead_of: str = "") -> str:
    """A new session; returns the secret for its cookie. `instead_of` is the session this browser had until now."""
    if instead_of:
        await end_session(tx.connection, account_id, instead_of)
    return await start_session(tx.connection, account_id, user_agent)


async def sign_out(tx: Transaction, viewer: Viewer) -> None:
    """End the session that asks."""
    await end_session(tx.connection, viewer.id, viewer.credential_id)
    _sessions_ended(tx, viewer.id)


async def end_one_session(tx: Transaction, viewer: Viewer, session_id: str) -> None:
    """End one of one's own sessions. Raises NotFound."""
    if not await end_session(tx.connection, viewer.id, session_id):
        raise NotFound
    _sessions_ended(tx, viewer.id)


async def end_sessions_elsewhere(tx: Transaction, viewer: Viewer, *, with_tokens: bool) -> None:
    """End every session but the one that asks, and `with_tokens` every token."""
    await end_other_sessions(tx.connection, viewer.id, viewer.credential_id)
    if with_tokens:
        await revoke_tokens(tx.connection, viewer.id)
    _sessions_ended(tx, viewer.id)


async def make_token(
    tx: Transaction, viewer: Viewer, label: str, request: RequestKey | None
) -> tuple[RequestClaim, str, Token | None]:
    """A token of one's own. Its secret is shown once: a replay of the same click gives none."""
    claimed = await claim(tx, viewer.id, request, new_id())
    if claimed.is_replay:
        return claimed, "", None
    secret, token = await _create_token(tx, viewer.id, label)
    return claimed, secret, token


async def make_token_for(tx: Transaction, account_id: str, label: str) -> tuple[str, Token]:
    """A token for a program that showed the password of this account."""
    return await _create_token(tx, account_id, label)


async def _create_token(tx: Transaction, account_id: str, label: str) -> tuple[str, Token]:
    try:
        secret, token = await create_token(tx.connection, account_id, label)
    except ValueError as error:
        raise Invalid({"label": str(error)}) from error
    tx.enqueue("mail", {"letter": "token_made", "account_id": account_id, "token_id": token.id})
    return secret, token


async def end_token(tx: Transaction, viewer: Viewer, token_id: str) -> None:
    """Revoke one of one's own tokens. Raises NotFound."""
    if not await revoke_token(tx.connection, viewer.id, token_id):
        raise NotFound
    _sessions_ended(tx, viewer.id)


def check_new_password(password: SecretStr, email: str, name: str, field: str = "password") -> str:
    """The password as text where this person may have it. Raises Invalid."""
    plain = password.get_secret_value()
    try:
        check_password(plain, email, name)
    except ValueError as error:
        raise Invalid({field: str(error)}) from error
    return plain


def _sessions_ended(tx: Transaction, account_id: str) -> None:
    """Let the sockets of sessions and tokens that ended go; every right is asked again."""
    tx.emit(account_stream(account_id), SessionsEnded(account_id), authz=True)


async def people_changed(tx: Transaction) -> None:
    """Posts show their authors: what was rendered with the old names is made anew."""
    await tx.execute(update(site).values(people_version=site.c.people_version + 1))
