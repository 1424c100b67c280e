"""The live display of a session."""

from __future__ import annotations

import io
import json
import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from tests.fakes import measure, perform
from tests.goldens import performed
from tests.strategies import paces, scores
from voicecoach.core.breath import Kind
from voicecoach.core.notation import read_breath
from voicecoach.core.score import breathe, phrase
from voicecoach.script.choices import Choices
from voicecoach.views.exchange import PublicChapter, PublicPhase, PublicSpan, PublicTimeline, read_timeline, to_json
from voicecoach.views.live import (
    WIDEST,
    Snapshot,
    display,
    find_snapshot,
    lay_out_snapshot,
    shorten_chapter,
)
from voicecoach.views.text import one_line

if TYPE_CHECKING:
    from voicecoach.core.breath import Pace
    from voicecoach.core.score import Score
    from voicecoach.core.timeline import Timeline


def public(timeline: Timeline, title: str = "Sitting leg stretch") -> str:
    return json.dumps(to_json(timeline, title=title, language="en", voice="fake"))


def breathing() -> PublicTimeline:
    """Return a recording of four seconds in and six out, with a word at the start of each phase."""
    score = breathe({Kind.INHALE: phrase("Breathe in"), Kind.EXHALE: phrase("And out")})
    return read_timeline(public(perform(score, measure, read_breath("4-6")), "Breath"))


def seen(recording: PublicTimeline, seconds: float, width: int = 80) -> list[str]:
    """Return the lines of a moment as a terminal shows them."""
    stream = io.StringIO()
    Console(file=stream, width=width).print(lay_out_snapshot(recording, find_snapshot(recording, seconds)))
    return stream.getvalue().splitlines()


@settings(max_examples=30)
@given(scores, paces, st.floats(-10, 2000, allow_nan=False))
def test_a_moment_is_what_the_timeline_has_there(score: Score, pace: Pace, seconds: float) -> None:
    document = to_json(perform(score, measure, pace), title="", language="en", voice="")
    now = find_snapshot(read_timeline(json.dumps(document)), seconds)
    assert now.at == min(max(seconds, 0), document["duration"])
    there = [each for each in document["phases"] if each["start"] <= now.at < each["end"]]
    assert [now.phase] == [PublicPhase(each["start"], each["end"], each["kind"]) for each in there] or not there
    assert (now.phase is None) == (not there)
    assert 0 <= now.progress < 1
    started = [each for each in document["cues"] if each["start"] <= now.at]
    assert now.words == (one_line(started[-1]["text"]) if started else "")
    assert now.speaking == any(each["start"] <= now.at < each["end"] for each in started[-1:])
    chapters = [one_line(each["title"]) for each in document["chapters"] if each["start"] <= now.at < each["end"]]
    assert now.chapter == "".join(chapters)


@given(st.floats(0, 9.999))
def test_an_inhale_fills_the_bar_and_an_exhale_empties_it(seconds: float) -> None:
    now, later = (find_snapshot(breathing(), each) for each in (seconds, min(seconds + 0.1, 9.9999)))
    assert now.full == pytest.approx(seconds / 4 if seconds < 4 else (10 - seconds) / 6, abs=1e-9)
    if now.phase and now.phase == later.phase and now.at < later.at:
        assert (later.full > now.full) == (now.phase.kind is Kind.INHALE)


@pytest.mark.parametrize(("kind", "full"), [(Kind.HOLD, 1), (Kind.PAUSE, 0)])
def test_the_bar_stays_where_the_breath_does(kind: Kind, full: float) -> None:
    assert Snapshot(3, phase=PublicPhase(0, 4, kind), progress=0.75).full == full


def test_words_are_bold_while_they_are_said_and_stay_until_the_next() -> None:
    recording = breathing()
    assert (find_snapshot(recording, 0.1).words, find_snapshot(recording, 0.1).speaking) == ("Breathe in", True)
    assert (find_snapshot(recording, 3.9).words, find_snapshot(recording, 3.9).speaking) == ("Breathe in", False)
    assert find_snapshot(recording, 4.1).words == "And out"


def test_chimes_and_tones_are_no_words() -> None:
    timeline = performed("sun-salutation", Choices(rounds=1))
    sounds = [cue for cue in timeline.cues if cue.track != "voice"]
    assert sounds
    recording = read_timeline(public(timeline))
    assert not {cue.text for cue in sounds} & {
        find_snapshot(recording, float(cue.start) + 0.01).words for cue in sounds
    }


@pytest.mark.parametrize("seconds", [0, 30, 80, 100, 103.9, 200, 1e9])
@pytest.mark.parametrize("width", [30, 60, 200])
def test_everything_is_drawn_and_fits(seconds: float, width: int) -> None:
    recording = read_timeline(public(performed("sitting-leg-stretch", Choices())))
    lines, now = seen(recording, seconds, width), find_snapshot(recording, seconds)
    assert max(map(len, lines)) <= min(width, WIDEST)
    assert lines[0].startswith("Sitting leg stretch")
    text = " ".join(" ".join(lines).split())
    assert now.words in text
    assert ((now.phase.kind if now.phase else "") in text) is True


