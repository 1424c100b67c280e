from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from voicecoach.errors import UnknownNameError
from voicecoach.language import fill, language, languages

BLANK = re.compile(r"\{\w+\}")
VOWELS = re.compile("[aeiouyàáâäèéêëìíîïòóôöùúûü]+", re.IGNORECASE)

in_every_language = pytest.mark.parametrize("code", languages())
in_every_other_language = pytest.mark.parametrize("code", [code for code in languages() if code != "en"])


def test_there_are_english_german_spanish_and_french_under_their_own_names() -> None:
    assert [language(code).name for code in languages()] == ["Deutsch", "English", "Español", "Français"]


@in_every_language
def test_every_language_has_the_words_that_english_has_with_the_same_blanks(code: str) -> None:
    expected, found = dict(language("en").words), dict(language(code).words)
    assert found.keys() == expected.keys()
    assert all(text.strip() for text in found.values())
    blanks = {key: sorted(BLANK.findall(text)) for key, text in found.items()}
    assert blanks == {key: sorted(BLANK.findall(text)) for key, text in expected.items()}


@in_every_other_language
def test_no_word_was_left_in_english(code: str) -> None:
    english = dict(language("en").words)
    same = {key for key, text in language(code).words if text == english[key]}
    assert same <= {"titled"}


@in_every_language
def test_the_calibration_sentence_is_long_enough_to_measure(code: str) -> None:
    assert len(VOWELS.findall(language(code).word("calibration"))) >= 15


@in_every_language
def test_every_number_up_to_sixty_is_a_word_of_its_own(code: str) -> None:
    said = [language(code).number(number) for number in range(61)]
    assert len(set(said)) == 61
    assert not any(character.isdigit() for character in "".join(said))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", ["zero", "one", "sixteen", "twenty-one", "thirty", "fifty-nine", "sixty"]),
        ("de", ["null", "eins", "sechzehn", "einundzwanzig", "dreißig", "neunundfünfzig", "sechzig"]),
        ("es", ["cero", "uno", "dieciséis", "veintiuno", "treinta", "cincuenta y nueve", "sesenta"]),
        ("fr", ["zéro", "un", "seize", "vingt et un", "trente", "cinquante-neuf", "soixante"]),
    ],
)
def test_numbers_stand_at_their_places(code: str, said: list[str]) -> None:
    assert [language(code).number(number) for number in (0, 1, 16, 21, 30, 59, 60)] == said


@in_every_language
def test_a_number_beyond_the_table_is_said_as_digits(code: str) -> None:
    table = language(code)
    assert table.number(len(table.numbers)) == str(len(table.numbers))
    assert table.number(-1) == "-1"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", ["one breath", "one second", "two breaths", "twenty-one seconds", "2.5 seconds", "100 seconds"]),
        ("de", ["ein Atemzug", "eine Sekunde", "zwei Atemzüge", "einundzwanzig Sekunden", "2,5 Sekunden"]),
        ("es", ["una respiración", "un segundo", "dos respiraciones", "veintiún segundos", "2,5 segundos"]),
        ("fr", ["une respiration", "une seconde", "deux respirations", "vingt et une secondes", "2,5 secondes"]),
    ],
)
def test_a_length_agrees_in_number_and_gender(code: str, said: list[str]) -> None:
    breaths, seconds = "breaths", "seconds"
    asked: list[tuple[str, int | Fraction]] = [
        (breaths, 1),
        (seconds, 1),
        (breaths, 2),
        (seconds, 21),
        (seconds, Fraction(5, 2)),
        (seconds, 100),
    ]
    found = [language(code).counted(key, number) for key, number in asked]
    assert found[: len(said)] == said


@in_every_language
def test_what_is_said_exactly_is_of_what_can_be_counted(code: str) -> None:
    exact = language(code).exact
    assert {(key, 1) for key in ("breaths", "seconds")} <= {(key, count) for key, count, _ in exact}
    assert {key for key, _, _ in exact} <= {key for key, text in language(code).words if "{number}" in text}


@pytest.mark.parametrize(
    ("number", "said"), [(Fraction(1, 3), "0,33"), (Fraction(10), "zehn"), (Fraction(121, 2), "60,5")]
)
def test_decimals_are_written_as_the_language_does(number: Fraction, said: str) -> None:
    assert language("de").number(number) == said


@in_every_language
def test_every_word_of_a_table_is_documented(code: str) -> None:
    text = (Path(__file__).parents[1] / "docs" / "languages.md").read_text(encoding="utf-8")
    table = "".join(line for line in text.splitlines() if line.startswith("| `"))
    assert {key for key, _ in language(code).words} <= set(re.findall(r"`([a-z_]+)`", table))


def test_a_dialect_takes_the_words_of_its_language_and_keeps_its_own_code() -> None:
    assert language("en-GB").word("round", number=3) == "round 3"
    assert language("EN").words == language("en").words
    assert language("en-GB").code == "en-GB"
    assert language("de-AT").number(2) == "zwei"


@pytest.mark.parametrize("code", ["xx", "", "-", "../en", "e", "en.toml", "en_GB"])
def test_a_language_without_words_is_told(code: str) -> None:
    with pytest.raises(UnknownNameError, match="no language is called") as caught:
        language(code)
    assert caught.value.known == languages()


def test_only_the_braces_that_are_asked_for_are_filled_and_nothing_else_is_magic() -> None:
    assert fill("{a} {b} {a.__class__} {{a}} %s", a="one") == "one {b} {a.__class__} {one} %s"
