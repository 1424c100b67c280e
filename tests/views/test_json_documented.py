"""The timeline in docs/json.md has the keys and kinds of values that the program writes."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.fakes import measure, perform
from tests.goldens import performed
from voicecoach.core.breath import Kind
from voicecoach.core.notation import read_breath
from voicecoach.core.score import CueKind, Side, SpanKind
from voicecoach.routine.loader import parse_routine
from voicecoach.script.builder import build
from voicecoach.script.choices import Choices
from voicecoach.views.exchange import to_json

PAGE = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
SHOWN = json.loads(re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[0])


def row(first: str) -> set[str]:
    """Return the names in the second column of a row."""
    (second,) = re.findall(rf"^\| {re.escape(first)} \|(.*)", PAGE, re.MULTILINE)
    return set(re.findall(r"`(\w+)`", second))


def test_the_keys_of_the_page_are_those_of_a_timeline() -> None:
    written = to_json(performed("sitting-leg-stretch", Choices()), title="x", language="en", voice="fake")
    assert list(SHOWN) == list(written)
    for name in ("phases", "spans", "cues", "chapters"):
        assert [list(each) for each in SHOWN[name]] == [list(written[name][0])]
    assert SHOWN["stretch"].keys() == written["stretch"].keys()
    assert SHOWN["format"] == written["format"]


def test_the_page_names_every_kind_and_side() -> None:
    assert row("`kind` of a cue") == set(CueKind)
    assert row("`side`") == {*Side, "null"}
    assert set(Kind) < row("`phases`")
    assert set(SpanKind) < row("`spans`")


def test_the_spans_of_the_example_are_those_of_the_page() -> None:
    (text,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| (\d+) \| (\d+) \| `(\w+)` \| `(\w+)` \|$", PAGE, re.MULTILINE)
    spans = perform(build(parse_routine(text, "silent"), Choices()), measure, read_breath("4-6")).spans
    assert rows == [
        (*(str(at - spans[0].start) for at in (each.start, each.end)), each.kind, each.name or "null") for each in spans
    ]
