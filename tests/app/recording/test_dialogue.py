"""Recording sentence by sentence, with a microphone, keys, a player and a screen of our own."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.longtakes import hum, noise, silence
from voicecoach.app.recording.dialogue import AFTER, BEFORE, BEFORE_RECORDED, LONGEST, Dialogue
from voicecoach.app.recording.envelope import RATE
from voicecoach.app.recording.hearing import advise, judge
from voicecoach.app.recording.sentences import Sentence
from voicecoach.audio.pcm import audioop
from voicecoach.errors import MicrophoneError, PlayerError
from voicecoach.system import signals
from voicecoach.views.prompts import Prompt
from voicecoach.voices.polish import Raw
from voicecoach.voices.takes.wave import read_title

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORDS = ("Breathe in", "Breathe out", "Rest")
SENTENCES = tuple(Sentence(number, Prompt(words, words, ("Fold",))) for number, words in enumerate(WORDS, start=1))
GOOD = silence(0.3) + hum(0.9) + silence(0.3)
LOUD = audioop.mul(hum(0.9), 2, 30)


@dataclass
class FakeMicrophone:
    """Gives one take after another; after the last one it is disconnected."""

    takes: list[bytes]
    rate: int = RATE
    ended: bool = False

    @contextmanager
    def listen(self) -> Iterator[Iterator[bytes]]:
        yield self._read()

    def _read(self) -> Iterator[bytes]:
        if not self.takes:
            raise MicrophoneError("the microphone 'fake' sends no sound any more")
        take, self.ended = self.takes.pop(0), False
        yield from (take[at : at + 1600] for at in range(0, len(take), 1600))
        self.ended = True
        yield b""


@dataclass
class FakeScreen:
    """Keeps what is shown."""

    lines: list[str] = field(default_factory=list)
    levels: list[float] = field(default_factory=list)

    def say(self, line: str) -> None:
        self.lines.append(line)

    def show_level(self, peak: float, seconds: float) -> None:
        assert seconds >= 0
        self.levels.append(peak)

    def clear_level(self) -> None:
        pass


class Scene:
    """A dialogue whose keys are typed in advance; a take is stopped when all of it was heard."""

    def __init__(self, folder: Path, keys: str, takes: list[bytes], *, silent: bool = False) -> None:
        self.keys, self.played, self.screen = list(keys), [], FakeScreen()
        self.microphone, self.silent, self.folder = FakeMicrophone(takes), silent, folder
        drafts = folder.parent / "drafts"
        drafts.mkdir(exist_ok=True)
        self.dialogue = Dialogue(
            SENTENCES,
            39,
            folder,
            self.microphone,
            self.poll,
            self.play,
            self.screen,
            drafts,
        )

    played: list[Path]

    def poll(self, seconds: float) -> str:
        if not seconds:  # while something is recorded
            return "." if self.microphone.ended else ""
        if not self.keys:
            raise EOFError
        return self.keys.pop(0)

    def play(self, path: Path) -> None:
        assert path.read_bytes()[:4] == b"RIFF"
        self.played.append(path)
        if self.silent:
            raise PlayerError("no player is installed\ninstall one")

    def run(self) -> list[str]:
        with pytest.raises(EOFError) if self.keys[-1:] != ["q"] else _nothing():
            self.dialogue.run()
        return sorted(path.name for path in self.folder.glob("*"))


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def test_each_sentence_is_shown_recorded_played_and_kept(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "mine", " \r \n  q", [GOOD] * 3)
    assert scene.run() == sorted(each.file for each in SENTENCES)
    assert scene.dialogue.kept == {1, 2, 3}
    assert len(scene.played) == 3
    assert "1 of 39   Fold" in scene.screen.lines
    assert "   Breathe in" in scene.screen.lines
    assert scene.screen.lines.count(f"   {AFTER}") == 3
    assert read_title(tmp_path / "mine" / SENTENCES[0].file) == "Breathe in"
    assert max(scene.screen.levels) > -20


def test_a_take_is_kept_only_when_somebody_says_so(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "mine", " q", [GOOD])
    assert scene.run() == []
    assert scene.dialogue.kept == set()


def test_again_play_next_and_back(tmp_path: Path) -> None:
    # Take, again, play, keep; skip the second; back to it, take, back without it; quit.
    scene = Scene(tmp_path / "mine", " rp nb bq", [GOOD] * 3)
    assert scene.run() == [SENTENCES[0].file]
    assert [line[:4] for line in scene.screen.lines if " of 39" in line] == ["1 of", "2 of", "3 of", "2 of", "1 of"]
    assert any(line.endswith("(recorded)") for line in scene.screen.lines)
    assert f"   {BEFORE_RECORDED}" in scene.screen.lines
    assert len(scene.played) == 4


def test_what_was_kept_stays_when_the_microphone_is_gone(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "mine", "   ", [GOOD])
    with pytest.raises(MicrophoneError):
        scene.dialogue.run()
    assert [each.name for each in (tmp_path / "mine").iterdir()] == [SENTENCES[0].file]
    assert signals.describe_stop() == f"stopped; 1 of 39 sentences are recorded in {tmp_path / 'mine'}"
    signals.reset()


@pytest.mark.parametrize(
    ("sound", "told"),
    [
        (silence(1.0), "nothing was heard"),
        (noise(1.0, -65.0), "nothing was heard"),
        (noise(1.0, -40.0), "only a steady noise"),
        (LOUD, "too loud: it is clipped"),
        (hum(0.9) * 30, "it is far too long: 27 s for words of about 1 s"),
    ],
)
def test_a_bad_take_is_refused_with_a_word(tmp_path: Path, sound: bytes, told: str) -> None:
    scene = Scene(tmp_path / "mine", " q", [sound])
    assert scene.run() == []
    assert any(told in line for line in scene.screen.lines)
    assert scene.screen.lines.count(f"   {BEFORE}") == 2, "it is asked for again"
    assert judge(Raw(sound, RATE), "Breathe in")


def test_a_take_ends_by_itself(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "mine", " q", [hum(0.9) * round(LONGEST + 30)])
    scene.run()
    assert any("far too long" in line for line in scene.screen.lines)


def test_without_a_player_takes_are_kept_all_the_same(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "mine", "  q", [GOOD], silent=True)
    assert scene.run() == [SENTENCES[0].file]
    assert "   it can't be played: no player is installed" in scene.screen.lines


def test_a_soft_take_is_kept_with_advice() -> None:
    soft = Raw(silence(0.3) + audioop.mul(hum(0.9), 2, 0.015) + silence(0.3), RATE)
    assert judge(soft, "Breathe in") == ""
    assert advise(soft).startswith("it is rather soft")
    assert advise(Raw(GOOD, RATE)) == ""


def test_a_short_word_without_silence_around_it_is_a_word() -> None:
    assert judge(Raw(hum(0.3), RATE), "In") == ""
