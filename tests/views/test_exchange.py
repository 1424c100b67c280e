"""The public form of a timeline: its schema, its two versions, and that it is read back as it was written."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.amounts import choose_amount
from tests.fakes import measure, perform
from tests.goldens import SESSIONS, performed
from tests.json_schema import find_faults
from voicecoach.core.breath import Kind
from voicecoach.core.notation import read_breath
from voicecoach.core.score import CueKind, Side, SpanKind
from voicecoach.core.timeline import Chapter, Cue, PhaseSpan, Stretch, TimedSpan, Timeline
from voicecoach.routine.loader import parse_routine
from voicecoach.script.builder import build
from voicecoach.script.choices import Choices
from voicecoach.views.exchange import FORMATS, SCHEMA, read_timeline, to_json

SCHEMED: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
NAMES: dict[str, Any] = {"title": "Calf", "language": "en", "voice": "fake"}
CALF = Timeline(
    Fraction(12),
    (PhaseSpan(Fraction(0), Fraction(4), Kind.INHALE, Side.LEFT, 0),),
    (Cue(Fraction(0), Fraction(1, 2), CueKind.BREATH, "In", Side.LEFT, wording=1, wordings=2),),
    (Chapter(Fraction(0), Fraction(12), "Calf", Side.LEFT),),
    (Stretch(Fraction(4), Fraction(12), Side.LEFT),),
    spans=(TimedSpan(Fraction(4), Fraction(12), SpanKind.HOLD, Side.LEFT, "calf"),),
)
FIRST = {
    "format": "voicecoach-timeline/1",
    "title": "Calf",
    "language": "en",
    "voice": "fake",
    "duration": 12.0,
    "phases": [{"start": 0.0, "end": 4.0, "kind": "inhale", "side": "left", "breath": 0}],
    "cues": [
        {"start": 0.0, "end": 0.5, "track": "voice", "kind": "breath", "text": "In", "side": "left", "wording": 1,
         "wordings": 2}
    ],
    "chapters": [{"start": 0.0, "end": 12.0, "title": "Calf", "side": "left"}],
    "stretch": {"left": 8.0, "right": 0.0},
}  # fmt: skip


MOVE = TimedSpan(Fraction(4), Fraction(7), SpanKind.MOVE, None, "down", 2)


def test_a_move_has_the_name_of_its_phase_and_its_number() -> None:
    shown = to_json(replace(CALF, spans=(MOVE,)), **NAMES)
    assert shown["spans"] == [{"start": 4.0, "end": 7.0, "kind": "move", "side": None, "name": "down", "move": 2}]
    assert faults(shown) == []
    assert [(each.kind, each.name) for each in read_timeline(json.dumps(shown)).spans] == [("move", "down")]


def faults(document: object) -> list[str]:
    return list(find_faults(json.loads(json.dumps(document)), SCHEMED, SCHEMED))


def test_the_first_version_is_as_it_was() -> None:
    shown = to_json(CALF, **NAMES, version=1)
    assert json.dumps(shown) == json.dumps(FIRST)


def test_the_second_version_is_the_first_with_spans() -> None:
    shown = to_json(CALF, **NAMES)
    assert shown.pop("spans") == [{"start": 4.0, "end": 12.0, "kind": "hold", "side": "left", "name": "calf"}]
    assert shown == {**FIRST, "format": "voicecoach-timeline/2"}


@pytest.mark.parametrize("version", FORMATS)
def test_both_versions_are_read(version: int) -> None:
    read = read_timeline(json.dumps(to_json(CALF, **NAMES, version=version)))
    assert (read.title, read.duration, len(read.phases), len(read.cues), len(read.chapters)) == ("Calf", 12, 1, 1, 1)
    assert [(each.kind, each.side, each.name) for each in read.spans] == ([("hold", "left", "calf")] * (version - 1))


@pytest.mark.parametrize("name", [*SESSIONS][:: choose_amount(3, 1)])
def test_every_built_in_has_the_form_of_the_schema_and_is_read_back(name: str) -> None:
    timeline = performed(*SESSIONS[name])
    document = to_json(timeline, title=name, language="en", voice="fake")
    assert faults(document) == []
    read = read_timeline(json.dumps(document))
    assert [(each.start, each.end, each.kind, each.side, each.name) for each in read.spans] == [
        (float(each.start), float(each.end), each.kind, each.side, each.name or None) for each in timeline.spans
    ]
    assert len(read.phases) == len(timeline.phases)


@pytest.mark.parametrize("name", [*SESSIONS][:: choose_amount(3, 1)])
def test_the_spans_of_every_built_in_are_within_it_and_apart_or_one_in_another(name: str) -> None:
    timeline = performed(*SESSIONS[name])
    assert all(0 <= each.start < each.end <= timeline.duration for each in timeline.spans)
    open_spans: list[TimedSpan] = []
    for each in timeline.spans:
        open_spans = [outer for outer in open_spans if outer.end > each.start]
        assert all(each.end <= outer.end for outer in open_spans)
        open_spans.append(each)
    assert all(one.start <= other.start for one, other in pairwise(timeline.spans))


def test_the_schema_knows_every_kind_and_side() -> None:
    parts = {name: each.get("properties", {}) for name, each in SCHEMED["$defs"].items()}
    assert parts["phase"]["kind"]["enum"] == [*Kind]
    assert parts["span"]["kind"]["enum"] == [*SpanKind]
    assert parts["cue"]["kind"]["enum"] == [*CueKind]
    assert SCHEMED["$defs"]["side"]["enum"] == [*Side, None]


@given(st.sampled_from(["format", "duration", "spans", "cues", "stretch"]))
def test_the_schema_refuses_what_lacks_a_part(name: str) -> None:
    document = to_json(CALF, **NAMES)
    del document[name]
    assert faults(document)


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "voicecoach-timeline/1"},
        {"duration": -1},
        {"spans": [{"start": 0, "end": 1, "kind": "nap", "side": None, "name": None}]},
        {"spans": [{"start": 0, "end": 1, "kind": "hold", "side": "up", "name": None}]},
        {"phases": [{"start": 0, "end": 1, "kind": "rest", "side": None, "breath": 0}]},
    ],
    ids=str,
)
def test_the_schema_refuses_what_is_wrong(wrong: dict[str, object]) -> None:
    assert faults({**to_json(CALF, **NAMES), **wrong})


def test_a_kind_of_span_of_a_later_version_is_read() -> None:
    document = to_json(CALF, **NAMES)
    document["spans"][0]["kind"] = "glide"
    assert read_timeline(json.dumps(document)).spans[0].kind == "glide"


@pytest.mark.parametrize("wrong", [{"kind": 3}, {"name": 3}, {"side": 3}, {"end": 4.0}, {"end": "soon"}], ids=str)
def test_a_span_that_is_none_is_refused(wrong: dict[str, object]) -> None:
    document = to_json(CALF, **NAMES)
    document["spans"][0].update(wrong)
    with pytest.raises(ValueError, match="format voicecoach-timeline/1 or voicecoach-timeline/2"):
        read_timeline(json.dumps(document))


def test_silent_holds_and_rests_are_in_the_json() -> None:
    text = (
        "title: Silent\nsteps:\n"
        "  - {hold: 30s, name: plank, countdown: 2}\n"
        "  - {rest: 20s}\n"
        "  - {say: Sit., settle: 5s}\n"
        "  - repeat: {rounds: 2, between: [{hold: 4s}], steps: [{hold: 30s}]}\n"
    )
    timeline = perform(build(parse_routine(text, "silent"), Choices()), measure, read_breath("4-6"))
    spans = to_json(timeline, **NAMES)["spans"]
    assert [(each["kind"], round(each["end"] - each["start"], 6), each["name"]) for each in spans] == [
        ("hold", 30, "plank"), ("count", 1, "2"), ("count", 1, "1"), ("rest", 20, None), ("settle", 5, None),
        ("hold", 30, None), ("rest", 4, None), ("hold", 30, None),
    ]  # fmt: skip
    assert spans[1]["end"] == spans[2]["start"]
    assert spans[2]["end"] == spans[0]["end"] == spans[3]["start"]


def test_a_hold_without_a_name_has_that_of_the_item_of_its_list() -> None:
    text = (
        "title: Circuit\nsteps:\n"
        "  - repeat:\n      vary: {move: [squats, planks]}\n      between: [{rest: 5s}]\n"
        "      steps: [{hold: 9s}, {hold: 3s, name: shake}]\n"
    )
    spans = perform(build(parse_routine(text, "a"), Choices()), measure, read_breath("4-6")).spans
    assert [(each.kind, each.name) for each in spans] == [
        ("hold", "squats"), ("hold", "shake"), ("rest", ""), ("hold", "planks"), ("hold", "shake"),
    ]  # fmt: skip


def test_counts_that_repeat_in_a_phase_or_a_hold_are_spans_inside_it() -> None:
    text = (
        "title: Box\nbreath: 4-4\nsteps:\n"
        "  - breathe: 1\n    in: In\n    at: {in: {every 1s: '{beat}'}, out: {every 2s: 'Softly, {beat}'}}\n"
        "  - {hold: 6s, at: {every 2s: '{beat}'}}\n"
    )
    timeline = perform(build(parse_routine(text, "a"), Choices()), measure, read_breath("4-4"))
    phase, hold = timeline.phases[0], next(each for each in timeline.spans if each.kind == "hold")
    counts = [(each.start, each.end, each.name) for each in timeline.spans if each.kind == "count"]
    assert counts == [
        *((phase.start + second, phase.start + second + 1, str(second + 1)) for second in (1, 2, 3)),
        *((hold.start + 2 * number, hold.start + 2 * number + 2, str(number + 1)) for number in (1, 2)),
    ]
