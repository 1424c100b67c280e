from __future__ import annotations

import hashlib
import multiprocessing
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from voicecoach.audio.clip import Clip
from voicecoach.errors import VoiceError
from voicecoach.system import cache, folders
from voicecoach.system.cache import LIMIT, Usage, clear, measure_usage, prune
from voicecoach.voices.cached import CachedVoice, locate_clip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Parrot:
    """A voice whose clips are made of the words; it notes what it was asked for."""

    def __init__(self, identity: str = "parrot 1") -> None:
        self.identity = identity
        self.asked: list[list[str]] = []
        self.closed = False

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        self.asked.append(list(wordings))
        try:
            for wording in wordings:
                if wording == "unspeakable":
                    raise VoiceError("no")
                yield said(wording)
        finally:
            self.closed = True


def said(wording: str) -> Clip:
    return Clip(hashlib.sha256(wording.encode()).digest() * 50)


def speak(folder: Path, *wordings: str, voice: Parrot | None = None) -> tuple[Parrot, CachedVoice]:
    """Speak through the cache, and check that the right clips come, in order."""
    parrot = voice or Parrot()
    cached = CachedVoice(parrot, folder)
    assert list(cached.speak(wordings)) == [said(wording) for wording in wordings]
    return parrot, cached


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_what_was_spoken_once_is_not_spoken_again(tmp_path: Path) -> None:
    speak(tmp_path, "in", "out")
    parrot, cached = speak(tmp_path, "out", "in", "out")
    assert parrot.asked == []
    assert (cached.synthesised, cached.reused) == (0, 2)


def test_only_what_is_missing_is_asked_for_once_and_as_one_batch(tmp_path: Path) -> None:
    speak(tmp_path, "in")
    parrot, cached = speak(tmp_path, "hold", "in", "out", "hold", "in")
    assert parrot.asked == [["hold", "out"]]
    assert (cached.synthesised, cached.reused) == (2, 1)


def test_what_was_just_spoken_does_not_count_as_reused(tmp_path: Path) -> None:
    cached = CachedVoice(Parrot(), tmp_path)
    for _ in range(2):
        list(cached.speak(["in"]))
    assert (cached.synthesised, cached.reused) == (1, 0)


def test_a_voice_that_knows_no_phonemes_gets_the_words_and_the_listener_is_told(tmp_path: Path) -> None:
    voice, marked = Parrot(), "[Tadasana](/təˈdɑːsənə/). Stand."
    kept = CachedVoice(voice, tmp_path)
    assert list(kept.speak([marked])) == list(kept.speak(["Tadasana. Stand."]))
    assert voice.asked == [["Tadasana. Stand."]]
    assert kept.problems == [
        "this voice can't read phonemes, so it reads 'Tadasana' as written; a respelling works with every voice"
    ]


def test_a_voice_that_knows_phonemes_gets_them(tmp_path: Path) -> None:
    class Phonetician(Parrot):
        knows_phonemes = True

    voice, marked = Phonetician(), "[Tadasana](/təˈdɑːsənə/). Stand."
    kept = CachedVoice(voice, tmp_path)
    assert len(list(kept.speak([marked, "Tadasana. Stand."]))) == 2
    assert voice.asked == [[marked, "Tadasana. Stand."]]
    assert not kept.problems


def test_another_voice_has_other_clips(tmp_path: Path) -> None:
    speak(tmp_path, "in")
    parrot, _ = speak(tmp_path, "in", voice=Parrot("parrot 2"))
    assert parrot.asked == [["in"]]


