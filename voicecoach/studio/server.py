"""The server of the studio: it listens on this machine alone, and ends with the command."""

from __future__ import annotations

import logging
import socket
import threading
import webbrowser
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

import voicecoach as vc
from voicecoach.studio.files import Folder, make_id
from voicecoach.studio.guard import Door, Guard
from voicecoach.studio.page_files import list_page, serve_file
from voicecoach.studio.routes import ERRORS, Routes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.types import ASGIApp

HOST = "127.0.0.1"
"""The only address that the server listens on: no other machine can reach it."""
PORT = 8420
"""The usual port: a browser keeps drafts by it."""


def create_app(
    door: Door, folder: Path, opened: str = "", make_studio: Callable[[], vc.Studio] | None = None
) -> ASGIApp:
    """Return the application.

    Args:
        door: What requests have to know.
        folder: Where the user's own routines are.
        opened: The routine that is shown first: a built-in name, or the name of a file in the folder; empty for none.
        make_studio: Opens the studio that plans sessions; None for the usual one.
    """
    own = Folder(folder)
    routes = Routes(own, _find_id(own, opened), make_studio or (lambda: vc.Studio(settings=True)))

    @asynccontextmanager
    async def live(_app: Starlette) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            routes.jobs.tasks = tasks
            yield
            routes.jobs.cancel_all()
            tasks.cancel_scope.cancel()
        routes.sessions.close()

    files = [Route("/", serve_file("index.html")), Route("/favicon.ico", serve_file("icon.svg"))]
    files += [Route(f"/page/{name}", serve_file(name)) for name in list_page()]
    app = Starlette(routes=[*files, *routes.list_routes()], exception_handlers=ERRORS, lifespan=live)
    app.router.redirect_slashes = False  # what is not there is not anywhere else
    return Guard(app, door)


def serve(target: str | None, *, port: int | None, browse: bool, tell: Callable[[str], None]) -> None:
    """Serve the studio until a signal ends it.

    Args:
        target: A built-in routine, a file or a folder; None for the current folder.
        port: The port; None for the usual one, or any that is free.
        browse: Whether the browser is opened.
        tell: Gets the address.

    Raises:
        ChoiceError: If there is no such routine, file or folder, or the port is taken.
    """
    folder, opened = find_place(target)
    listener = listen(port)
    door = Door(listener.getsockname()[1])
    config = uvicorn.Config(
        create_app(door, folder, opened),
        log_config=None,
        access_log=False,
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)  # what it says of a browser that left is for its makers
    tell(door.address)
    if browse:
        threading.Timer(OPENED_AFTER, _open_browser, [door.address]).start()
    uvicorn.Server(config).run(sockets=[listener])


OPENED_AFTER = 0.1
"""Seconds after which the browser is opened; the socket listens already, so it only waits a little if that is early."""


def find_place(target: str | None) -> tuple[Path, str]:
    """Return the folder that the studio works in, and the routine that it opens.

    >>> find_place("leg-stretch")[1]
    'leg-stretch'

    Raises:
        ChoiceError: If there is no such routine, file or folder.
    """
    path = Path(target or ".")
    if target in {each.name for each in vc.list_routines()}:
        return Path.cwd(), str(target)
    with suppress(OSError, ValueError):
        if path.is_dir():
            return path.resolve(), ""
        if path.is_file():
            return path.resolve().parent, path.name
    raise vc.ChoiceError(
        f"there is no routine, file or folder {str(target)!r}\n'voicecoach list' names the built-in ones"
    )


def listen(port: int | None) -> socket.socket:
    """Return a socket that listens on this machine alone.

    It names its protocol, because asyncio sets TCP_NODELAY only where it is named. Otherwise the body of each answer
    would wait until the browser confirms its head, which takes 40 ms.

    Raises:
        ChoiceError: If the port is taken.
    """
    for wanted in (PORT, 0) if port is None else (port,):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((HOST, wanted))
            listener.listen(128)
        except OSError:
            listener.close()
            continue
        return listener
    raise vc.ChoiceError(f"port {port} is taken\nchoose another with --port, or leave it out")


def _find_id(folder: Folder, opened: str) -> str:
    return make_id(opened) if make_id(opened) in folder.list_files() else opened


def _open_browser(address: str) -> None:
    with suppress(webbrowser.Error, OSError):
        webbrowser.open(address)
