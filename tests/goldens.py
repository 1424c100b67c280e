"""Cue sheets of sessions, performed with the fake voice; ``python -m tests.goldens`` writes those in golden/ anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.fakes import measure
from voicecoach.breath import pace as paced
from voicecoach.choices import Choices
from voicecoach.routine import load
from voicecoach.score import Side
from voicecoach.script import build, pace
from voicecoach.timeline import Timeline, perform

if TYPE_CHECKING:
    from collections.abc import Iterator

GOLDEN = Path(__file__).parent / "golden"
ALL = frozenset({"all"})

SESSIONS: dict[str, tuple[str, Choices]] = {
    "sitting-leg-stretch": ("sitting-leg-stretch", Choices()),
    "sitting-leg-stretch-left": ("sitting-leg-stretch", Choices(sides=(Side.LEFT,))),
    "sitting-leg-stretch-right": ("sitting-leg-stretch", Choices(sides=(Side.RIGHT,))),
    "sitting-leg-stretch-2-2": ("sitting-leg-stretch", Choices(breath=paced("2-2"))),
    "sitting-leg-stretch-10-20": ("sitting-leg-stretch", Choices(breath=paced("10-20"))),
    "sitting-leg-stretch.de": ("sitting-leg-stretch.de", Choices()),
    "sitting-leg-stretch.es": ("sitting-leg-stretch.es", Choices()),
    "sitting-leg-stretch.fr": ("sitting-leg-stretch.fr", Choices()),
    "standing-leg-stretch": ("standing-leg-stretch", Choices()),
    "forward-backward-bend": ("forward-backward-bend", Choices()),
    "thigh-burner": ("thigh-burner", Choices()),
    "forward-lunge": ("forward-lunge", Choices()),
    "leg-stretch": ("leg-stretch", Choices()),
    "leg-stretch-all": ("leg-stretch", Choices(added=ALL, rounds=1)),
}


def performed(name: str, choices: Choices) -> Timeline:
    routine = load(name)
    return perform(build(routine, choices), measure, pace(routine, choices))


def cue_sheet(name: str) -> str:
    return "\n".join(_lines(performed(*SESSIONS[name]))) + "\n"


def _lines(timeline: Timeline) -> Iterator[str]:
    chapters = {chapter.start: chapter for chapter in timeline.chapters}
    events = sorted({*chapters, *(cue.start for cue in timeline.cues)})
    for at in events:
        if at in chapters:
            yield f"\n## {float(at):.3f} {chapters[at].title} [{chapters[at].side or '-'}]"
        for cue in timeline.cues:
            if cue.start == at:
                times = f"{float(at):9.3f} {float(cue.end - cue.start):6.3f}"
                yield f"{times} {cue.kind:<11} {cue.side or '-':<5} {cue.text}"
    left, right = (float(timeline.stretched(side)) for side in (Side.LEFT, Side.RIGHT))
    stretch = f"stretch {left:g} s left, {right:g} s right"
    yield f"\n{float(timeline.duration):.3f} s, {len(timeline.phases)} phases, {stretch}"


if __name__ == "__main__":
    for session in SESSIONS:
        (GOLDEN / f"{session}.txt").write_text(cue_sheet(session), encoding="utf-8")
