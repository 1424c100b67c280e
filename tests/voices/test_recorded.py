from __future__ import annotations

import math
import random
import struct
import wave
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import pytest

from tests.fakes import FakeVoice
from tests.ffmpegs import break_ffmpeg
from tests.loudness import loudness
from voicecoach.audio import ffmpeg
from voicecoach.audio.clip import SAMPLE_RATE, Clip, find_peak
from voicecoach.errors import ChoiceError, EncodeError, VoiceError
from voicecoach.system.file_names import name_recording
from voicecoach.voices.cached import CachedVoice
from voicecoach.voices.port import Settings
from voicecoach.voices.recorded import KIND, RecordedVoice, RecordingError, list_recordings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

RATE = 44_100
SITTING = "Sit tall, and let your shoulders become soft"


pytestmark = pytest.mark.usefixtures("_encode_once")


@cache
def tone(seconds: float = 1.5, level: float = -12.0, pitch: float = 300.0) -> list[float]:
    """A tone whose loudness swells four times a second, so that little of it is near its peak."""
    swell = [0.2 + 0.8 * math.sin(2 * math.pi * 2 * at / RATE) ** 2 for at in range(RATE // 4)]
    once = [each * 10 ** (level / 20) * math.sin(2 * math.pi * pitch * at / RATE) for at, each in enumerate(swell)]
    return (once * math.ceil(4 * seconds))[: round(seconds * RATE)]


@cache
def noise(seconds: float, level: float) -> list[float]:
    drawn = random.Random(7)  # noqa: S311 - noise
    return [drawn.gauss(0, 10 ** (level / 20)) for _ in range(round(seconds * RATE))]


def write(path: Path, samples: Sequence[float]) -> Path:
    return write_pcm(path, packed(tuple(samples)))


@lru_cache(maxsize=32)
def packed(samples: tuple[float, ...]) -> bytes:
    values = [max(-32_768, min(32_767, round(each * 32_768))) for each in samples]
    return struct.pack(f"<{len(values)}h", *values)


def write_pcm(path: Path, pcm: bytes) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(pcm)
    return path


def record(folder: Path, wording: str, samples: Sequence[float] | None = None, ending: str = ".wav") -> Path:
    return write(folder / f"{name_recording(wording)}{ending}", tone() if samples is None else samples)


def settings(folder: Path, resolve: Callable[[str], FakeVoice] | None = None, rate: int | None = None) -> Settings:
    return Settings("en", "Sit tall and breathe.", folder, rate=rate, resolve=resolve)


def test_recordings_are_heard_in_the_order_they_are_asked_for(tmp_path: Path) -> None:
    record(tmp_path, "In", tone(1.2))
    record(tmp_path, SITTING, tone(2.5))
    clips = list(RecordedVoice(tmp_path).speak([SITTING, "In", SITTING]))
    assert [round(float(clip.seconds), 1) for clip in clips] == [2.5, 1.2, 2.5]
    assert clips[0] == clips[2]


@pytest.mark.parametrize("ending", [".wav", ".flac", ".mp3", ".m4a", ".MP3"])
def test_any_of_the_usual_files_will_do(tmp_path: Path, ending: str) -> None:
    source = write(tmp_path / "take.wav", tone(1.5))
    made = tmp_path / f"{name_recording('In')}{ending}"
    ffmpeg.run(["-i", str(source), str(made)], what="recording")
    (clip,) = RecordedVoice(tmp_path).speak(["In"])
    assert float(clip.seconds) == pytest.approx(1.5, abs=0.1)


@pytest.mark.parametrize("level", [-36.0, -20.0, -3.0])
@pytest.mark.parametrize("seconds", [0.4, 2.0])
def test_all_recordings_have_one_loudness(tmp_path: Path, level: float, seconds: float) -> None:
    record(tmp_path, "Out", tone(seconds, level))
    (clip,) = RecordedVoice(tmp_path).speak(["Out"])
    again = Clip(clip.pcm * math.ceil(SAMPLE_RATE * 1.5 / clip.samples))
    assert loudness(again) == pytest.approx(-18, abs=1)


def test_a_rooms_noise_and_the_click_of_a_button_are_cut_off(tmp_path: Path) -> None:
    around, click = noise(1.5, -58), tone(0.012, -10, 2000)
    spoken = [a + b for a, b in zip(tone(1.5, -14), noise(1.5, -58), strict=True)]
    record(tmp_path, "Out", [*around[:20_000], *click, *around, *spoken, *around])
    (clip,) = RecordedVoice(tmp_path).speak(["Out"])
    assert 1.4 <= clip.seconds <= 1.75


def test_soft_beginnings_are_kept(tmp_path: Path) -> None:
    record(tmp_path, "Fold", [*noise(0.5, -70), *noise(0.1, -34), *tone(1.0, -12), *noise(0.5, -70)])
    (clip,) = RecordedVoice(tmp_path).speak(["Fold"])
    assert 1.08 <= clip.seconds <= 1.3


def broken(folder: Path) -> dict[str, str]:
    """Lay down recordings that are no good in every way, and return what is to be said of each wording."""
    record(folder, "quiet", [0.0] * RATE)
    record(folder, "loud", [4 * each for each in tone(1.5, 0)])
    record(folder, "endless", tone() * 8)
    write_pcm(folder / f"{name_recording('hours')}.wav", b"\x21\0" + bytes(2 * 80 * RATE) + packed(tuple(tone())))
    (folder / f"{name_recording('text')}.mp3").write_text("no sound", encoding="utf-8")
    (folder / f"{name_recording('nothing')}.flac").touch()
    return {
        "quiet": "is silent",
        "loud": "is clipped: ",
        "endless": "is far too long: 12 s for words of about 1 s",
        "hours": "is far too long",
        "text": "is not sound that can be read",
        "nothing": "is not sound that can be read",
        "never": "is not there",
    }


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    expected = broken(tmp_path)
    record(tmp_path, "Good")
    with pytest.raises(RecordingError) as caught:
        list(RecordedVoice(tmp_path).speak(["Good", *expected]))
    told = {fault.wording: fault for fault in caught.value.faults}
    assert told.keys() == expected.keys()
    for wording, what in expected.items():
        assert told[wording].what.startswith(what)
        assert told[wording].file.startswith(name_recording(wording))
    message = str(caught.value).splitlines()
    assert len(message) == 2
    assert message[0].endswith("; and 4 more")
    assert f"record ROUTINE -o {tmp_path}" in message[1]


def test_a_recording_that_is_no_good_is_not_kept_and_not_spoken_by_another(tmp_path: Path) -> None:
    broken(tmp_path)
    cached = CachedVoice(RecordedVoice(tmp_path, FakeVoice(), "fake"), tmp_path / "cache")
    for _ in range(2):
        with pytest.raises(RecordingError, match="is clipped"):
            list(cached.speak(["loud"]))


def test_what_is_missing_is_spoken_by_another_voice_and_told(tmp_path: Path) -> None:
    record(tmp_path, "In")
    other = FakeVoice()
    voice = RecordedVoice(tmp_path, other, "fake")
    clips = list(voice.speak(["Out", "In", "Hold", "Out"]))
    assert other.asked == [["Out", "Hold", "Out"]]
    assert clips[0] == clips[3] == next(FakeVoice().speak(["Out"]))
    (problem,) = voice.problems
    assert problem.startswith(f"2 wordings are not recorded in {tmp_path}, and fake speaks instead: 'Out' (")
    assert name_recording("Hold") in problem


def test_a_word_with_phonemes_is_found_by_its_letters_and_the_other_voice_gets_what_it_can_read(tmp_path: Path) -> None:
    record(tmp_path, "Tadasana.")
    other = FakeVoice()
    voice = RecordedVoice(tmp_path, other, "fake")
    list(voice.speak(["[Tadasana](/təˈdɑːsənə/).", "[Balasana](/bəˈlɑːsənə/)."]))
    assert other.asked == [["Balasana."]]
    assert "'Balasana.'" in voice.problems[0]


def test_what_is_missing_is_told_when_it_comes_from_the_cache_as_well(tmp_path: Path) -> None:
    for _ in range(2):
        cached = CachedVoice(RecordedVoice(tmp_path, FakeVoice(), "fake"), tmp_path / "cache", ["first"])
        list(cached.speak(["Out"]))
        assert [problem[:9] for problem in cached.problems] == ["first", "1 wording"]
    assert (cached.synthesised, cached.reused) == (0, 1)


def test_a_recording_made_anew_is_heard_and_nothing_else_is_done_again(tmp_path: Path) -> None:
    takes = tmp_path / "takes"
    takes.mkdir()
    for wording in ("In", "Out"):
        record(takes, wording, tone(1.1))
    assert len(list(CachedVoice(RecordedVoice(takes), tmp_path / "cache").speak(["In", "Out"]))) == 2
    record(takes, "Out", tone(1.6))
    cached = CachedVoice(RecordedVoice(takes), tmp_path / "cache")
    clips = list(cached.speak(["In", "Out"]))
    assert [round(float(clip.seconds), 1) for clip in clips] == [1.1, 1.6]
    assert (cached.synthesised, cached.reused) == (1, 1)


def test_a_wording_recorded_later_replaces_the_other_voice(tmp_path: Path) -> None:
    takes = tmp_path / "takes"
    takes.mkdir()
    cached = CachedVoice(RecordedVoice(takes, FakeVoice(), "fake"), tmp_path / "cache")
    (spoken,) = cached.speak(["Out"])
    assert (spoken,) == tuple(CachedVoice(FakeVoice(), tmp_path / "cache").speak(["Out"]))
    record(takes, "Out")
    cached = CachedVoice(RecordedVoice(takes, FakeVoice(), "fake"), tmp_path / "cache")
    (recorded,) = cached.speak(["Out"])
    assert recorded != spoken
    assert cached.problems == []


def test_the_identity_of_the_whole_changes_with_any_file(tmp_path: Path) -> None:
    record(tmp_path, "In")
    before = RecordedVoice(tmp_path).identity
    assert RecordedVoice(tmp_path).identity == before
    record(tmp_path, "In", tone(1.2))
    assert RecordedVoice(tmp_path).identity != before
    assert RecordedVoice(tmp_path, FakeVoice()).identity.endswith("; else fake 1")


def test_of_two_recordings_of_one_wording_one_is_heard_and_that_is_told(tmp_path: Path) -> None:
    record(tmp_path, "In", tone(1.1))
    (tmp_path / f"{name_recording('In')}.mp3").write_bytes(b"")
    voice = RecordedVoice(tmp_path)
    assert len(list(voice.speak(["In"]))) == 1
    assert voice.problems == (
        f"{name_recording('In')}.wav is heard, and not {name_recording('In')}.mp3; remove one of them",
    )


def test_only_files_of_sound_count_as_recordings(tmp_path: Path) -> None:
    (tmp_path / "in-1.txt").touch()
    (tmp_path / "in-2.wav").mkdir()
    path = write(tmp_path / "In-3.WAV", tone(0.1))
    assert list_recordings(tmp_path) == {"in-3": (path,)}


def test_levelling_that_fails_is_no_fault_of_the_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path, "In", tone())
    path = break_ffmpeg(tmp_path, monkeypatch, "alimiter")
    with pytest.raises(
        EncodeError, match=rf"^levelling the voice: ffmpeg .* \({path}\) failed \(status 8\)\nNo such filter\n"
    ):
        list(RecordedVoice(tmp_path).speak(["In"]))


def test_a_playlist_under_the_name_of_a_sound_opens_no_other_file(tmp_path: Path) -> None:
    write(tmp_path / "secret.wav", tone())
    for wording, content in {
        "list": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nsecret.wav\n#EXT-X-ENDLIST\n",
        "concat": "ffconcat version 1.0\nfile secret.wav\n",
    }.items():
        (tmp_path / f"{name_recording(wording)}.wav").write_text(content, encoding="utf-8")
        with pytest.raises(RecordingError, match="not sound that can be read"):
            list(RecordedVoice(tmp_path).speak([wording]))


def test_without_ffmpeg_no_recording_is_blamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise EncodeError("ffmpeg is missing")

    record(tmp_path, "In")
    monkeypatch.setattr(ffmpeg, "find_executable", missing)
    with pytest.raises(EncodeError, match=r"^ffmpeg is missing"):
        list(RecordedVoice(tmp_path).speak(["In"]))


def test_nothing_to_say_gives_nothing(tmp_path: Path) -> None:
    assert list(RecordedVoice(tmp_path).speak([])) == []


def test_words_without_spaces_have_time_as_well(tmp_path: Path) -> None:
    wording = "慢慢地吸气然后慢慢地呼气"
    record(tmp_path, wording, tone(8))
    (clip,) = RecordedVoice(tmp_path).speak([wording])
    assert find_peak(clip) > 1000


def test_a_folder_is_named_after_the_colon_and_another_voice_after_a_comma(tmp_path: Path) -> None:
    takes = tmp_path / "my, takes"
    takes.mkdir()
    asked: list[str] = []

    def resolve(spec: str) -> FakeVoice:
        asked.append(spec)
        return FakeVoice()

    assert KIND.find_voice(str(takes), settings(tmp_path, resolve)).other is None
    voice = KIND.find_voice(f"{takes}, piper:en_US-amy-medium", settings(tmp_path, resolve, rate=150))
    assert (voice.folder, voice.named, asked) == (takes, "piper:en_US-amy-medium", ["piper:en_US-amy-medium"])
    assert voice.problems == ("recordings are played as they were spoken; --rate has no effect",)


@pytest.mark.parametrize(
    ("spec", "told"),
    [("nowhere", "no folder 'nowhere' of recordings"), ("nowhere,en", "no folder 'nowhere'")],
)
def test_a_folder_that_is_not_there_is_told(tmp_path: Path, spec: str, told: str) -> None:
    with pytest.raises(ChoiceError, match=told):
        KIND.find_voice(spec, settings(tmp_path, lambda _: FakeVoice()))


def test_a_comma_without_a_voice_is_told(tmp_path: Path) -> None:
    with pytest.raises(ChoiceError, match="no voice is named after the comma"):
        KIND.find_voice(f"{tmp_path},", settings(tmp_path, lambda _: FakeVoice()))


def test_a_voice_that_gives_too_little_is_told(tmp_path: Path) -> None:
    class Short(FakeVoice):
        def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
            return super().speak(wordings[:-1])

    with pytest.raises(VoiceError, match="fewer clips"):
        list(RecordedVoice(tmp_path, Short(), "short").speak(["In", "Out"]))
