# ruff: noqa: RUF001 - letters and signs that look alike
"""The worst files that can be read: `check` counts what it does with them, and stops in time."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.amounts import choose_amount
from tests.fakes import FakeVoice
from voicecoach.app import review, speaker
from voicecoach.app.cli import run
from voicecoach.app.review import LONGEST_MEASURED, MOST_MEASURED, MOST_PERFORMED, MOST_SPENT, TOGETHER
from voicecoach.app.speaker import Speaker
from voicecoach.errors import RoutineError
from voicecoach.language import language, list_languages
from voicecoach.routine import source, text_normalisation
from voicecoach.routine.formulas import evaluation
from voicecoach.routine.loader import load_routine
from voicecoach.routine.source import LARGEST_FILE
from voicecoach.routine.text_normalisation import read_aloud
from voicecoach.routine.values import MOST_NAMES, MOST_PRONOUNCED
from voicecoach.voices.cached import CachedVoice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from voicecoach.audio.clip import Clip

PART = choose_amount(10, 1)
"""A quick run looks at a tenth of the size of these files, at a tenth of the limits."""
NAMED, PRONOUNCED = MOST_NAMES // PART, MOST_PRONOUNCED // PART
HEAD = "title: T\n"


def says(count: int) -> str:
    return "steps:\n" + "".join(f"  - say: Word {number}, hold 10-15 s.\n" for number in range(count))


SAYS = says(2_500 // PART)


def names(key: str, count: int, value: str = "{}") -> str:
    """Return a mapping of so many names."""
    return f"{key}:\n" + "".join(f"  word{number}: {value.format(number)}\n" for number in range(count))


def repeated(rounds: int, *steps: str) -> str:
    return f"steps:\n  - repeat:\n      rounds: {rounds}\n      steps:\n" + "".join(
        f"        - {step}\n" for step in steps
    )


SIDES = "".join(
    f"  {side}:\n" + "".join(f"    n{number}: {side} leg {number}\n" for number in range(NAMED))
    for side in ("left", "right")
)
TURNS = "steps:\n  - each side:\n      steps:\n" + "".join(
    f"        - say: hi there {n}\n" for n in range(2_000 // PART)
)
CHAIN = names("parameters", 1) + "".join(f"  word{n}: '{{word{n - 1}}} + 1'\n" for n in range(1, 20))

WORST = {
    "distinct texts": HEAD + SAYS,
    "words to pronounce": HEAD + names("pronounce", PRONOUNCED, "sound {}") + SAYS,
    "a chain of parameters": HEAD + CHAIN + "steps:\n" + "  - rest: '{word19} * 1s'\n" * (2_500 // PART),
    "limits made of a chain": HEAD
    + CHAIN
    + "steps:\n"
    + "  - {rest: '{word19} * 1s', min: '{word19} * 1s', max: 9m}\n" * (1_200 // PART),
    "parameters and steps": HEAD
    + names("parameters", NAMED, "text {}")
    + "steps:\n"
    + "".join(f"  - say: hi {{word{n % NAMED}}}\n" for n in range(2_500 // PART)),
    "breaths": HEAD + "breath: 2-2\nsteps:\n" + "  - breathe: 1\n    in: In\n" * (1_900 // PART),
    "words of sides": HEAD + "sides:\n" + SIDES + TURNS,
    "rounds of words": HEAD + repeated(1_000 // PART, *(f"say: '{{round}} and {n}'" for n in range(11))),
    "rounds of long words": HEAD + repeated(1_000 // PART, "say: '" + "Hold 10-15 s. " * 200 + "{round}'"),
    "rounds of long sums": HEAD + repeated(1_000 // PART, "rest: '" + "{round} + " * 250 + "1'"),
    "rounds of moments": HEAD
    + repeated(
        1_000 // PART, "hold: 600s\n          at:\n" + "".join(f"            {n}s: Word {n}\n" for n in range(NAMED))
    ),
    "words that are counted": HEAD
    + f"breath: 3-3\nsteps:\n  - breathe: {7_000 // PART}\n"
    + "    in: '{count} | ~'\n    out: '{count down} | ~'\n",
    "aliases": HEAD + "x-a: &a {say: 'Sit down, hold 10 s'}\nsteps:\n" + "  - *a\n" * (3_000 // PART),
}
"""Files that are read, each near a limit of its own."""


class Counted(FakeVoice):
    """A fake voice that makes no more sound than has to be measured."""

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        self.asked.append(list(wordings))
        clip = next(FakeVoice().speak(["In"]))
        yield from (clip for _ in wordings)


@pytest.fixture
def voice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Counted:
    spoken = Counted()
    monkeypatch.setattr(speaker, "find_speaker", lambda *_: Speaker(CachedVoice(spoken, tmp_path / "kept"), "fake"))
    return spoken


def counting(calls: Counter[str], key: str, work: Callable[..., Any], place: int) -> Callable[..., Any]:
    """Count the calls of a function, and the characters of its argument at a place."""

    def counted(*args: Any, **more: Any) -> Any:  # noqa: ANN401 - whatever it is
        calls[key] += 1
        calls[f"{key} characters"] += len(args[place])
        return work(*args, **more)

    return counted


@pytest.mark.parametrize("kind", WORST)
def test_of_the_worst_files_a_bounded_part_is_looked_at(
    kind: str, voice: Counted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: Counter[str] = Counter()
    reader = text_normalisation._Reader  # noqa: SLF001
    monkeypatch.setattr(reader, "read_signs", counting(calls, "read", reader.read_signs, 1))
    monkeypatch.setattr(evaluation, "_evaluate_text", counting(calls, "worked out", evaluation._evaluate_text, 0))  # noqa: SLF001
    monkeypatch.setattr(re, "compile", counting(calls, "compiled", re.compile, 0))
    for name, most in (("PERFORMED", MOST_PERFORMED), ("SPENT", MOST_SPENT), ("MEASURED", MOST_MEASURED)):
        monkeypatch.setattr(review, f"MOST_{name}", most // PART)
    path = tmp_path / "mine.yaml"
    path.write_text(WORST[kind], encoding="utf-8")
    assert len(WORST[kind]) * PART <= LARGEST_FILE * 1.01
    assert run(["check", str(path)]) in {0, 2}
    assert sum(map(len, voice.asked)) * PART <= MOST_MEASURED
    assert all(len(each) <= LONGEST_MEASURED for asked in voice.asked for each in asked)
    assert calls["read"] * PART <= 3 * MOST_PERFORMED
    assert calls["read characters"] * PART <= MOST_SPENT + 2 * LARGEST_FILE
    assert calls["worked out"] * PART <= 60_000
    assert calls["compiled"] <= 2_000


def test_what_is_not_measured_is_reported(
    voice: Counted, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "MOST_MEASURED", 100)
    path = tmp_path / "mine.yaml"
    path.write_text(HEAD + says(300).replace(", hold 10-15 s", ""), encoding="utf-8")
    assert run(["check", str(path)]) == 0
    assert sum(map(len, voice.asked)) == 100
    assert all(sum(map(len, asked)) <= TOGETHER for asked in voice.asked)
    told = capsys.readouterr().err
    assert "note: the first 100 wordings were measured, and 20" in told
    assert "'voicecoach plan' measures all of them" in told


def test_wordings_that_are_too_long_to_be_measured_are_reported(
    voice: Counted, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"{HEAD}steps: [say: {'a' * (LONGEST_MEASURED + 1)}]\n", encoding="utf-8")
    assert run(["check", str(path)]) == 0
    assert all(len(each) <= LONGEST_MEASURED for asked in voice.asked for each in asked)
    told = capsys.readouterr().err
    assert "note: 1 wording of more than 1,000 characters was not measured; 'voicecoach plan' does that" in told


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (HEAD + names("parameters", MOST_NAMES + 1) + "steps: [say: hi]\n", "this has 301 keys; at most 300"),
        (HEAD + names("pronounce", MOST_PRONOUNCED + 1) + "steps: [say: hi]\n", "this has 501 keys; at most 500"),
        (HEAD + "x-a: &a " + "x" * 2_000 + "\nx-b: [" + "*a," * 200 + "]\n", "more than 100,000 characters; use fewer"),
        (HEAD + f"steps: [say: '{'x ' * 5_001}']\n", "this text has 10,002 characters; at most 10,000 are possible"),
    ],
)
def test_what_is_too_much_to_look_over_is_refused(text: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RoutineError, match=what):
        load_routine(str(path))


def test_values_are_counted_while_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: Counter[str] = Counter()
    monkeypatch.setattr(source, "MOST_NODES", 2_000)
    composer = source._composer()  # noqa: SLF001
    monkeypatch.setattr(composer, "compose_node", counting(calls, "node", composer.compose_node, 0))
    monkeypatch.setattr(composer, "__len__", lambda _: 0, raising=False)
    with pytest.raises(RoutineError, match="more than 2,000 values; use fewer"):
        source.parse_tree(("[" + "a," * 4_900 + "]").encode(), "x")
    assert calls["node"] <= 2 * 2_000 + 2


PARTS = [
    "10",
    "½",
    "3",
    "-",
    "–",
    ":",
    "/",
    "+",
    "x",
    "'",
    "30",
    '"',
    "s",
    "min",
    "kg",
    "II",
    "I",
    "Warrior",
    "&",
    "e.g.",
    "bzw.",
    "approx",
    ".",
    ",",
    "A1",
    "per",
    "1/2",
    "hold",
    "−",
    "→",
]


@given(
    st.lists(st.sampled_from([*PARTS, " ", "Close your eyes"]), max_size=8).map("".join),
    st.sampled_from(list_languages()),
)
def test_what_is_not_tried_would_change_nothing(text: str, code: str) -> None:
    words = language(code)
    quick = read_aloud.__wrapped__(text, words)
    with pytest.MonkeyPatch.context() as patch:
        always = re.compile("")
        for name in ("_COUNT", "_SIGNS", "_PRIME", "_CROSS", "_JOINED"):
            patch.setattr(text_normalisation, name, always)
        assert read_aloud.__wrapped__(text, words) == quick


NAMES = ["İç", "iç", "Straße", "PSOAS", "q", "ſo", "so", "¿que", "a.b"]
LETTERS = ["iç", "IÇ", "ıç", "straße", "psoas", "Q", "l", "so", "¿", "que", "a", ".", "b"]


@given(
    st.dictionaries(st.sampled_from([*NAMES, "q l"]), st.just("z"), min_size=1),
    st.lists(st.sampled_from([*LETTERS, " "]), max_size=8),
)
def test_words_are_pronounced_whatever_their_capitals(names: dict[str, str], text: list[str]) -> None:
    """As by looking for one name after the other in the whole text."""
    said, kept = "".join(text), list[str]()
    found = text_normalisation._keep(said, tuple(names.items()), kept)  # noqa: SLF001
    every = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    there = re.search(rf"(?<!\w)(?:{every})(?!\w)", said, re.IGNORECASE)
    assert ("\U000f0000" in found) is (there is not None)
    assert kept == ["z"] * len(kept)
