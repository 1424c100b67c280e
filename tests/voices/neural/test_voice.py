"""Voices with a neural model, whose worker is a stand-in that hums."""

from __future__ import annotations

import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.loudness import loudness
from voicecoach.errors import VoiceError
from voicecoach.voices import polish
from voicecoach.voices.neural.voice import NeuralVoice, measure_pace
from voicecoach.voices.pool import IdleSpeakers
from voicecoach.voices.testing import VoiceContract

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from voicecoach.audio.clip import Clip
    from voicecoach.voices.pool import Speaker
    from voicecoach.voices.port import Voice

pytestmark = pytest.mark.usefixtures("_encode_once")
WORKER = (sys.executable, "-IS", str(Path(__file__).with_name("fake_model.py")))
CALIBRATION = "Sit tall, let your shoulders drop, and follow the breath as it slowly comes and goes."
PLAIN = ["Breathe in slowly", "And out, let yourself sink a little further", "In"]


@dataclass(frozen=True)
class Hum(NeuralVoice):
    """The stand-in's voice: at speed 1 it hums for a tenth of a second for each letter."""

    command: Sequence[str] = field(default=WORKER)
    setup: Mapping[str, object] = field(default_factory=dict)
    KIND: ClassVar[str] = "hum"
    calm: ClassVar[int] = 800
    repair: ClassVar[str] = "'pip install hum' may help"

    def describe_model(self) -> str:
        return f"hum 1, {self.name}"

    def set_up(self, folder: Path) -> Mapping[str, object]:  # noqa: ARG002 - the hook's signature
        return self.setup


def hum(tmp_path: Path, rate: int | None = None, **setup: object) -> Hum:
    return Hum("low", CALIBRATION, rate, tmp_path, setup={"log": str(tmp_path / "log"), **setup})


def read_log(tmp_path: Path) -> list[str]:
    return (tmp_path / "log").read_text(encoding="utf-8").splitlines()


class TestTheContract(VoiceContract):
    @pytest.fixture(autouse=True)
    def _place(self, tmp_path: Path) -> None:
        self.place = tmp_path

    def voice(self) -> Voice:
        return hum(self.place, samples=600)


def test_clips_are_as_long_as_the_words_at_the_calm_speed_and_equally_loud(tmp_path: Path) -> None:
    first, second, _ = hum(tmp_path).speak(PLAIN)
    assert first.seconds == pytest.approx(17 * 0.1 / 0.8, abs=0.03)
    assert loudness(first) == pytest.approx(polish.TARGET, abs=0.5)
    assert loudness(second) == pytest.approx(polish.TARGET, abs=0.5)


def test_the_calibration_sentence_is_spoken_once_for_each_voice(tmp_path: Path) -> None:
    list(hum(tmp_path).speak(PLAIN))
    list(hum(tmp_path).speak(PLAIN[:1]))
    assert [line for line in read_log(tmp_path) if line.startswith(CALIBRATION)] == [f"{CALIBRATION} at 800"]


def test_a_rate_is_met_as_it_is_heard(tmp_path: Path) -> None:
    (clip,) = hum(tmp_path, rate=150).speak([CALIBRATION])
    assert len(CALIBRATION.split()) * 60 / clip.seconds == pytest.approx(150, rel=0.03)


@dataclass
class Steps:
    """A speaker whose pace grows with the speed in steps: it rounds each of some sounds to 25 ms."""

    sounds: Sequence[float]
    said: list[tuple[int, float]] = field(default_factory=list)

    def say(self, wording: str, rate: int | None = None) -> polish.Raw:
        seconds = sum(max(1, round(each * 1000 / (rate or 1000))) for each in self.sounds) * 0.025
        self.said.append((rate or 0, len(wording.split()) * 60 / seconds))
        return polish.Raw(b"\0\x20" * round(seconds * 24_000), 24_000)

    def stop(self) -> None:
        pass


@given(st.integers(105, 400), st.lists(st.floats(0.4, 12), min_size=30, max_size=80))
def test_of_some_speeds_the_one_that_is_nearest_to_the_rate_is_taken(rate: int, sounds: list[float]) -> None:
    speaker = Steps(sounds)
    setting, raw = measure_pace(Hum("low", CALIBRATION, rate), cast("Speaker", speaker))
    misses = {tried: abs(heard / rate - 1) for tried, heard in speaker.said}
    assert len(misses) == len(speaker.said) <= 9
    assert set(misses) <= set(Hum.SETTINGS)
    assert misses[setting] == min(misses.values())
    assert len(CALIBRATION.split()) * 60 / raw.seconds == pytest.approx(dict(speaker.said)[setting], rel=0.001)


@pytest.mark.parametrize("rate", [105, 130, 180, 260])
def test_a_pace_that_jumps_comes_within_three_hundredths_of_the_rate(rate: int) -> None:
    speaker = Steps([2 + at % 17 / 4 for at in range(60)])
    measure_pace(Hum("low", CALIBRATION, rate), cast("Speaker", speaker))
    assert min(abs(heard / rate - 1) for _, heard in speaker.said) <= 0.03


