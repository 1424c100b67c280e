from __future__ import annotations

import pytest

from voicecoach.errors import ChoiceError, UnknownNameError, VoiceError
from voicecoach.voices.catalogue import Catalogue, choose, read_catalogue
from voicecoach.voices.port import VoiceInfo

VOICES = Catalogue(
    (
        VoiceInfo("gmw/de", "system", "German", ("de",)),
        VoiceInfo("gmw/en-029", "system", "English (Caribbean)", ("en-029",)),
        VoiceInfo("gmw/en", "system", "English (Great Britain)", ("en-gb",)),
        VoiceInfo("gmw/en-gb-scotland", "system", "English (Scotland)", ("en-gb-scotland",)),
        VoiceInfo("gmw/en-us", "system", "English (America)", ("en-us",)),
        VoiceInfo("gmw/en-us-nyc", "system", "English (America, New York City)", ("en-us-nyc",)),
        VoiceInfo("roa/es-419", "system", "Spanish (Latin America)", ("es-419",)),
        VoiceInfo("roa/es", "system", "Spanish (Spain)", ("es",)),
        VoiceInfo("roa/fr-be", "system", "French (Belgium)", ("fr-be",)),
        VoiceInfo("roa/fr", "system", "French (France)", ("fr-fr",)),
        VoiceInfo("roa/pt-br", "system", "Portuguese (Brazil)", ("pt-br",)),
        VoiceInfo("com.apple.voice.compact.it-IT.Alice", "system", "Alice", ("it-it",)),
    ),
    ("f3", "Andy"),
)


@pytest.mark.parametrize(
    ("language", "voice"),
    [
        ("en", "gmw/en-us"),
        ("en-GB", "gmw/en"),
        ("en_us", "gmw/en-us"),
        ("de", "gmw/de"),
        ("de-AT", "gmw/de"),
        ("es", "roa/es"),
        ("es-419", "roa/es-419"),
        ("es-MX", "roa/es"),
        ("fr", "roa/fr"),
        ("fr-BE", "roa/fr-be"),
        ("pt", "roa/pt-br"),
        ("it", "com.apple.voice.compact.it-IT.Alice"),
    ],
)
def test_without_a_name_the_language_chooses(language: str, voice: str) -> None:
    assert choose(VOICES, None, language).id == voice


def test_a_language_that_no_voice_speaks_is_an_error_that_says_how_to_get_one() -> None:
    with pytest.raises(VoiceError, match="no voice of this system speaks 'xx'\ninstall one"):
        choose(VOICES, None, "xx")


@pytest.mark.parametrize("language", ["de", "de-AT", "es", "fr"])
def test_no_voice_of_another_language_steps_in(language: str) -> None:
    english = Catalogue(tuple(voice for voice in VOICES.voices if voice.name.startswith("English")))
    with pytest.raises(VoiceError, match=f"no voice of this system speaks '{language}'\ninstall one"):
        choose(english, None, language)


@pytest.mark.parametrize(
    ("name", "voice"),
    [
        ("gmw/en-us", "gmw/en-us"),
        ("en-us", "gmw/en-us"),
        ("EN-US", "gmw/en-us"),
        ("en", "gmw/en"),
        ("German", "gmw/de"),
        ("scot", "gmw/en-gb-scotland"),
        ("alice", "com.apple.voice.compact.it-IT.Alice"),
        ("en-us+f3", "gmw/en-us+f3"),
        ("gmw/de+ANDY", "gmw/de+Andy"),
    ],
)
def test_a_name_may_be_an_id_a_language_or_a_part_that_one_voice_has(name: str, voice: str) -> None:
    assert choose(VOICES, name, "en").id == voice


def test_a_part_that_several_voices_have_is_refused_with_their_ids() -> None:
    with pytest.raises(ChoiceError, match="'america' may mean several voices: gmw/en-us, gmw/en-us-nyc"):
        choose(VOICES, "america", "en")


@pytest.mark.parametrize("name", ["en-uss", "", "zzz", "en-us+", "en-us+nobody", "zzz+f3"])
def test_an_unknown_name_is_the_commands_mistake(name: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        choose(VOICES, name, "en")
    assert caught.value.exit_status == 2


def test_an_unknown_name_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'en-us'"):
        choose(VOICES, "en-uss", "en")


@pytest.mark.parametrize("answer", [None, 3, [], {}, {"voices": 1, "variants": []}, {"voices": [{}], "variants": []}])
def test_what_is_no_list_of_voices_is_refused(answer: object) -> None:
    with pytest.raises(ValueError, match="not a list of voices"):
        read_catalogue(answer)  # type: ignore[arg-type] # that is the point