def test_the_bar_is_drawn_as_full_as_the_breath_is() -> None:
    def bar(seconds: float) -> float:
        line = next(line for line in seen(breathing(), seconds) if "hale" in line)
        return (line.count("━") + line.count("╸")) / (WIDEST - 18)  # versions of rich draw a half differently

    assert [round(bar(at), 1) for at in (0, 2, 3.99, 4.01, 7, 9.99)] == [0, 0.5, 1, 1, 0.5, 0]


def test_a_hold_is_shown_with_the_seconds_left_and_its_countdown_is_not() -> None:
    spans = (
        PublicSpan(0, 30, "hold", None, "plank"),
        PublicSpan(29, 30, "count", None, "1"),
        PublicSpan(30, 50, "rest"),
    )
    recording = PublicTimeline("Plank", 60, spans=spans)
    shown = [seen(recording, at)[-2].split() for at in (0, 10, 29.5, 30)]
    assert [(line[0], line[-1]) for line in shown] == [("hold", "30"), ("hold", "20"), ("hold", "1"), ("rest", "20")]
    assert find_snapshot(recording, 55).span is None


def test_a_movement_is_shown_by_its_phase() -> None:
    recording = PublicTimeline("Squat", 9, spans=(PublicSpan(0, 3, "move", None, "down"), PublicSpan(3, 5, "move")))
    assert [seen(recording, at)[-2].split()[0] for at in (1, 4)] == ["down", "move"]


def test_time_and_time_left_add_up() -> None:
    lines = seen(breathing(), 4)
    assert lines[-1].startswith("0:04 ")
    assert lines[-1].endswith("-0:07"), "the file ends on a frame, a little after the breath"
    (phase,) = (line for line in lines if "exhale" in line)
    assert phase.endswith(" 6")


def test_the_chapter_is_named_without_the_title_before_it() -> None:
    chapters = (PublicChapter(0, 5, "Stretch: left, round 1"), PublicChapter(5, 9, "Stretch"))
    recording = PublicTimeline("Stretch", 9, chapters=chapters)
    assert [seen(recording, at)[1].strip() for at in (1, 6)] == ["left, round 1", ""]


@pytest.mark.parametrize(
    ("title", "chapter", "shown"),
    [
        ("Stretch: left", "Stretch: left, round 1", "round 1"),
        ("Étirement : gauche", "Étirement : gauche, série 1", "série 1"),
        ("Étirement", "Étirement : gauche", "gauche"),
        ("Leg", "Legs up", "Legs up"),
        ("", "End", "End"),
        ("Mine", "Stretch: left", "Stretch: left"),
        ("深い", "深い：左", "左"),  # noqa: RUF001 - a colon as Chinese and Japanese write it
    ],
)
def test_a_chapter_loses_a_whole_title_and_what_parts_them(title: str, chapter: str, shown: str) -> None:
    assert shorten_chapter(chapter, title) == shown


@pytest.mark.parametrize(("duration", "ends"), [(None, "1:15"), (100.0, "-0:25")])
def test_a_file_that_tells_nothing_has_its_name_and_the_time(duration: float | None, ends: str) -> None:
    first, last = seen(PublicTimeline("some.mp3", duration), 75)
    assert first.strip() == "some.mp3"
    assert last.startswith("1:15 ")
    assert last.rstrip().endswith(ends)


def test_nothing_in_a_file_steers_the_terminal() -> None:
    hostile = json.loads(public(performed("box-breathing", Choices()), "\x1b]0;gotcha\x07"))
    hostile["cues"][0]["text"] = "a\x1b[2J\x9b2Jb\nc\ud800"
    lines = seen(read_timeline(json.dumps(hostile)), hostile["cues"][0]["start"])
    assert not {each for line in lines for each in line if not each.isprintable()}


GOOD = json.loads(public(performed("box-breathing", Choices())))
WRONG: list[dict[str, object]] = [
    {"format": "voicecoach-timeline/3"},
    {"title": 3},
    {"duration": "long"},
    {"duration": math.nan},
    {"duration": math.inf},
    {"duration": -1},
    {"duration": True},
    {"cues": None},
    {"cues": [3]},
    {"chapters": [{"start": 0}]},
    {"phases": [{"start": 0, "end": 1, "kind": "sigh"}]},
    {"phases": [{"start": 1, "end": 1, "kind": "hold"}]},
    {"phases": [{"start": 2, "end": 1, "kind": "hold"}]},
]


@pytest.mark.parametrize("data", [b"", b"\xff", b"null", b"[]", b"3", b"{}", b"[" * 100_000])
def test_what_is_no_json_of_ours_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a timeline of the format voicecoach-timeline/1 or"):
        read_timeline(data)


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_what_is_no_timeline_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a timeline of the format voicecoach-timeline/1 or"):
        read_timeline(json.dumps({**GOOD, **wrong}))


def test_a_terminal_is_left_as_it_was() -> None:
    stream = io.StringIO()
    console = Console(file=stream, width=60, force_terminal=True)

    def interrupted() -> None:
        with display(breathing(), console) as show:
            show(0.5)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    said = stream.getvalue()
    assert "Breathe in" in said
    assert said.count("\x1b[?25l") == said.count("\x1b[?25h") == 1, "the cursor is hidden, and shown again"
