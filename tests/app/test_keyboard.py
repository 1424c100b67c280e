"""Keys from a terminal: a real one where the system has them, and the console of Windows by what it says."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from itertools import islice
from select import select
from types import SimpleNamespace
from typing import TYPE_CHECKING

import click
import pytest

from voicecoach.app import keyboard

if TYPE_CHECKING:
    from collections.abc import Iterator

posix = pytest.mark.skipif(os.name != "posix", reason="terminals as POSIX has them")


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    """Somebody's end of a terminal and the program's, which is its standard input."""
    somebody, program = os.openpty()
    with open(program, closefd=False) as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        try:
            yield somebody, program
        finally:
            os.close(program)
            os.close(somebody)


def modes(handle: int) -> list[object]:
    import termios

    return list(termios.tcgetattr(handle))


@posix
def test_keys_come_one_by_one_without_enter_and_without_echo(monkeypatch: pytest.MonkeyPatch) -> None:
    import termios

    with terminal(monkeypatch) as (somebody, program), keyboard.read_keys() as keys:
        assert not int(str(modes(program)[3])) & (termios.ECHO | termios.ICANON)
        os.write(somebody, b" q\xc3\xa9")
        assert list(islice(keys, 4)) == [" ", "q", "\xc3", "\xa9"]


@posix
def test_an_arrow_is_one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal(monkeypatch) as (somebody, _), keyboard.read_keys() as keys:
        os.write(somebody, b"\x1b[A")
        assert next(keys) == "\x1b[A"


@posix
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_the_terminal_is_left_as_it_was_whatever_happens(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    with terminal(monkeypatch) as (_, program):
        found = modes(program)

        def fail() -> None:
            with keyboard.read_keys():
                assert modes(program) != found
                raise error

        with pytest.raises(error):
            fail()
        assert modes(program) == found


@posix
def test_what_was_typed_and_not_read_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal(monkeypatch) as (somebody, program):
        with keyboard.read_keys():
            os.write(somebody, b"   \n")
            select([program], [], [], 20)  # it takes its time from one end to the other
        os.write(somebody, b"y\n")
        assert os.read(program, 10) == b"y\n"


@posix
def test_a_terminal_that_is_closed_has_no_more_keys() -> None:
    somebody, program = os.openpty()
    os.close(somebody)
    assert list(keyboard.read_terminal(program)) == []
    os.close(program)


@pytest.mark.parametrize("missing", ["stdin", "stderr"])
def test_without_a_terminal_nobody_is_there(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stderr"):
        monkeypatch.setattr(sys, name, SimpleNamespace(isatty=lambda: True))
    assert keyboard.has_terminal()
    monkeypatch.setattr(sys, missing, SimpleNamespace(isatty=lambda: False))
    assert not keyboard.has_terminal()
    monkeypatch.setattr(sys, missing, None)
    assert not keyboard.has_terminal()


def test_on_windows_keys_come_from_click_until_the_end_and_ctrl_c_interrupts(monkeypatch: pytest.MonkeyPatch) -> None:
    pressed: list[str | BaseException] = [" ", "\xe0H", KeyboardInterrupt()]

    def getchar() -> str:
        key = pressed.pop(0) if pressed else EOFError()
        if isinstance(key, BaseException):
            raise key
        return key

    monkeypatch.setattr(click, "getchar", getchar)
    monkeypatch.setattr("voicecoach.app.keyboard.os.name", "nt")
    with keyboard.read_keys() as keys:
        assert list(islice(keys, 2)) == [" ", "\xe0H"]
        with pytest.raises(KeyboardInterrupt):
            next(keys)
    with keyboard.read_keys() as keys:
        assert list(keys) == []
