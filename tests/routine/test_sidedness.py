"""A side's noun phrase that is written out where both sides hear it is an error, and nothing else is."""

from __future__ import annotations

from fractions import Fraction
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
from voicecoach.routine.sidedness import explain_unequal, find_written_out, list_one_sided
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


@pytest.mark.parametrize(
    ("words", "step", "told_"),
    [
        ("Lift your right leg", "only: left", "'right leg' is said in a step for the left side alone; write {leg}, or"),
        ("Lift your right leg", "side: left", "{right leg} if you mean that one"),
        ("Lift your left  Leg", "side: right", "'left leg' is said in a step for the right side alone"),
        ("Bend it. | Fold your left leg", "only: right", "'left leg' is said in a step for the right side alone"),
        ("Your left and right leg", "only: left", ""),
        ("Your left leg over your right leg", "only: left", ""),
        ("{Leg} over your right leg", "only: left", ""),
        ("Now {right leg}", "only: left", ""),
        ("Your right hand on the wall", "only: left", ""),
        ("Right now, lift it", "only: left", ""),
    ],
)
def test_a_step_for_one_side_that_names_only_the_other_is_refused(words: str, step: str, told_: str) -> None:
    sides = "sides: {left: {leg: left leg}, right: {leg: right leg}}"
    turns = "each side: {steps: [hold: 5s]}"
    said = f"hold: 5s\n    say: '{words}'\n    {step}"
    block = f"repeat: {{rounds: 2, steps: [{{say: '{words}'}}]}}\n    {step}"
    moved = f"breathe: 1\n    {step}\n    in: '{words}'\n    out: Out"
    for each in (said, block, moved):
        if "side" in step or each is not block:
            inside = (
                f"  - {each}\n"
                if "side" in step
                else "  - each side:\n      steps:\n        - " + each.replace("\n", "\n      ") + "\n"
            )
            found = told(f"title: T\n{sides}\nsteps:\n  - {turns}\n{inside}".encode())
            assert told_ in found if told_ else not found


@pytest.mark.parametrize(
    ("code", "words", "phrase"),
    [
        ("de", "Heb das rechte Bein", "das rechte bein"),
        ("de", "Zug im rechten Bein", "rechten bein"),
        ("es", "Sube la pierna derecha", "la pierna derecha"),
        ("fr", "Plie la jambe droite", "la jambe droite"),
        ("en", "Both ways: your other leg", ""),
        ("en", "Your right leg", ""),
    ],
)
def test_the_other_sides_phrase_is_found_in_each_language(code: str, words: str, phrase: str) -> None:
    """Where the author has a name for the limb of the other side, as 'other leg', that limb may be named."""
    found = told(routine(words, code, "hold: 5s\n          only: left\n          say: '{}'"))
    assert (f"'{phrase}' is said in a step for the left side alone" in found) if phrase else not found


def test_what_changes_the_side_may_name_the_next_one() -> None:
    around = (
        "between: [{change: 5s, only: left, say: Now your right leg}, {rest: 1s, only: left, say: Now your right leg}]"
    )
    own = "{left: {leg: left leg}, right: {leg: right leg}}"
    raw = f"title: T\nsides: {own}\nsteps:\n  - each side: {{{around}, steps: [hold: 5s]}}\n"
    assert told(raw.encode()) == ""


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


@pytest.mark.parametrize("end", ["closing: Rub your left leg.", "closing: [Rest., {say: Rub your left leg.}]"])
@pytest.mark.parametrize("tips", ["tips: [Long breaths.]", "tips: [Keep your left leg long.]"])
def test_closing_words_and_tips_count_as_words_outside_the_turns(end: str, tips: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    turns = "each side: {between: [change: 5s], steps: [hold: 5s]}"
    path.write_text(f"title: A\n{tips}\n{end}\nsides: {SIDES['en']}\nsteps:\n  - {turns}\n")
    loaded, lines = load_routine(str(path)), ([2] if "leg" in tips else []) + [3]
    assert loaded.tree is not None
    found = list(lint_routine(loaded.model, loaded.tree))
    assert [each.where.line for each in found] == lines
    assert all("'left leg' is wrong here if a session begins with the other side" in each.what for each in found)
    build(loaded, Choices(sides=(Side.LEFT,)))
    for choices in (Choices(sides=(Side.RIGHT,)), Choices(first=Side.RIGHT)):
        with pytest.raises(RoutineError) as caught:
            build(loaded, choices)
        assert [each.where.line for each in caught.value.problems] == lines
    build(loaded, Choices(sides=(Side.RIGHT,), sleep=True)) if lines == [3] else None


def test_the_closing_words_of_an_included_routine_are_not_said(tmp_path: Path) -> None:
    turns = "steps:\n  - each side: {steps: [hold: 5s]}\n"
    sides = "sides: {left: {leg: left leg}, right: {leg: right leg}}"
    (tmp_path / "b.yaml").write_text(f"title: B\nclosing: Rub your left leg.\n{sides}\n{turns}")
    (tmp_path / "a.yaml").write_text("title: A\nsteps: [include: b.yaml]\n")
    build(load_routine(str(tmp_path / "a.yaml")), Choices(sides=(Side.RIGHT,)))


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


def test_unequal_tracks_are_explained_in_one_line(tmp_path: Path) -> None:
    """What is between rounds is named only if a step there is among the causes; a small difference has its digits."""
    steps = "".join(f"  - {{say: {words}, side: left}}\n" for words in ("Up.", "And down.", "Rest."))
    head = "title: A\nsides: {left: {leg: left leg}, right: {leg: right leg}}\nsteps:\n"
    (tmp_path / "a.yaml").write_text(head + "  - each side: {steps: [hold: 5s]}\n" + steps)
    left, right = Fraction(344, 10), Fraction(342, 10)
    causes = [*list_one_sided(load_routine(str(tmp_path / "a.yaml")).model)]
    found = str(explain_unequal(left, right, causes))
    assert found.endswith(
        "the track of the left side is 0.2 s longer, because of 'side: left' (see also lines 6 and 7); "
        "leave it if you mean that"
    )
    assert "(see also line 6)" in str(explain_unequal(left, right, causes[:2]))
    assert "is 0.02 s longer, because of 'side: left'; leave" in str(
        explain_unequal(left, left - Fraction(2, 100), causes[:1])
    )
