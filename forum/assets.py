"""Styles, scripts and pictures: gathered at the start, named by their content, cached for ever.

The stylesheet is one file made of those that `static/styles.txt` lists. The script is one native module
made of those that `static/app.js` comes to by its imports; development serves each for itself, with its
imports rewritten to the named form of their files. Comments and indents stay here: they are a fifth of
what a script weighs.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import brotli
from starlette.requests import Request
from starlette.responses import Response

from forum.joining_scripts import Script, join_scripts, list_scripts, with_addresses

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
_WHOLE_COMMENTS = re.compile(r"^[ \t]*(?://[^\n]*|/\*\*(?s:.)*?\*/[ \t]*)\n", re.MULTILINE)
_INDENTS = re.compile(r"^\s+", re.MULTILINE)
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Asset:
    """One file as it is sent: its address and its bytes."""

    url: str
    content: bytes
    content_type: str
    quality: int

    @property
    def name(self) -> str:
        """The last part of its address."""
        return self.url.removeprefix("/static/")

    @cached_property
    def compressed(self) -> bytes:
        """The same bytes for browsers that take Brotli, made when the first asks: no command waits for it."""
        return bytes(brotli.compress(self.content, quality=self.quality))


class Assets:
    """Every asset, by the path that templates use and by the name under which it is served."""

    def __init__(self, root: Path, *, development: bool = False) -> None:
        self._root = root
        self._development = development
        self._read()

    def url(self, path: str) -> str:
        """The address of an asset, such as `/static/app.3f2a….css` for `app.css`."""
        if self._development and self._newest() > self._read_at:
            self._read()
        return self._by_path[path].url

    def respond(self, request: Request) -> Response:
        """The bytes of `/static/{name}`, or 404."""
        asset = self._by_name.get(request.path_params["name"])
        if asset is None:
            return Response("There is no such file.", 404, media_type="text/plain")
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable",
            "Content-Type": asset.content_type,
            "Vary": "Accept-Encoding",
        }
        if "br" in request.headers.get("accept-encoding", ""):
            return Response(asset.compressed, headers=headers | {"Content-Encoding": "br"})
        return Response(asset.content, headers=headers)

    def sizes(self) -> dict[str, int]:
        """Compressed bytes of each asset, by its path."""
        return {path: len(asset.compressed) for path, asset in self._by_path.items()}

    def _newest(self) -> float:
        return max((path.stat().st_mtime for path in self._root.rglob("*") if path.is_file()), default=0.0)

    def _read(self) -> None:
        self._read_at = self._newest()
        self._by_path: dict[str, Asset] = {}
        for path in sorted(self._root.rglob("*")):
            name = path.relative_to(self._root).as_posix()
            if path.suffix in CONTENT_TYPES and path.suffix not in (".css", ".js"):
                self._keep(name, path.read_bytes())
        self._keep("app.css", self._stylesheet())
        self._keep_scripts(list_scripts(self._root, "app.js"))
        self._by_name = {asset.name: asset for asset in self._by_path.values()}

    def _stylesheet(self) -> bytes:
        listed = (self._root / "styles.txt").read_text().split()
        text = "\n".join((self._root / name).read_text() for name in listed)
        return _CSS_SPACE.sub(" ", _CSS_COMMENT.sub("", text)).encode()

    def _keep_scripts(self, scripts: list[Script]) -> None:
        if self._development:
            addresses: dict[str, str] = {}
            for script in scripts:
                addresses[script.name] = self._keep(script.name, with_addresses(script, addresses).encode()).url
        else:
            joined = join_scripts([replace(script, source=slim(script.source)) for script in scripts])
            self._keep("app.js", joined.encode())

    def _keep(self, name: str, content: bytes) -> Asset:
        path = Path(name)
        digest = hashlib.sha256(content).hexdigest()[:8]
        url = f"/static/{path.with_suffix('').as_posix().replace('/', '.')}.{digest}{path.suffix}"
        quality = 5 if self._development else 11
        asset = Asset(url, content, CONTENT_TYPES[path.suffix], quality)
        self._by_path[name] = asset
        return asset


def slim(source: str) -> str:
    """The script without lines that are comments and nothing else, and without indents.

    No script of ours lets a text in backticks run over several lines; a test sees to that.
    """
    return _INDENTS.sub("", _WHOLE_COMMENTS.sub("", source))
