"""Whatever a program passes, the API answers with an error of its own that names the argument."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import voicecoach as vc
from voicecoach.testing import FakeVoice

TEXT = "title: Rest\nsteps:\n  - say: Lie down.\n"
ODD = [None, "", b"x", -1, 1.5, float("nan"), True, [], [None], {}, object(), Path("x"), "\0", Fraction(1, 3)]
ODD += [10**400, "\ud800", "middle"]
FUNCTIONS: dict[str, Any] = {
    "load": vc.load,
    "load language": lambda odd: vc.load("leg-stretch", odd),
    "loads": vc.loads,
    "loads name": lambda odd: vc.loads(TEXT, name=odd),
    "loads folder": lambda odd: vc.loads(TEXT, folder=odd),
    "check breaths": lambda odd: vc.check(TEXT, breaths=odd, voice=FakeVoice()),
    "check voice": lambda odd: vc.Studio(voice=FakeVoice()).check(TEXT, voice=odd if not isinstance(odd, str) else 3),  # type: ignore[arg-type]
    "plan": vc.plan,
    "perform": vc.perform,
    "say": vc.say,
    "say side": lambda odd: vc.say("Sit.", side=odd),
    "breathe": vc.breathe,
    "breathe inhale": lambda odd: vc.breathe(inhale=odd),
    "breathe side": lambda odd: vc.breathe(side=odd),
    "move": vc.move,
    "move tempo": lambda odd: vc.move(3, odd),
    "move words": lambda odd: vc.move(3, "down 3", odd),
    "move side": lambda odd: vc.move(3, side=odd),
    "hold": vc.hold,
    "hold text": lambda odd: vc.hold(5, odd),
    "hold at": lambda odd: vc.hold(5, at=odd),
    "hold at text": lambda odd: vc.hold(5, at={1: odd}),
    "rest": vc.rest,
    "chime": vc.chime,
    "seq": vc.seq,
    "each_side": vc.each_side,
    "each_side turn": lambda odd: vc.each_side(lambda _: odd),
    "each_side rounds": lambda odd: vc.each_side(vc.say, rounds=odd),
    "each_side first": lambda odd: vc.each_side(vc.say, first=odd),
    "each_side change": lambda odd: vc.each_side(vc.say, change=odd),
    "each_side between": lambda odd: vc.each_side(vc.say, between=odd),
    "pace": vc.pace,
    "pace scores": lambda odd: vc.pace("2-2", odd),
    "Studio memory": lambda odd: vc.Studio(memory=odd),
    "Studio cache": lambda odd: vc.Studio(cache=odd),
    "Studio voice": lambda odd: vc.Studio(voice=odd),
    "Studio progress": lambda odd: vc.Studio(voice=FakeVoice()).perform(vc.say("Sit."), progress=odd),
    "Studio set": lambda odd: vc.Studio(voice=FakeVoice()).plan(vc.loads(TEXT), set=odd),
    "Studio length": lambda odd: vc.Studio(voice=FakeVoice()).plan(vc.loads(TEXT), length=odd),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_wrong_argument_is_an_error_of_the_api(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: tmp_path)
    messages = []
    for odd in ODD:
        try:
            FUNCTIONS[name](odd)
        except vc.VoicecoachError as error:  # anything else fails the test
            messages.append(str(error).splitlines())
    assert messages
    assert all(1 <= len(lines) <= 3 for lines in messages)


def test_a_wrong_argument_is_named_and_is_a_type_error_too() -> None:
    with pytest.raises(TypeError, match="voice: it must be a name, or a Voice with identity and speak") as caught:
        vc.Studio(voice=3)  # type: ignore[arg-type]
    assert isinstance(caught.value, vc.ChoiceError)
    with pytest.raises(vc.UnknownNameError, match="no value of first is called 'middle'; there are: left, right"):
        vc.each_side(vc.say, first="middle")  # type: ignore[arg-type]
    assert vc.Studio(memory=0)
    with pytest.raises(vc.ChoiceError, match="cache: it is empty"):  # or speech would be kept in the current folder
        vc.Studio(cache="")


def test_a_cue_of_another_session_has_no_clip() -> None:
    with vc.Studio(voice=FakeVoice()) as studio:
        one, other = (studio.perform(vc.say(text)) for text in ("Sit.", "Stand."))
    for cue in (other.timeline.cues[0], None):
        with pytest.raises(vc.ChoiceError, match="cue: it is not of this session"):
            one.clip(cue)  # type: ignore[arg-type]
