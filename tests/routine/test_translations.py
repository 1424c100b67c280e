"""Routines in other languages: which file is played, by which voice, and whether it is the same exercise."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicecoach.app import config, session
from voicecoach.app.cli import run
from voicecoach.app.request import Request
from voicecoach.app.speaker import find_speaker
from voicecoach.app.targets import list_targets
from voicecoach.core.score import Side
from voicecoach.errors import ChoiceError, RoutineError, UnknownNameError, VoiceError
from voicecoach.routine.library import find_routine, list_built_in, list_translations, read_head, strip_language
from voicecoach.routine.loader import load_routine
from voicecoach.routine.model import list_words, walk_steps
from voicecoach.routine.phase_steps import BreathePhases, ByCount, ByRound, Model
from voicecoach.routine.values import Words
from voicecoach.script.builder import list_exercises
from voicecoach.script.choices import Choices
from voicecoach.voices.catalogue import Catalogue
from voicecoach.voices.port import VoiceInfo

ENGLISH = VoiceInfo("gmw/en-us", "system", "English (America)", ("en-us",))
GERMAN = VoiceInfo("gmw/de", "system", "German", ("de",))
UNKNOWN = VoiceInfo("HKEY/Voices/Anna", "system", "Anna")

LEG_EXERCISES = [
    "sitting-leg-stretch",
    "standing-leg-stretch",
    "forward-backward-bend",
    "thigh-burner",
    "forward-lunge",
]

of_every_translation = pytest.mark.parametrize(
    "name", [name for name in list_built_in() if strip_language(name) != name]
)


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "file", lambda: tmp_path / "config.toml")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """What `make` is asked for; nothing is made."""
    requests: list[Request] = []

    def make(request: Request, *_: object) -> None:
        requests.append(request)
        raise ChoiceError("stopped here")

    monkeypatch.setattr(session, "make", make)
    return requests


def write(folder: Path, name: str, language: str) -> None:
    text = f"title: {name}\nlanguage: {language}\nsteps:\n  - say: hi\n"
    (folder / name).write_text(text, encoding="utf-8")


def spoken_by(
    voices: tuple[VoiceInfo, ...], request: Request, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, list[str]]:
    """Return the voice that reads a request's routine on a system with these voices, and what is said about it."""
    monkeypatch.setattr("voicecoach.voices.system.catalogue", lambda *_: Catalogue(voices))
    found = find_speaker(request, load_routine(request.routine, request.language).words, folder)
    return found.id, found.voice.problems


# Which file


@pytest.mark.parametrize("code", ["de", "DE", "de-AT", "de_AT", "de-CH-1996"])
@pytest.mark.parametrize("name", ["sitting-leg-stretch", "sitting-leg-stretch.fr", "sitting-leg-stretch.de"])
def test_a_built_in_routine_is_played_in_the_language_that_is_asked_for(name: str, code: str) -> None:
    assert load_routine(name, code).name == "sitting-leg-stretch.de"


def test_a_translation_can_be_named_itself() -> None:
    routine = load_routine("sitting-leg-stretch.es")
    assert (routine.name, routine.model.language) == ("sitting-leg-stretch.es", "es")


def test_the_original_is_played_where_its_own_language_is_asked_for() -> None:
    assert load_routine("sitting-leg-stretch", "en") == load_routine("sitting-leg-stretch")
    assert load_routine("sitting-leg-stretch.de", "en") == load_routine("sitting-leg-stretch")


def test_a_dialect_that_is_asked_for_is_that_of_the_session() -> None:
    assert load_routine("leg-stretch", "en-GB").model.language == "en-GB"
    assert load_routine("sitting-leg-stretch", "DE").model.language == "de"


@pytest.mark.parametrize("code", ["xx", "", "e", "nl", "../de", "en-x/../../de"])
def test_a_language_that_a_routine_is_not_there_in_is_told_with_those_that_it_is(code: str) -> None:
    with pytest.raises(ChoiceError) as told:
        load_routine("sitting-leg-stretch.fr", code)
    assert told.value.exit_status == 2
    said = f"'sitting-leg-stretch' is not available in the language '{code}'\nit is available in: de, en, es, fr"
    assert str(told.value) == said


def test_the_translation_of_a_file_of_ones_own_stands_beside_it(tmp_path: Path) -> None:
    write(tmp_path, "mine.yaml", "en")
    write(tmp_path, "mine.de.yaml", "de")
    write(tmp_path, "mine.es.yml", "es")
    write(tmp_path, "mine.v2.yaml", "en")
    write(tmp_path, "mine.fr.txt", "fr")
    for code, name in (("de", "mine.de"), ("es", "mine.es"), ("en", "mine"), ("en-AU", "mine")):
        assert load_routine("mine.yaml", code).name == name
        assert load_routine(str(tmp_path / "mine.de.yaml"), code).name == name
    assert load_routine("mine.v2.yaml", "en").name == "mine.v2"
    with pytest.raises(
        ChoiceError, match=r"'mine' is not available in the language 'fr'\nit is available in: de, en, es$"
    ):
        load_routine("mine.yaml", "fr")


