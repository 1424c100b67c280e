from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes import measure, perform
from voicecoach.errors import ChoiceError, RoutineError, UnknownNameError
from voicecoach.language import COUNTS, fill, language, list_keys, list_languages, list_missing, list_wider
from voicecoach.language_facts import SAME
from voicecoach.routine.loader import load_routine
from voicecoach.script.builder import build, choose_pace
from voicecoach.script.choices import Choices

if TYPE_CHECKING:
    from voicecoach.core.timeline import Timeline

BLANK = re.compile(r"\{\w+\}")
VOWELS = re.compile("[aeiouyàáâäèéêëìíîïòóôöùúûü]+", re.IGNORECASE)

in_every_language = pytest.mark.parametrize("code", list_languages())
in_every_other_language = pytest.mark.parametrize("code", [code for code in list_languages() if code != "en"])


def test_there_are_english_german_spanish_and_french_under_their_own_names() -> None:
    assert [language(code).name for code in list_languages()] == ["Deutsch", "English", "Español", "Français"]


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
    assert same <= {"titled", "minutes"}


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
    found = [language(code).say_count(key, number) for key, number in asked]
    assert found[: len(said)] == said


@in_every_language
def test_what_is_said_exactly_is_of_what_can_be_counted(code: str) -> None:
    exact = language(code).exact
    assert {(key, 1) for key in COUNTS} <= {(key, count) for key, count, _ in exact}
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
    assert caught.value.known == list_languages()


def test_only_the_braces_that_are_asked_for_are_filled_and_nothing_else_is_magic() -> None:
    assert fill("{a} {b} {a.__class__} {{a}} %s", a="one") == "one {b} {a.__class__} {one} %s"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", ["zero seconds", "one second", "59.5 seconds", "one minute", "one minute and one second", "90 minutes"]),
        ("de", ["null Sekunden", "eine Sekunde", "59,5 Sekunden", "eine Minute", "eine Minute und eine Sekunde"]),
        ("es", ["cero segundos", "un segundo", "59,5 segundos", "un minuto", "un minuto y un segundo"]),
        ("fr", ["zéro secondes", "une seconde", "59,5 secondes", "une minute", "une minute et une seconde"]),
    ],
)
def test_a_time_is_said_in_minutes_and_the_seconds_that_are_left(code: str, said: list[str]) -> None:
    times = [Fraction(0), Fraction(1), Fraction(119, 2), Fraction(60), Fraction(61), Fraction(5400)]
    assert [language(code).say_duration(each) for each in times][: len(said)] == said


def test_twenty_one_minutes_agree_as_seconds_do() -> None:
    assert language("es").say_duration(Fraction(21 * 60 + 21)) == "veintiún minutos y veintiún segundos"
    assert language("fr").say_duration(Fraction(21 * 60 + 21)) == "vingt et une minutes et vingt et une secondes"


def test_a_routine_says_its_own_words_numbers_and_counts_before_those_of_the_table() -> None:
    own = language("en").with_words({"change": "Swap.", "numbers": ("nil", "one"), "breaths 2": "a couple of breaths"})
    assert (own.word("change"), own.word("closing")) == ("Swap.", language("en").word("closing"))
    assert [own.number(number) for number in (0, 1, 2)] == ["nil", "one", "2"]
    assert [own.say_count("breaths", number) for number in (1, 2, 3)] == [
        "one breath",
        "a couple of breaths",
        "3 breaths",
    ]


ITALIAN = re.findall(
    r"^```yaml\n(title.*?)^```",
    (Path(__file__).parents[1] / "docs" / "languages.md").read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)[0]


def performed(path: Path, code: str | None = None) -> Timeline:
    routine = load_routine(str(path), code)
    return perform(build(routine, Choices()), measure, choose_pace(routine, Choices()))


