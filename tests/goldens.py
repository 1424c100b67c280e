"""Cue sheets of sessions, performed with the fake voice; ``python -m tests.goldens`` writes those in golden/ anew."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.fakes import measure, perform
from voicecoach.core.notation import read_pace as paced
from voicecoach.core.score import Side
from voicecoach.routine.library import list_built_in
from voicecoach.routine.loader import load_routine
from voicecoach.script.builder import build, choose_pace
from voicecoach.script.choices import Choices, Guidance
from voicecoach.system.assets import find_asset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voicecoach.core.timeline import Timeline

GOLDEN = Path(__file__).parent / "golden"
DOCUMENTED = Path(__file__).parents[1] / "docs" / "routines.md"
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
    "leg-stretch-all.de": ("leg-stretch.de", Choices(added=ALL, rounds=1)),
    "leg-stretch-all.es": ("leg-stretch.es", Choices(added=ALL, rounds=1)),
    "leg-stretch-all.fr": ("leg-stretch.fr", Choices(added=ALL, rounds=1)),
    "desk-break.de": ("desk-break.de", Choices()),
    "desk-break.es": ("desk-break.es", Choices()),
    "desk-break.fr": ("desk-break.fr", Choices()),
    "standing-leg-stretch": ("standing-leg-stretch", Choices()),
    "forward-backward-bend": ("forward-backward-bend", Choices()),
    "thigh-burner": ("thigh-burner", Choices()),
    "forward-lunge": ("forward-lunge", Choices()),
    "leg-stretch": ("leg-stretch", Choices()),
    "leg-stretch-all": ("leg-stretch", Choices(added=ALL, rounds=1)),
    "box-breathing": ("box-breathing", Choices()),
    "box-breathing-5": ("box-breathing", Choices(settings={"side": "5", "breaths": "4"})),
    "four-seven-eight": ("four-seven-eight", Choices()),
    "four-seven-eight-10": ("four-seven-eight", Choices(rounds=10)),
    "resonance-breathing": ("resonance-breathing", Choices()),
    "cyclic-sigh": ("cyclic-sigh", Choices()),
    "alternate-nostril-breathing": ("alternate-nostril-breathing", Choices()),
    "contract-relax-stretch": ("contract-relax-stretch", Choices()),
    "contract-relax-stretch-left": ("contract-relax-stretch", Choices(sides=(Side.LEFT,))),
    "sun-salutation": ("sun-salutation", Choices()),
    "sun-salutation-2-2": ("sun-salutation", Choices(breath=paced("2-2"), rounds=1)),
    "sun-salutation-tones": ("sun-salutation", Choices(guidance=Guidance.TONES, rounds=1)),
    "muscle-relaxation": ("muscle-relaxation", Choices()),
    "interval-training": ("interval-training", Choices()),
    "breath-ladder": ("breath-ladder", Choices()),
    "desk-break": ("desk-break", Choices()),
    "desk-break-right": ("desk-break", Choices(sides=(Side.RIGHT,))),
    "neck-shoulders": ("neck-shoulders", Choices()),
    "calves-ankles": ("calves-ankles", Choices()),
    "hips": ("hips", Choices()),
    "low-back": ("low-back", Choices()),
    "chair-leg-stretch": ("chair-leg-stretch", Choices()),
    "morning-in-bed": ("morning-in-bed", Choices()),
    "evening-wind-down": ("evening-wind-down", Choices()),
    "evening-wind-down-sleep": ("evening-wind-down", Choices(sleep=True)),
    "find-your-slow-breath": ("find-your-slow-breath", Choices()),
    "chair-leg-stretch-left": ("chair-leg-stretch", Choices(sides=(Side.LEFT,))),
}


_PLAYED: dict[tuple[str, str], Timeline] = {}
"""The timelines of built-in routines that were asked for, by the name and the choices."""


def performed(name: str, choices: Choices) -> Timeline:
    """Perform a routine with the fake voice; the same built-in with the same choices only once."""
    key = name, repr(choices)
    timeline = _PLAYED.get(key)
    if timeline is None:
        routine = load_routine(name)
        timeline = perform(build(routine, choices), measure, choose_pace(routine, choices))
        if name in list_built_in():
            _PLAYED[key] = timeline
    return timeline


def cue_sheet(name: str) -> str:
    return written(performed(*SESSIONS[name]))


def examples() -> dict[str, str]:
    """The routines of the documentation, by their titles as file names."""
    texts = re.findall(r"^```yaml\n(.*?)^```", DOCUMENTED.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    whole = [text for text in texts if text.startswith("title: ")]
    return {text.splitlines()[0].removeprefix("title: ").lower().replace(" ", "-"): text for text in whole}


def shared_files() -> dict[str, str]:
    """The files of words in the documentation, by their names, which a comment in their first line tells."""
    texts = re.findall(
        r"^```yaml\n# (\S+)\n(.*?)^```", DOCUMENTED.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    return dict(texts)


def write_example(name: str, folder: Path) -> Path:
    """Write a routine of the documentation into a folder, with the files that it names."""
    (folder / "bell.wav").write_bytes(find_asset("chime-end.wav").read_bytes())
    for file, text in shared_files().items():
        (folder / file).write_text(text, encoding="utf-8")
    path = folder / f"{name}.yaml"
    path.write_text(examples()[name], encoding="utf-8")
    return path


def example_sheet(name: str, folder: Path) -> str:
    """Perform a routine of the documentation, in a folder with the files that it names."""
    return written(performed(str(write_example(name, folder)), Choices()))


def written(timeline: Timeline) -> str:
    return "\n".join(_lines(timeline)) + "\n"


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
    left, right = (float(timeline.measure_stretch(side)) for side in (Side.LEFT, Side.RIGHT))
    stretch = f"stretch {left:g} s left, {right:g} s right"
    yield f"\n{float(timeline.duration):.3f} s, {len(timeline.phases)} phases, {stretch}"


if __name__ == "__main__":
    for session in SESSIONS:
        (GOLDEN / f"{session}.txt").write_text(cue_sheet(session), encoding="utf-8")
    with TemporaryDirectory() as scratch:
        for example in examples():
            sheet = example_sheet(example, Path(scratch))
            (GOLDEN / "docs" / f"{example}.txt").write_text(sheet, encoding="utf-8")
