"""A session as a document."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import measure, perform
from tests.strategies import breaths, scores
from voicecoach.core.breath import Breath, Kind
from voicecoach.core.score import CueKind, Score, SpanKind
from voicecoach.core.timeline import Chapter, Cue, PhaseSpan, TimedSpan, Timeline
from voicecoach.language import language
from voicecoach.views.text import one_line
from voicecoach.views.transcript import write_transcript

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ENGLISH = language("en")
SILENCE = re.compile(r"\[(?:(?:\d+|one) breaths?, )?(?:(\d+) minutes?(?: and )?)?(?:(\d+|one) seconds?)?\]")


def cue(start: float, end: float, text: str, kind: CueKind = CueKind.INSTRUCTION) -> Cue:
    return Cue(Fraction(str(start)), Fraction(str(end)), kind, text)


def breathed(start: int, count: int, inhale: int = 4, exhale: int = 6) -> Iterable[PhaseSpan]:
    for number in range(count):
        at = start + number * (inhale + exhale)
        yield PhaseSpan(Fraction(at), Fraction(at + inhale), Kind.INHALE, None, number)
        yield PhaseSpan(Fraction(at + inhale), Fraction(at + inhale + exhale), Kind.EXHALE, None, number)


def written(
    *cues: Cue,
    duration: int,
    phases: Iterable[PhaseSpan] = (),
    chapters: dict[int, str] | None = None,
    code: str = "en",
) -> list[str]:
    """Write a session's transcript, and return its lines after the title."""
    starts = [*(chapters or {}), duration]
    named = [
        Chapter(Fraction(start), Fraction(end), title)
        for (start, title), end in zip((chapters or {}).items(), starts[1:], strict=True)
    ]
    timeline = Timeline(Fraction(duration), tuple(phases), cues, tuple(named))
    return write_transcript(timeline, title="Legs", language=language(code)).splitlines()[2:]


def test_the_title_comes_first_then_the_notice_then_the_chapters() -> None:
    timeline = Timeline(
        Fraction(60),
        cues=(
            cue(3, 5, "Ask first.", CueKind.NOTICE),
            cue(6, 8, "Stop if it hurts.", CueKind.NOTICE),
            cue(9, 11, "Sit\ndown."),
            cue(12, 14, "Fold."),
        ),
        chapters=(
            Chapter(Fraction(0), Fraction(9), "Before you begin"),
            Chapter(Fraction(9), Fraction(15), "Left"),
            Chapter(Fraction(15), Fraction(60), "End"),
        ),
    )
    assert write_transcript(timeline, title="Leg\nstretch", language=ENGLISH) == (
        "Leg stretch\n\nAsk first.\nStop if it hurts.\n\nLeft\nSit down.\nFold.\n[1 second]\n\nEnd\n[45 seconds]\n"
    ).replace("1 second", "one second")


def test_the_words_of_a_breath_stand_on_one_line() -> None:
    kind = CueKind.BREATH
    cues = (cue(10, 11, "In", kind), cue(14, 15, "And out", kind), cue(20, 21, "In", kind), cue(24, 25, "Out", kind))
    assert written(*cues, duration=30, phases=breathed(10, 2)) == ["In … And out", "In … Out"]


def moved(start: int, count: int, *seconds: int) -> Iterable[TimedSpan]:
    """Moves whose phases are so many seconds long."""
    at = Fraction(start)
    for number in range(count):
        for name, lasts in enumerate(seconds):
            yield TimedSpan(at, at + lasts, SpanKind.MOVE, None, f"phase {name}", number)
            at += lasts


def test_the_words_of_a_move_stand_on_one_line_and_all_beats_on_one() -> None:
    kind = CueKind.MOVE
    cues = (cue(0, 1, "one", CueKind.COUNT), cue(2, 3, "Down", kind), cue(5, 6, "two", CueKind.COUNT))
    assert transcribed(12, cues, spans=moved(0, 2, 2, 3)) == ["one … Down", "two", "[6 seconds]"]
    beats = [cue(number, number + 0.5, str(number), CueKind.COUNT) for number in range(3)]
    assert transcribed(12, beats, spans=moved(0, 10, 1)) == ["0 … 1 … 2", "[7 movements, 10 seconds]"]


def transcribed(
    duration: int, cues: Sequence[Cue], phases: Iterable[PhaseSpan] = (), spans: Iterable[TimedSpan] = ()
) -> list[str]:
    timeline = Timeline(Fraction(duration), tuple(phases), tuple(cues), spans=tuple(spans))
    return write_transcript(timeline, title="Legs", language=ENGLISH).splitlines()[2:]


@pytest.mark.parametrize(
    ("phases", "spans", "told"),
    [
        ([], [*moved(10, 7, 2, 3)], "[7 movements, 50 seconds]"),
        ([*breathed(10, 3)], [*moved(10, 3, 4, 6)], "[3 breaths, 50 seconds]"),
        ([*breathed(5, 2)], [*moved(25, 2, 2, 3)], "[2 breaths, 2 movements, 50 seconds]"),
    ],
)
def test_a_silence_is_told_with_its_moves_and_those_with_the_breath_are_breaths(
    phases: list[PhaseSpan], spans: list[TimedSpan], told: str
) -> None:
    cues = [cue(0, 4, "Stand."), cue(54, 56, "Stop.")]
    assert transcribed(60, cues, phases, spans)[1] == told


