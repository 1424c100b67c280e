"""Clips that come with the program: found by voice and words, checked, and kept like any other."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from voicecoach.audio.clip import Clip
from voicecoach.errors import EncodeError
from voicecoach.voices import shipped
from voicecoach.voices.cached import CachedVoice
from voicecoach.voices.shipped import INDEX, VERSION, ShippedClips, find_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

IDENTITY = "heart, calm"
SOUND = b"\x10\x20" * 3000
LONG = Clip(b"\x01\x02" * 900)


@dataclass
class Heart:
    """A voice of which clips come with the program; it notes what it had to speak."""

    settings: str = IDENTITY
    identity: str = "heart, calm, with library 1"
    spoken: list[str] = field(default_factory=list)

    def shipped_identity_of(self, wording: str) -> str:
        return f"{self.settings}, as {wording.lower()}"

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        for each in wordings:
            self.spoken.append(each)
            yield LONG


@pytest.fixture
def clips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ShippedClips:
    """Two files of clips; each decodes to 3,000 equal samples."""
    folder = tmp_path / "clips"
    folder.mkdir()
    places = {"In.": ["a.opus", 100, 500], "Out.": ["a.opus", 900, 500], "Rest.": ["b.opus", 0, 3000]}
    write_index(folder, places)
    monkeypatch.setattr(shipped, "decode", lambda _: SOUND)
    return ShippedClips(folder)


def write_index(folder: Path, places: dict[str, list[object]], version: int = VERSION) -> None:
    index = {find_key(f"{IDENTITY}, as {wording.lower()}", wording): place for wording, place in places.items()}
    (folder / INDEX).write_text(json.dumps({"version": version, "clips": index}))


def test_clips_are_found_by_their_words_with_their_lengths(clips: ShippedClips) -> None:
    found = clips.find(Heart(), ["In.", "Rest.", "Something else."])
    assert {each: clip.samples for each, clip in found.items()} == {"In.": 500, "Rest.": 3000}


def test_both_ends_of_a_clip_are_faded(clips: ShippedClips) -> None:
    clip = clips.find(Heart(), ["Rest."])["Rest."]
    assert clip.pcm[:2] == clip.pcm[-2:] == b"\0\0"
    assert clip.pcm[1000:5000] == SOUND[1000:5000]


def test_a_voice_at_other_settings_has_no_clips_here(clips: ShippedClips) -> None:
    assert clips.find(Heart("heart, faster"), ["In."]) == {}


def test_a_voice_that_ships_none_is_not_looked_up(clips: ShippedClips) -> None:
    class Other:
        identity = IDENTITY

        def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
            return iter([LONG] * len(wordings))

    assert clips.find(Other(), ["In."]) == {}


@pytest.mark.parametrize("place", [["a.opus", 2501, 500], ["a.opus", -1, 500], ["a.opus", 100, 0], ["a.opus", 9000, 1]])
def test_a_clip_that_is_not_entirely_in_its_file_is_missing(clips: ShippedClips, place: list[object]) -> None:
    write_index(clips.folder, {"In.": place, "Out.": ["a.opus", 2500, 500]})
    assert list(clips.find(Heart(), ["In.", "Out."])) == ["Out."]


def test_a_damaged_file_is_missing(clips: ShippedClips, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path) -> bytes:
        if path.name == "a.opus":
            raise EncodeError("not a sound")
        return SOUND

    monkeypatch.setattr(shipped, "decode", fail)
    assert list(clips.find(Heart(), ["In.", "Rest."])) == ["Rest."]


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"version": 1}', '{"version": 1, "clips": []}', '{"version": 1, "clips": {"a": [1]}}']
)
def test_a_damaged_index_is_missing(clips: ShippedClips, content: str) -> None:
    (clips.folder / INDEX).write_text(content)
    assert clips.find(Heart(), ["In."]) == {}


def test_an_index_of_another_form_is_missing(clips: ShippedClips) -> None:
    write_index(clips.folder, {"In.": ["a.opus", 100, 500]}, VERSION + 1)
    assert clips.find(Heart(), ["In."]) == {}


def test_the_voice_speaks_only_what_does_not_come_with_the_program(clips: ShippedClips, tmp_path: Path) -> None:
    heart = Heart()
    cached = CachedVoice(heart, tmp_path / "cache", shipped=clips)
    lengths = [clip.samples for clip in cached.speak(["In.", "Something else.", "Out."])]
    assert (lengths, heart.spoken) == ([500, 900, 500], ["Something else."])
    assert (cached.synthesised, cached.reused) == (1, 2)


def test_clips_that_come_with_the_program_are_kept_in_the_cache(
    clips: ShippedClips, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = list(CachedVoice(Heart(), tmp_path / "cache", shipped=clips).speak(["In."]))
    monkeypatch.delattr(shipped, "decode")
    again = CachedVoice(Heart(), tmp_path / "cache", shipped=clips)
    assert list(again.speak(["In."])) == first


def test_files_that_were_decoded_ahead_are_not_decoded_again(
    clips: ShippedClips, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[str] = []

    def decode(path: Path) -> bytes:
        decoded.append(path.name)
        return SOUND

    monkeypatch.setattr(shipped, "decode", decode)
    monkeypatch.setattr(shipped, "find_clips", lambda: clips.folder)
    (clips.folder / "a-1.opus").touch()
    (clips.folder / "ab-1.opus").touch()
    write_index(clips.folder, {"In.": ["a-1.opus", 100, 500], "Rest.": ["ab-1.opus", 0, 3000]})
    with shipped.read_ahead("a"):
        pass
    for _ in range(2):
        assert set(clips.find(Heart(), ["In.", "Rest."])) == {"In.", "Rest."}
    assert sorted(decoded) == ["a-1.opus", "a-1.opus", "ab-1.opus", "ab-1.opus"]  # the second time, each once more


def test_a_damaged_file_that_was_decoded_ahead_is_missing(clips: ShippedClips, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path) -> bytes:
        raise EncodeError(f"{path.name} is not a sound")

    monkeypatch.setattr(shipped, "decode", fail)
    monkeypatch.setattr(shipped, "find_clips", lambda: clips.folder)
    (clips.folder / "a-1.opus").touch()
    write_index(clips.folder, {"In.": ["a-1.opus", 100, 500]})
    with shipped.read_ahead("a"):
        pass
    assert clips.find(Heart(), ["In."]) == {}


def test_nothing_is_kept_of_what_was_decoded_ahead_after_an_error(
    clips: ShippedClips, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipped, "find_clips", lambda: clips.folder)
    (clips.folder / "a-1.opus").touch()
    with pytest.raises(EncodeError), shipped.read_ahead("a"):
        raise EncodeError("the routine is wrong")
    assert not shipped._AHEAD  # noqa: SLF001 - memory is what this is about
