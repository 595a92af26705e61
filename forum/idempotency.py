"""The same request twice makes one thing (contract, P2).

Every creating command claims its key as its first write. A second claim, even at the same moment,
waits on the row until the first is committed and then finds what it made. One table serves all
creating requests: the design's key on each row would be the same law written five times.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from forum.errors import AlreadySent
from forum.tables import requests
from ground.columns import now
from ground.hot import HotStatement
from realtime.transaction import Transaction


@dataclass(frozen=True, slots=True)
class RequestKey:
    """What a client says is one request: method and path, its key, and a hash of the valid values."""

    path: str
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What the request makes, or made when it came first (`is_replay`)."""

    object_id: str
    is_replay: bool


_PARAMETERS = {column.name: bindparam(f"claim_{column.name}", type_=column.type) for column in requests.c}
_FIND = select(requests.c.digest, requests.c.object_id).where(
    requests.c.account_id == bindparam("account_id"),
    requests.c.path == bindparam("path"),
    requests.c.key == bindparam("key"),
)


def claim_row(account_id: str, request: RequestKey, object_id: str, status: int = 201) -> dict[str, Any]:
    """The parameters of a claim."""
    return {
        "claim_account_id": account_id,
        "claim_path": request.path,
        "claim_key": request.key,
        "claim_digest": request.digest,
        "claim_status": status,
        "claim_object_id": object_id,
        "claim_created_at": now(),
    }


def insert_claim() -> ReturningInsert[Any]:
    """A claim on PostgreSQL, by itself or as part of a greater statement: the object's id, or nothing if made before.

    The parameters are those of `claim_row`.
    """
    return postgresql.insert(requests).values(_PARAMETERS).on_conflict_do_nothing().returning(requests.c.object_id)


_CLAIM = HotStatement(
    insert_claim(),
    sqlite_statement=sqlite.insert(requests)
    .values(_PARAMETERS)
    .on_conflict_do_nothing()
    .returning(requests.c.object_id),
)


async def claim(
    tx: Transaction, account_id: str, request: RequestKey | None, object_id: str, status: int = 201
) -> Claim:
    """Say that this request makes `object_id`, unless it came before: then what it made.

    Ask rights first. Raises AlreadySent where the key was used with other values.
    """
    if request is None:
        return Claim(object_id, False)
    row = claim_row(account_id, request, object_id, status)
    if await tx.run(_CLAIM, row):
        return Claim(object_id, False)
    identity = {"account_id": account_id, "path": request.path, "key": request.key}
    earlier = (await tx.execute(_FIND, identity)).one()
    if earlier.digest != request.digest:
        raise AlreadySent
    return Claim(earlier.object_id, True)
