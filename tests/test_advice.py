"""What is legal and unwise: each of it is told at its place, and good routines are not bothered."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from voicecoach.advice import advised, timed
from voicecoach.breath import Kind
from voicecoach.errors import Where
from voicecoach.mistakes import validated
from voicecoach.routine import built_in, find
from voicecoach.score import CueKind
from voicecoach.timeline import Chapter, Cue, PhaseSpan, Timeline
from voicecoach.yamltree import Table, read

if TYPE_CHECKING:
    from pathlib import Path


def warnings(path: Path) -> list[str]:
    tree = read(path, path.name)
    assert isinstance(tree, Table)
    return [str(each) for each in advised(validated(tree), tree)]


def warned(text: str, folder: Path) -> list[str]:
    path = folder / "a.yaml"
    path.write_text(text, encoding="utf-8")
    return [each.removeprefix("a.yaml:") for each in warnings(path)]


def of(said: str, folder: Path, language: str = "en") -> list[str]:
    """Return what is told of a text alone, without its place."""
    told = warned(f"title: x\nlanguage: {language}\nsteps:\n  - say: '{said}'\n", folder)
    return [each.removeprefix("4:10: ") for each in told]


@pytest.mark.parametrize("name", built_in())
def test_the_built_in_routines_give_no_reason_for_advice(name: str) -> None:
    assert warnings(find(name)) == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Sit down.Breathe", "there is no space after '.' in 'down.Breathe'; add one"),
        ("Go to yourRight side", "two words are joined in 'yourRight'; part them"),
        ("Rest on the the floor", "'the' stands twice in a row; take one out"),
        ('Wait <break time="2s"/> here', "'<break time=\"2s\"/>' is read out as it stands"),
        ("Do *this* slowly", "'*t' is read out as it stands"),
        ("As you breath out, fold", "'you breath' may be a slip; is 'breathe' meant?"),
        ("Sit tall, and breath in", "'and breath in' may be a slip; is 'breathe' meant?"),
        ("Breath in", "'Breath in' may be a slip; is 'breathe' meant?"),
        ("A long breathe", "'long breathe' may be a slip; is 'breath' meant?"),
        ("Breathe in | Breath in", "'Breath in' may be a slip; is 'breathe' meant?"),
    ],
)
def test_what_a_voice_would_stumble_on_is_told(said: str, told: str, tmp_path: Path) -> None:
    (found,) = of(said, tmp_path)
    assert found.startswith(told)


@pytest.mark.parametrize(
    "said",
    [
        "Take a breath in, and one last breath out",
        "Breathe in, out, in, out",
        "Very very slowly, that that is down comes up",
        "Half past 4:30, or 2.5 seconds",
        "Ask Dr. McKenzie, e.g. at 5 p.m. ... then go on",
        "In the morning the legs are tighter, so take more care then.",
    ],
)
def test_what_is_right_is_not_bothered(said: str, tmp_path: Path) -> None:
    assert of(said, tmp_path) == []


@pytest.mark.parametrize(
    ("language", "said", "meant"),
    [
        ("de", "Langsam ein atmen", "einatmen"),
        ("es", "Inala despacio", "inhala"),
        ("fr", "Inspires par le nez", "inspire"),
    ],
)
def test_each_language_knows_slips_of_its_own(language: str, said: str, meant: str, tmp_path: Path) -> None:
    (told,) = of(said, tmp_path, language)
    assert f"is '{meant}" in told
    assert of(said, tmp_path, "en") == []


def test_french_and_german_may_say_some_words_twice(tmp_path: Path) -> None:
    assert of("Ce que vous vous dites", tmp_path, "fr") == []
    assert of("Die, die die Arme heben, und die die ruhen", tmp_path, "de") == []
    assert len(of("vous vous", tmp_path, "en")) == 1


SIDES = (
    "title: x\nsides:\n  left: {leg: left leg, other leg: right leg}\n  right: {leg: right leg, other leg: left leg}\n"
)


def in_turns(step: str, folder: Path) -> list[str]:
    return warned(f"{SIDES}steps:\n  - each side:\n      steps:\n        - {step}\n        - say: '{{leg}}'\n", folder)


def test_a_noun_of_one_side_that_both_would_hear_is_told_with_its_name(tmp_path: Path) -> None:
    assert in_turns("say: Stretch your Left leg now.", tmp_path) == [
        "8:16: both sides hear 'left leg' here; write {leg}"
    ]


def test_a_sides_word_is_found_in_phases_and_in_what_is_between(tmp_path: Path) -> None:
    (told,) = in_turns("{breathe: 1, out: To the left}", tmp_path)
    assert told.startswith("8:29: both sides hear 'left' here; give the sides a name for it")
    block = "{between: [{rest: 5s, say: Shake the right leg}], steps: [say: hi]}"
    (told,) = warned(f"{SIDES}steps:\n  - each side: {block}\n", tmp_path)
    assert told.startswith("6:43: both sides hear 'right leg' here; write {")


@pytest.mark.parametrize(
    "step",
    [
        "say: Stretch your {leg}, then your {other leg}",
        "{say: Your left leg, only: left}",
        "{say: Left, side: left}",
        "say: Alright",
    ],
)
def test_a_word_that_is_right_for_its_side_is_not_told(step: str, tmp_path: Path) -> None:
    assert in_turns(step, tmp_path) == []


def test_the_same_words_on_both_sides_are_told_where_they_stand(tmp_path: Path) -> None:
    sides = "sides:\n  left: {ear: left ear, nose: nose}\n  right: {ear: right ear, nose: Nose}\n"
    (told,) = warned(f"title: x\n{sides}steps: [say: hi]\n", tmp_path)
    assert told.startswith("4:33: 'nose' is 'Nose' on both sides; ")


def test_words_joined_to_braces_are_told_and_endings_are_not(tmp_path: Path) -> None:
    (told,) = in_turns("say: Bend your{leg}", tmp_path)
    assert "a word is joined to braces in 'your{leg}'" in told
    assert in_turns("say: Bend the {leg}s", tmp_path) == []


PLACE = Where("a.yaml", 3, 4)


def session(end: Fraction, wordings: int = 1, wording: int = 0, title: str = "x") -> Timeline:
    cue = Cue(Fraction(0), end, CueKind.BREATH, "Breathe in", None, "", wording, wordings, PLACE)
    phase = PhaseSpan(Fraction(0), Fraction(4), Kind.INHALE, None, 0)
    return Timeline(Fraction(9), (phase,), (cue, cue), (Chapter(Fraction(0), Fraction(9), title),))


def test_words_that_fill_their_phase_with_nothing_shorter_offered_are_told_once() -> None:
    (told,) = timed(session(Fraction(32, 10)), "a.yaml")
    assert str(told) == (
        "a.yaml:3:4: 'Breathe in' leaves little air: it fills 80% of the inhale of 4 s; add a shorter wording after '|'"
    )


@pytest.mark.parametrize("timeline", [session(Fraction(29, 10)), session(Fraction(35, 10), wordings=2)])
def test_words_with_air_left_or_a_shorter_wording_are_fine(timeline: Timeline) -> None:
    assert not list(timed(timeline, "a.yaml"))


def test_a_chapter_without_a_name_is_told() -> None:
    (told,) = timed(session(Fraction(1), title=" - "), "a.yaml")
    assert told.what == "the chapter ' - ' has no name that could be read"