def test_a_cache_sounds_as_its_voice(tmp_path: Path) -> None:
    assert CachedVoice(Parrot("this one"), tmp_path).identity == "this one"


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _given(path: Path, wording: str) -> None:
    """Put the clip of another wording in a clip's place, whole and sealed as it is."""
    cache = path.parent.parent
    speak(cache, wording)
    locate_clip(cache, "parrot 1", wording).replace(path)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut short": lambda path: os.truncate(path, path.stat().st_size - 2),
    "too long": lambda path: path.write_bytes(path.read_bytes() + b"xx"),
    "a flipped bit": _flip,
    "another format": lambda path: path.write_bytes(b"RIFF" + path.read_bytes()[4:]),
    "half a sample": lambda path: cache.store(path, b"x"),
    "no sound": lambda path: cache.store(path, b""),
    "what another wording sounds like": lambda path: _given(path, "out"),
    "larger than a whole cache": lambda path: os.truncate(path, LIMIT + 1),
    "a pipe": _pipe,
    "gone": Path.unlink,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_clip_is_spoken_and_kept_anew(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    speak(tmp_path, "in")
    damage(locate_clip(tmp_path, "parrot 1", "in"))
    parrot, cached = speak(tmp_path, "in")
    assert parrot.asked == [["in"]]
    assert cached.problems == []
    parrot, _ = speak(tmp_path, "in")
    assert parrot.asked == []


def test_a_cache_that_can_not_be_written_says_so_once_and_speaks(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    _, cached = speak(tmp_path / "file" / "cache", "in", "out", "hold")
    assert len(cached.problems) == 1
    assert "clips can't be kept in" in cached.problems[0]
    assert cached.synthesised == 3


def test_without_a_home_folder_nothing_is_kept_and_the_reason_is_told() -> None:
    _, cached = speak(folders.NO_FOLDER, "in")
    assert cached.problems == [f"clips can't be kept in {folders.NO_FOLDER}: {folders.HOMELESS}"]


def test_a_full_disk_leaves_no_unfinished_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    _, cached = speak(tmp_path, "in")
    assert cached.problems == [f"clips can't be kept in {tmp_path}: No space left on device"]
    assert files(tmp_path) == []


def test_a_shelf_that_leads_elsewhere_is_neither_read_nor_written(tmp_path: Path) -> None:
    cache, outside = tmp_path / "cache", tmp_path / "outside"
    outside.mkdir()
    cache.mkdir()
    shelf = locate_clip(cache, "parrot 1", "in").parent
    shelf.symlink_to(outside)
    (outside / ("0" * 64 + ".clip")).write_bytes(b"mine")
    _, cached = speak(cache, "in")
    assert len(cached.problems) == 1
    prune(cache, 0)
    clear(cache)
    assert [path.name for path in files(outside)] == ["0" * 64 + ".clip"]


def test_a_wording_that_can_not_be_spoken_is_an_error_and_what_came_before_is_kept(tmp_path: Path) -> None:
    parrot = Parrot()
    with pytest.raises(VoiceError):
        list(CachedVoice(parrot, tmp_path).speak(["in", "unspeakable"]))
    assert measure_usage(tmp_path).entries == 1


def test_a_voice_that_gives_too_little_is_an_error(tmp_path: Path) -> None:
    class Mute(Parrot):
        def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
            return super().speak(wordings[1:])

    with pytest.raises(VoiceError, match="fewer clips"):
        list(CachedVoice(Mute(), tmp_path).speak(["in"]))


def test_a_reader_who_stops_early_ends_the_voice_inside(tmp_path: Path) -> None:
    parrot = Parrot()
    spoken = CachedVoice(parrot, tmp_path).speak(["in", "out"])
    next(spoken)
    spoken.close()  # type: ignore[attr-defined] # it is a generator
    assert parrot.closed


@pytest.mark.skipif(sys.platform == "win32", reason="locks are those of POSIX")
def test_who_waits_for_another_process_finds_its_words_spoken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = threading.Event()
    monkeypatch.setattr("voicecoach.system.locks.time.sleep", lambda _: waiting.set())
    first, second = Parrot(), Parrot()
    spoken = CachedVoice(first, tmp_path).speak(["in", "out"])
    next(spoken)
    waits = CachedVoice(second, tmp_path)
    with ThreadPoolExecutor(1) as thread:
        clips = thread.submit(lambda: list(waits.speak(["out", "in"])))
        assert waiting.wait(10)
        list(spoken)
        assert clips.result() == [said("out"), said("in")]
    assert (second.asked, waits.synthesised, waits.reused) == ([], 0, 2)


def test_who_has_waited_long_enough_speaks_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voicecoach.voices.cached.PATIENCE", 0.0)
    spoken = CachedVoice(Parrot(), tmp_path).speak(["in", "out"])
    next(spoken)
    parrot, _ = speak(tmp_path, "in", "out")
    assert parrot.asked == [["out"]]
    assert list(spoken) == [said("out")]


def test_the_clips_used_longest_ago_go_first(tmp_path: Path) -> None:
    speak(tmp_path, "old", "older", "new")
    for age, wording in enumerate(["new", "old", "older"]):
        os.utime(locate_clip(tmp_path, "parrot 1", wording), (1_000 - age, 1_000 - age))
    speak(tmp_path, "older")  # used now
    one = measure_usage(tmp_path).bytes // 3
    prune(tmp_path, 2 * one)
    assert not locate_clip(tmp_path, "parrot 1", "old").exists()
    assert measure_usage(tmp_path) == Usage(2, 2 * one)


def test_writing_keeps_the_cache_under_its_limit_but_reading_leaves_it(tmp_path: Path) -> None:
    speak(tmp_path, "a", "b", "c")
    one = measure_usage(tmp_path).bytes // 3
    list(CachedVoice(Parrot(), tmp_path, limit=one).speak(["a", "b"]))
    assert measure_usage(tmp_path).entries == 3
    list(CachedVoice(Parrot(), tmp_path, limit=2 * one).speak(["a", "d"]))
    assert measure_usage(tmp_path).entries == 2


def test_what_dead_processes_left_unfinished_goes_after_an_hour(tmp_path: Path) -> None:
    speak(tmp_path, "in")
    shelf = locate_clip(tmp_path, "parrot 1", "in").parent
    left, new = (shelf / f"{'0' * 64}.clip.{name}.tmp" for name in ("old", "new"))
    left.touch()
    new.touch()
    os.utime(left, (1_000, 1_000))
    prune(tmp_path, 10**9)
    assert not left.exists()
    assert new.exists()


def test_clearing_removes_all_that_is_ours_and_nothing_else(tmp_path: Path) -> None:
    speak(tmp_path, "in", "out")
    cache.remember(tmp_path, "gain", 1.0)
    ours = measure_usage(tmp_path)
    others = [
        tmp_path / "letter.txt",
        locate_clip(tmp_path, "parrot 1", "in").parent / "letter.txt",
        tmp_path / "zz.clip",
    ]
    for path in others:
        path.write_text("mine")
    assert clear(tmp_path) == ours
    assert files(tmp_path) == sorted(others)
    assert measure_usage(tmp_path) == Usage(0, 0)
    assert clear(tmp_path / "not there") == Usage(0, 0)


def _many(folder: Path) -> None:
    for _ in range(5):
        speak(folder, *(f"wording {k}" for k in range(20)))


def test_several_processes_can_share_a_cache(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_many, args=(tmp_path,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    parrot, _ = speak(tmp_path, *(f"wording {k}" for k in range(20)))
    assert parrot.asked == []
    assert measure_usage(tmp_path).entries == len(files(tmp_path)) == 20


def test_clips_that_are_kept_are_measured_without_reading_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speak(tmp_path, "in", "out")
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    parrot = Parrot()
    cached = CachedVoice(parrot, tmp_path)
    assert cached.measure_kept(["in", "hold", "out"]) == {word: said(word).seconds for word in ("in", "out")}
    assert parrot.asked == []


def test_what_is_no_file_of_a_clip_has_no_length(tmp_path: Path) -> None:
    path = locate_clip(tmp_path, Parrot().identity, "in")
    path.mkdir(parents=True)
    assert CachedVoice(Parrot(), tmp_path).measure_kept(["in"]) == {}
    path.rmdir()
    path.write_bytes(b"")
    assert CachedVoice(Parrot(), tmp_path).measure_kept(["in"]) == {}
