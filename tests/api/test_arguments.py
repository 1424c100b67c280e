"""Whatever a program passes, the API answers with an error of its own that names the argument."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import voicecoach as vc
from voicecoach.testing import FakeVoice

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = "title: Rest\nsteps:\n  - say: Lie down.\n"
API: Any = vc
"""The same, for calls with a wrong type."""
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
    "Studio settings": lambda odd: vc.Studio(settings=odd),
    "write_pronunciations": lambda odd: vc.write_pronunciations(TEXT, odd),
    "check language": lambda odd: vc.check(vc.loads(TEXT), language=odd, voice=FakeVoice()),
    "check warnings": lambda odd: vc.check(TEXT, warnings=odd, voice=FakeVoice()),
    "perform language": lambda odd: vc.Studio(voice=FakeVoice()).perform(vc.say("Sit."), language=odd),
    "perform fall": lambda odd: vc.Studio(voice=FakeVoice()).perform(vc.say("Sit."), fall=odd),
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


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: API.say(""), "texts: '' has a wording without words"),
        (lambda: API.breathe(exhale="Out |"), "exhale: 'Out |' has a wording without words"),
        (lambda: API.hold(5, at={1: 3}), "at: it must be a text"),
        (lambda: API.hold("soon"), "length: 'soon' is not a length"),
        (lambda: API.rest(float("nan")), "length: nan is not a number of seconds"),
        (lambda: API.move(3, "3-2"), "tempo: '3-2' is not the time of a beat\nwrite 0.5s, or 1 breath; or phases as"),
        (lambda: API.move(3, "down 0"), "tempo: 'down 0' has no length\nwrite phases"),
        (
            lambda: API.each_side(lambda _: None),
            "turn: it must return a score, but returns NoneType for 'left'",
        ),
        (lambda: API.each_side(API.say, change=""), "change: '' has a wording without words"),
        (lambda: API.seq([API.say("Sit.")]), r"seq() takes scores, not list; write seq(*scores)"),
        (lambda: API.plan(API.say("Sit.")), "routine: this is a score; perform() is for scores"),
        (lambda: API.plan(None), "routine: it must be a text or a path"),
        (lambda: API.check(TEXT, breaths="x"), "breaths: 'x' is not a breath"),
        (lambda: API.check(TEXT, warnings="no"), "warnings: it must be True, False or None"),
        (lambda: API.write_pronunciations(TEXT, None), "entries: it must be a mapping of words to sounds"),
        (lambda: API.Studio(settings="no"), "settings: it must be True, False or None"),
        (lambda: API.Studio(voice=FakeVoice), "voice: it must be a name, or a Voice"),
        (lambda: API.Clip(None), "pcm: it must be bytes, not NoneType"),
    ],
)
def test_a_message_begins_with_the_argument(call: Callable[[], object], message: str) -> None:
    with pytest.raises(vc.ChoiceError) as caught:
        call()
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"force": "no"}, "force: it must be True, False or None, not str"),
        ({"verify": 1}, "verify: it must be"),
        ({"pan": "yes"}, "pan: it must be"),
        ({"playlist": "x.m3u8"}, "playlist: it must be"),
        ({"bed_level": "soft"}, "bed_level: 'soft' is not a number of LU\nwrite a number up to 60"),
        ({"breath_level": 61}, "breath_level: '61' is not a number of LU"),
        ({"bed_level": None}, "bed_level: it must be a number, not NoneType"),
    ],
)
def test_how_a_file_is_written_is_checked(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    session = vc.Studio(voice=FakeVoice(), cache=tmp_path / "cache").perform(vc.say("Sit."))
    with pytest.raises(vc.ChoiceError) as caught:
        session.write(tmp_path / "x.wav", **options)
    assert str(caught.value).startswith(message)
    assert not (tmp_path / "x.wav").exists()


@pytest.mark.parametrize("odd", [[], {}, ["plot"]])
def test_names_of_a_session_are_refused_whatever_their_type(odd: Any, tmp_path: Path) -> None:  # noqa: ANN401
    session = vc.Studio(voice=FakeVoice(), cache=tmp_path).perform(vc.say("Sit."))
    calls: list[Any] = [
        session.draw,
        session.clip(session.timeline.cues[0]).encode,
        lambda name: session.to_json(version=name),
    ]
    for call in calls:
        with pytest.raises(vc.UnknownNameError):
            call(odd)
    with pytest.raises(vc.ChoiceError, match="clips: it must be"):
        session.to_json(clips="no")  # type: ignore[arg-type]


def test_a_check_in_a_language_is_one_of_the_translation() -> None:
    kept = vc.load("leg-stretch")
    with pytest.raises(vc.ChoiceError, match="language: it must be a text"):
        vc.check(kept, language=3, voice=FakeVoice())  # type: ignore[arg-type]
    (problem,) = vc.check(vc.load("box-breathing"), language="de", voice=FakeVoice())
    assert problem.what == "'box-breathing' is not available in the language 'de'"
    (problem,) = vc.check(TEXT, language="de", voice=FakeVoice())
    assert "has no translations" in problem.what


def test_a_recording_is_the_bytes_of_a_file(tmp_path: Path) -> None:
    recordings = vc.Recordings(tmp_path, vc.loads(TEXT))
    known = recordings.list_prompts()[0].id
    with pytest.raises(vc.ChoiceError, match="this sound can't be read"):
        recordings.keep(known, 3)  # type: ignore[arg-type]
    with pytest.raises(vc.UnknownNameError):
        recordings.find_prompt([])  # type: ignore[arg-type]


def test_a_clip_is_shown_by_its_length_and_a_routine_is_a_key() -> None:
    assert repr(vc.Clip(b"\0\0" * 24_000)) == "<Clip 0.500 s>"
    assert {vc.load("leg-stretch"), vc.load("leg-stretch")} == {vc.load("leg-stretch")}


def test_a_cue_of_another_session_has_no_clip() -> None:
    with vc.Studio(voice=FakeVoice()) as studio:
        one, other = (studio.perform(vc.say(text)) for text in ("Sit.", "Stand."))
    for cue in (other.timeline.cues[0], None):
        with pytest.raises(vc.ChoiceError, match="cue: it does not belong to this session"):
            one.clip(cue)  # type: ignore[arg-type]
