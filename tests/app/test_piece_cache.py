"""Pieces that are kept: the very ones that would be written, and none where anything they depend on has changed."""

from __future__ import annotations

import pickle
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.amounts import choose_amount, choose_one_of_each
from voicecoach.app import piece_cache
from voicecoach.app.piece_cache import Source, cache_cover, write_checked_piece
from voicecoach.core.notation import read_pace
from voicecoach.errors import ChoiceError, RoutineError, VoicecoachError
from voicecoach.routine.library import BUILT_IN, list_built_in
from voicecoach.routine.loader import load_routine
from voicecoach.script.choices import LEFT_RIGHT, Choices, Guidance
from voicecoach.system import cache

if TYPE_CHECKING:
    from voicecoach.routine.loader import LoadedRoutine
    from voicecoach.script.piece import Piece

ROUTINE = """
title: Fold
sides:
  left: {leg: left leg}
  right: {leg: right leg}
steps:
  - say: Sit down.
  - each side:
      rounds: 2
      steps:
        - breathe: 2
          in: In
          out: Reach for your {leg} | Out
        - rest: 3 breaths
"""
KINDS = [
    *("leg-stretch", "sun-salutation", "interval-training", "muscle-relaxation", "breath-ladder"),
    *("alternate-nostril-breathing", "sitting-leg-stretch.de"),
]
"""Built-ins that between them have all that a score can hold."""
CHOICES = [
    Choices(),
    Choices(breath=read_pace("5-7")),
    Choices(rounds=2),
    Choices(rounds=2, sides=LEFT_RIGHT[1:]),
    Choices(guidance=Guidance.CUES, chime="bell", lead_in=Fraction(7, 2)),
]


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no routine be read any more."""

    def refuse(*_: object) -> None:
        raise AssertionError("it was read again")

    monkeypatch.setattr("voicecoach.routine.loader.load_routine", refuse)


def written(routine: LoadedRoutine, choices: Choices) -> Piece | str:
    try:
        return write_checked_piece(routine, choices)
    except VoicecoachError as error:
        return str(error)


def kept(name: str, choices: Choices, folder: Path) -> Piece | str:
    try:
        return Source(name, None, folder).piece(choices)
    except VoicecoachError as error:
        return str(error)


@pytest.mark.parametrize(("name", "choices"), choose_one_of_each(KINDS, CHOICES))
def test_what_is_kept_is_what_would_be_written(name: str, choices: Choices, tmp_path: Path) -> None:
    expected = written(load_routine(name), choices)
    assert kept(name, choices, tmp_path) == expected
    again = kept(name, choices, tmp_path)
    assert again == expected
    assert repr(again) == repr(expected), "also where nothing is compared"


def test_what_is_read_out_right_is_known_of_a_piece_that_is_kept(tmp_path: Path) -> None:
    """And what is not is never taken for it."""
    routine = tmp_path / "mine.yaml"
    routine.write_text("title: Mine\nsteps:\n  - say: Sit down for 10 s.\n  - say: Look at <b>this</b>.\n")
    for _ in range(2):
        kept = Source(str(routine), None, tmp_path / "cache").piece(Choices())
        assert ("Sit down for 10 s.", "Sit down for ten seconds.") in kept.speakable
        assert not any("this" in said for _, said in kept.speakable)


@pytest.mark.parametrize("name", list_built_in())
def test_a_score_that_asks_for_no_times_is_the_same_for_every_breath(name: str) -> None:
    routine = load_routine(name)
    paces = [read_pace(text) for text in ("4-6", "4-7-8", "5-7", "3-4..4-6", "1.5-2.5")[: choose_amount(2, 5)]]
    scores = [write_checked_piece(routine, Choices(breath=breath)) for breath in paces]
    if not scores[0].timed:
        assert all(each.score == scores[0].score for each in scores)
    assert len({each.timed for each in scores}) == 1


def test_a_score_that_asks_for_times_is_kept_for_its_breath_alone(tmp_path: Path) -> None:
    path = tmp_path / "fold.yaml"
    path.write_text(ROUTINE.replace("breathe: 2", "breathe: 30s in whole breaths"))
    slow, fast = (kept(str(path), Choices(breath=read_pace(text)), tmp_path / "kept") for text in ("8-12", "2-3"))
    assert not isinstance(slow, str)
    assert not isinstance(fast, str)
    assert slow.timed
    assert slow.score != fast.score
    assert kept(str(path), Choices(breath=read_pace("8-12")), tmp_path / "kept") == slow


@pytest.mark.parametrize(("first", "second"), [(None, "5-7"), ("5-7", None), ("5-7", "3-4..4-6")])
def test_after_a_session_at_one_breath_the_routine_is_not_read_for_another(
    first: str | None, second: str | None, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    one, other = (Choices(breath=read_pace(breath) if breath else None) for breath in (first, second))
    expected = written(load_routine("leg-stretch"), other)
    Source("leg-stretch", None, tmp_path).piece(one)
    request.getfixturevalue("unread")
    assert Source("leg-stretch", None, tmp_path).piece(other) == expected


def test_a_routine_that_is_wrong_at_the_other_breath_is_made_at_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(routine: LoadedRoutine, choices: Choices) -> Piece:
        if choices.breath is None:
            raise ChoiceError("it is wrong at its own breath")
        return write_checked_piece(routine, choices)

    monkeypatch.setattr(piece_cache, "write_checked_piece", refuse)
    asked = Choices(breath=read_pace("5-7"))
    assert kept("leg-stretch", asked, tmp_path) == written(load_routine("leg-stretch"), asked)
    assert kept("leg-stretch", Choices(), tmp_path) == "it is wrong at its own breath"


@pytest.mark.usefixtures("unread")
def test_a_piece_that_is_not_kept_is_read(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="read again"):
        Source("leg-stretch", None, tmp_path).piece(Choices())


def test_a_piece_that_is_kept_needs_no_file_to_be_parsed(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    first = Source("leg-stretch", None, tmp_path)
    expected = first.piece(Choices(breath=read_pace("4-6")))
    request.getfixturevalue("unread")
    second = Source("leg-stretch", None, tmp_path)
    assert second.piece(Choices(breath=read_pace("5.5-7"))) == expected
    assert second.digests == first.digests
    with pytest.raises(AssertionError, match="read again"):
        Source("leg-stretch", None, tmp_path).piece(Choices(rounds=7))


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    inner, outer = tmp_path / "inner.yaml", tmp_path / "outer.yaml"
    inner.write_text(ROUTINE)
    outer.write_text("title: Both\nsteps:\n  - include: inner.yaml\n")
    before = kept(str(outer), Choices(), tmp_path / "kept")
    inner.write_text(ROUTINE.replace("Sit down.", "Lie down."))
    after = kept(str(outer), Choices(), tmp_path / "kept")
    assert "Sit down." in repr(before)
    assert "Lie down." in repr(after)
    inner.unlink()
    assert "inner.yaml" in str(kept(str(outer), Choices(), tmp_path / "kept"))
    outer.unlink()
    with pytest.raises(ChoiceError, match="no file is called"):
        Source(str(outer), None, tmp_path / "kept").piece(Choices())


def test_a_changed_file_of_words_is_read_again(tmp_path: Path) -> None:
    words, inner, outer = tmp_path / "words.yaml", tmp_path / "inner.yaml", tmp_path / "outer.yaml"
    words.write_text("words: {closing: Good night.}\n")
    inner.write_text(f"use: words.yaml\n{ROUTINE}")
    outer.write_text("title: Both\nuse: [words.yaml]\nsteps:\n  - include: inner.yaml\n")
    for path in (inner, outer):
        assert "Good night." in repr(kept(str(path), Choices(), tmp_path / "kept"))
        before = Source(str(path), None, tmp_path / "kept").digests
        words.write_text("words: {closing: Sleep well.}\n")
        assert "Sleep well." in repr(kept(str(path), Choices(), tmp_path / "kept"))
        assert Source(str(path), None, tmp_path / "kept").digests != before
        words.write_text("words: {closing: Good night.}\n")


def test_a_name_means_the_file_of_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, words in (("one", "Sit down."), ("two", "Lie down.")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "fold.yaml").write_text(ROUTINE.replace("Sit down.", words))
        monkeypatch.chdir(tmp_path / name)
        assert words in repr(kept("fold.yaml", Choices(), tmp_path / "kept"))


def test_a_copy_in_another_folder_has_its_own_includes(tmp_path: Path) -> None:
    for name, words in (("one", "Sit down."), ("two", "Lie down."), ("three", "Sit down.")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "inner.yaml").write_text(ROUTINE.replace("Sit down.", words))
        (tmp_path / name / "outer.yaml").write_text("title: Both\nsteps:\n  - include: inner.yaml\n")
    with pytest.MonkeyPatch.context() as patch:
        for name, words in (("one", "Sit down."), ("two", "Lie down."), ("three", "Sit down.")):
            patch.chdir(tmp_path / name)
            assert words in repr(kept("outer.yaml", Choices(), tmp_path / "kept"))


def test_what_names_a_sound_beside_it_is_always_read(tmp_path: Path) -> None:
    (tmp_path / "gong.wav").write_bytes(b"")
    path = tmp_path / "fold.yaml"
    path.write_text(ROUTINE.replace("  - say: Sit down.", "  - sound: gong.wav"))
    assert not isinstance(kept(str(path), Choices(), tmp_path / "kept"), str)
    assert not cache.has_entries(tmp_path / "kept", "piece")
    (tmp_path / "gong.wav").unlink()
    assert "gong.wav" in str(kept(str(path), Choices(), tmp_path / "kept"))


def test_mistakes_are_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "fold.yaml"
    path.write_text(ROUTINE.replace("breathe: 2", "breathe: two"))
    for _ in range(2):
        with pytest.raises(RoutineError):
            Source(str(path), None, tmp_path / "kept").piece(Choices())
    assert not cache.has_entries(tmp_path / "kept", "piece")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        pickle.dumps(((), None)),
        pickle.dumps((((str(BUILT_IN / "thigh-burner.yaml"), "0" * 64),), None)),
        pickle.dumps(Path.home),
        b"cos\nsystem\n(S'true'\ntR.",
        b"\x80\x05}" + b"(" * 1000,
    ],
)
def test_what_is_no_piece_is_a_miss(content: bytes, tmp_path: Path) -> None:
    source = Source("thigh-burner", None, tmp_path)
    expected = source.piece(Choices())
    for path in tmp_path.rglob("*.piece"):
        cache.store(path, content or b" ")
    assert Source("thigh-burner", None, tmp_path).piece(Choices()) == expected


def test_nothing_but_the_parts_of_a_piece_is_made_of_what_is_kept() -> None:
    made = {piece_cache._READABLE[key] for key in piece_cache._READABLE}  # noqa: SLF001
    assert all(each is Fraction or each.__module__.startswith("voicecoach.") for each in made)
    for harmful in (pickle.dumps(print), pickle.dumps(Path()), b"\x80\x04\x8c\x08builtins\x8c\x07getattr\x93."):
        assert piece_cache._unpack(harmful, str) is None  # noqa: SLF001


def test_a_cover_is_kept_and_is_of_the_routine_alone(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    source = Source("thigh-burner", None, tmp_path)
    source.piece(replace(Choices(), rounds=2))
    drawn = cache_cover(source)
    assert drawn.startswith(b"\x89PNG")
    request.getfixturevalue("unread")
    again = Source("thigh-burner", None, tmp_path)
    again.piece(replace(Choices(), rounds=2))
    assert cache_cover(again) == drawn


def test_a_folder_that_can_not_be_written_costs_time_alone(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file")
    source = Source("thigh-burner", None, tmp_path / "kept")
    assert source.piece(Choices()) == write_checked_piece(load_routine("thigh-burner"), Choices())
    assert cache_cover(source).startswith(b"\x89PNG")