def test_a_language_without_a_word_for_movements_does_not_count_them() -> None:
    words = tuple(pair for pair in ENGLISH.words if pair[0] != "moves")
    timeline = Timeline(Fraction(60), spans=tuple(moved(10, 7, 2, 3)))
    assert write_transcript(timeline, title="x", language=replace(ENGLISH, words=words)) == "x\n\n[60 seconds]\n"


def test_a_tone_stands_with_its_breath_and_a_count_with_the_counts_before_it() -> None:
    tones = (cue(10, 14, "tone-in", CueKind.TONE), cue(14, 20, "tone-out", CueKind.TONE))
    counts = tuple(cue(21 + number, 21.5 + number, f"{3 - number}", CueKind.COUNT) for number in range(3))
    assert written(*tones, *counts, duration=25, phases=breathed(10, 1)) == [
        "[rising tone] … [falling tone]",
        "3 … 2 … 1",
    ]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", ["[3 breaths, 35 seconds]", "[20 seconds]", "[one breath, 15 seconds]"]),
        ("de", ["[3 Atemzüge, 35 Sekunden]", "[20 Sekunden]", "[ein Atemzug, 15 Sekunden]"]),
        ("es", ["[3 respiraciones, 35 segundos]", "[20 segundos]", "[una respiración, 15 segundos]"]),
        ("fr", ["[3 respirations, 35 secondes]", "[20 secondes]", "[une respiration, 15 secondes]"]),
    ],
)
def test_a_silence_is_told_with_its_breaths_in_the_language_of_the_session(code: str, expected: list[str]) -> None:
    cues = (cue(0, 5, "Lie down."), cue(40, 42, "Rest."), cue(62, 63, "Sit up."), cue(78, 80, "Out"))
    phases = [*breathed(10, 3), *(PhaseSpan(Fraction(a), Fraction(b), Kind.HOLD, None, 9) for a, b in [(66, 76)])]
    found = written(*cues, duration=80, phases=phases, code=code)
    assert found == ["Lie down.", expected[0], "Rest.", expected[1], "Sit up.", expected[2], "Out"]


@pytest.mark.parametrize(
    ("silence", "lines"), [(Fraction(10), []), (Fraction(10_001, 1000), ["[10 seconds]"]), (119, ["[119 seconds]"])]
)
def test_a_silence_of_more_than_ten_seconds_is_listed(silence: Fraction, lines: list[str]) -> None:
    timeline = Timeline(Fraction(2) + silence, cues=(cue(0, 2, "Rest."),))
    assert write_transcript(timeline, title="x", language=ENGLISH).splitlines()[3:] == lines


def test_a_silence_that_is_longer_than_its_breath_is_told() -> None:
    cues = cue(4, 5, "In", CueKind.BREATH), cue(10, 11, "Out", CueKind.BREATH)
    assert written(*cues, duration=12, phases=breathed(4, 2, 2, 2)) == ["In", "[5 seconds]", "Out"]
    assert written(*cues, duration=12, phases=breathed(4, 2, 3, 3)) == ["In", "Out"]


def test_a_long_silence_is_told_in_minutes() -> None:
    assert written(cue(0, 2, "Rest."), duration=152) == ["Rest.", "[2 minutes and 30 seconds]"]
    assert written(cue(0, 2, "Rest."), duration=36_002)[1] == "[600 minutes]"


def test_a_silence_that_goes_on_in_the_next_chapter_is_told_in_both() -> None:
    found = written(cue(0, 5, "Rest."), duration=45, chapters={0: "One", 20: "Two", 45: ""})
    assert found == ["One", "Rest.", "[15 seconds]", "", "Two", "[25 seconds]"]


def test_what_is_heard_before_the_first_chapter_is_not_lost() -> None:
    found = written(cue(0, 5, "Hello."), cue(8, 9, "Sit."), duration=10, chapters={7: "One"})
    assert found == ["Hello.", "", "One", "Sit."]


@given(scores, breaths, st.sampled_from(["en", "de", "es", "fr"]))
def test_nothing_that_is_said_is_lost_and_all_of_it_stands_in_order(score: Score, breath: Breath, code: str) -> None:
    timeline = perform(score, measure, breath)
    text = write_transcript(timeline, title="T", language=language(code))
    at = 0
    for each in timeline.cues:
        said = one_line(each.text)
        at = text.index(said, at) + len(said)
    assert "\n\n\n" not in text


@given(scores, breaths)
def test_every_long_silence_is_told_in_order_and_nothing_but_silences(score: Score, breath: Breath) -> None:
    whole = perform(score, measure, breath)
    text = write_transcript(Timeline(whole.duration, whole.phases, whole.cues), title="T", language=ENGLISH)
    silences = [match for match in map(SILENCE.fullmatch, text.splitlines()) if match]
    seconds = [60 * int(match[1] or 0) + int((match[2] or "0").replace("one", "1")) for match in silences]
    heard = [each for each in whole.cues if one_line(each.text)]
    ends = [Fraction(0), *accumulate((each.end for each in heard), max)]
    gaps = [begin - end for end, begin in zip(ends, [*(each.start for each in heard), whole.duration], strict=True)]
    assert stands_in(seconds, [int(gap + Fraction(1, 2)) for gap in gaps])
    assert stands_in([int(gap + Fraction(1, 2)) for gap in gaps if gap > 10], seconds)


def stands_in(part: list[int], whole: list[int]) -> bool:
    """Return whether the whole contains all of a part, in the same order."""
    rest = iter(whole)
    return all(each in rest for each in part)
