"""A worker process watched from outside: every answer has a time limit, and nothing of it is left behind."""

from __future__ import annotations

import json
import queue
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from voicecoach.errors import suggest_remedy
from voicecoach.system.process import PIPE, Child, Tail, Work, describe_end, measure_work
from voicecoach.system.signals import defer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STARTING = 20.0
"""Seconds that a worker may take more, for its first answer: a cold disk, a busy machine."""
LONGEST_LINE = 20_000_000
"""Bytes of an answer: a list of voices has some hundred thousand."""
STARVED, MOST_WAITS = 0.5, 20
"""A worker that could work, but had a core for less than this part of its time, gets it again; so often at most."""
MOST_UNREAD = 4
"""Lines that are taken before anybody asks for them."""


class Fault(Exception):  # noqa: N818 - caught here and turned into a VoiceError or another try
    """What a worker did wrong, as words that follow "the voice worker"."""


class Worker:
    """A running worker, which takes JSON lines and answers each with one.

    Use it as a context: at its end the process is gone, whatever happened.
    """

    def __init__(self, command: Sequence[str], setup: Mapping[str, object], patience: float) -> None:
        """Start ``command``; it is set up when it is first asked.

        Args:
            command: The program and its arguments.
            setup: The first request.
            patience: Seconds that the answer to the setup may take, beside those for starting.

        Raises:
            Fault: When it does not start.
        """
        self._setup: Mapping[str, object] | None = setup  # until it is sent
        self._patience: float | None = patience + STARTING  # until it is answered
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        child = None
        try:
            with defer():
                child = self._child = Child(command, stdin=PIPE, stdout=PIPE, stderr=PIPE)
            self._messages = Tail(child.stderr)
            threading.Thread(target=self._listen, daemon=True).start()
        except OSError as error:
            advice = f"\n{suggest_remedy(error)}" if suggest_remedy(error) else ""
            raise Fault(f"could not be started: {(error.strerror or str(error)).lower()}{advice}") from None
        except BaseException:
            if child is not None:
                child.close()
            raise

    def ask(self, request: Mapping[str, object], patience: float) -> dict[str, Any]:
        """Send a request and return its answer.

        Raises:
            Fault: When it ends, takes longer than ``patience`` seconds, answers nonsense or reports an error; or, the
                first time, refuses its setup.
        """
        self.set_up()
        if self._patience is not None:
            longest, self._patience = self._patience, None
            self._receive(longest)
        with suppress(queue.Empty):  # an answer too many would be taken for the next one, and so on
            raise Fault("sent an unexpected answer" if self._answers.get_nowait() else self._how_it_ended())
        self._send(json.dumps(request).encode() + b"\n")
        return self._receive(patience)

    def set_up(self) -> None:
        """Send the setup ahead, without waiting: the first question then finds a worker that is ready, or nearly.

        Raises:
            Fault: When it has ended.
        """
        if self._setup is not None:
            setup, self._setup = self._setup, None
            self._send(json.dumps(setup).encode() + b"\n")

    def _receive(self, patience: float) -> dict[str, Any]:
        for _ in range(MOST_WAITS):
            before = measure_work(self._child.pid)
            try:
                line = self._answers.get(timeout=patience)
            except queue.Empty:
                if not is_starved(before, measure_work(self._child.pid), patience):
                    break
            else:
                if not line:
                    raise Fault(self._how_it_ended())
                return _understood(line)
        raise Fault(f"gave no answer in {patience:.0f} s")

    def close(self) -> None:
        """End the process and its own children, at once: they have nothing to save."""
        self._child.close()

    def __enter__(self) -> Self:
        """Give the worker, which runs already."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.close()

    def _send(self, line: bytes) -> None:
        if not self._child.write(line):
            raise Fault(self._how_it_ended())

    def _listen(self) -> None:
        """Pass lines on from a separate thread: not every system can wait for a pipe with a time limit."""
        pipe = self._child.stdout
        try:
            while pipe is not None and (line := pipe.readline(LONGEST_LINE)) and self._answers.qsize() < MOST_UNREAD:
                self._answers.put(line)
        except (OSError, ValueError):  # closed under our hands
            pass
        self._answers.put(b"")

    def _how_it_ended(self) -> str:
        status = self._child.wait_for(1)
        if status is None:
            return "stopped answering"
        said = self._messages.text(1).strip().splitlines()
        return f"{describe_end(status)} ({_plain(said[-1], 120)})" if said else describe_end(status)


def is_starved(before: Work | None, after: Work | None, seconds: float) -> bool:
    """Return whether other programs kept a process from working in these seconds; one that sleeps or hangs is not kept.

    >>> start = Work(ready=True, seconds=1.0)
    >>> [is_starved(start, Work(ready=True, seconds=after), 60.0) for after in (3.0, 60.0)]
    [True, False]
    >>> is_starved(start, Work(ready=False, seconds=1.0), 60.0), is_starved(None, None, 60.0)
    (False, False)
    """
    if before is None or after is None or not after.ready:
        return False
    return after.seconds - before.seconds < STARVED * seconds


def _understood(line: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise Fault(f"sent an invalid answer: {line[:40]!r}")
    if "error" in answer:
        raise Fault(f"reports: {_plain(str(answer['error']), 300)}")
    return answer


def _plain(said: str, most: int) -> str:
    """Return what a worker said on one line, without what a terminal would obey, and not at any length."""
    line = " ".join("".join(each if each.isprintable() else " " for each in said[: 9 * most]).split())
    return line if len(line) <= most else f"{line[:most]}…"
