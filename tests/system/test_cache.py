"""The cache is bounded, whatever was put into it and by whom; nothing that is kept can be forgotten."""

from __future__ import annotations

import json
import os
import re
import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import FakeVoice
from voicecoach.app import session, speaker
from voicecoach.app.request import Request
from voicecoach.app.speaker import Speaker
from voicecoach.audio.clip import Clip
from voicecoach.core.breath import Pace
from voicecoach.core.notation import read_breath
from voicecoach.script.choices import Choices
from voicecoach.system import cache
from voicecoach.system.cache import has_entries, locate_entry, store
from voicecoach.voices.cached import CachedVoice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ENTRIES = st.lists(st.tuples(st.sampled_from(cache.ENTRY_KINDS), st.integers(1, 20_000)), max_size=12)


def fill(folder: Path, entries: list[tuple[str, int]]) -> list[Path]:
    paths = [cache.locate_entry(folder, kind, str(number)) for number, (kind, _) in enumerate(entries)]
    for number, (path, (_, size)) in enumerate(zip(paths, entries, strict=True)):
        cache.store(path, bytes([1]) * size)
        os.utime(path, (number, number))
    return paths


def on_disk(path: Path) -> int:
    return -(-path.stat().st_size // 4096) * 4096


@given(ENTRIES, st.integers(0, 100_000))
def test_entries_of_every_kind_count_and_the_oldest_go_first(entries: list[tuple[str, int]], limit: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = fill(Path(folder), entries)
        sizes = [on_disk(path) for path in paths]
        cache.prune(Path(folder), limit)
        kept = [path.exists() for path in paths]
        first = kept.index(True) if any(kept) else len(kept)
        assert all(kept[first:]), "what is kept was used last"
        assert sum(sizes[first:]) <= limit
        assert not first or sum(sizes[first - 1 :]) > limit, "no more than has to go"


@given(ENTRIES)
def test_small_entries_take_what_they_take_of_a_disk(entries: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = fill(Path(folder), entries)
        assert cache.measure_usage(Path(folder)) == cache.Usage(len(paths), sum(map(on_disk, paths)))


def test_a_kind_that_is_never_removed_can_not_be_kept(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="entries of the kind letter are never removed"):
        cache.locate_entry(tmp_path, "letter", "key")


def test_no_other_kind_is_kept_anywhere_in_the_program() -> None:
    """Something new that is kept needs a kind of its own."""
    package = Path(cache.__file__).parents[1]
    named = [re.findall(r'locate_entry\([^,]+, "(\w+)"', path.read_text("utf-8")) for path in package.rglob("*.py")]
    assert {kind for kinds in named for kind in kinds} == {*cache.ENTRY_KINDS}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    """A limit that a few runs cross."""
    monkeypatch.setattr(cache, "LIMIT", 200_000)
    return cache.LIMIT


class Terse(FakeVoice):
    """A voice that needs next to no room."""

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        yield from (Clip(b"\x00\x10" * 480) for _ in wordings)


@pytest.fixture
def spoken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Request]:
    """A routine of timed holds, which is another piece at each breath; a voice that has nothing new to say."""
    path = tmp_path / "timed.yaml"
    steps = [{"say": "Sit down."}, {"breathe": "30s in whole breaths", "in": "In", "out": "Out"}]
    path.write_text(json.dumps({"title": "Timed", "breath": "4-6", "steps": steps}))

    def voice(_request: Request, _words: object, folder: Path) -> Speaker:
        return Speaker(CachedVoice(Terse(), folder), "fake")

    monkeypatch.setattr(speaker, "find_speaker", voice)

    def request(number: int) -> Request:
        pace = Pace((read_breath(f"4-{6 + number / 10}"),))
        return Request(str(path), replace(Choices(), breath=pace, lead_in=Fraction(number)))

    return request


def test_runs_that_speak_nothing_new_keep_the_cache_under_its_limit(
    small: int, spoken: Callable[..., Request], tmp_path: Path
) -> None:
    """Each leaves a piece for its breath; the words are known after the first."""
    folder = tmp_path / "cache"
    sizes: list[int] = []
    for number in range(60):
        session.plan(spoken(number), folder, lambda *_: None)
        sizes.append(cache.measure_usage(folder).bytes)
    assert len(set(sizes)) > 3, "it grows until then"
    assert max(sizes) <= small
    assert len(list(folder.rglob("*.piece"))) > 5


def test_facts_alone_are_bounded(small: int, tmp_path: Path) -> None:
    with cache.enforce_limit():
        for number in range(100):
            cache.remember(tmp_path, str(number), number)
    assert 0 < cache.measure_usage(tmp_path).bytes <= small


def test_it_is_bounded_whatever_the_end_is(small: int, tmp_path: Path) -> None:
    @cache.enforce_limit()
    def interrupted() -> None:
        fill(tmp_path, [("run", 50_000)] * 9)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert 0 < cache.measure_usage(tmp_path).bytes <= small


def test_a_cache_that_is_only_read_is_left_alone(small: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with cache.enforce_limit():
        (path, *_) = fill(tmp_path, [("run", small // 4)])
    monkeypatch.setattr(cache, "prune", None)
    with cache.enforce_limit():
        assert cache.fetch(path)


def test_a_link_in_the_place_of_an_entry_gives_way_even_one_in_a_circle(tmp_path: Path) -> None:
    path = cache.locate_entry(tmp_path, "piece", "x")
    path.parent.mkdir()
    for end in (path, tmp_path / "elsewhere"):
        path.unlink(missing_ok=True)
        path.symlink_to(end)
        cache.store(path, b"kept")
        assert (cache.fetch(path), path.is_symlink()) == (b"kept", False)
    assert not (tmp_path / "elsewhere").exists()


def test_a_cache_knows_whether_it_has_entries_of_a_kind(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    assert not has_entries(folder, "clip")
    store(locate_entry(folder, "fact", "a"), b"1")
    assert not has_entries(folder, "clip")
    store(locate_entry(folder, "clip", "a"), b"1")
    assert has_entries(folder, "clip")
