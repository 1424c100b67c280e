"""The door of the studio's server: who may come in, how much they may bring, and what browsers may do with the page.

A page of another site can send requests to servers of this machine, also under a name that it made to point here. So
each request has to name this server as its host, must not come from another site, and has to know a secret: the address
that the command prints has it, and then a cookie that no script can read.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 1_000_000
"""The bytes of the largest body."""

BODIES = {"application/json": LARGEST_BODY}
"""The content types that are accepted, each with the bytes of its largest body."""

OWN_BODIES: dict[str, Mapping[str, int]] = {"/api/takes/": {"audio/wav": 6_000_000}}
"""The same for the paths that take something else, by the start of the path."""

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(self), screen-wake-lock=(self)",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
"""What every answer tells the browser."""

STRANGER = "This page is for the person who started it.\nOpen the address that 'voicecoach studio' printed.\n"


@dataclass(frozen=True, slots=True)
class Door:
    """What a request has to know.

    Attributes:
        port: The port of the server.
        secret: What the address has once, and then the cookie.
    """

    port: int
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    @property
    def hosts(self) -> frozenset[str]:
        """The names that this server answers to; no other name that points here is one of them."""
        return frozenset((f"127.0.0.1:{self.port}", f"localhost:{self.port}"))

    @property
    def origins(self) -> frozenset[str]:
        """The origins that a request may come from."""
        return frozenset(f"http://{host}" for host in self.hosts)

    @property
    def cookie(self) -> str:
        """The name of the cookie; cookies are shared by all ports, so each server has its own."""
        return f"voicecoach-studio-{self.port}"

    @property
    def address(self) -> str:
        """The address that lets a browser in."""
        return f"http://127.0.0.1:{self.port}/?{urlencode({'key': self.secret})}"

    def is_known(self, given: str | None) -> bool:
        """Return whether this is the secret; the time that this takes does not tell how much of it is right."""
        return given is not None and secrets.compare_digest(given.encode(), self.secret.encode())


class Guard:
    """Refuses requests that are not allowed, before other code sees them, and tells browsers what the page may do."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        """Stand before an application."""
        self.app, self.door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._pass(scope, receive, _add_headers(send))

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        answer = self._refuse(request) or self._welcome(request) or _refuse_body(request)
        if answer is not None:
            await answer(scope, receive, send)
            return
        await self.app(scope, _limit_body(receive, _find_limits(request)), send)

    def _refuse(self, request: Request) -> Response | None:
        """Refuse what comes from elsewhere; a name that appears twice is refused too."""
        headers = request.headers
        origins, sites = headers.getlist("origin"), headers.getlist("sec-fetch-site")
        is_from_here = (
            len(headers.getlist("host")) == 1
            and headers["host"] in self.door.hosts
            and all(each in self.door.origins for each in origins)
            and all(each in {"same-origin", "none"} for each in sites)
        )
        return None if is_from_here else PlainTextResponse(STRANGER, 403)

    def _welcome(self, request: Request) -> Response | None:
        """Turn the secret in the address into a cookie; without either, nobody comes in."""
        if request.url.path == "/" and self.door.is_known(request.query_params.get("key")):
            rest = [(name, value) for name, value in request.query_params.multi_items() if name != "key"]
            answer = RedirectResponse("/" + (f"?{urlencode(rest)}" if rest else ""), 303)
            answer.set_cookie(self.door.cookie, self.door.secret, httponly=True, samesite="strict")
            return answer
        if self.door.is_known(request.cookies.get(self.door.cookie)):
            return None
        return PlainTextResponse(STRANGER, 403)


def _find_limits(request: Request) -> Mapping[str, int]:
    path = request.url.path
    return next((limits for start, limits in OWN_BODIES.items() if path.startswith(start)), BODIES)


def _refuse_body(request: Request) -> Response | None:
    """Refuse a body of another type, or one that says that it is too large."""
    if request.method in {"GET", "HEAD", "DELETE"}:
        return None
    limits, kind = _find_limits(request), request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in limits:
        return PlainTextResponse(f"This takes {' or '.join(limits)}.\n", 415)
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > limits[kind]:
        return PlainTextResponse("This is too large.\n", 413)
    return None


def _limit_body(receive: Receive, limits: Mapping[str, int]) -> Receive:
    """Count what comes: a body without a length ends where it gets too large."""
    most, had = max(limits.values()), 0

    async def _receive() -> Message:
        nonlocal had
        message = await receive()
        had += len(message.get("body", b""))
        if had > most:
            raise HTTPException(413, "This is too large.")
        return message

    return _receive


def _add_headers(send: Send) -> Send:
    async def _send(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            if "cache-control" not in Headers(raw=message["headers"]):
                headers["cache-control"] = "no-store"
        await send(message)

    return _send
