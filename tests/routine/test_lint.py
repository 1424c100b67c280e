"""What is legal and unwise: each of it is told at its place, and good routines are not bothered."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from tests.fakes import measure, perform
from voicecoach.core.breath import Kind
from voicecoach.core.score import CueKind
from voicecoach.core.timeline import Chapter, Cue, PhaseSpan, Timeline
from voicecoach.errors import Where
from voicecoach.routine.checks import validate
from voicecoach.routine.library import find_routine, list_built_in
from voicecoach.routine.lint import lint_routine
from voicecoach.routine.loader import LoadedRoutine, load_routine
from voicecoach.routine.model import RoutineModel
from voicecoach.routine.source import Table, read_tree
from voicecoach.script.builder import build
from voicecoach.script.choices import Choices
from voicecoach.views.session_lint import lint_session

if TYPE_CHECKING:
    from pathlib import Path


def warnings(path: Path) -> list[str]:
    tree = read_tree(path, path.name)
    assert isinstance(tree, Table)
    return [str(each) for each in lint_routine(validate(tree), tree)]


def warned(text: str, folder: Path) -> list[str]:
    path = folder / "a.yaml"
    path.write_text(text, encoding="utf-8")
    return [each.removeprefix("a.yaml:") for each in warnings(path)]


def of(said: str, folder: Path, language: str = "en") -> list[str]:
    """Return what is told of a text alone, without its place."""
    told = warned(f"title: x\nlanguage: {language}\nsteps:\n  - say: '{said}'\n", folder)
    return [each.removeprefix("4:10: ") for each in told]


@pytest.mark.parametrize("name", list_built_in())
def test_the_built_in_routines_give_no_reason_for_advice(name: str) -> None:
    assert warnings(find_routine(name)) == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Sit down.Breathe", "there is no space after '.' in 'down.Breathe'; add one"),
        ("Go to yourRight side", "two words are joined in 'yourRight'; put a space between them"),
        ("Rest on the the floor", "'the' is here twice in a row; take one out"),
        ("Wait <emphasis>here</emphasis>", "'<emphasis>' is read out as it stands"),
        ("Do *this* slowly", "'*this*' is read out as it stands"),
        ("As you breath out, fold", "'you breath' may be a slip; is 'breathe' meant?"),
        ("Sit tall, and breath in", "'and breath in' may be a slip; is 'breathe' meant?"),
        ("Breath in", "'Breath in' may be a slip; is 'breathe' meant?"),
        ("A long breathe", "'long breathe' may be a slip; is 'breath' meant?"),
        ("Ask yourdoctor first", "two words are joined in 'yourdoctor'; put a space between them"),
        ("Lower andupper legs", "two words are joined in 'andupper'; put a space between them"),
        ("Lift thechest", "two words are joined in 'thechest'; put a space between them"),
        ("Breathe in <b/>", "'<b/>' is read out as it stands; write words alone; 'settle' and 'rest' leave"),
        ("Well done 🙂", "🙂 is not read out: it makes a pause, or nothing; write words alone"),
        ("Say שלום now", "'שלום' is in letters that a voice for English spells out, or skips; write it"),
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
        "Savāsana, naïve, 90° to the wall, № 3, the angle β",
        "Ask Dr. McKenzie, e.g. at 5 p.m. ... then go on",
        "In the morning the legs are tighter, so take more care then.",
        "Yourself, yours, yourselves; android, andante, Andes, Andrew, Andover; both, bother, Bothwell",
        "Therapy, thereby, theatre, theft, theme, thenar, thesis, thelonious, thebes; within, without, withers",
    ],
)
def test_what_is_right_is_not_bothered(said: str, tmp_path: Path) -> None:
    assert of(said, tmp_path) == []


def test_each_wording_of_a_greeting_is_looked_at_alone(tmp_path: Path) -> None:
    rest = "\nsteps:\n  - say: Sit down.\n"
    assert warned("title: x\ngreeting: 'Hello, {name}. | Hello.'" + rest, tmp_path) == []
    (told,) = warned("title: x\ngreeting: 'Hello, {name}. | Hello •'" + rest, tmp_path)
    assert "• is not read out" in told


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


@pytest.mark.parametrize(
    ("language", "said", "joined"),
    [
        ("de", "Atme ein undausatmen, nicht undicht und undankbar", "undausatmen"),
        ("de", "Deinerseits deinen Blick, dann deinebeine", "deinebeine"),
        ("es", "Haciendo fuerza, haciadelante", "haciadelante"),
        ("fr", "La jambe dansles mains, danseur", "dansles"),
    ],
)
def test_each_language_knows_how_joined_words_begin(language: str, said: str, joined: str, tmp_path: Path) -> None:
    assert of(said, tmp_path, language) == [f"two words are joined in '{joined}'; put a space between them"]


def test_french_and_german_may_say_some_words_twice(tmp_path: Path) -> None:
    assert of("Ce que vous vous dites", tmp_path, "fr") == []
    assert of("Die, die die Arme heben, und die die ruhen", tmp_path, "de") == []
    assert len(of("vous vous", tmp_path, "en")) == 1


@pytest.mark.parametrize(
    ("head", "step", "told"),
    [
        ("", "{breathe: 2, 4 in: Deep}", "4:24: the words for '4 in' are never said in 2 breaths; take them out"),
        ("", "{breathe: 2, every 9 out: Deep}", "4:31: the words for 'every 9 out' are never said in 2 breaths"),
        ("", "{breathe: 1, even in: Deep}", "4:27: the words for 'even in' are never said in 1 breath; take"),
        ("", "{breathe: 1, first in: A, last in: B}", "the words for 'first in' are never said in 1 breath"),
        ("", "{breathe: 9, max: 4, 5 in: A, past: So}", "the words for '5 in' are never said in 4 breaths"),
        ("", "{say: hi, only: last}", "4:5: 'only: last' is not in any rounds, so the step is always done"),
        (
            "",
            "pace: {breath: 4-4, steps: [{say: hi, only: not last}]}",
            "'only: not last' is not in any rounds, so the",
        ),
        ("parameters: {n: 3}", "say: hi", "2:14: the parameter 'n' is never used; write {n} where you need it"),
        ("pronounce: {Asana: ah-sana}", "say: hi", "2:13: 'Asana' is never said, so its pronunciation has"),
        (
            "pronounce: {hi: /h4i/}",
            "say: hi",
            "2:13: '4' in the sound of 'hi' is not a letter of the phonetic alphabet",
        ),
        ("pronounce: {hi: /ˈ/}", "say: hi", "2:13: 'ˈ' in the sound of 'hi' is not a letter of the phonetic alphabet"),
        ("#", "say: '[Hi](/haɪ/)'", "4:10: the phonemes in '[Hi](/haɪ/)' are in the captions as well"),
        ("", "{breathe: 9, max: 4}", "4:5: 'breathe' is 9, but its 'max' is 4; write less"),
        ("", "{rest: 30s, max: 20s}", "4:5: 'rest' is 30s, but its 'max' is 20s; write"),
        ("", "repeat: {rounds: 9, max: 3, steps: [say: a]}", "4:5: 'rounds' is 9, but its 'max' is 3"),
        ("parameters: {n: 5}", "{breathe: '{n} * 2', max: 9}", "4:5: 'breathe' is 10, but its 'max' is 9"),
    ],
)
def test_what_is_written_in_vain_is_told(head: str, step: str, told: str, tmp_path: Path) -> None:
    (found,) = warned(f"title: x\n{head or '#'}\nsteps:\n  - {step}\n", tmp_path)
    assert told in found


@pytest.mark.parametrize(
    ("head", "step"),
    [
        ("parameters: {n: 2}", "{breathe: '{n}', 4 in: Deep}"),
        ("", "{breathe: '2 breaths, at least 20s', 4 in: Deep}"),
        ("", "{breathe: 2, min: 1, max: 4, 4 in: Deep, in: In}"),
        ("", "{breathe: 2, first in: A, in: B}"),
        ("", "repeat: {steps: [{say: hi, only: last}]}"),
        ("parameters: {n: 2s, m: '{n}'}", "hold: '{m}'"),
        ("parameters: {n: 2}", "repeat: {rounds: '{n}', steps: [say: hi]}"),
        ("parameters: {n: 2}", "say: {first: '{N}', again: hi}"),
        ("parameters: {a: one, b: two}", "repeat: {vary: {n: ['{a}', '{b}']}, steps: [say: '{n}']}"),
        ("parameters: {n: 2}", "repeat: {vary: {t: {from: 1, step: '{n}'}}, steps: [say: '{t}']}"),
        ("pronounce: {hi: high, half-way: halfweigh, X: ex}", "say: Hi"),
        ("pronounce: {hi: /haɪ/, half-way: ' / ˌhæfˈweɪ / '}", "say: Hi"),
        ("pronounce: {leg: lag}\nsides: {left: {l: left leg}, right: {l: right leg}}", "say: 'The {left l}'"),
        ("", "{breathe: 9, max: 4, past: Four are enough}"),
    ],
)
def test_what_may_be_heard_or_used_is_not_told(head: str, step: str, tmp_path: Path) -> None:
    assert warned(f"title: x\n{head or '#'}\nsteps:\n  - {step}\n", tmp_path) == []


SIDES = (
    "title: x\nsides:\n  left: {leg: left leg, other leg: right leg}\n  right: {leg: right leg, other leg: left leg}\n"
)


def in_turns(step: str, folder: Path) -> list[str]:
    return warned(f"{SIDES}steps:\n  - each side:\n      steps:\n        - {step}\n        - say: '{{leg}}'\n", folder)


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
    (told,) = lint_session(session(Fraction(32, 10)), "a.yaml")
    assert str(told) == (
        "a.yaml:3:4: 'Breathe in' leaves little air: it fills 80% of the inhale of 4 s; add a shorter wording after '|'"
    )


@pytest.mark.parametrize("timeline", [session(Fraction(29, 10)), session(Fraction(35, 10), wordings=2)])
def test_words_with_air_left_or_a_shorter_wording_are_fine(timeline: Timeline) -> None:
    assert not list(lint_session(timeline, "a.yaml"))


@pytest.mark.parametrize(("seconds", "count"), [("0.15", 1), ("3.9", 1), ("4.1", 0)])
def test_a_tone_that_is_longer_than_its_phase_is_told_at_its_place(seconds: str, count: int, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f"title: x\nsteps:\n  - {{breathe: 3, breath: 'in {seconds}, out 6', in: ~}}\n")
    routine = load_routine(str(tmp_path / "a.yaml"))
    timeline = perform(build(routine, Choices()), measure, routine.model.breath)
    told = [str(each) for each in lint_session(timeline, "a.yaml")]
    assert len(told) == count
    what = f"the tone of 4.00 s is longer than the inhale of {seconds} s, and runs into the next; give the phase 4"
    assert all(what in each and "a.yaml:3:4" in each for each in told)


BREATHS = """title: x
breath: 4-6
parameters: {hold: 30, short: 4, time: 30s}
sides: {left: {leg: l}, right: {leg: r}}
steps:
"""


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("hold: 30", "'hold: 30' is 30 breaths, 300 s; write 30s, or 30 breaths if you mean breaths"),
        ("rest: 10", "'rest: 10' is 10 breaths, 100 s; write 10s, or"),
        ("{say: Plank., settle: 7}", "'settle: 7' is 7 breaths, 70 s; write 7s, or"),
        ("each side: {between: [change: 12], steps: [breathe: 1]}", "'change: 12' is 12 breaths, 120 s; write 12s"),
        ("repeat: {rounds: 2, before: [rest: 20], steps: [breathe: 1]}", "'rest: 20' is 20 breaths"),
        ("pace: {breath: 10-20, steps: [rest: 3]}", "'rest: 3' is 3 breaths, 90 s; write 3s"),
        ("hold: '{hold}'", "{hold} is 30, so 'hold' is 30 breaths, 300 s; write 30s"),
        ("repeat: {vary: {long: [20, 30]}, steps: [hold: '{long}']}", "{long} is 20, so 'hold' is 20 breaths, 200 s"),
        ("repeat: {vary: {long: [4, 30]}, steps: [hold: '{long}']}", "{long} is 30, so 'hold' is 30 breaths, 300 s"),
        ("rest: '{hold} * 2'", "{hold} * 2 is 60, so 'rest' is 60 breaths, 600 s"),
        ("hold: '{hold} * 1s'", ""),
        ("{say: Lie down., settle: 5}", "'settle: 5' is 5 breaths, 50 s; write 5s, or"),
        ("{say: Lie down., settle: 4}", ""),
        ("hold: 5", "'hold: 5' is 5 breaths, 50 s; write 5s, or 5 breaths if you mean breaths"),
        ("rest: 6", "'rest: 6' is 6 breaths, 60 s; write 6s"),
        ("pace: {breath: 2-2, steps: [rest: 9]}", "'rest: 9' is 9 breaths, 36 s; write 9s"),
        ("hold: 4", ""),
        ("hold: 30 breaths", ""),
        ("hold: 30s", ""),
        ("hold: '{short}'", ""),
        ("hold: '{time}'", ""),
        ("breathe: 30", ""),
    ],
)
def test_a_bare_number_that_may_be_seconds_is_told(step: str, told: str, tmp_path: Path) -> None:
    found = [each for each in warned(f"{BREATHS}  - {step}\n", tmp_path) if "breaths" in each]
    assert len(found) == bool(told)
    assert all(told in each for each in found)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        *(("en", each) for each in ("Right now", "All right", "What is left of it", "left over air", "that's right")),
        *(("en", each) for each in ("you have ten seconds left", "right beside it")),
        *(("es", each) for each in ("la espalda derecha", "sigue derecho", "bien derecha")),
        *(("fr", each) for each in ("le dos bien droit", "tout droit", "reste droite")),
    ],
)
def test_a_sides_word_that_means_something_else_is_no_side(code: str, words: str, tmp_path: Path) -> None:
    own = {"en": ("left leg", "right leg"), "es": ("pierna izquierda", "pierna derecha")}
    left, right = own.get(code, ("jambe gauche", "jambe droite"))
    head = f"title: T\nlanguage: {code}\nsides: {{left: {{leg: {left}}}, right: {{leg: {right}}}}}\nsteps:\n"
    step = '  - each side: {{steps: [{{say: "{{Leg}}."}}, {{say: "{}."}}]}}\n'
    assert warned(head + step.format(words), tmp_path) == []
    turned = {"en": "Turn right", "es": "Gira a la derecha", "fr": "Tourne à droite"}[code]
    assert len(warned(head + step.format(turned), tmp_path)) == 1


TURNS = "{each side: {between: [change: 5s], steps: [{hold: 5s, say: 'Lift your {leg}.'}]}}"


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (f"- repeat: {{rounds: 2, between: [{{rest: 5s, say: Back to the left leg.}}], steps: [{TURNS}]}}", "left leg"),
        (f"- say: First your right leg.\n  - {TURNS}", "right leg"),
        (f"- {TURNS}\n  - {{say: Only the left leg once more., side: left}}", ""),
        (f"- {TURNS}\n  - say: Shake out both legs, and turn left.", ""),
        ("- {say: Bend your left leg., side: left}\n  - say: Both legs.", ""),
        ("- say: Close your left leg.", ""),
    ],
)
def test_one_sides_words_around_the_turns_are_told(steps: str, told: str, tmp_path: Path) -> None:
    head = "title: x\nsides: {left: {leg: left leg}, right: {leg: right leg}}\nsteps:\n"
    found = warned(f"{head}  {steps}\n", tmp_path)
    assert len(found) == bool(told)
    assert all(f"'{told}' is wrong here if a session begins with the other side" in each for each in found)


def test_a_chapter_whose_own_part_has_no_name_is_told() -> None:
    steps = [{"name": "...", "repeat": {"rounds": 1, "steps": [{"hold": "5s"}]}}]
    routine = LoadedRoutine("a", "a.yaml", RoutineModel.model_validate({"title": "A", "steps": steps}))
    timeline = perform(build(routine, Choices()), measure, routine.model.breath)
    (told,) = lint_session(timeline, "a.yaml")
    assert told.what == "the chapter 'A: ...' has no readable name"


def test_a_chapter_without_a_name_is_told() -> None:
    (told,) = lint_session(session(Fraction(1), title=" - "), "a.yaml")
    assert told.what == "the chapter ' - ' has no readable name"