def test_a_routine_in_a_language_without_a_table_says_nothing_but_its_own_words(tmp_path: Path) -> None:
    path = tmp_path / "gambe.yaml"
    path.write_text(ITALIAN, encoding="utf-8")
    timeline = performed(path)
    said = [cue.text for cue in timeline.cues if cue.track == "voice"]
    assert said == [
        "Gambe leggere.",
        *("Solleva la gamba sinistra.", "Sei a metà", "tre", "due", "uno", "lascia"),
        "Cambia lato.",
        *("Solleva la gamba destra.", "Sei a metà", "tre", "due", "uno", "lascia"),
        "E adesso un minuto e 30 secondi di riposo.",
        "Per oggi basta. Prenditi il tempo che ti serve.",
    ]
    titles = [chapter.title for chapter in timeline.chapters]
    assert (titles[0], titles[-1]) == ("Prima di cominciare", "Fine")
    assert "Gambe leggere: destra" in titles


def test_a_translation_into_a_language_without_a_table_stands_beside_its_routine(tmp_path: Path) -> None:
    path = tmp_path / "legs.yaml"
    path.write_text("title: Legs\nsteps: [say: hi]\n", encoding="utf-8")
    (tmp_path / "legs.it.yaml").write_text(ITALIAN, encoding="utf-8")
    assert load_routine(str(path), "it").model.title == "Gambe leggere"
    assert load_routine(str(path), "it-CH").model.language == "it-CH"
    assert performed(path, "it-CH").chapters[-1].title == "Fine"
    assert load_routine(str(path)).model.title == load_routine(str(path), "en").model.title == "Legs"
    for code in ("pt", "../it", "i"):
        with pytest.raises(ChoiceError, match=r"'legs' is not available in the language"):
            load_routine(str(path), code)


def told(tmp_path: Path, language: str, words: str = "{}") -> str:
    path = tmp_path / "x.yaml"
    path.write_text(f"title: x\nlanguage: {language}\nwords: {words}\nsteps: [say: hi]\n", encoding="utf-8")
    with pytest.raises(RoutineError) as caught:
        load_routine(str(path))
    return "\n".join(str(problem).removeprefix(f"{path}:") for problem in caught.value.problems)


def test_what_a_language_without_a_table_lacks_is_named(tmp_path: Path) -> None:
    every = told(tmp_path, "it")
    assert every.startswith(
        "2:11: the program has no words in the language 'it'; write de or en or es or fr, or add under"
    )
    assert every.endswith("'words': " + ", ".join(list_missing("it", {})))
    assert set(list_missing("it", {})) == set(list_keys()) - {"titled", "hold", "empty", "needs", "moves"}
    own = "{" + ", ".join(f"{key}: '{{number}}{{one}}{{other}}'" for key in ("seconds", "minutes")) + ", left: a}"
    assert "add under 'words': calibration, before, right, both, round, ending" in told(tmp_path, "it", own)


@pytest.mark.parametrize(
    ("code", "words", "expected"),
    [
        ("English", "{}", "2:11: no language is called 'English'; write en, or another as it or pt-BR"),
        ("en_GB", "{}", "2:11: no language is called 'en_GB'; write en-GB, or another as it or pt-BR"),
        (
            "en",
            "{numbers: zero}",
            "3:18: 'numbers' should be a list; write the numbers from zero on, as [zero, one, two]",
        ),
        ("en", "{change: [a, b]}", "3:17: 'change' should be a text; write one"),
        ("en", "{minutes: minutes}", "3:18: {number} is missing here; write it in the place where it is said"),
        ("en", "{joined: '{one} {two}'}", "3:17: {two} has no value here; take it out\n3:17: {other} is missing here"),
        ("en", "{numbers: ['{n}', one]}", "3:18: {n} has no value here; take it out"),
        ("en", "{breath 1: a breath}", "3:9: the program has no words called 'breath 1'; similar ones are: breaths 1"),
        ("en", "{minuts: a}", "3:9: the program has no words called 'minuts'; similar ones are: minutes"),
    ],
)
def test_words_that_do_not_do_are_told_at_their_place(code: str, words: str, expected: str, tmp_path: Path) -> None:
    assert told(tmp_path, code, words).startswith(expected)


def test_no_language_of_the_tables_stands_under_another_tag() -> None:
    """So that its tag is known without reading those of all others."""
    assert not {list_wider(tag)[-1] for tag in SAME} & {*list_languages()}
