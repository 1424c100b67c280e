"""hibari's voice with the real model: a few short phrases, spoken once for all tests of this module."""

from __future__ import annotations

import importlib.util
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from tests.amounts import only_in_ci
from tests.goldens import write_example
from voicecoach.app.cli import run
from voicecoach.app.request import Request
from voicecoach.app.review import review
from voicecoach.audio.clip import SAMPLE_RATE, Clip, find_peak
from voicecoach.audio.pcm import audioop
from voicecoach.audio.takes import LARGEST_MISS, match_length
from voicecoach.errors import VoiceError
from voicecoach.language import language
from voicecoach.voices.neural.hibari import voice as hibari
from voicecoach.voices.neural.hibari.voice import HibariVoice
from voicecoach.voices.pool import IdleSpeakers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(importlib.util.find_spec("hibari") is None, reason="no wheel for this machine")

CALIBRATION = language("en").word("calibration")
SHORT, JOINED, COMMAS = "Out", "In, left", "Sit tall, relax your jaw, and let go. Rest."
HOP = SAMPLE_RATE // 100


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one batch of two workers gave."""

    voice: HibariVoice
    clips: dict[str, Clip]


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Spoken:
    voice = HibariVoice("heart", CALIBRATION, folder=tmp_path_factory.mktemp("hibari"))
    wordings = [SHORT, JOINED, COMMAS, CALIBRATION]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HibariVoice, "PHRASES_A_WORKER", 1)
        clips = list(replace(voice, workers=2).speak(wordings))
    return Spoken(voice, dict(zip(wordings, clips, strict=True)))


@pytest.fixture(scope="module")
def running(spoken: Spoken) -> Iterator[HibariVoice]:
    """The voice with one worker that runs on between calls, as a model takes a second to load."""
    with closing(IdleSpeakers(1)) as idle:
        yield replace(spoken.voice, workers=1, idle=idle)


@pytest.fixture(scope="module")
def takes(spoken: Spoken, running: HibariVoice) -> list[list[Clip]]:
    """Two phrases in the first take, and twice in another one: in both orders."""
    words, voice = [SHORT, JOINED], running.vary(1)
    return [[spoken.clips[each] for each in words], list(voice.speak(words)), [*voice.speak(words[::-1])][::-1]]


def list_gaps(clip: Clip, *, least: float) -> list[float]:
    """Return the seconds of each silence in a clip that is longer than ``least``: 46 dB under its peak."""
    loud = find_peak(clip) * 10 ** (-46 / 20)
    hops = [audioop.max(clip.pcm[at : at + 2 * HOP], 2) > loud for at in range(0, len(clip.pcm), 2 * HOP)]
    runs = "".join(" " if each else "." for each in hops).split()
    return [len(each) / 100 for each in runs if len(each) / 100 > least]


def test_another_process_alone_gives_the_same_clip_to_the_byte(spoken: Spoken, running: HibariVoice) -> None:
    (again,) = running.speak([SHORT])
    assert again.pcm == spoken.clips[SHORT].pcm


def test_a_word_without_a_sound_is_named(running: HibariVoice) -> None:
    with pytest.raises(
        VoiceError, match="the voice has no sounds for 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' in 'Breathe xxx"
    ):
        list(running.speak(["Breathe " + "x" * 30]))


def test_a_number_of_any_length_is_read(running: HibariVoice) -> None:
    (clip,) = running.speak(["9" * 40])
    assert clip.seconds > 10


def test_the_words_begin_and_end_the_clip_without_a_click(spoken: Spoken) -> None:
    for clip in spoken.clips.values():
        peak = find_peak(clip)
        for edge in (clip[: SAMPLE_RATE // 20], clip[-SAMPLE_RATE // 20 :]):
            assert find_peak(edge) >= 33
        assert max(find_peak(clip[:48]), find_peak(clip[-48:])) < peak / 30


def test_pauses_lie_at_commas_and_between_sentences_and_nowhere_else(spoken: Spoken) -> None:
    first, second, third = list_gaps(spoken.clips[COMMAS], least=0.3)
    assert first == pytest.approx(0.5, abs=0.12)
    assert second == pytest.approx(0.5, abs=0.12)
    assert third == pytest.approx(0.8, abs=0.12)
    assert list_gaps(spoken.clips[JOINED], least=0.3) == pytest.approx([0.5], abs=0.12)


def test_the_calm_pace_is_calm_and_a_lone_word_is_no_longer_than_it_has_to_be(spoken: Spoken) -> None:
    words = len(CALIBRATION.split())
    assert words * 60 / spoken.clips[CALIBRATION].seconds == pytest.approx(128 * HibariVoice.DENSE, abs=4)
    assert 0.3 < spoken.clips[SHORT].seconds < 0.8


@only_in_ci
def test_another_take_is_as_long_and_not_the_same(takes: list[list[Clip]]) -> None:
    for first, second in zip(takes[0], takes[1], strict=True):
        assert first != second
        assert abs(first.samples - second.samples) <= LARGEST_MISS
        assert match_length(second, first).samples == first.samples


@only_in_ci
def test_the_same_take_is_the_same_to_the_sample(takes: list[list[Clip]]) -> None:
    assert takes[1] == takes[2]


@only_in_ci
def test_the_rate_is_met_at_another_pitch(spoken: Spoken) -> None:
    (clip,) = replace(spoken.voice, rate=180, pitch=30).speak([CALIBRATION])
    assert len(CALIBRATION.split()) * 60 / clip.seconds == pytest.approx(180 * HibariVoice.DENSE, rel=0.04)


def test_the_package_has_the_model_that_was_measured_and_a_damaged_copy_is_refused(
    spoken: Spoken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = hibari.MODELS["heart"].find()
    assert path is not None
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    monkeypatch.setitem(hibari.MODELS, "heart", replace(hibari.MODELS["heart"], inside=False))
    monkeypatch.setenv("HIBARI_HOME", str(tmp_path))
    (tmp_path / path.name).write_bytes(damaged)
    with pytest.raises(VoiceError, match=r"hibari\.onnx: the voice's model is damaged, or is a different one"):
        list(replace(spoken.voice).speak([SHORT]))


@only_in_ci
def test_a_new_routine_needs_no_change_with_this_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "mine"]) == 0
    found = review(Request("mine.yaml", voice="hibari:heart"), (), tmp_path / "kept", lambda *_: None, craft=True)
    assert (found.problems, found.warnings, found.notes, found.unmeasured) == ((), (), (), "")


@only_in_ci
def test_counts_of_a_beat_in_the_docs_fit_with_this_voice(tmp_path: Path) -> None:
    path = write_example("heel-raises", tmp_path)
    found = review(Request(str(path), voice="hibari:heart"), (), tmp_path / "kept", lambda *_: None)
    assert (found.problems, found.warnings, found.notes, found.unmeasured) == ((), (), (), "")
