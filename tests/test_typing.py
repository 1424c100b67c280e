"""``py.typed`` holds: mypy checks this file strictly with all others, as it checks a program that uses the package."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any, assert_type

import voicecoach as vc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Silent:
    identity = "silent"

    def speak(self, wordings: Sequence[str]) -> Iterator[vc.Clip]:
        del wordings
        yield from ()


def use_what_is_public() -> None:
    """Nobody calls this: mypy reads it. Add a line here for each name that becomes public."""
    assert_type(vc.__version__, str)
    routine = vc.load("leg-stretch")
    assert_type(routine, vc.Routine)
    assert_type(vc.check(routine), list[vc.Problem])
    session = vc.plan(routine, breath="4-6", voice=Silent())
    assert_type(session.at(breath="5-7", length="10m"), vc.Session)
    assert_type(session.write("x.mp3", captions=["vtt"]), vc.Files)
    assert_type(session.write_sides("out/"), vc.Files)
    assert_type(session.to_json(), dict[str, Any])
    score = vc.seq(vc.say("Sit."), vc.breathe(3), vc.hold("20s"), vc.rest(2), vc.chime("bell-end"))
    assert_type(vc.perform(vc.pace("4-6", score), voice="en-gb"), vc.Session)
    with vc.Studio() as studio:
        assert_type(studio.plan(routine), vc.Session)
    try:
        vc.load("nothing")
    except vc.RoutineError as error:
        assert_type(error.problems, tuple[vc.Problem, ...])
    except vc.VoicecoachError:
        pass


def use_it_in_wrong_ways(routine: vc.Routine, session: vc.Session) -> None:
    """As above. A comment that ignores what is no error is an error itself, so each of these lines is one."""
    vc.load(4)  # type: ignore[arg-type]
    vc.plan(routine, breth="4-6")  # type: ignore[call-arg]
    vc.plan(routine, voice=object())  # type: ignore[arg-type]
    session.write("x.mp3", captions=4)  # type: ignore[arg-type]
    vc.no_such_name  # type: ignore[attr-defined]  # noqa: B018


def test_the_package_tells_that_it_is_typed() -> None:
    assert resources.files(vc).joinpath("py.typed").is_file()
