"""The addresses of documents and of files in posts: who gets what there, and what is sent. `member` made them."""

from tests.privacy.url_rows import (
    ADMINISTRATORS_DO,
    ADMINISTRATORS_SEE,
    MEMBERS_DO,
    READ,
    REPORT,
    Row,
    act,
    everybody,
    form,
)

_LIBRARY, _FOLDERS = "/networks/{slug:slug}/documents", "/networks/{slug:slug}/folders"
_FOLDER, _DOCUMENT = "/folders/{folder_id:id}", "/documents/{document_id:id}"
_VERSION = f"{_DOCUMENT}/versions/{{number:int}}"
_FILE = "/files/{file_id:id}"
_OWNER_DOES = act("403 ok ok ok")
_OWNER_SEES = form("403 200 200 200")
_ALL_SEE = form("200 200 200 200")
# Not asked of who looks after it, or of who works on it: that is `member`.
_NOT_NOW = act("403 403 403 403")
_OTHERS_DO = act("ok 403 ok ok")

DOCUMENT_TABLE: dict[str, Row] = {
    f"GET {_LIBRARY}": READ,
    f"POST {_LIBRARY}": MEMBERS_DO,
    f"GET {_LIBRARY}/new": _ALL_SEE,
    f"GET {_FOLDERS}/new": _ALL_SEE,
    f"POST {_FOLDERS}": MEMBERS_DO,
    f"GET {_FOLDER}": READ,
    f"GET {_FOLDER}/edit": _OWNER_SEES,
    f"POST {_FOLDER}/edit": _OWNER_DOES,
    f"POST {_FOLDER}/removal": _OWNER_DOES,
    f"GET {_DOCUMENT}": READ,
    f"GET {_DOCUMENT}/file": READ,
    f"GET {_DOCUMENT}/edit": _OWNER_SEES,
    f"POST {_DOCUMENT}/edit": _OWNER_DOES,
    f"GET {_DOCUMENT}/versions/new": _ALL_SEE,
    f"GET {_DOCUMENT}/versions": Row("404 404 404 404 303 303 303 303", open=everybody("303").closed),
    f"POST {_DOCUMENT}/versions": MEMBERS_DO,
    f"GET {_VERSION}": READ,
    f"GET {_VERSION}/file": READ,
    f"GET {_VERSION}/changes": READ,
    f"GET {_VERSION}/pages": READ,
    f"GET {_VERSION}/pages/{{page:int}}/{{fits:int}}": READ,
    f"POST {_VERSION}/restoration": MEMBERS_DO,
    f"POST {_DOCUMENT}/lock": MEMBERS_DO,
    f"POST {_DOCUMENT}/lock/end": MEMBERS_DO,
    f"GET {_DOCUMENT}/lock/breaking": ADMINISTRATORS_SEE,
    f"POST {_DOCUMENT}/lock/breaking": ADMINISTRATORS_DO,
    f"POST {_DOCUMENT}/wish": _OTHERS_DO,
    f"POST {_DOCUMENT}/reading": _OTHERS_DO,
    f"GET {_DOCUMENT}/withdrawal": _OWNER_SEES,
    f"POST {_DOCUMENT}/withdrawal": _OWNER_DOES,
    f"POST {_DOCUMENT}/restoration": _OWNER_DOES,
    f"GET {_FILE}": READ,
    f"GET {_LIBRARY}/zip": READ,
    f"GET {_FOLDER}/zip": READ,
    f"GET {_FILE}/{{fits:int}}": READ,
    "POST /api/v1/networks/{slug:slug}/files": MEMBERS_DO,
    f"GET /api/v1{_FILE}": READ,
    f"GET /api/v1{_FILE}/content": READ,
    # What is not sent yet is its bringer's alone; of that which was nobody takes anything back.
    f"DELETE /api/v1{_FILE}": Row("401 404 404 404 404 ok 404 404"),
    f"GET /api/v1{_LIBRARY}": READ,
    f"POST /api/v1{_LIBRARY}": MEMBERS_DO,
    f"GET /api/v1{_FOLDERS}": READ,
    f"POST /api/v1{_FOLDERS}": MEMBERS_DO,
    f"GET /api/v1{_FOLDER}": READ,
    f"PATCH /api/v1{_FOLDER}": _OWNER_DOES,
    f"DELETE /api/v1{_FOLDER}": _OWNER_DOES,
    f"GET /api/v1{_DOCUMENT}": READ,
    f"PATCH /api/v1{_DOCUMENT}": _OWNER_DOES,
    f"GET /api/v1{_DOCUMENT}/versions": READ,
    f"POST /api/v1{_DOCUMENT}/versions": MEMBERS_DO,
    f"GET /api/v1{_VERSION}": READ,
    f"GET /api/v1{_VERSION}/content": READ,
    f"GET /api/v1{_VERSION}/pages": READ,
    f"GET /api/v1{_VERSION}/pages/{{page:int}}/{{fits:int}}": READ,
    f"POST /api/v1{_VERSION}/restoration": MEMBERS_DO,
    f"GET /api/v1{_DOCUMENT}/readers": Row("404 404 404 404 403 200 403 403", open="403 403 403 403 403 200 403 403"),
    f"PUT /api/v1{_DOCUMENT}/reading": _OTHERS_DO,
    f"PUT /api/v1{_DOCUMENT}/lock": MEMBERS_DO,
    f"DELETE /api/v1{_DOCUMENT}/lock": MEMBERS_DO,
    f"POST /api/v1{_DOCUMENT}/lock/breaking": ADMINISTRATORS_DO,
    f"PUT /api/v1{_DOCUMENT}/wish": _OTHERS_DO,
    f"DELETE /api/v1{_DOCUMENT}/wish": MEMBERS_DO,
    f"DELETE /api/v1{_DOCUMENT}": _OWNER_DOES,
    f"POST /api/v1{_DOCUMENT}/restoration": _OWNER_DOES,
    # It was not withdrawn, so nothing deletes it.
    f"POST {_DOCUMENT}/hold": _NOT_NOW,
    f"PUT /api/v1{_DOCUMENT}/hold": _NOT_NOW,
    f"DELETE /api/v1{_DOCUMENT}/hold": _NOT_NOW,
    f"GET {_DOCUMENT}/report": Row("404 404 404 404 200 403 200 200", open="200 200 200 200 200 403 200 200"),
    f"POST {_DOCUMENT}/report": REPORT,
    f"POST /api/v1{_DOCUMENT}/reports": REPORT,
}
WITH_FILE = frozenset(
    f"POST {before}{path}" for before in ("", "/api/v1") for path in (_LIBRARY, f"{_DOCUMENT}/versions")
) | {"POST /api/v1/networks/{slug:slug}/files", "POST /settings/photo"}
"""What is sent with a file."""
_SAID: dict[str, dict[str, object]] = {
    f"POST {_LIBRARY}": {"title": "A title"},
    f"POST {_DOCUMENT}/versions": {"note": "Mended", "base": "2"},
    # In a folder of its own, and by a name of its own: there may be no two alike.
    f"POST {_FOLDERS}": {"name": "A folder", "parent": "{folder}"},
}
DOCUMENT_BODIES: dict[str, dict[str, object]] = {
    **_SAID,
    **{address.replace(" ", " /api/v1"): body for address, body in _SAID.items()},
    f"POST {_FOLDER}/edit": {"name": "{folder}"},
    f"PATCH /api/v1{_FOLDER}": {"name": "{folder}"},
    f"POST {_DOCUMENT}/edit": {"title": "Another title"},
    f"PATCH /api/v1{_DOCUMENT}": {"title": "Another title"},
    f"POST {_VERSION}/restoration": {"base": "2"},
    f"POST /api/v1{_VERSION}/restoration": {"base": 2},
    f"POST {_DOCUMENT}/lock": {"purpose": "New doses"},
    f"PUT /api/v1{_DOCUMENT}/lock": {"purpose": "New doses"},
    f"POST {_DOCUMENT}/lock/breaking": {"reason": "It is needed"},
    f"POST /api/v1{_DOCUMENT}/lock/breaking": {"reason": "It is needed"},
    f"POST {_DOCUMENT}/wish": {"wished": "yes"},
    f"POST {_DOCUMENT}/hold": {"reason": "An inquiry"},
    f"PUT /api/v1{_DOCUMENT}/hold": {"reason": "An inquiry"},
    f"POST {_DOCUMENT}/withdrawal": {"reason": "Out of date"},
    f"DELETE /api/v1{_DOCUMENT}": {"reason": "Out of date"},
    f"POST {_DOCUMENT}/report": {"rule": "other", "words": "Look at this"},
    f"POST /api/v1{_DOCUMENT}/reports": {"rule": "other", "words": "Look at this"},
}
"""Valid words, as in `url_bodies`."""