def test_a_file_without_translations_is_played_in_its_own_language_only(tmp_path: Path) -> None:
    write(tmp_path, "mine.yaml", "de")
    assert load_routine("mine.yaml", "de").name == "mine"
    with pytest.raises(ChoiceError, match=r"it is available in: de$"):
        load_routine("mine.yaml", "en")


PARTS = "title: Both\nlanguage: {}\nsteps:\n  - include: sitting-leg-stretch\n  - include: part.yaml\n"


def test_the_parts_of_a_translation_are_their_translations(tmp_path: Path) -> None:
    for code in ("", ".de"):
        language = code[1:] or "en"
        (tmp_path / f"both{code}.yaml").write_text(PARTS.format(language), encoding="utf-8")
        write(tmp_path, f"part{code}.yaml", language)
    routine = load_routine("both.yaml", "de")
    assert [part.name for part in routine.included.values()] == ["sitting-leg-stretch.de", "part.de"]
    for name in ("sitting-leg-stretch", "PART"):
        played = list_exercises(routine, Choices(skipped=frozenset({name})))
        assert len(played) == 1, "a part has the same name in all languages"


def test_a_part_that_is_not_there_in_a_language_is_named(tmp_path: Path) -> None:
    (tmp_path / "both.yaml").write_text(PARTS.format("en"), encoding="utf-8")
    write(tmp_path, "part.yaml", "en")
    told = (
        "'both' is not available in the language 'de'\n"
        "it is available in: en; of its parts, these are available in 'de': sitting-leg-stretch"
    )
    with pytest.raises(ChoiceError) as caught:
        load_routine("both.yaml", "de")
    assert str(caught.value) == told
    (tmp_path / "both.de.yaml").write_text(PARTS.format("de"), encoding="utf-8")
    told = "'part.yaml' is in the language en, and this routine in de; use one language; it is available in: en"
    with pytest.raises(RoutineError) as wrong:
        load_routine("both.yaml", "de")
    assert [each.line for each in (problem.where for problem in wrong.value.problems)] == [5]
    assert told in str(wrong.value)


def test_the_nearest_dialect_is_taken(tmp_path: Path) -> None:
    for name, code in (("mine", "en"), ("mine.de", "de"), ("mine.de-AT", "de-AT"), ("mine.es-419", "es-419")):
        write(tmp_path, f"{name}.yaml", code)
    found = {code: load_routine("mine.yaml", code).name for code in ("de", "de-AT", "de-CH", "es")}
    assert found == {"de": "mine.de", "de-AT": "mine.de-AT", "de-CH": "mine.de", "es": "mine.es-419"}
    assert load_routine("mine.yaml", "es").model.language == "es-419"


@pytest.mark.parametrize("code", ["de", "es", "fr"])
def test_the_parts_of_a_translation_are_in_its_language(code: str) -> None:
    routine = load_routine("leg-stretch", code)
    assert [each.name for each in routine.included.values()] == [f"{name}.{code}" for name in LEG_EXERCISES]


def test_the_parts_of_a_translation_are_added_and_skipped_by_their_plain_names() -> None:
    routine = load_routine("leg-stretch.de")
    choices = Choices(added=frozenset({"thigh-burner"}), skipped=frozenset({"sitting-leg-stretch"}))
    assert [each.name for each in list_exercises(routine, choices)] == ["standing-leg-stretch.de", "thigh-burner.de"]


def test_a_translation_that_does_not_say_its_language_is_refused_before_an_english_voice_reads_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "mine.de.yaml").write_text("title: x\nsteps:\n  - say: hallo\n", encoding="utf-8")
    with pytest.raises(RoutineError, match=r"mine\.de\.yaml:1:1: the file's name ends in 'de', .* in the language en"):
        load_routine("mine.de.yaml")


def test_a_routine_that_is_nowhere_is_told_as_without_a_language() -> None:
    with pytest.raises(UnknownNameError, match="no routine is called 'sitting-leg-strech'"):
        load_routine("sitting-leg-strech", "de")


def test_the_files_of_translations_keep_their_language_before_the_side() -> None:
    sides = [Side.LEFT, Side.RIGHT]
    paths = list_targets(None, "mine.de", sides, split=True)
    assert [str(path) for path in paths] == ["mine.de-left.mp3", "mine.de-right.mp3"]
    assert list_targets(None, "mine.de", [None], split=False) == [Path("mine.de.mp3")]
    assert list_targets(Path("x.de.mp3"), "mine", sides, split=True)[0] == Path("x.de-left.mp3")


# What is typed


