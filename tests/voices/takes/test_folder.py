"""A folder of recordings: which file speaks a wording, also after a comma changed, and which files are left over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes import FakeVoice
from voicecoach.system.file_names import name_recording
from voicecoach.voices.recorded import RecordedVoice
from voicecoach.voices.takes import Takes, encode_wave
from voicecoach.voices.takes.wave import read_title

if TYPE_CHECKING:
    from pathlib import Path

LONG = "Breathe out and fold forward as far as is comfortable for you and then a little less far than that"
TONE = b"\x00\x20\x00\xe0" * 24_000


def lay(folder: Path, words: str, *, title: str = "", ending: str = ".wav") -> Path:
    path = folder / f"{name_recording(words)}{ending}"
    path.write_bytes(encode_wave(TONE, 48_000, title))
    return path


def punctuate(words: str) -> str:
    return f"{words.replace(' and', ', and').replace(' as', ' - as').replace(' for', ', for')}!"


def test_a_changed_comma_does_not_lose_a_recording(tmp_path: Path) -> None:
    path = lay(tmp_path, "Sit tall, and let your shoulders become soft")
    assert Takes(tmp_path).find("Sit tall and let your shoulders become soft.") == path
    voice = RecordedVoice(tmp_path, FakeVoice(), "fake")
    (clip,) = voice.speak(["sit tall and let your shoulders become soft"])
    assert 0.4 < clip.seconds < 1.1
    assert voice.problems == ()
    assert voice.identity_of("Sit tall and, let your shoulders become soft").startswith("recorded ")


@pytest.mark.parametrize("carried", [True, False])
def test_words_that_a_recording_carries_count_whatever_signs_changed(tmp_path: Path, *, carried: bool) -> None:
    path = lay(tmp_path, LONG, title=LONG if carried else "")
    assert Takes(tmp_path).find(punctuate(LONG)) == (path if carried else None)
    assert Takes(tmp_path).find(LONG.replace("less", "more")) is None


def test_a_renamed_recording_is_what_its_name_says(tmp_path: Path) -> None:
    lay(tmp_path, LONG.replace("less", "more"), title=LONG)
    takes = Takes(tmp_path)
    assert takes.find(LONG) is None
    assert takes.find(LONG.replace("less", "more")) is not None


def test_the_exact_text_comes_first_and_then_the_name(tmp_path: Path) -> None:
    exact = lay(tmp_path, "Hold.")
    others = [lay(tmp_path, "Hold!"), lay(tmp_path, "Hold, hold", title="Hold, hold"), lay(tmp_path, "hold")]
    assert Takes(tmp_path).find("Hold.") == exact
    first, *rest = sorted([exact, others[0], others[2]])
    voice = RecordedVoice(tmp_path)
    assert len(list(voice.speak(["Hold"]))) == 1
    assert voice.problems == (
        f"{first.name} is heard, and not {', '.join(each.name for each in rest)}; remove one of them",
    )


def test_one_recording_serves_all_texts_with_its_words(tmp_path: Path) -> None:
    path = lay(tmp_path, "Breathe in", ending=".m4a")
    review = Takes(tmp_path).review(["Breathe in", "Breathe in.", "And breathe in"])
    assert review.found == {"Breathe in": path, "Breathe in.": path, "And breathe in": None}
    assert review.unused == ()
    assert review.missing == ("And breathe in",)


def test_unused_recordings_are_listed_with_what_their_words_became(tmp_path: Path) -> None:
    old = lay(tmp_path, LONG, title=LONG)
    plain = lay(tmp_path, "Lift your left leg and hold it there")
    other = lay(tmp_path, "Namaste")
    (tmp_path / "holiday.wav").write_bytes(b"")
    new = [LONG.replace("a little less", "somewhat less"), "Lift your left leg, and keep it there"]
    unused = {each.file: each for each in Takes(tmp_path).review(new).unused}
    assert unused.keys() == {old, plain, other}
    assert (unused[old].words, unused[old].now) == (LONG, new[0])
    assert (unused[plain].words, unused[plain].now) == ("lift your left leg and hold it there …", new[1])
    assert unused[other].now == ""


def test_a_respelled_verb_is_the_same_word(tmp_path: Path) -> None:
    path = lay(tmp_path, "Close your eyes, now")
    assert Takes(tmp_path).find("Cloze your eyes now") == path


def test_a_wording_without_words_is_its_text(tmp_path: Path) -> None:
    path = lay(tmp_path, "...")
    assert Takes(tmp_path).find("...") == path
    assert Takes(tmp_path).find("!!!") is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"RIFF\0\0\0\0WAVE",
        b"RIFF\0\0\0\0WAVELIST\xff\xff\xff\x7f",
        b"ID3",
        b"RIFF\4\0\0\0WAVEfmt \0\0\0\0" * 9,
    ],
)
def test_a_file_without_a_title_has_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "take.wav").write_bytes(content)
    assert read_title(tmp_path / "take.wav") == ""
    assert read_title(tmp_path) == read_title(tmp_path / "missing.wav") == ""


@pytest.mark.parametrize("words", ["In", "Füße, 慢慢", "odd"])
def test_a_file_carries_its_words(tmp_path: Path, words: str) -> None:
    assert read_title(lay(tmp_path, words, title=words)) == words
