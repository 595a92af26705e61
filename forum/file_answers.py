"""Files of posts in the shape of the API."""

from forum.records import FileCheck, PostFile
from ground.answers import Answer
from previews.limits import WIDTHS
from previews.parts import SENTENCES, Why


class ApiPostFile(Answer):
    """A picture or another file of a post. Its bytes are at `content_url`, an attachment always."""

    id: str
    name: str
    alt: str
    """What a picture shows, in words."""
    media_type: str
    size: int
    width: int | None
    height: int | None
    """Of the picture at `picture_url`; null where it is shown as a line."""
    picture_url: str | None
    why: str
    """Why a picture is not shown; else empty."""
    check: FileCheck | None
    """Null where it is given out; else a virus scanner has not found it clean, and its bytes and picture are 403."""
    content_url: str


def api_file(file: PostFile, public_url: str) -> dict[str, object]:
    """The file in the shape of the API. `public_url` is the site's own address."""
    return {
        "id": file.id,
        "name": file.name,
        "alt": file.alt,
        "media_type": file.media_type,
        "size": file.size,
        "width": file.width or None,
        "height": file.height or None,
        "picture_url": f"{public_url}/files/{file.id}/{max(WIDTHS)}"
        if file.is_picture and file.check is None
        else None,
        "why": SENTENCES[Why(file.why)] if file.why else "",
        "check": file.check,
        "content_url": f"{public_url}/api/v1/files/{file.id}/content",
    }