def test_the_language_is_typed_or_comes_from_the_environment_or_the_settings(
    asked: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    config.file().write_text('language = "fr"\n')
    run(["make"])
    monkeypatch.setenv("VOICECOACH_LANGUAGE", "es")
    run(["make"])
    run(["make", "--language", "de"])
    assert [request.language for request in asked] == ["fr", "es", "de"]


def test_without_a_language_it_is_the_file_that_was_named(asked: list[Request]) -> None:
    run(["make", "sitting-leg-stretch.de"])
    assert (asked[0].routine, asked[0].language) == ("sitting-leg-stretch.de", None)


def test_list_names_each_routine_once_with_its_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    listed = {words[0]: words[1:] for words in lines}
    assert len(listed) == len(lines) == len({strip_language(name) for name in list_built_in()})
    assert listed["sitting-leg-stretch"][-4:] == ["en", "de", "es", "fr"]


# Which voice


@pytest.mark.parametrize("code", ["de", "de-AT"])
def test_a_voice_of_the_language_is_chosen(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = spoken_by((ENGLISH, GERMAN), Request("sitting-leg-stretch", language=code), tmp_path, monkeypatch)
    assert chosen == ("gmw/de", [])


@pytest.mark.parametrize("code", ["de", "es", "fr"])
def test_no_english_voice_reads_another_language(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(VoiceError, match=f"no voice of this system speaks '{code}'\ninstall one"):
        spoken_by((ENGLISH, UNKNOWN), Request("sitting-leg-stretch", language=code), tmp_path, monkeypatch)


def test_a_voice_that_is_named_reads_what_it_is_given_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request("sitting-leg-stretch", language="de", voice="gmw/en-us")
    warning = "the voice gmw/en-us speaks en-us, and this routine is in the language de"
    assert spoken_by((ENGLISH, GERMAN), request, tmp_path, monkeypatch) == ("gmw/en-us", [warning])


@pytest.mark.parametrize("voice", ["german", "anna"])
def test_a_voice_of_the_language_or_of_one_unknown_is_named_without_a_warning(
    voice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request("sitting-leg-stretch", language="de", voice=voice)
    assert spoken_by((ENGLISH, GERMAN, UNKNOWN), request, tmp_path, monkeypatch)[1] == []


# The same exercise


@of_every_translation
def test_a_translation_is_the_same_exercise_in_other_words(name: str) -> None:
    there, original = load_routine(name).model, load_routine(strip_language(name)).model
    assert shape(there.steps) == shape(original.steps)
    assert (there.breath, len(there.notice), len(there.tips)) == (
        original.breath,
        len(original.notice),
        len(original.tips),
    )


def shape(value: object) -> object:
    """Return what a part of a routine is, without its words."""
    match value:
        case Words() | ByCount() | ByRound():
            return "words"
        case Model():
            named = {key: getattr(value, key) for key in type(value).model_fields}
            # A change is as long as its words need, and so is the time to do what they say.
            own = {"change": "a while", "settle": "a while", "name": "a name" if named.get("name") else ""}
            return type(value).__name__, {key: shape(own.get(key, given)) for key, given in named.items()}
        case tuple():
            return [shape(each) for each in value]
        case dict():
            return {key: shape(each) for key, each in value.items()}
        case _:
            return value


@of_every_translation
def test_nothing_of_a_translation_was_left_in_its_first_language(name: str) -> None:
    assert not spoken(name) & spoken(strip_language(name))


def spoken(name: str) -> set[str]:
    model = load_routine(name).model
    told = {wording for step in walk_steps(model.steps) for words in list_words(step) for wording in words.wordings}
    return {model.title, *model.notice, *model.benefits, *model.tips, *told}


@of_every_translation
def test_breathing_in_and_out_are_told_apart_at_the_first_syllable(name: str) -> None:
    steps = [step for step in walk_steps(load_routine(name).model.steps) if isinstance(step, BreathePhases)]
    starts: dict[str, set[str]] = {"in": set(), "out": set()}
    for step in steps:
        for key in ("in", "last in", "out", "last out"):
            found = step.spoken.get(key)
            each = (found.first, found.again) if isinstance(found, ByRound) else (found,)
            spoken = (words for words in each if isinstance(words, Words))
            starts[key.split()[-1]] |= {wording[:2] for words in spoken for wording in words.wordings}
    assert bool(starts["in"]) == bool(starts["out"]) == bool(steps)
    assert not starts["in"] & starts["out"]


def test_in_french_right_is_never_straight() -> None:
    """It is one word, "droit", which stands among the words of the sides alone."""
    assert not [text for text in spoken("sitting-leg-stretch.fr") if "droit" in text.lower()]


def test_the_translations_of_a_routine_stand_beside_it() -> None:
    found = list_translations(find_routine("sitting-leg-stretch"))
    assert list(found) == ["de", "es", "fr"]
    assert found == list_translations(find_routine("sitting-leg-stretch.de"))
    assert not list_translations(find_routine("sun-salutation"))


@pytest.mark.parametrize("name", list_built_in())
def test_the_head_that_is_read_fast_is_that_of_the_routine(name: str) -> None:
    model, head = load_routine(name).model, read_head(find_routine(name))
    assert (head["title"], head["language"], head["summary"]) == (model.title, model.language, model.summary)
