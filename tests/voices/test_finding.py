"""Which voice a name means, over all kinds; the kinds are fakes, and so is the system's list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.fakes import FakeKind, NamedVoice
from voicecoach.errors import ChoiceError, UnknownNameError, VoiceError
from voicecoach.voices import finding, system
from voicecoach.voices.catalogue import Catalogue
from voicecoach.voices.finding import System, find_voice, list_kinds, list_voices
from voicecoach.voices.port import Kind, Settings, VoiceInfo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SYSTEM = Catalogue(
    (
        VoiceInfo("gmw/de", "system", "German", ("de",)),
        VoiceInfo("gmw/en", "system", "English (Great Britain)", ("en-gb",)),
        VoiceInfo("gmw/en-us", "system", "English (America)", ("en-us",)),
    ),
    ("f3",),
)
AMY = VoiceInfo("neural:en_US-amy-low", "neural", "Amy", ("en-us",), rank=10)
BETTER_AMY = VoiceInfo("neural:en_US-amy-high", "neural", "Amy, high", ("en-us",), rank=12)
ALAN = VoiceInfo("neural:en_GB-alan", "neural", "Alan", ("en-gb",), rank=12)
JO = VoiceInfo("neural:en_US-jo", "neural", "Jo", ("en-us",), ready=False, hint="install it", rank=20)
MINE = VoiceInfo("own:kitchen-de", "own", "A machine in the kitchen")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings("en", "a calm sentence", tmp_path)


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Say which kinds there are besides the system's."""
    monkeypatch.setattr(system, "catalogue", lambda _folder: SYSTEM)

    def put(*others: FakeKind) -> None:
        every = {"system": System(), **{each.name: each for each in others}}
        monkeypatch.setattr(finding, "list_kinds", lambda: every)

    put(FakeKind("neural", (AMY, BETTER_AMY, ALAN, JO)), FakeKind("own", (MINE,)))
    return put


def found(spec: str | None, settings: Settings) -> str:
    """The name of the voice that is made, which is that under which it is listed, if it is."""
    voice, entry = find_voice(spec, settings)
    name = voice.name if isinstance(voice, NamedVoice) else voice.voice  # type: ignore[attr-defined] # a system voice
    assert entry.id == name
    return str(name)


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (None, "neural:en_US-amy-high"),
        ("auto", "neural:en_US-amy-high"),
        (" AUTO ", "neural:en_US-amy-high"),
        ("neural:en_US-amy-low", "neural:en_US-amy-low"),
        ("NEURAL: en_US-amy-low ", "neural:en_US-amy-low"),
        ("neural:/a/model.onnx", "neural:/a/model.onnx"),
        ("en_US-amy-low", "neural:en_US-amy-low"),
        ("en_us-AMY-low", "neural:en_US-amy-low"),
        ("amy", "neural:en_US-amy-low"),  # that is its whole name, and only a part of the other's
        ("y, hi", "neural:en_US-amy-high"),
        (" Amy ", "neural:en_US-amy-low"),
        ("alan", "neural:en_GB-alan"),
        ("en", "neural:en_US-amy-high"),
        ("en-gb", "neural:en_GB-alan"),
        ("neural", "neural:en_US-amy-high"),
        ("neural:", "neural:en_US-amy-high"),
        ("kitchen", "own:kitchen-de"),
        ("de", "gmw/de"),
        ("german", "gmw/de"),
        ("gmw/en-us", "gmw/en-us"),
        ("system:en-us", "gmw/en-us"),
        ("system:", "gmw/en-us"),
        ("system", "gmw/en-us"),
        ("en-us+f3", "gmw/en-us+f3"),
        ("system:en-us+f3", "gmw/en-us+f3"),
        ("GREAT BRITAIN", "gmw/en"),
    ],
)
def test_a_name_finds_its_voice_in_whatever_kind(spec: str | None, expected: str, settings: Settings) -> None:
    assert found(spec, settings) == expected


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "neural:en_US-amy-high"),
        ("en-GB", "neural:en_GB-alan"),
        ("en-US", "neural:en_US-amy-high"),
        ("de", "gmw/de"),
        ("de-AT", "gmw/de"),
    ],
)
def test_the_default_ranks_above_the_systems_or_is_the_systems(
    language: str, expected: str, settings: Settings
) -> None:
    assert found(None, replace(settings, language=language)) == expected


def test_of_voices_of_one_rank_the_meant_dialect_is_the_default(there: Callable[..., None], settings: Settings) -> None:
    there(FakeKind("neural", (ALAN, BETTER_AMY)))
    assert found(None, settings) == "neural:en_US-amy-high"
    there(FakeKind("neural", (replace(ALAN, rank=1), BETTER_AMY)))
    assert found(None, replace(settings, language="en-GB")) == "neural:en_GB-alan"


