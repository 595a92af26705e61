"""Styles, scripts and pictures: gathered at the start, named by their content, cached for ever.

The stylesheet is one file made of those that `static/styles.txt` lists. Scripts stay native ES
modules: each relative `import` is rewritten to the named form of its file. Comments and indents stay
here: they are a fifth of what a script weighs.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import brotli
from starlette.requests import Request
from starlette.responses import Response

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
_IMPORT = re.compile(r"""((?:\bfrom|\bimport)\s*\(?\s*)(["'])(\.{1,2}/[^"']+)\2""")
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

    def preloads(self, path: str) -> str:
        """HTML that has a browser fetch all that this script imports side by side, instead of one after the other."""
        self.url(path)
        return self._preloads[path]

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
        self._imports: dict[str, list[str]] = {}
        for path in sorted(self._root.rglob("*")):
            name = path.relative_to(self._root).as_posix()
            if path.suffix in CONTENT_TYPES and path.suffix not in (".css", ".js"):
                self._keep(name, path.read_bytes())
        self._keep("app.css", self._stylesheet())
        for path in sorted(self._root.rglob("*.js")):
            self._keep_module(path.relative_to(self._root).as_posix(), ())
        self._preloads = {path: self._list_preloads(path) for path in self._imports}
        self._by_name = {asset.name: asset for asset in self._by_path.values()}

    def _stylesheet(self) -> bytes:
        listed = (self._root / "styles.txt").read_text().split()
        text = "\n".join((self._root / name).read_text() for name in listed)
        return _CSS_SPACE.sub(" ", _CSS_COMMENT.sub("", text)).encode()

    def _keep_module(self, name: str, importers: tuple[str, ...]) -> Asset:
        if name in importers:
            raise ValueError(f"scripts import each other in a circle: {' → '.join((*importers, name))}")
        if name in self._by_path:
            return self._by_path[name]
        source = (self._root / name).read_text()
        imported = self._imports.setdefault(name, [])

        def rewrite(match: re.Match[str]) -> str:
            target = (
                (self._root / name).parent.joinpath(match[3]).resolve().relative_to(self._root.resolve()).as_posix()
            )
            imported.append(target)
            return f"{match[1]}{match[2]}./{self._keep_module(target, (*importers, name)).name}{match[2]}"

        rewritten = _IMPORT.sub(rewrite, source)
        return self._keep(name, (rewritten if self._development else slim(rewritten)).encode())

    def _list_preloads(self, path: str) -> str:
        found: dict[str, None] = {}
        ahead = list(self._imports[path])
        while ahead:
            name = ahead.pop(0)
            if name not in found:
                found[name] = None
                ahead.extend(self._imports[name])
        return "".join(f'<link rel="modulepreload" href="{self._by_path[name].url}">' for name in found)

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
