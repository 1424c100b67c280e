"""A long take that a real voice reads is cut into its sentences, and a session speaks with them."""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING

import pytest

from tests.longtakes import join, noise, silence
from voicecoach.app.recording.cutting import AFTER, BEFORE
from voicecoach.app.recording.envelope import RATE
from voicecoach.app.recording.long_take import decide, find_cuts, write_recordings
from voicecoach.app.recording.sentences import list_sentences, review_folder
from voicecoach.audio.clip import SAMPLE_RATE
from voicecoach.audio.pcm import audioop
from voicecoach.routine.loader import load_routine
from voicecoach.script.choices import Choices
from voicecoach.voices.cached import CachedVoice
from voicecoach.voices.recorded import RecordedVoice
from voicecoach.voices.system import system_voice

if TYPE_CHECKING:
    from pathlib import Path

    from voicecoach.app.recording.sentences import Sentence
    from voicecoach.audio.clip import Clip

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the figures below are espeak's")


def read(clip: Clip, gain: float) -> bytes:
    """Return a clip as somebody else's recorder would have it: at another rate and level."""
    return audioop.mul(audioop.ratecv(clip.pcm, 2, 1, SAMPLE_RATE, RATE, None)[0], 2, gain)


def perform(clips: list[Clip]) -> list[bytes | tuple[bytes, ...]]:
    """Read clips aloud with breaths, pauses of all lengths, other levels, and one false start."""
    drawn = random.Random(4)  # noqa: S311 - a story, not a secret
    parts: list[bytes | tuple[bytes, ...]] = [silence(1.0)]
    for number, clip in enumerate(clips):
        sound = read(clip, drawn.uniform(0.35, 0.9))
        if number % 3 == 1:
            parts += [noise(0.4, -46.0), silence(0.2)]
        if number == 5:
            parts += [sound[: len(sound) // 4 * 2], silence(0.5)]
        parts += [(sound,), silence(drawn.uniform(0.7, 1.8))]
    return parts


@pytest.fixture(scope="module")
def sentences() -> tuple[Sentence, ...]:
    return list_sentences(load_routine("box-breathing"), Choices())


def test_a_take_is_cut_into_recordings_that_speak(tmp_path: Path, kept: Path, sentences: tuple[Sentence, ...]) -> None:
    voice = CachedVoice(system_voice(None, "en", calibration="Sit tall, and breathe out slowly."), kept)
    take = join(perform(list(voice.speak([each.prompt.said for each in sentences]))), room=-60.0)
    path = take.write(tmp_path / "take.wav")
    cuts = find_cuts(path, sentences)
    right = [
        cut.start is not None
        and cut.end is not None
        and -0.06 <= start - cut.start <= BEFORE + 0.1
        and -0.06 <= cut.end - end <= AFTER + 0.1
        for cut, (start, end) in zip(cuts, take.spans, strict=True)
    ]
    assert sum(right) >= len(right) - 1
    assert all(good for good, cut in zip(right, cuts, strict=True) if cut.is_sure)
    review = review_folder(sentences, tmp_path / "mine")
    placed = [decide(each, cut, review, again=False, force=False) for each, cut in zip(sentences, cuts, strict=True)]
    written = write_recordings(path, placed, tmp_path / "mine", lambda _: None)
    assert {each.status for each in written} == {"written"}
    good = [each.sentence.prompt.said for each, fine in zip(written, right, strict=True) if fine]
    for clip, (start, end) in zip(
        RecordedVoice(tmp_path / "mine").speak(good[:4]),
        [span for span, fine in zip(take.spans, right, strict=True) if fine],
        strict=False,
    ):
        assert float(clip.seconds) == pytest.approx(end - start, abs=0.2)