@pytest.mark.parametrize("language", ["en", "en-US", "en-AU", "en_US"])
def test_a_natural_voice_of_another_dialect_is_better_than_the_systems(
    language: str, there: Callable[..., None], settings: Settings
) -> None:
    there(FakeKind("neural", (ALAN,)))
    assert found(None, replace(settings, language=language)) == "neural:en_GB-alan"


def test_a_dialect_that_is_named_is_the_one_that_is_heard(there: Callable[..., None], settings: Settings) -> None:
    there(FakeKind("neural", (BETTER_AMY,)))
    assert found(None, replace(settings, language="en-GB")) == "neural:en_US-amy-high"
    assert found("en-gb", settings) == "gmw/en"


def test_dialects_that_people_do_not_share_stay_apart(
    there: Callable[..., None], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    cantonese = VoiceInfo("sit/yue", "system", "Chinese (Cantonese)", ("yue",))
    monkeypatch.setattr(system, "catalogue", lambda _folder: Catalogue((cantonese,)))
    there(FakeKind("neural", (replace(AMY, id="neural:mei", languages=("cmn",)),)))
    assert found(None, replace(settings, language="zh-HK")) == "sit/yue"


def test_where_the_system_has_none_any_that_speaks_it_is_the_default(
    there: Callable[..., None], settings: Settings
) -> None:
    there(FakeKind("own", (replace(MINE, languages=("xx-yy",)),)))
    assert found(None, replace(settings, language="xx-zz")) == "own:kitchen-de"


@pytest.mark.usefixtures("there")
def test_where_no_voice_speaks_it_the_error_says_how_to_get_one(settings: Settings) -> None:
    with pytest.raises(VoiceError, match="speaks 'yy'\ninstall one") as caught:
        find_voice(None, replace(settings, language="yy"))
    assert "voicecoach voices get" in str(caught.value)


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("en_US-amy", "'en_US-amy' may mean several voices: neural:en_US-amy-low, neural:en_US-amy-high"),
        ("en_US", "'en_US' may mean several voices: neural:en_US-amy-low, neural:en_US-amy-high"),
        ("engl", "'engl' may mean several voices: gmw/en, gmw/en-us"),
        ("amyy", "no voice is called 'amyy'; did you mean 'amy'"),
        (
            "thorsten",
            "no voice is called 'thorsten'\nPiper has one of this name: 'voicecoach voices get de_DE-thor",
        ),
        ("zzz", "no voice is called 'zzz'"),
        ("", "the name of the voice is empty"),
        (" ", "the name of the voice is empty"),
        ("neurl:amy", "no kind of voices is called 'neurl'; did you mean 'neural'?"),
        ("neural:nobody", "nobody is here"),
        ("own:", "no voice of the kind 'own' is ready for the language 'en'"),
        ("en-us+nobody", "no voice variant is called 'nobody'"),
        ("amy+f3", "no voice is called 'amy'"),
    ],
)
def test_what_is_no_one_voices_name_is_the_commands_mistake(spec: str, expected: str, settings: Settings) -> None:
    with pytest.raises(ChoiceError) as caught:
        find_voice(spec, settings)
    assert str(caught.value).startswith(expected)
    assert len(str(caught.value).splitlines()) <= 2


@pytest.mark.usefixtures("there")
def test_an_unknown_name_says_what_lists_them_all(settings: Settings) -> None:
    with pytest.raises(UnknownNameError, match="'voicecoach voices' lists all of them"):
        find_voice("zzz", settings)


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize("spec", ["en_US-jo", "jo"])
def test_a_voice_that_is_not_ready_says_what_would_make_it_so(spec: str, settings: Settings) -> None:
    with pytest.raises(VoiceError, match="the voice neural:en_US-jo is not ready\ninstall it"):
        find_voice(spec, settings)


PEOPLE = ("amy", "my", "am", "ava", "bo", "carl", "de", "eva", "ida", "jo", "kal", "maya", "nan", "sam", "tom")
"""Speakers, of whom some are called like the codes of languages."""


