"""A server of the studio in a thread, with a fake voice, and what asks it: real sockets, on this machine alone."""

from __future__ import annotations

import http.client
import json
import math
import struct
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from unittest import mock

import uvicorn

import voicecoach as vc
from voicecoach.studio.guard import Door
from voicecoach.studio.server import create_app, listen
from voicecoach.testing import FakeVoice
from voicecoach.voices.takes import encode_wave

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ROUTINE = """title: Two breaths
steps:
  - say: Sit tall, with both feet on the floor. | Sit tall.
  - breathe: 2
    in: Breathe in, and grow tall | In, grow tall | In
    out: And breathe out | Out
"""


@lru_cache
def write_voice(seconds: float = 0.8, level: float = 0.3, tone: float = 150, rate: int = 48_000) -> bytes:
    """Return a WAV file with a tone between two silences, which is a voice to the program."""
    quiet = [0.001 * math.sin(index) for index in range(rate // 4)]
    loud = [level * math.sin(2 * math.pi * tone * index / rate) for index in range(round(seconds * rate))]
    values = [round(32_767 * max(-1, min(1, each))) for each in (*quiet, *loud, *quiet)]
    return encode_wave(struct.pack(f"<{len(values)}h", *values), rate, "")


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON
        """Its body as JSON."""
        return json.loads(self.body)


@dataclass
class Asker:
    """Asks a server, as a browser would that was let in: with the cookie, and from the page itself."""

    door: Door
    folder: Path
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Come in with the cookie."""
        self.headers = {"cookie": f"{self.door.cookie}={self.door.secret}", **self.headers}

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        raw: bytes | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> Answer:
        """Send a request; a header that is None is left out. ``raw`` is sent in place of JSON."""
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        kind = {} if data is None else {"content-type": "application/json"}
        sent = {**self.headers, **kind, **(headers or {})}
        connection = http.client.HTTPConnection("127.0.0.1", self.door.port, timeout=30)
        try:
            own_host = {name.lower() for name in sent} & {"host"}
            connection.putrequest(method, path, skip_host=bool(own_host), skip_accept_encoding=True)
            for name, value in sent.items():
                if value is not None:
                    connection.putheader(name, value)
            if data is not None:
                connection.putheader("content-length", str(len(data)))
            connection.endheaders(data)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str | None) -> Answer:
        """Send a GET; underscores in the names of headers are dashes."""
        return self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path: str, body: object) -> Answer:
        """Send a POST with JSON."""
        return self.ask("POST", path, body)


@contextmanager
def run_studio(folder: Path, cache: Path, opened: str = "", *, port: int = 0) -> Iterator[Asker]:
    """Run a server of the studio over a folder."""
    listener = listen(port)
    door = Door(listener.getsockname()[1])
    app = create_app(door, folder, opened, lambda: vc.Studio(voice=FakeVoice(), cache=cache))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        with mock.patch(
            "voicecoach.system.folders.find_data", return_value=cache / "data"
        ):  # where it keeps what was heard
            yield Asker(door, folder)
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()
