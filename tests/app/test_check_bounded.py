"""`check` does a bounded amount of work for whatever can be read, reports a bounded number of problems, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import FakeVoice
from voicecoach.app import review, speaker
from voicecoach.app.cli import run
from voicecoach.app.speaker import Speaker
from voicecoach.errors import MOST_PROBLEMS, More, Problem, RoutineError, Where, cut
from voicecoach.routine import lint, source
from voicecoach.routine.loader import load_routine
from voicecoach.routine.phase_steps import Groups, name_breath, read_phase_key
from voicecoach.voices.cached import CachedVoice

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let a fake voice measure the words of the file that is returned."""
    voice = CachedVoice(FakeVoice(), tmp_path / "cache")
    monkeypatch.setattr(speaker, "find_speaker", lambda *_: Speaker(voice, "fake"))
    monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: tmp_path / "cache")
    return tmp_path / "mine.yaml"


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 5000))
def test_what_is_not_reported_is_counted(first: int, second: int, unseen: int) -> None:
    where = Where("x", 1, 1)
    once = cut([Problem(where, str(number)) for number in range(first + 1)], unseen)
    every = cut([*once, *(Problem(where, f"other {number}") for number in range(second))])
    assert len(every) <= MOST_PROBLEMS + 1
    told = [each for each in every if not isinstance(each, More)]
    assert len(told) + sum(each.count for each in every if isinstance(each, More)) == first + 1 + second + unseen


@pytest.mark.parametrize(
    "text",
    [
        "title: T\n" + "".join(f"key{number}: 1\n" for number in range(400)) + "steps: [say: hi]\n",
        "title: T\nsteps:\n" + "".join(f"  - sy{number}: 1\n" for number in range(400)),
        "title: T\n" + "a: 1\n" * 400 + "steps: [say: hi]\n",
        "title: T\nsteps:\n" + "".join(f"  - say: 'hi {{n{number}}}'\n" for number in range(400)),
    ],
)
def test_of_many_problems_the_first_are_reported(text: str, checked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checked.write_text(text, encoding="utf-8")
    assert run(["check", str(checked)]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == MOST_PROBLEMS + 1
    assert "more problems from here on; fix those above first" in lines[-1]
    with pytest.raises(RoutineError) as caught:
        load_routine(str(checked))
    assert len(str(caught.value).splitlines()) <= 3


@pytest.mark.parametrize("text", ["[" * 99_000, "{" * 99_000, "title: " + "[{" * 45_000, "a: 'x'\nb: " + "[" * 5_000])
def test_brackets_in_brackets_are_refused_before_they_are_read(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "compose", lambda *_: pytest.fail("it was read"))
    with pytest.raises(RoutineError, match="nested more than 70 deep"):
        source.parse_tree(text.encode(), "x")


@given(
    st.integers(1, 60),
    st.integers(1, 60),
    st.sets(st.sampled_from(["", "last ", "last 4 ", "from last 7 ", "first ", "2 ", "9 ", "every 3 ", "odd "])),
)
def test_words_that_are_never_said_are_found_as_by_looking_at_every_breath(
    one: int, other: int, names: set[str]
) -> None:
    counts = range(min(one, other), max(one, other) + 1)
    spoken = {f"{name}in" for name in names}
    groups = Groups.of(spoken)
    slow = set()
    for count in counts:
        for number in range(count):
            called = (f"{name}in" for name in name_breath(number, count, groups))
            slow.add(next((name for name in called if name in spoken), ""))
    assert set(lint.list_heard_keys(spoken, counts)) == slow - {""}
    assert all(read_phase_key(key)[0] == "in" for key in spoken)


BIG = "title: T\nsteps:\n" + "  - breathe: 10000\n    min: 1\n    in: In\n    out: Out\n    last out: Up\n" * 2


def test_many_breaths_that_may_be_fewer_are_looked_through_once(
    checked: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = 0

    def counted(*args: object) -> object:
        nonlocal calls
        calls += 1
        return name_breath(*args)  # type: ignore[arg-type] # as it is called

    monkeypatch.setattr(lint, "name_breath", counted)
    monkeypatch.setattr(lint, "MOST_TRIED", 50_000)
    checked.write_text(BIG, encoding="utf-8")
    assert run(["check", str(checked)]) == 0
    assert calls == 2 * 10_000 - 1  # the second step is more than is looked through
    assert (
        "note: a session of more than 8,000 breaths and steps, or 400,000 characters of words, is not"
        in capsys.readouterr().err
    )


def test_what_can_never_be_performed_is_a_problem(checked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checked.write_text("title: T\nsteps:\n  - repeat: {rounds: 11, steps: [breathe: 10000]}\n", encoding="utf-8")
    assert run(["check", str(checked)]) == 2
    assert "more than 100,000; use fewer rounds or breaths" in capsys.readouterr().out


def test_words_past_the_most_are_not_looked_over_and_it_says_so(
    checked: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lint, "MOST_READ", 100)
    lines = "".join(f"  - say: Sit sit down, {'a' * 20}.\n" for _ in range(9))
    checked.write_text(f"title: T\nsteps:\n{lines}", encoding="utf-8")
    assert run(["check", str(checked)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert [line.split(":")[1] for line in out] == ["3", "4", "5"]
    assert "the words from here on are not checked: they come after 100 characters" in out[-1]


def test_of_many_texts_the_first_are_measured_and_it_says_so(
    checked: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checked.write_text("title: T\nsteps:\n  - {breathe: 20, out: '{Count}'}\n", encoding="utf-8")
    monkeypatch.setattr(review, "MOST_MEASURED", 30)
    assert run(["check", str(checked)]) == 0
    assert "measured" not in capsys.readouterr().err
    monkeypatch.setattr(review, "MOST_MEASURED", 10)
    asked, measure = list[str](), CachedVoice.measure_kept

    def noted(voice: CachedVoice, texts: list[str]) -> object:
        asked.extend(texts)
        return measure(voice, texts)

    monkeypatch.setattr(CachedVoice, "measure_kept", noted)
    assert run(["check", str(checked)]) == 0
    assert len(asked) == 10
    assert "note: the first 10 wordings were measured, and" in capsys.readouterr().err
