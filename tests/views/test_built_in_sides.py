"""Every built-in routine says which side begins, even where breath words alone are said."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.fakes import measure, perform
from voicecoach.routine.library import BUILT_IN
from voicecoach.routine.loader import load_routine
from voicecoach.script.builder import build, choose_pace
from voicecoach.script.choices import LEFT_RIGHT, Choices, Guidance

if TYPE_CHECKING:
    from voicecoach.core.timeline import Chapter

SIDED = sorted(path.stem for path in BUILT_IN.glob("*.yaml") if "each side:" in path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", SIDED)
def test_the_side_that_begins_is_named_in_cues_too(file: str) -> None:
    """The other side counts as well: who hears "right ear down" knows which side of the neck is stretched."""
    name, _, language = file.partition(".")
    routine = load_routine(name, language or None)
    choices = Choices(guidance=Guidance.CUES)
    timeline = perform(build(routine, choices), measure, choose_pace(routine, choices))
    forms = routine.words.sided
    assert forms is not None
    named = re.compile(rf"(?<!\w)(?:{'|'.join((*forms.left, *forms.right))})(?!\w)")
    begin = [after for before, after in pairwise(timeline.chapters) if _is_sided(after) and not _is_sided(before)]
    assert begin
    for chapter in begin:
        said = [cue.text for cue in timeline.cues if chapter.start <= cue.start < chapter.end and cue.track == "voice"]
        assert named.search(" ".join(said).casefold()), (chapter.title, said)


def _is_sided(chapter: Chapter) -> bool:
    return chapter.side in LEFT_RIGHT
