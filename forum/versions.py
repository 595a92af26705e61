"""Versions in headers: `ETag` on an object, `If-Match` on an edit, and 304 for who has the answer already.

An ETag is the object's version and a hash of the very answer, such as "9-1f0c…": what depends on who reads,
or on the names of others, changes without the version. `If-Match` asks about the version alone: "9" is enough.
"""

import hashlib
import re
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from forum.errors import Invalid
from forum.rendering import PRIVATE

PRESSED = "-br"
"""Ends the ETag of an answer that went out compressed: a strong one names these very bytes."""
_IF_MATCH = re.compile(r'"([0-9]{1,9})(?:-[0-9a-z-]{1,40})?"')
_HASH_BYTES = 8


def if_match(request: Request) -> int | None:
    """The version named by If-Match, or None without one. Raises Invalid where it is no version."""
    header = request.headers.get("if-match")
    if header is None:
        return None
    match = _IF_MATCH.fullmatch(header)
    if match is None:
        raise Invalid({"If-Match": 'Write the version in quotes, such as "3".'})
    return int(match[1])


def object_answer(
    request: Request, shown: object, version: int | None, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """One object in JSON with its ETag, or 304 where the caller has just this.

    Without a version, where the caller may not know it, the ETag is of no use for edits, and says so by being weak.
    """
    response = JSONResponse(shown, status, {"Cache-Control": PRIVATE, **(headers or {})})
    mark = hashlib.blake2b(response.body, digest_size=_HASH_BYTES).hexdigest()
    tag = f'W/"{mark}"' if version is None else f'"{version}-{mark}"'
    response.headers["ETag"] = tag
    if is_known(request, tag):
        return Response(status_code=304, headers={"Cache-Control": PRIVATE, "ETag": tag})
    return response


def is_known(request: Request, tag: str) -> bool:
    """Whether the caller reads and has the answer of this ETag already, by If-None-Match."""
    held = request.headers.get("if-none-match")
    if held is None or request.method not in ("GET", "HEAD"):
        return False
    return held == tag or any(_bare(one) in ("*", _bare(tag)) for one in held.split(","))


def _bare(tag: str) -> str:
    """The tag for the weak comparison that If-None-Match asks for."""
    return tag.strip().removeprefix("W/").strip('"').removesuffix(PRESSED)
