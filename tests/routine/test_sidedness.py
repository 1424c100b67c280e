"""A side's noun phrase that is written out where both sides hear it is an error, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.app.cli import run
from voicecoach.core.score import Side
from voicecoach.errors import RoutineError
from voicecoach.language import language, list_languages
from voicecoach.routine.checks import validate
from voicecoach.routine.lint import lint_routine
from voicecoach.routine.loader import load_routine
from voicecoach.routine.sidedness import find_written_out
from voicecoach.routine.source import parse_tree
from voicecoach.script.builder import build
from voicecoach.script.choices import Choices

if TYPE_CHECKING:
    from pathlib import Path

SIDES = {
    "en": "{left: {leg: left leg, other leg: right leg}, right: {leg: right leg, other leg: left leg}}",
    "de": "{left: {Bein: das linke Bein}, right: {Bein: das rechte Bein}}",
    "es": "{left: {pierna: la pierna izquierda}, right: {pierna: la pierna derecha}}",
    "fr": "{left: {jambe: la jambe gauche}, right: {jambe: la jambe droite}}",
}


def routine(words: str, code: str = "en", step: str = 'hold: 5s\n          say: "{}"') -> bytes:
    said = step.format(words)
    head = f"title: T\nlanguage: {code}\nsides: {SIDES[code]}\nsteps:\n"
    return f"{head}  - each side:\n      steps:\n        - {said}\n".encode()


def told(raw: bytes) -> str:
    return "\n".join(map(str, find_written_out(validate(parse_tree(raw, "mine.yaml")))))


@pytest.mark.parametrize(
    ("code", "words", "phrase", "remedy"),
    [
        ("en", "Stretch your Left leg now.", "left leg", "write {leg}, or {left leg} if you mean that one"),
        ("en", "Lift the RIGHT  leg", "right leg", "{right leg}"),
        ("en", "Bend your right leg and lift your left leg", "left leg", "write {leg}"),
        (
            "en",
            "{Leg} up, left hand on the {other leg}",
            "left hand",
            "or {left hand} if you mean that one in both turns",
        ),
        ("en", "Fold | Fold over your left leg", "left leg", "write {leg}"),
        ("de", "Heb das linke Bein", "das linke bein", "write {bein}"),
        ("de", "mit der rechten Hand", "rechten hand", "name it for both sides under 'sides'"),
        ("es", "Estira la pierna izquierda", "la pierna izquierda", "write {pierna}"),
        ("es", "Estira la pierna derecha", "la pierna derecha", "write {pierna}"),
        ("fr", "Plie le genou gauche", "genou gauche", "name it for both sides"),
        ("fr", "Tends la jambe droite", "la jambe droite", "write {jambe}"),
    ],
)
def test_what_is_surely_one_sides_is_refused_with_its_place(code: str, words: str, phrase: str, remedy: str) -> None:
    found = told(routine(words, code))
    assert found.startswith(f"mine.yaml:8:16: both sides hear '{phrase}' here")
    assert remedy in found


@pytest.mark.parametrize(
    ("code", "words"),
    [
        *(("en", words) for words in ("Lift your {leg}", "Lift {left leg}", "Now {left leg}, and then {right leg}")),
        *(
            ("en", words)
            for words in ("Right now", "what is left over", "the leg that is left", "{leg} left", "turn right")
        ),
        *(("en", words) for words in ("left and right leg", "left leg and right leg", "the left or the right leg")),
        *(
            ("en", words)
            for words in ("no air left, arms down", "the left-hand corner", "left/right leg", "left legroom")
        ),
        *(
            ("de", words)
            for words in ("recht so", "links und rechts", "das linke und das rechte Bein", "die rechte Seite")
        ),
        *(("es", words) for words in ("la espalda derecha", "pierna izquierda y derecha", "las piernas derechas")),
        *(("fr", words) for words in ("garde le dos bien droit", "la jambe gauche et la jambe droite")),
    ],
)
def test_what_may_be_meant_otherwise_is_not_refused(code: str, words: str) -> None:
    assert told(routine(words, code)) == ""


@pytest.mark.parametrize(
    "step",
    [
        'hold: 5s\n          only: left\n          say: "{}"',
        'say: "{}"\n          side: left',
        "repeat: {{rounds: 1, steps: [{{say: '{}'}}]}}\n          only: left",
    ],
)
def test_a_step_for_one_side_may_name_it(step: str) -> None:
    assert told(routine("Your left leg", step=step)) == ""
    assert told(
        routine("Your left leg", step=step.replace("only: left", "only: first").replace("side: left", "name: x"))
    )


def test_where_no_turns_are_a_side_may_be_named() -> None:
    assert told(f"title: T\nsides: {SIDES['en']}\nsteps:\n  - say: Your left leg\n".encode()) == ""


@given(st.sampled_from(list_languages()), st.data())
def test_a_wording_with_both_sides_or_with_braces_is_never_refused(code: str, data: st.DataObject) -> None:
    forms = language(code).sided
    assert forms is not None
    noun = {"en": "leg", "de": "Bein", "es": "pierna", "fr": "jambe"}[code]
    word = data.draw(st.sampled_from(["{%s}", "{left %s}", "{right %s}"])) % noun
    assert told(routine(f"{word} {data.draw(st.sampled_from(['.', ', ', ' and ']))} {word}", code)) == ""


def test_make_refuses_it_and_counts_what_is_only_unwise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(routine("Your left leg"))
    assert run(["make", str(path), "-o", str(tmp_path)]) == 2
    assert f"{path}:8:16: both sides hear 'left leg' here" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["mine.yaml"]


@pytest.mark.parametrize(
    ("choice", "refused"),
    [
        ((), False),
        (("--first", "left"), False),
        (("--first", "right"), True),
        (("--side", "left"), False),
        (("--side", "right"), True),
    ],
)
def test_one_sides_words_around_the_turns_are_refused_where_they_are_wrong(
    choice: tuple[str, ...], tmp_path: Path, *, refused: bool
) -> None:
    path = tmp_path / "r.yaml"
    turns = "{each side: {between: [change: 5s], steps: [{hold: 5s}]}}"
    between = "{rest: 5s, say: And back to the left leg.}"
    path.write_text(
        f"title: T\nsides: {SIDES['en']}\nsteps:\n  - repeat: {{rounds: 2, between: [{between}], steps: [{turns}]}}\n"
    )
    match choice:
        case ("--first", value):
            asked = Choices(first=Side(value))
        case ("--side", value):
            asked = Choices(sides=(Side(value),))
        case _:
            asked = Choices()
    if refused:
        with pytest.raises(RoutineError, match=r"r.yaml:4:\d+: 'left leg' is wrong in this session"):
            build(load_routine(str(path)), asked)
    else:
        build(load_routine(str(path)), asked)


@pytest.mark.parametrize("words", ["And back to the left leg.", "And back to the left.", "Left again."])
@pytest.mark.parametrize("place", ["between", "before"])
def test_a_side_named_between_rounds_with_turns_is_told(words: str, place: str, tmp_path: Path) -> None:
    """With --first right, or in the track of the right side, it is wrong and heard with closed eyes."""
    block = f"repeat: {{rounds: 2, {place}: [{{rest: 5s, say: {words}}}], steps: [each side: {{steps: [hold: 5s]}}]}}"
    path = tmp_path / "a.yaml"
    path.write_text(f"title: A\nsides: {SIDES['en']}\nsteps:\n  - {block}\n  - say: Turn left at the door.\n")
    loaded = load_routine(str(path))
    assert loaded.tree is not None
    found = [str(each) for each in lint_routine(loaded.model, loaded.tree)]
    assert [each for each in found if "is wrong here if a session begins with the other side" in each] == found
    assert len(found) == 1
