from __future__ import annotations

import math
import random
import struct
import wave
from typing import TYPE_CHECKING

import pytest

from tests.loudness import loudness
from voicecoach.audio import ffmpeg
from voicecoach.audio.clip import SAMPLE_RATE, Clip
from voicecoach.audio.loudness import integrate
from voicecoach.errors import EncodeError
from voicecoach.voices import polish
from voicecoach.voices.polish import Raw

if TYPE_CHECKING:
    from pathlib import Path

RATE = 22_050


def babble(seconds: float, level: float = 0.3, seed: int = 1, rate: int = RATE) -> bytes:
    """Make something with the loud and soft of speech: a humming tone whose strength wanders."""
    chance = random.Random(seed)  # noqa: S311 - sound, not secrets
    pitch, slow = chance.uniform(110, 180), chance.uniform(2.0, 4.0)
    count = round(seconds * rate)
    wobble = (0.55 + 0.45 * math.sin(2 * math.pi * slow * k / rate + seed) for k in range(count))
    tones = (sum(math.sin(2 * math.pi * pitch * n * k / rate) / n for n in range(1, 6)) / 2 for k in range(count))
    values = (round(20_000 * level * w * t) for w, t in zip(wobble, tones, strict=True))
    return struct.pack(f"<{count}h", *values)


def padded(pcm: bytes, before: int = 3_000, after: int = 5_000) -> Raw:
    return Raw(bytes(2 * before) + pcm + bytes(2 * after), RATE)


def peak(clip: Clip) -> float:
    values = struct.unpack(f"<{clip.samples}h", clip.pcm)
    return 20 * math.log10(max(map(abs, values)) / 32_768)


def test_every_clip_of_a_second_or_more_has_the_same_loudness() -> None:
    raws = [padded(babble(1.2 + k / 2, level, k)) for k, level in enumerate([0.02, 0.1, 0.3, 0.7, 1.0])]
    clips = polish.polish(raws, own_gain=0.0)
    assert [loudness(clip) for clip in clips] == pytest.approx([polish.TARGET] * 5, abs=0.5)


