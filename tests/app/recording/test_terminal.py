"""Recording on a real terminal, with a microphone and a player of our own."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.longtakes import hum, silence
from voicecoach.app import keyboard, player
from voicecoach.app.recording.envelope import RATE
from voicecoach.app.recording.sentences import Sentence
from voicecoach.app.recording.terminal import draw_level, play_until_key, record_sentences
from voicecoach.errors import ChoiceError
from voicecoach.views.prompts import Prompt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

posix = pytest.mark.skipif(os.name != "posix", reason="terminals as POSIX has them")
SENTENCES = tuple(
    Sentence(number, Prompt(words, words)) for number, words in enumerate(("Breathe in", "Rest"), start=1)
)


class TypingMicrophone:
    """Somebody speaks, and presses a key on the terminal when the sentence is said."""

    rate = RATE

    def __init__(self, somebody: int) -> None:
        self.somebody = somebody

    @contextmanager
    def listen(self) -> Iterator[Iterator[bytes]]:
        yield self._speak()

    def _speak(self) -> Iterator[bytes]:
        yield silence(0.2) + hum(0.9) + silence(0.2)
        os.write(self.somebody, b".")
        while True:
            yield b""


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Somebody's end of a terminal, which is the program's standard input."""
    theirs, ours = os.openpty()
    with open(ours, closefd=False) as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        monkeypatch.setattr(keyboard, "has_terminal", lambda: True)
        monkeypatch.setattr(player, "find_command", lambda *_: ["player"])
        monkeypatch.setattr(player, "play", lambda *_: None)
        yield theirs
    os.close(ours)
    os.close(theirs)


@contextmanager
def type_when_asked(somebody: int, keys: bytes) -> Iterator[Callable[[float], str]]:
    """Type the next key when the dialogue waits for one, as a person does."""
    waiting = iter(keys)

    def poll_typed(seconds: float) -> str:
        if seconds:
            os.write(somebody, bytes([next(waiting)]))
        return poll(5.0 if seconds else 0)

    with poll_keys() as poll:
        yield poll_typed


poll_keys = keyboard.poll_keys


@posix
def test_keys_record_keep_and_quit(
    somebody: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(keyboard, "poll_keys", lambda: type_when_asked(somebody, b" \nq"))
    kept = record_sentences(SENTENCES, 2, tmp_path / "mine", {}, TypingMicrophone(somebody))
    assert kept == {1}
    assert [path.name for path in (tmp_path / "mine").iterdir()] == [SENTENCES[0].file]
    assert "1 of 2" in capsys.readouterr().err


@posix
def test_a_terminal_that_is_closed_ends_it(somebody: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyboard, "_read_pressed", lambda _: "")
    monkeypatch.setattr(keyboard, "poll_keys", lambda: type_when_asked(somebody, b" "))
    assert record_sentences(SENTENCES, 2, tmp_path / "mine", {}, TypingMicrophone(somebody)) == set()


@posix
def test_keys_that_come_together_are_polled_one_by_one(somebody: int) -> None:
    with keyboard.poll_keys() as poll:
        assert poll(0) == ""
        os.write(somebody, b"ab\x1b[A"[:2])
        assert [poll(5.0), poll(0), poll(0)] == ["a", "b", ""]
        os.write(somebody, b"\x1b[A")
        assert poll(5.0) == "\x1b[A"


def test_a_key_stops_the_player(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown: list[float] = []

    def play(_command: list[str], _name: str, show: Callable[[float], None]) -> None:
        for second in range(100):
            shown.append(second)
            show(second)

    keys = iter(("", "", " "))
    monkeypatch.setattr(player, "find_command", lambda *_: ["player"])
    monkeypatch.setattr(player, "play", play)
    play_until_key(tmp_path / "take.wav", lambda _: next(keys))
    assert shown == [0, 1, 2]


def test_without_a_terminal_a_long_take_is_another_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyboard, "has_terminal", lambda: False)
    with pytest.raises(ChoiceError, match="--take FILE"):
        record_sentences(SENTENCES, 2, tmp_path, {}, TypingMicrophone(0))


@pytest.mark.parametrize(("peak", "told"), [(-96.0, " " * 30), (0.0, "too loud"), (-0.5, "too loud"), (-60.0, "[ ")])
def test_the_level_is_a_bar(peak: float, told: str) -> None:
    assert told in draw_level(peak)
