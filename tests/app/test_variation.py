"""Sessions whose repeated words are several takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

import voicecoach as vc
from voicecoach.testing import FakeVoice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from voicecoach.api.session import Session
    from voicecoach.audio.clip import Clip

ROUTINE = """
title: Two rounds
steps:
  - repeat:
      rounds: 2
      steps:
        - say: Sit tall.
        - breathe: 3
          out: Out
"""


@dataclass(frozen=True)
class Changing:
    """A voice whose takes differ in their samples, and are as long as each other."""

    take: int = 0

    @property
    def identity(self) -> str:
        return f"changing, take {self.take}"

    def vary(self, take: int) -> Changing:
        return replace(self, take=take)

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        for clip in FakeVoice().speak(wordings):
            pcm = bytearray(clip.pcm)
            pcm[len(pcm) // 2] ^= self.take
            yield replace(clip, pcm=bytes(pcm))


@pytest.fixture
def studio(tmp_path: Path) -> vc.Studio:
    return vc.Studio(cache=tmp_path)


def hear(session: Session) -> list[tuple[str, int, bytes]]:
    """Return the words that are said, with their takes and samples."""
    spoken = [cue for cue in session.timeline.cues if cue.track == "voice"]
    return [(cue.text, cue.take, session.clip(cue).pcm) for cue in spoken]


def test_words_that_are_heard_again_are_another_take(studio: vc.Studio) -> None:
    heard = hear(studio.plan(vc.loads(ROUTINE), voice=Changing(), variation=2))
    outs = [(take, pcm) for text, take, pcm in heard if text == "Out"]
    assert [take for take, _ in outs] == [0, 1, 0, 1, 0, 1]
    assert len({pcm for _, pcm in outs}) == 2
    assert [take for text, take, _ in heard if text == "Sit tall."] == [0, 1]


def test_takes_leave_the_plan_as_it_is(studio: vc.Studio) -> None:
    one, two = (studio.plan(vc.loads(ROUTINE), voice=Changing(), variation=each) for each in (1, 3))
    assert one.to_json() == two.to_json()
    assert [(cue.start, cue.end) for cue in one.timeline.cues] == [(cue.start, cue.end) for cue in two.timeline.cues]
    assert one.warnings == two.warnings == ()


def test_takes_and_a_falling_voice_go_together(studio: vc.Studio) -> None:
    session = studio.plan(vc.loads(ROUTINE), voice=Changing(), variation=2, fall=True)
    assert {cue.take for cue in session.timeline.cues} == {0, 1}
    assert all(session.clip(cue).samples for cue in session.timeline.cues if cue.track == "voice")


def test_a_voice_with_one_take_is_reported(studio: vc.Studio) -> None:
    session = studio.plan(vc.loads(ROUTINE), voice=FakeVoice(), variation=2)
    assert not any(take for _, take, _ in hear(session))
    (warning,) = session.warnings
    assert "--variation has no effect" in warning


@pytest.mark.parametrize("wrong", [0, 5, -1])
def test_an_impossible_number_of_takes_is_refused(studio: vc.Studio, wrong: int) -> None:
    with pytest.raises(vc.ChoiceError, match="variation"):
        studio.plan(vc.loads(ROUTINE), voice=Changing(), variation=wrong)