def test_no_sample_is_above_the_ceiling_even_where_the_voice_is_all_peaks() -> None:
    clicks = bytearray(babble(2, 0.05))
    for at in range(0, len(clicks) // 2, 4_000):
        struct.pack_into("<h", clicks, at * 2, 32_000)
    (clip,) = polish.polish([padded(bytes(clicks))], own_gain=20.0)
    assert polish.CEILING - 3 < peak(clip) < polish.CEILING + 0.5


def test_a_clip_is_the_same_to_the_byte_whatever_is_in_its_batch() -> None:
    raws = [
        padded(babble(seconds, level, k)) for k, (seconds, level) in enumerate([(1.3, 0.9), (0.4, 0.2), (2.1, 0.05)])
    ]
    together = polish.polish(raws, own_gain=3.0)
    backwards = polish.polish(raws[::-1], own_gain=3.0)[::-1]
    alone = [polish.polish([raw], own_gain=3.0)[0] for raw in raws]
    assert together == backwards == alone


def test_a_short_clip_gets_its_voices_own_gain() -> None:
    raw = padded(babble(0.5, 0.1))
    (soft,), (loud,) = polish.polish([raw], own_gain=0.0), polish.polish([raw], own_gain=6.0)
    assert peak(loud) - peak(soft) == pytest.approx(6.0, abs=0.05)


def test_level_sounds_keep_the_relations_of_their_levels_whatever_their_pauses() -> None:
    words = babble(0.8, 0.1)
    plain, paused = padded(words * 3), padded(words + bytes(2 * RATE) + words)
    loud, apart = (polish.polish([plain, paused], own_gain=3.0, are_level=each) for each in (True, False))
    assert peak(loud[0]) == pytest.approx(peak(loud[1]), abs=0.1)
    assert peak(apart[1]) - peak(apart[0]) > 0.5


def test_calibration_finds_the_gain_that_brings_a_sentence_to_the_target() -> None:
    raw = padded(babble(2, 0.1))
    gain = polish.calibrate(raw)
    assert 0 < gain < 30
    assert polish.calibrate(padded(babble(2, 0.2))) == pytest.approx(gain - 6.02, abs=0.3)


def test_a_voices_own_silence_goes_from_both_ends() -> None:
    trimmed = polish.trim(padded(b"\x00\x40" * 1_000))
    assert trimmed.samples == 1_000 + round(polish.BEFORE * RATE) + round(polish.AFTER * RATE)
    assert trimmed.pcm.index(b"\x00\x40") == 2 * round(polish.BEFORE * RATE)


def test_trimming_goes_by_the_loudness_of_the_voice_not_by_a_fixed_level() -> None:
    hiss = struct.pack("<h", 20) * 2_000
    loud = Raw(hiss + b"\x00\x60" * 500 + hiss, RATE)
    soft = Raw(hiss + struct.pack("<h", 400) * 500 + hiss, RATE)
    assert polish.trim(loud).samples < 1_200
    assert polish.trim(soft).samples == soft.samples


def test_a_clip_lasts_as_long_as_what_was_trimmed_and_starts_where_it_started() -> None:
    raw = padded(b"\x00\x40" * 4_410)
    (clip,) = polish.polish([raw], own_gain=0.0)
    assert clip.samples == polish.trim(raw).samples * SAMPLE_RATE // RATE
    values = struct.unpack(f"<{clip.samples}h", clip.pcm)
    onset = next(at for at, value in enumerate(values) if abs(value) > 0x2000)
    assert abs(onset / SAMPLE_RATE - polish.BEFORE) < 0.001


def test_ends_are_faded_to_nothing() -> None:
    (clip,) = polish.polish([Raw(babble(1.5), RATE)], own_gain=0.0)
    assert clip.pcm[:2] == clip.pcm[-2:] == bytes(2)


def test_sounds_of_several_rates_come_out_in_order() -> None:
    rates = [22_050, 16_000, 22_050, 48_000]
    raws = [Raw(babble(1 + k / 4, rate=rate), rate) for k, rate in enumerate(rates)]
    clips = polish.polish(raws, own_gain=0.0)
    assert [float(clip.seconds) for clip in clips] == pytest.approx([1, 1.25, 1.5, 1.75], abs=0.06)


def test_nothing_to_polish_needs_no_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffmpeg, "find_executable", lambda: "/nowhere/ffmpeg")
    assert polish.polish([], own_gain=0.0) == []


def test_a_plain_wav_is_read_as_it_is_and_anything_else_through_ffmpeg(tmp_path: Path) -> None:
    pcm = babble(0.3)
    plain, stereo = tmp_path / "plain.wav", tmp_path / "other.wav"
    for path, channels in ((plain, 1), (stereo, 2)):
        with wave.open(str(path), "wb") as file:
            file.setparams((channels, 2, RATE, 0, "NONE", ""))
            file.writeframes(pcm)
    misnamed = tmp_path / "aiff.wav"
    args = ["-i", ffmpeg.quote_path(plain), "-f", "aiff", ffmpeg.quote_path(misnamed)]
    ffmpeg.run(args, what="making an AIFF")
    assert polish.load(plain) == Raw(pcm, RATE)
    assert polish.load(stereo).seconds == pytest.approx(0.15, abs=0.001)
    assert polish.load(misnamed).rate == SAMPLE_RATE
    assert polish.load(misnamed).seconds == pytest.approx(0.3, abs=0.001)


def test_a_file_that_is_no_sound_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_text("not a sound")
    with pytest.raises(EncodeError):
        polish.load(path)


def test_near_silence_is_silence() -> None:
    assert polish.silent(Raw(b"", RATE))
    assert polish.silent(Raw(b"\x05\x00" * 9_000, RATE))
    assert not polish.silent(Raw(b"\x00\x01" * 9, RATE))


def test_the_gates_leave_pauses_out_of_the_loudness() -> None:
    assert integrate([(-20.0, 5), (-90.0, 50)]) == -20.0
    assert integrate([(-99.0, 1)]) is None


def test_clips_of_two_ffmpegs_are_known_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    known = set()
    for version in ("ffmpeg 5.1.9 a", "ffmpeg 7.1.5 b"):
        monkeypatch.setattr(ffmpeg, "identify", lambda version=version: version)
        known.add(polish.treatment())
    assert len(known) == 2
