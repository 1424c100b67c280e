"""Two readers of routine files, ours and `tests.reference`, agree on what is heard when."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from tests.amounts import choose_one_of_each
from tests.fakes import CHIME_SECONDS, measure, perform, spoken_seconds
from tests.goldens import examples, write_example
from tests.reference import BOTH, Reader
from tests.reference_values import load
from tests.routine_strategies import sessions
from voicecoach.core.notation import read_pace
from voicecoach.core.score import Side, SpanKind
from voicecoach.errors import FitError
from voicecoach.language import language
from voicecoach.routine.library import BUILT_IN, list_built_in
from voicecoach.routine.loader import load_routine
from voicecoach.routine.text_normalisation import read_aloud
from voicecoach.script.builder import build, choose_pace
from voicecoach.script.choices import Choices, Guidance, Intro

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from voicecoach.core.timeline import Timeline


BREATHS = (None, "4-7-8", "3-4..5-7")


class FakeSpeech:
    """Both readers' voice: how long it takes for what it is given, with the pronunciations of the file that says it."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, str], Fraction] = {}

    def __call__(self, text: str, file: dict[str, Any]) -> Fraction:
        key = id(file), text  # a file is kept while it is read
        if key not in self.known:
            words = language(file.get("language", "en"), file.get("words", {}))
            self.known[key] = spoken_seconds(read_aloud(text, words, tuple(file.get("pronounce", {}).items())))
        return self.known[key]


def perform_ours(path: Path, reader: Reader) -> Timeline | None:
    choices = Choices(
        breath=read_pace(reader.breath) if reader.breath else None,
        guidance=Guidance(reader.guidance),
        intro=Intro(reader.intro),
        rounds=reader.rounds,
        sides=tuple(map(Side, reader.sides)),
        first=Side(reader.first) if reader.first else None,
        lead_in=reader.lead_in,
        added=frozenset({"all"} if reader.extra else ()),
    )
    routine = load_routine(str(path))
    try:
        return perform(build(routine, choices), measure, choose_pace(routine, choices))
    except FitError:
        return None


def compare(path: Path, **choices: Any) -> bool:  # noqa: ANN401
    """Hold both readers against each other; return whether the session can be performed."""
    reader = Reader(FakeSpeech(), CHIME_SECONDS, **choices)
    ours, theirs = perform_ours(path, reader), reader.read(path)
    if ours is None:
        assert theirs.refused
        return False
    assert not theirs.refused
    cues = [
        (cue.start, cue.end, str(cue.kind), cue.text, cue.side and str(cue.side), cue.wording, cue.wordings)
        for cue in ours.cues
    ]
    assert cues == theirs.cues
    phases = [(each.start, each.end, str(each.kind), each.side and str(each.side), each.breath) for each in ours.phases]
    assert phases == theirs.phases
    moves = [
        (each.start, each.end, each.name, each.side and str(each.side), each.number)
        for each in ours.spans
        if each.kind is SpanKind.MOVE
    ]
    assert moves == theirs.moves
    chapters = [(each.start, each.end, each.title, each.side and str(each.side)) for each in ours.chapters]
    assert chapters == theirs.chapters
    assert {side: ours.measure_stretch(Side(side)) for side in BOTH} == theirs.stretch
    assert ours.duration == theirs.duration
    return True


@pytest.mark.parametrize(("name", "breath"), choose_one_of_each(list_built_in(), BREATHS))
def test_both_readers_agree_on_the_built_in_routines(name: str, breath: str | None) -> None:
    assert compare(BUILT_IN / f"{name}.yaml", breath=breath, extra=name == "leg-stretch")


@pytest.mark.parametrize("name", examples())
def test_both_readers_agree_on_the_examples_of_the_documentation(name: str, tmp_path: Path) -> None:
    assert compare(write_example(name, tmp_path))


@given(sessions())
def test_both_readers_agree_on_routines_that_nobody_thought_of(
    tmp_path_factory: pytest.TempPathFactory, session: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    routine, chosen = session
    path = tmp_path_factory.getbasetemp() / "probe.yaml"
    path.write_text(json.dumps(routine), encoding="utf-8")
    load.cache_clear()
    compare(path, **chosen)
