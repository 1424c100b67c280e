"""The words of guidance: what is hard to follow, what comes as a surprise, and what is neither."""

from __future__ import annotations

import re

import pytest

from tests.script.test_builder import played
from voicecoach.language import language, list_languages
from voicecoach.routine.loader import parse_routine
from voicecoach.views.craft_words import lint_words


def problems(said: str, code: str = "en", needs: str = "[]") -> list[str]:
    text = f"title: X\nlanguage: {code}\nneeds: {needs}\nsteps:\n- say: {said}\n"
    return [each.what for each in lint_words(played(parse_routine(text, f"x.{code}.yaml")), language(code))]


def test_long_sentences_are_found_with_their_words() -> None:
    long = " ".join(["bend"] * 17)
    assert problems(f"Sit. {long.capitalize()}. Rest.")[0].endswith("is a sentence of 17 words")
    assert problems(f"Sit. {long[5:].capitalize()}. Rest.") == []


@pytest.mark.parametrize(
    ("code", "said", "found"),
    [
        ("en", "Your arms are lifted.", "are lifted"),
        ("en", "Let the knee be gently drawn in.", "be gently drawn"),
        ("de", "Das Bein wird gestreckt.", "wird gestreckt"),
        ("de", "Beide Arme werden langsam angehoben.", ""),
        ("en", "Lift your arms.", ""),
        ("en", "Keep your arms lifted.", ""),
        ("en", "When you are moved to rest, rest.", ""),
        ("en", "Your shoulders are relaxed.", ""),
        ("de", "Werde lang, und geh gern nach vorn.", ""),
        ("es", "Los brazos son levantados.", "son levantados"),
        ("es", "La rodilla es lentamente doblada.", "es lentamente doblada"),
        ("es", "Más alto es más fácil, y la pierna es larga.", ""),
        ("es", "Con los brazos levantados, suelta.", ""),
        ("fr", "Le bras est levé.", "est levé"),
        ("fr", "Les genoux sont doucement ramenés.", "sont doucement ramenés"),
        ("fr", "La main est lourde, et le genou est plié.", ""),
        ("fr", "Talon levé, c'est plus facile.", ""),
    ],
)
def test_the_passive_voice_is_found_where_it_is_sure(code: str, said: str, found: str) -> None:
    assert [each for each in problems(said, code) if "passive" in each] == (
        [f"'{said.rstrip('.')}' is in the passive voice: '{found}'"] if found else []
    )


@pytest.mark.parametrize(
    ("code", "said", "thing", "needs"),
    [
        ("en", "Sit on a chair.", "chair", "[a steady chair]"),
        ("en", "Sit on a chair.", "chair", "[a stool]"),
        ("en", "Put your heel on the support.", "the support", "[something steady for your heel]"),
        ("en", "Put a scarf round your foot.", "scarf", "[a strap]"),
        ("de", "Setz dich auf die Decke.", "Decke", "[eine gefaltete Decke]"),
        ("de", "Eine Hand an die Wand.", "Wand", "[eine freie Wand]"),
        ("es", "Pon el pie en la silla.", "silla", "[una silla]"),
        ("fr", "Assieds-toi sur la couverture.", "couverture", "[une couverture]"),
        ("fr", "Le pied sur ton appui.", "ton appui", "[un appui stable]"),
    ],
)
def test_equipment_is_named_by_the_opening(code: str, said: str, thing: str, needs: str) -> None:
    assert problems(said, code) == [f"'{said}' speaks of '{thing}', which the opening has not named"]
    assert problems(said, code, needs) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", "Sink into chair pose."),
        ("en", "Breathe into your chest wall."),
        ("en", "Be comfortable, and support your head."),
        ("de", "Schau zur Decke."),
        ("es", "Suelta la pared abdominal."),
    ],
)
def test_words_that_only_look_like_equipment_are_none(code: str, said: str) -> None:
    assert problems(said, code) == []


def test_a_thing_is_reported_once_where_it_is_first_named() -> None:
    text = "title: X\nsteps:\n- say: Rest.\n- say: Take a chair.\n- say: Sit on the chair.\n- say: Face the wall.\n"
    found = list(lint_words(played(parse_routine(text, "x.yaml")), language("en")))
    assert [(each.where.line, each.what) for each in found] == [
        (4, "'Take a chair.' speaks of 'chair', which the opening has not named"),
        (6, "'Face the wall.' speaks of 'wall', which the opening has not named"),
    ]


@pytest.mark.parametrize("code", list_languages())
def test_the_patterns_of_a_language_can_be_read(code: str) -> None:
    words = language(code)
    assert words.equipment
    for pattern in (*words.passive, *words.announcing, *(each for pair in words.equipment for each in pair)):
        assert not re.compile(pattern).search("")
