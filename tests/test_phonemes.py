from __future__ import annotations

import pytest

from voicecoach.phonemes import drop_phonemes, find_unknown, mark_word, replace_phonemes, translate_phonemes


def test_a_sound_in_slashes_stays_beside_its_word_and_a_respelling_replaces_it() -> None:
    assert mark_word("Tadasana", "/təˈdɑːsənə/") == "[Tadasana](/təˈdɑːsənə/)"
    assert mark_word("Tadasana", " / təˈdɑːsənə / ") == "[Tadasana](/təˈdɑːsənə/)"
    assert mark_word("Tadasana", "tah-DAH-sah-nah") == "tah-DAH-sah-nah"
    assert mark_word("he/she", "he or she") == "he or she"


def test_words_come_back_without_their_sounds() -> None:
    text = "[Tadasana](/təˈdɑːsənə/), then [the psoas](/ðə ˈsoʊəs/)'s pull."
    assert drop_phonemes(text) == "Tadasana, then the psoas's pull."
    assert drop_phonemes("Knees [soft] (both).") == "Knees [soft] (both)."
    assert replace_phonemes(text, lambda word, sounds: f"<{word}={sounds}>") == (
        "<Tadasana=təˈdɑːsənə>, then <the psoas=ðə ˈsoʊəs>'s pull."
    )


@pytest.mark.parametrize(
    "sound", ["/təˈdɑːsənə/", "/ˈsoʊ.li.əs/", "/ˌpɪrɪˈfɔːrmɪs/", "/bɔ̃ˈʒuʁ/", "/tʃaɪ/", "/t͡ʃ/", "no"]
)
def test_phonemes_are_known(sound: str) -> None:
    assert not find_unknown(sound)


@pytest.mark.parametrize(("sound", "sign"), [("/t3da/", "3"), ("/tad@/", "@"), ("/ˈ/", "ˈ"), ("/да/", "д")])
def test_what_is_no_phoneme_is_found(sound: str, sign: str) -> None:
    assert find_unknown(sound) == sign


def test_the_longest_sign_comes_first_and_a_sign_without_an_entry_is_left_out() -> None:
    assert translate_phonemes("aɪa?", {"a": "1", "aɪ": "2"}) == "21"
    assert translate_phonemes("t͡ʃ", {"tʃ": "C", "t": "T"}) == "C"


@pytest.mark.parametrize(
    ("sounds", "placed"),
    [
        ("kæt", "kˈæt"),
        ("ˈstrɒŋ", "strˈɒŋ"),
        ("bəˈnɑnə", "bənˈɑnə"),
        ("ˌɑnə mə", "ˈɑnə mˈə"),
        ("ʃʃ", "ʃʃ"),
        ("'ab", "ˈab"),
    ],
)
def test_a_stress_mark_comes_before_its_vowel_and_every_word_has_one(sounds: str, placed: str) -> None:
    assert translate_phonemes(sounds, {each: each for each in "kætstrɒŋbənɑmʃaˈˌ "}) == placed
