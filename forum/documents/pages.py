"""The addresses of the library, its folders and its documents."""

from starlette.routing import BaseRoute

from forum.addresses import get, post
from forum.documents import (
    archive_pages,
    changing_pages,
    difference_pages,
    document_pages,
    folder_pages,
    library_pages,
    preview_pages,
    sharing_pages,
)

_DOCUMENT = "/documents/{document_id:id}"
_VERSION = f"{_DOCUMENT}/versions/{{number:int}}"
_LIBRARY = "/networks/{slug:slug}/documents"

ROUTES: list[BaseRoute] = [
    get(_LIBRARY, library_pages.show_library),
    post(_LIBRARY, sharing_pages.create_document),
    get(f"{_LIBRARY}/new", sharing_pages.new_document),
    get("/networks/{slug:slug}/folders/new", folder_pages.new_folder),
    post("/networks/{slug:slug}/folders", folder_pages.create_folder),
    get(f"{_LIBRARY}/zip", archive_pages.download_library),
    get("/folders/{folder_id:id}", library_pages.show_folder),
    get("/folders/{folder_id:id}/zip", archive_pages.download_folder),
    get("/folders/{folder_id:id}/edit", folder_pages.edit_folder),
    post("/folders/{folder_id:id}/edit", folder_pages.update_folder),
    post("/folders/{folder_id:id}/removal", folder_pages.remove),
    get(_DOCUMENT, document_pages.show_document),
    get(f"{_DOCUMENT}/file", document_pages.download),
    get(f"{_DOCUMENT}/edit", changing_pages.edit_document),
    post(f"{_DOCUMENT}/edit", changing_pages.update_document),
    get(f"{_DOCUMENT}/versions/new", sharing_pages.new_version),
    get(f"{_DOCUMENT}/versions", sharing_pages.list_versions),
    post(f"{_DOCUMENT}/versions", sharing_pages.create_version),
    get(_VERSION, document_pages.show_version),
    get(f"{_VERSION}/file", document_pages.download),
    get(f"{_VERSION}/changes", difference_pages.show_differences),
    get(f"{_VERSION}/pages", preview_pages.show_pages),
    get(f"{_VERSION}/pages/{{page:int}}/{{fits:int}}", preview_pages.show_picture),
    post(f"{_VERSION}/restoration", sharing_pages.restore_earlier),
    post(f"{_DOCUMENT}/lock", changing_pages.take),
    post(f"{_DOCUMENT}/lock/end", changing_pages.release),
    get(f"{_DOCUMENT}/lock/breaking", changing_pages.new_breaking),
    post(f"{_DOCUMENT}/lock/breaking", changing_pages.break_it),
    post(f"{_DOCUMENT}/wish", changing_pages.wish),
    post(f"{_DOCUMENT}/reading", changing_pages.say),
    get(f"{_DOCUMENT}/withdrawal", changing_pages.new_withdrawal),
    post(f"{_DOCUMENT}/withdrawal", changing_pages.withdraw),
    post(f"{_DOCUMENT}/restoration", changing_pages.restore),
    post(f"{_DOCUMENT}/hold", changing_pages.hold),
]
