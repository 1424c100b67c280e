"""The real voice of this system (pyttsx3, espeak-ng) and the real ffmpeg, together."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.loudness import loudness
from voicecoach.errors import VoiceError
from voicecoach.voices import library, polish
from voicecoach.voices.cached import CachedVoice
from voicecoach.voices.system import RATE, SystemVoice, catalogue, system_voice

if TYPE_CHECKING:
    from voicecoach.clip import Clip

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the figures below are espeak's")

CALM = "Sit tall, breathe out slowly, and let your shoulders become soft."
SENTENCES = [
    "Sit on the floor with your right leg stretched out in front of you.",
    "Bend forward from the waist, not from the neck.",
    "As you breathe out, fold a little further.",
    "Now place your left hand on your right thigh, and keep your back long.",
    "Come up again, as slowly as you went down.",
    "Rest here for one or two free breaths.",
]
CUES = ["In", "Out", "Hold", "And out, further"]


@pytest.fixture(scope="module")
def clips() -> dict[str, Clip]:
    wordings = SENTENCES + CUES
    return dict(zip(wordings, system_voice(None, "en", calibration=CALM).speak(wordings), strict=True))


def peak(pcm: bytes) -> int:
    return max(map(abs, memoryview(pcm).cast("h")), default=0)


def test_every_phrase_is_spoken_and_none_is_another(clips: dict[str, Clip]) -> None:
    assert len({clip.pcm for clip in clips.values()}) == len(SENTENCES + CUES)
    assert all(peak(clip.pcm) > 3_000 for clip in clips.values())


def test_every_sentence_is_equally_loud_and_none_too_loud(clips: dict[str, Clip]) -> None:
    assert [loudness(clips[each]) for each in SENTENCES] == pytest.approx([polish.TARGET] * len(SENTENCES), abs=0.5)
    assert max(peak(clip.pcm) for clip in clips.values()) < 32_768 * 10 ** ((polish.CEILING + 0.5) / 20)


def test_words_begin_and_end_with_their_clip(clips: dict[str, Clip]) -> None:
    for clip in clips.values():
        first, last = clip.pcm[: 2 * 720], clip.pcm[-2 * 1_920 :]  # 15 ms and 40 ms
        bound = peak(clip.pcm) * 10 ** (polish.QUIET / 20)
        assert peak(first) >= bound
        assert peak(last) >= bound


def test_instructions_are_spoken_at_a_calm_rate(clips: dict[str, Clip]) -> None:
    words = sum(len(each.split()) for each in SENTENCES)
    assert 120 <= words * 60 / sum(clips[each].seconds for each in SENTENCES) <= 145


def test_the_rate_holds_for_every_phrase_not_only_the_first() -> None:
    slow, fast = (list(SystemVoice("gmw/en-us", CALM, rate).speak(SENTENCES)) for rate in (150, 300))
    ratios = [float(a.seconds / b.seconds) for a, b in zip(slow, fast, strict=True)]
    assert min(ratios) > 1.5


def test_voices_variants_and_pitch_are_heard() -> None:
    voices = [SystemVoice("gmw/en-us", CALM), SystemVoice("gmw/en-us+f3", CALM), SystemVoice("gmw/de", CALM)]
    voices.append(replace(voices[0], pitch=20))
    spoken = [next(iter(voice.speak(["Breathe in"]))) for voice in voices]
    assert len({clip.pcm for clip in spoken}) == 4


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    before = children.read_text()
    assert len(list(SystemVoice("gmw/en-us", CALM).speak(["In", "Out"]))) == 2
    with pytest.raises(VoiceError):
        list(SystemVoice("gmw/nobody", CALM).speak(["In"]))
    assert list(tmp_path.iterdir()) == []
    assert children.read_text() == before


def test_a_voice_that_is_not_there_is_an_error_never_another_voice() -> None:
    with pytest.raises(VoiceError, match="EE_INTERNAL_ERROR while setting voice to gmw/nobody"):
        list(SystemVoice("gmw/nobody", CALM).speak(["In"]))


@pytest.mark.parametrize("wording", ["", "   ", "…"])
def test_what_has_no_sound_is_an_error_never_an_empty_clip(wording: str) -> None:
    with pytest.raises(VoiceError, match="the voice could not say"):
        list(SystemVoice("gmw/en-us", CALM, patience=2.0).speak([wording]))


def test_odd_wordings_are_spoken_to_their_end() -> None:
    plain = ["Breathe", "Größe, naïve, 你好", "a < b & c > d", "-f /etc/hostname", '"quoted" \\ and\nbroken']
    clips = list(SystemVoice("gmw/en-us", CALM).speak(plain))
    assert all(clip.seconds > 0.2 for clip in clips)


def test_the_catalogue_has_many_languages_and_american_english_is_english(tmp_path: Path) -> None:
    found = catalogue(tmp_path)
    assert len(found.voices) > 50
    assert {"f3", "whisper"} <= set(found.variants)
    assert system_voice(None, "en", calibration=CALM, folder=tmp_path).voice == "gmw/en-us"
    assert system_voice(None, "de", calibration=CALM, folder=tmp_path).voice == "gmw/de"
    assert catalogue(tmp_path) == found


def test_a_long_install_path_does_not_stop_the_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = library.find()
    if found.data is None:
        pytest.skip("the system's own espeak-ng is used")
    deep = tmp_path.joinpath(*["a-rather-long-folder-name"] * 8)
    deep.mkdir(parents=True)
    (deep / "espeak-ng-data").symlink_to(found.data)
    monkeypatch.setattr(library, "find", lambda: replace(found, data=str(deep / "espeak-ng-data")))
    assert len(list(SystemVoice("gmw/en-us", CALM).speak(["In"]))) == 1


def test_a_second_run_needs_no_voice(tmp_path: Path) -> None:
    first = list(CachedVoice(SystemVoice("gmw/en-us", CALM), tmp_path).speak(CUES))
    gone = CachedVoice(SystemVoice("gmw/en-us", CALM, command=("/nowhere/worker",)), tmp_path)
    assert list(gone.speak(CUES)) == first
    assert (gone.synthesised, gone.reused) == (0, len(CUES))


def test_asking_who_speaks_starts_no_process_and_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from voicecoach.voices.system import SystemVoice\n"
        "print(SystemVoice('gmw/en-us', 'calm').identity)\n"
        "print([each for each in ('pydub', 'pyttsx3', 'mutagen', 'imageio_ffmpeg') if each in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    identity, loaded = done.stdout.splitlines()
    assert f"voice gmw/en-us, rate {RATE}" in identity
    assert loaded == "[]"