@pytest.mark.parametrize("spelt", [str, str.upper, str.title, "{}, medium".format, "en_US-{}-medium".format])
def test_a_person_is_found_by_name_beside_voices_for_every_language(
    spelt: Callable[[str], str],
    there: Callable[..., None],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    codes = sorted({person[:length] for person in PEOPLE for length in (2, 3)})
    every = Catalogue(tuple(VoiceInfo(f"xx/{code}", "system", f"Language ({code})", (code,)) for code in codes))
    monkeypatch.setattr(system, "catalogue", lambda _folder: every)
    people = [
        VoiceInfo(f"neural:en_US-{each}-medium", "neural", f"{each}, medium", ("en-us",), rank=9) for each in PEOPLE
    ]
    there(FakeKind("neural", tuple(people)))
    for name in PEOPLE:
        assert found(spelt(name), settings) == f"neural:en_US-{name}-medium"
        assert found(f"system:{name[:2]}", settings) == f"xx/{name[:2]}"


def test_the_systems_voice_is_never_another_one(
    there: Callable[..., None], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kind's name alone means its best voice for the language; if it has none, no other kind steps in."""
    there(FakeKind("neural", (BETTER_AMY, replace(AMY, id="neural:ivo", languages=("it",)))))
    assert found("system", settings) == "gmw/en-us"
    with pytest.raises(VoiceError, match="no voice of this system speaks 'it'"):
        find_voice("system", replace(settings, language="it"))

    def none(_folder: object) -> Catalogue:
        raise VoiceError("no speech library is installed\ninstall espeak-ng")

    monkeypatch.setattr(system, "catalogue", none)
    with pytest.raises(VoiceError, match="no speech library"):
        find_voice("system", settings)
    assert found(None, settings) == "neural:en_US-amy-high"


def test_of_one_speaker_the_best_is_meant(there: Callable[..., None], settings: Settings) -> None:
    low = replace(AMY, name="Amy, low")
    there(FakeKind("neural", (low, BETTER_AMY)))
    assert found("amy", settings) == "neural:en_US-amy-high"
    there(FakeKind("neural", (low, BETTER_AMY, replace(low, id="neural:en_GB-amy-low", languages=("en-gb",)))))
    with pytest.raises(ChoiceError, match="'amy' may mean several voices"):
        find_voice("amy", settings)


@pytest.mark.usefixtures("there")
def test_no_language_is_suggested_for_a_name(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    more = (
        VoiceInfo("sit/my", "system", "Myanmar (Burmese)", ("my",)),
        VoiceInfo("sem/am", "system", "Amharic", ("am",)),
    )
    monkeypatch.setattr(system, "catalogue", lambda _folder: Catalogue(more))
    monkeypatch.setattr(finding, "list_kinds", lambda: {"system": System()})
    with pytest.raises(UnknownNameError) as caught:
        find_voice("amy", settings)
    assert "'my'" not in str(caught.value)
    assert "voicecoach voices get en_US-amy-medium" in str(caught.value)


def test_ready_voices_come_before_others_of_the_same_part(there: Callable[..., None], settings: Settings) -> None:
    there(FakeKind("neural", (JO,)), FakeKind("own", (VoiceInfo("own:big-jones", "own", "Jones"),)))
    assert found("jo", settings) == "own:big-jones"


@pytest.mark.usefixtures("there")
def test_a_voice_can_have_others_found_for_it(settings: Settings) -> None:
    voice, _ = find_voice("own:x", settings)
    assert isinstance(voice, NamedVoice)
    assert voice.settings.resolve is not None
    other = voice.settings.resolve("amy")
    assert isinstance(other, NamedVoice)
    assert other.name == "neural:en_US-amy-low"


@pytest.mark.usefixtures("there")
def test_the_list_goes_by_language_and_the_best_comes_first(settings: Settings) -> None:
    assert [each.id for each in list_voices(settings)] == [
        "gmw/de",
        "neural:en_GB-alan",
        "gmw/en",
        "neural:en_US-amy-high",
        "neural:en_US-amy-low",
        "gmw/en-us",
        "neural:en_US-jo",
        "own:kitchen-de",
    ]


def test_a_system_without_speech_is_listed_as_what_it_could_have(
    there: Callable[..., None], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_folder: object) -> Catalogue:
        raise VoiceError("no speech library is installed\ninstall espeak-ng")

    monkeypatch.setattr(system, "catalogue", none)
    there(FakeKind("own", (MINE,)))
    assert (list_voices(settings)[-1].ready, list_voices(settings)[-1].hint) == (False, "install espeak-ng")
    assert found("kitchen", settings) == "own:kitchen-de"
    for spec in (None, "en-us", "system:en-us"):
        with pytest.raises(VoiceError, match="no speech library"):
            find_voice(spec, settings)


def test_our_own_kinds_are_there() -> None:
    assert {"system", "piper", "recorded", "command"} <= list_kinds().keys()
    assert all(each.name == name for name, each in list_kinds().items())


def test_a_kind_of_which_nothing_is_installed_is_not_imported_to_find_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> Kind:
        raise AssertionError("it was imported")

    kinds = [finding.Later(each, fail, lambda _: True, lambda _: False) for each in ("kokoro", "piper")]
    monkeypatch.setattr(finding, "list_kinds", lambda: {each.name: each for each in kinds})
    assert not finding.has_natural(Settings("en", "", tmp_path))
    with pytest.raises(AssertionError, match="imported"):
        finding.list_others(Settings("en", "", tmp_path))
