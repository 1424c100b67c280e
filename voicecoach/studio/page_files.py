"""The files of the page: kept in memory, and named in its head, so that a browser asks for all of them at once."""

from __future__ import annotations

import hashlib
import posixpath
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

PAGE = Path(__file__).parent / "page"
TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}
FIRST = "main.js"
"""The module that the page begins with."""
ASKED = ("/api/library", "/page/words/en.json")
"""What it asks for in any case."""
_HEAD = '<link rel="modulepreload" href="/page/vendor/preact.js">\n'
_IMPORT = re.compile(r'\bfrom "(\.{1,2}/[^"]+)"')


def list_page() -> list[str]:
    """Return the files of the page; no other file can be asked for."""
    return sorted(each.relative_to(PAGE).as_posix() for each in PAGE.rglob("*.*") if each.suffix in TYPES)


def list_modules(first: str = FIRST) -> list[str]:
    """Return a module and all that it needs before it can run; what is imported later is not among them.

    >>> list_modules("breath.js"), "write/text.js" in list_modules(), "vendor/editor.js" in list_modules()
    (['breath.js'], True, False)
    """
    found, waiting = list[str](), [first]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found.append(name)
            imports = _IMPORT.findall((PAGE / name).read_text(encoding="utf-8"))
            waiting += [posixpath.normpath(posixpath.join(posixpath.dirname(name), each)) for each in imports]
    return found


def serve_file(name: str) -> Callable[[Request], Response]:
    """Return a handler that answers with a file of the page, or that the browser has it already."""
    kind = TYPES[Path(name).suffix]

    async def _answer(request: Request) -> Response:
        content, tag = _read(name, (PAGE / name).stat().st_mtime_ns)
        headers = {"cache-control": "no-cache", "etag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=kind, headers=headers)

    return _answer  # type: ignore[return-value] # Starlette takes both kinds of functions


@lru_cache(maxsize=256)
def _read(name: str, _changed: int) -> tuple[bytes, str]:
    """Return what a file holds, and the tag of that."""
    content = (PAGE / name).read_bytes()
    if name == "index.html":
        content = content.replace(_HEAD.encode(), _write_head().encode())
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _write_head() -> str:
    """Return links to all that the page needs at first: a browser would find them one after the other."""
    modules = (f'<link rel="modulepreload" href="/page/{each}">\n' for each in list_modules())
    asked = (f'<link rel="preload" as="fetch" crossorigin href="{each}">\n' for each in ASKED)
    return "".join((*modules, *asked))
