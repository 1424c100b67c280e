"""From words to Kokoro's signs; the spelling rules are a stand-in, or espeak-ng's own where it is installed."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.language import language
from voicecoach.routine.text_normalisation import read_aloud
from voicecoach.voices import espeak
from voicecoach.voices.neural.kokoro import files
from voicecoach.voices.neural.kokoro.phonemes import VOCABULARY, Espeak, convert, find_foreign, read

needs_espeak = pytest.mark.skipif(find_spec("espeakng_loader") is None, reason="pip install espeakng-loader to run it")


def spell(text: str) -> str:
    return text.lower()


def test_every_number_of_the_vocabulary_is_one_signs() -> None:
    assert len(set(VOCABULARY.values())) == len(VOCABULARY) == 114
    assert {each: VOCABULARY[each] for each in ";. aɑəˈᵻʧ"} == dict(
        zip(";. aɑəˈᵻʧ", (1, 4, 16, 43, 69, 83, 156, 177, 133), strict=True)
    )


@given(st.text())
def test_any_text_gives_signs_that_the_model_knows(text: str) -> None:
    for sentence in read(text, spell):
        assert set(sentence) <= set(VOCABULARY)
        assert any(map(str.isalpha, sentence))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Breathe in. And out", ["breathe in.", "and out"]),
        ("so... rest", ["so…", "rest"]),
        ("in (all the way), out", ["in, all the way, out"]),
        ("slowly - very slowly", ["slowly— very slowly"]),
        ("for 3.5 or 1,5 or 4:6 breaths", ["for . or , or : breaths"]),
        ('"Yes." "No."', ["yes.", "no."]),
        ("¿Listo? ¡Ya!", ["listo?", "ya!"]),
        ("in,, out!?", ["in, out?"]),
        ("—", []),
        ("...", []),
        ("", []),
    ],
)
def test_marks_become_those_that_the_model_knows(text: str, said: list[str]) -> None:
    assert list(read(text, spell)) == said


@pytest.mark.parametrize(
    ("sounds", "signs"),
    [
        ("sˈɪ^ŋ ɡˈə^ʊ nˌi^ə tʃˈe^ə", "sˈɪŋ ɡˈQ nˌɪə tʃˈɛː"),
        ("bˈʌtn̩", "bˈʌtᵊn"),
        ("rˈe^ɪ d^ʒˈɔ^ɪ", "ɹˈA ʤˈY"),
    ],
)
def test_british_sounds_are_written_as_the_model_learned_them(sounds: str, signs: str) -> None:
    assert convert(sounds, british=True) == signs


def test_nasal_vowels_keep_their_tilde_and_notes_are_left_out() -> None:
    assert convert("(^e^n)ʃˈɛ̃(^f^r) sɑ̃- ç^") == "ʃˈɛ̃ sɑ̃ ç"


@pytest.mark.parametrize("text", ["дыши", "שלום", "呼吸", "Ω"])
def test_letters_of_other_scripts_are_found(text: str) -> None:
    assert find_foreign(f"inhala {text}") == text[0]


@needs_espeak
@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("ef_dora", "Inhala, la última", "inˈala, la ˈultima"),
        ("ef_dora", "la pierna derecha", "la pjˈeɾna ðeɾˈeʧa"),
        ("ff_siwis", "Souffle, penche-toi", "sˈufl, pˈɑ̃ʃtwˈa"),
        ("ff_siwis", "Assieds-toi, le dos long, à ton rythme", "asjˈetwˈa, lə dˈo lˈɔ̃, a tɔ̃ ʁˈitm"),
        ("ff_siwis", "le coach", "lə kˈQʧ"),
        ("bf_emma", "Breathe out slowly", "bɹˈiːð ˈWt slˈQli"),
    ],
)
def test_espeak_gives_the_sounds_of_words(name: str, text: str, said: str) -> None:
    library, style = espeak.find_library(), files.find_style(name)
    assert library.path
    rules = Espeak(library.path, library.data, style.spelling)
    spoken = read_aloud(text, language(style.language))
    assert list(read(spoken, rules.spell, style.spelling)) == [said]


@needs_espeak
def test_no_french_word_of_the_table_is_read_as_english() -> None:
    library, french = espeak.find_library(), language("fr")
    assert library.path
    rules = Espeak(library.path, library.data, files.find_style("ff_siwis").spelling)
    for word, spelling in french.reading.spelled:
        assert "(^e^n)" in rules.spell(word), word
        assert "(" not in rules.spell(spelling), spelling
    assert "(" not in rules.spell(french.word("calibration"))


@needs_espeak
def test_espeak_has_no_voice_of_an_unknown_name() -> None:
    library = espeak.find_library()
    assert library.path
    with pytest.raises(OSError, match="espeak-ng has no voice xx/yy"):
        Espeak(library.path, library.data, "xx/yy")
