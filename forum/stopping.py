"""The tokens in mails by which mail stops: bound to an account and a network, for this one purpose.

They carry both ids and a seal by the server's key. They need no row, never end, and can do nothing but this; what they
do can be taken back on the page of settings.
"""

import base64
import binascii
import hashlib
import hmac
import uuid
from dataclasses import dataclass

from forum.state import State

PATH = "/unsubscribe/"
_PURPOSE = b"confer: stop mail"
_SEAL_BYTES = 16
_NO_NETWORK = bytes(16)
TOKEN_LENGTH = (32 + _SEAL_BYTES) * 4 // 3


@dataclass(frozen=True, slots=True)
class Stopping:
    """Whose mail stops, and of which network; None for all that comes bundled."""

    account_id: str
    network_id: str | None


def stop_link(state: State, account_id: str, network_id: str | None) -> str:
    """The address that stands at the foot and in the head of a mail to this person about this network."""
    return f"{state.settings.public_url}{PATH}{write_token(state.key, Stopping(account_id, network_id))}"


def write_token(key: bytes, stopping: Stopping) -> str:
    """The token for a mail to this person about this network."""
    network = uuid.UUID(stopping.network_id).bytes if stopping.network_id else _NO_NETWORK
    said = uuid.UUID(stopping.account_id).bytes + network
    return base64.urlsafe_b64encode(said + _seal(key, said)).decode()


def read_token(key: bytes, token: str) -> Stopping | None:
    """What the token stands for; None where it is none of ours, whole and unchanged."""
    if len(token) != TOKEN_LENGTH:
        return None
    try:
        held = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    said, seal = held[:32], held[32:]
    if not hmac.compare_digest(seal, _seal(key, said)):
        return None
    account, network = said[:16], said[16:]
    return Stopping(str(uuid.UUID(bytes=account)), None if network == _NO_NETWORK else str(uuid.UUID(bytes=network)))


def _seal(key: bytes, said: bytes) -> bytes:
    return hmac.new(key, _PURPOSE + said, hashlib.sha256).digest()[:_SEAL_BYTES]
