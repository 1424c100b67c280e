"""Sessions to fall asleep to: nothing wakes at the end, and the last minute is without words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import voicecoach as vc
from voicecoach.script.choices import LAST_MINUTE, Choices
from voicecoach.testing import FakeVoice
from voicecoach.views.prompts import list_prompts

if TYPE_CHECKING:
    from voicecoach.api.session import Session

ROUTINE = """\
title: Evening
breath: 4-6
{head}
steps:
  - say: Lie down
  - breathe: 3
    in: In
    out: Out
  - {{say: Sleep well, only: sleep}}
  - {{say: Open your eyes, only: awake}}
closing: Sit up slowly
"""


@pytest.fixture(scope="module")
def studio() -> vc.Studio:
    return vc.Studio(voice=FakeVoice())


def plan(studio: vc.Studio, head: str = "", *, sleep: bool | None = None, chime: str | None = None) -> Session:
    return studio.plan(vc.loads(ROUTINE.format(head=head)), sleep=sleep, chime=chime)  # type: ignore[arg-type] # any


def heard(session: Session) -> list[str]:
    """Return what is heard after the breaths."""
    texts = [cue.text for cue in session.timeline.cues]
    return texts[len(texts) - texts[::-1].index("Out") :]


@pytest.mark.parametrize(
    ("head", "sleep", "expected"),
    [
        ("", None, ["Open your eyes", "Sit up slowly", "chime-end"]),
        ("", True, ["Sleep well"]),
        ("sleep: true", None, ["Sleep well"]),
        ("sleep: true", False, ["Open your eyes", "Sit up slowly", "chime-end"]),
    ],
)
def test_nothing_wakes_at_the_end(studio: vc.Studio, head: str, sleep: bool | None, expected: list[str]) -> None:  # noqa: FBT001 - a value of the table
    assert heard(plan(studio, head, sleep=sleep)) == expected


def test_the_last_minute_is_without_words(studio: vc.Studio) -> None:
    session = plan(studio, sleep=True)
    assert session.timeline.duration - session.timeline.cues[-1].end >= LAST_MINUTE
    assert session.timeline.chapters[-1].title == "End"


def test_chimes_that_are_asked_for_ring_but_not_at_the_end(studio: vc.Studio) -> None:
    chimes = [cue.text for cue in plan(studio, sleep=True, chime="bell").timeline.cues if cue.track == "chime"]
    assert "bell-start" in chimes
    assert "bell-end" not in chimes


@pytest.mark.many
def test_a_length_is_exact(studio: vc.Studio) -> None:
    assert studio.plan("resonance-breathing", sleep=True, length="12m").duration == 720.0


def test_a_score_can_be_for_the_night(studio: vc.Studio) -> None:
    awake = studio.perform(vc.say("Rest"), lead_in=0)
    asleep = awake.at(sleep=True)
    assert LAST_MINUTE <= asleep.timeline.duration - awake.timeline.duration < LAST_MINUTE + 1


def test_the_plan_has_room_for_the_slowest_words_and_phases_stay(studio: vc.Studio) -> None:
    awake, asleep = plan(studio, sleep=False), plan(studio, sleep=True)
    lengths = [[each.end - each.start for each in session.timeline.phases] for session in (awake, asleep)]
    assert lengths[0] == lengths[1]
    steps = [cue.fall for cue in asleep.timeline.cues]
    assert steps == sorted(steps)
    assert steps[-1] > 5


def test_words_of_day_and_night_are_recorded() -> None:
    prompts = [each.words for each in list_prompts(vc.loads(ROUTINE.format(head="")).read, Choices())]
    assert {"Open your eyes", "Sleep well", "Sit up slowly"} <= set(prompts)


def test_check_finds_what_does_not_fit_at_night(studio: vc.Studio) -> None:
    text = ROUTINE.format(head="").replace("Sleep well, only", "Sleep well, settle: 0s, only")
    too_long = text.replace(
        "{say: Open", "{hold: 1s, say: Words for a much longer hold than this one, only: sleep}\n  - {say: Open"
    )
    assert studio.check(vc.loads(text)) == []
    assert "needs" in str(studio.check(vc.loads(too_long))[0])