def test_the_first_worker_reads_and_the_others_load_the_model_meanwhile(tmp_path: Path) -> None:
    list(replace(hum(tmp_path), workers=3).speak([f"breathe {'a' * each}" for each in range(24)]))
    assert sorted(line for line in read_log(tmp_path) if line.startswith("ready")) == ["ready at once"] * 2 + [
        "ready later"
    ]


@pytest.fixture
def idle() -> Iterator[IdleSpeakers]:
    with closing(IdleSpeakers(2)) as idle:
        yield idle


def count_starts(tmp_path: Path) -> int:
    return sum(line.startswith("ready") for line in read_log(tmp_path))


def wait_with(tmp_path: Path, idle: IdleSpeakers) -> Hum:
    """Return a voice of two workers that wait between calls."""
    return replace(hum(tmp_path, samples=600), workers=2, idle=idle)


MANY = [f"breathe {'a' * each}" for each in range(16)]


def test_workers_that_wait_read_and_speak_other_words(tmp_path: Path, idle: IdleSpeakers) -> None:
    voice = wait_with(tmp_path, idle)
    first = list(voice.speak(MANY))
    assert list(voice.speak(MANY)) == first == list(replace(voice, idle=None).speak(MANY))
    assert count_starts(tmp_path) == 2 + 2
    assert len(list(replace(voice, rate=150).speak(PLAIN))) == len(PLAIN)
    assert count_starts(tmp_path) == 2 + 2


def test_a_voice_that_was_warmed_up_speaks_with_the_worker_that_waits(tmp_path: Path, idle: IdleSpeakers) -> None:
    voice = wait_with(tmp_path, idle)
    voice.warm_up()
    warmed = list(voice.speak(PLAIN[:1]))
    assert count_starts(tmp_path) == 1
    assert warmed == list(replace(voice, idle=None).speak(PLAIN[:1]))


def test_a_voice_with_another_model_has_workers_of_its_own(tmp_path: Path, idle: IdleSpeakers) -> None:
    voice = wait_with(tmp_path, idle)
    list(voice.speak(PLAIN))
    list(replace(voice, name="high").speak(PLAIN))
    assert count_starts(tmp_path) == 2


def test_workers_wait_after_a_text_that_has_no_sound(tmp_path: Path, idle: IdleSpeakers) -> None:
    voice = wait_with(tmp_path, idle)
    with pytest.raises(VoiceError, match="'zzz'"):
        list(voice.speak([*MANY, "zzz"]))
    assert len(list(voice.speak(MANY))) == len(MANY)
    assert count_starts(tmp_path) == 2


def test_after_a_failure_the_next_words_are_spoken(tmp_path: Path, idle: IdleSpeakers) -> None:
    voice = wait_with(tmp_path, idle)
    with pytest.raises(VoiceError, match="twice"):
        list(voice.speak([*MANY, "explode"]))
    assert len(list(voice.speak(MANY))) == len(MANY)


def test_a_session_that_is_given_up_leaves_no_answer_for_the_next_one(tmp_path: Path, idle: IdleSpeakers) -> None:
    voice = wait_with(tmp_path, idle)
    spoken = voice.speak([*MANY, *(f"another {'a' * each}" for each in range(60))])
    next(spoken)
    cast("Generator[Clip]", spoken).close()
    assert list(voice.speak(MANY)) == list(replace(voice, idle=None).speak(MANY))


def test_many_threads_speak_at_once_and_nothing_is_left_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    with closing(IdleSpeakers(2)) as idle:
        voice = wait_with(tmp_path, idle)
        alone = list(voice.speak(PLAIN))
        with ThreadPoolExecutor(4) as threads:
            together = list(threads.map(lambda _: list(voice.speak(PLAIN)), range(8)))
        assert together == [alone] * 8
        (folder,) = temporary.iterdir()
        assert len([each for each in folder.iterdir() if each.is_dir()]) <= 2
    assert not list(temporary.iterdir())
    for started in tmp_path.glob("*.pid"):
        with pytest.raises(ProcessLookupError):
            os.kill(int(started.stem), 0)


def test_what_has_no_sound_is_refused_with_its_words_before_anything_is_spoken(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="the voice has no sounds for 'zzz' in 'Breathe zzz'"):
        list(hum(tmp_path).speak(["Breathe in", "Breathe zzz"]))
    assert all(line.startswith("ready") for line in read_log(tmp_path))
    with pytest.raises(VoiceError, match="the voice has no sounds for '1234'"):
        list(hum(tmp_path).speak(["1234"]))


def test_a_worker_that_can_not_start_is_an_error_that_says_what_may_help(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="the voice hum:low can't be started\nits worker reports: no such model\n'pip"):
        list(hum(tmp_path, broken="no such model").speak(PLAIN))


def test_a_worker_that_ends_while_it_speaks_fails_after_a_second_try(tmp_path: Path) -> None:
    clips = hum(tmp_path).speak(["Breathe in", "explode"])
    with pytest.raises(VoiceError, match="could not say 'explode', twice\nits worker ended with exit status 3"):
        list(clips)


def test_the_rate_the_voice_and_the_calibration_are_part_of_the_identity(tmp_path: Path) -> None:
    voices = [hum(tmp_path), hum(tmp_path, rate=120), Hum("high", CALIBRATION), Hum("low", "Another sentence.")]
    assert len({each.identity for each in voices}) == len(voices)
