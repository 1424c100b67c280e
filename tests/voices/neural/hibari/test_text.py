from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voicecoach.language import language
from voicecoach.phonemes import find_unknown
from voicecoach.routine.text_normalisation import read_aloud
from voicecoach.voices.neural.hibari import text as hibari_text
from voicecoach.voices.neural.hibari.text import convert_ipa, rewrite

PHRASES = Path(__file__).with_name("guidance-phrases.txt")
"""Wordings as people write them, each with the text that hibari gets for it."""
OWN = set("AIOWYiuæɑɔəɛɜɪʊʌᵻᵊbdfhjklmnpstvwzðŋɡɹʃʒʤʧθTɐˈˌː, ")
MARKED = re.compile(r"\[([^\[\]]+)\]\(/([^/()]+)/\)")
FRACTION = re.compile(r"\d\W*/\W*\d")


def read_phrases() -> dict[str, str]:
    return dict(line.split("\t") for line in PHRASES.read_text(encoding="utf-8").splitlines())


def test_a_phrase_is_written_as_hibari_reads_it_well() -> None:
    phrases = read_phrases()
    assert {phrase: rewrite(read_aloud(phrase, language("en"))) for phrase in phrases} == phrases


def test_there_are_two_hundred_phrases() -> None:
    assert len(read_phrases()) >= 200


def test_every_word_of_the_table_has_sounds_of_the_model() -> None:
    words, phrases = hibari_text._read_table()  # noqa: SLF001 - the table itself
    assert not {word: sounds for word, sounds in (words | phrases).items() if not set(sounds) <= OWN}
    assert not {word for word in words | phrases if word != word.lower()}


def test_every_word_of_the_table_is_there_once() -> None:
    lines = Path(hibari_text.__file__).with_name("words.txt").read_text(encoding="utf-8").splitlines()
    words = [line.split(" = ")[0] for line in lines if " = " in line and not line.startswith("#")]
    assert sorted(words) == sorted(set(words))


def test_every_respelling_of_a_verb_that_hibari_reads_wrongly_is_a_respelling() -> None:
    spelled = {said for _, said in language("en").reading.verbs}
    table = (Path(hibari_text.__file__).with_name("words.txt")).read_text(encoding="utf-8")
    section = table.partition("# respellings")[2].partition("\n\n")[0].splitlines()[1:]
    assert {line.split(" = ")[0] for line in section} <= spelled


@pytest.mark.parametrize(
    ("sounds", "own"),
    [
        ("təˈdɑːsənə", "tədˈɑsənə"),
        ("ˈdʒɜːrni", "ʤˈɜɹni"),
        ("t͡ʃaɪ", "ʧˈI"),
        ("ˈfyːsə", "fˈusə"),
        ("bɔ̃ˈʒuːʁ", "bOnʒˈuɹ"),
        ("ˈkætl̩", "kˈætᵊl"),
        ("ˌpɪrɪˈfɔːrmɪs", "pˌɪɹɪfˈɔɹmɪs"),
        ("ˈsɐvɐ", "sˈʌvə"),
        ("kəntɹˈækt", "kəntɹˈækt"),
        ("maʊs ʃuː", "mˈWs ʃˈu"),
    ],
)
def test_the_phonetic_alphabet_becomes_that_of_the_model(sounds: str, own: str) -> None:
    assert convert_ipa(sounds) == own


def test_phonemes_of_the_author_come_before_the_table() -> None:
    assert rewrite("[Psoas](/ˈsoʊæs/). The [soleus](/ˈsoʊliəs/)'s pull.") == (
        "[Psoas](/sˈOæs/). The [soleus's](/sˈOliəsᵻz/) pull."
    )


def test_a_number_without_words_is_read_digit_by_digit() -> None:
    longest = "9" * 36
    assert rewrite(f"Count to {longest}.") == f"Count to {longest}."
    assert rewrite(f"Count to {longest}1, or 7.") == f"Count to {' '.join(longest)} 1, or 7."
    assert rewrite(f"{'1' + ',000' * 12}") == " ".join("1" + "000" * 12)
    assert rewrite(f"0.{longest}9") == f"0.{longest}9"


@example("A .")
@example("1/3,")
@given(st.text(alphabet=st.sampled_from([*"aAxIuUp -–—.,…/'’()[]0123", "\U000f0000", "ā", "é", "\u00ad"]), max_size=40))
def test_no_text_makes_trouble_or_loses_a_letter(text: str) -> None:
    written = rewrite(text)
    assert "\U000f0000" not in written
    spoken = [each for each in MARKED.sub(r"\1", written) if each.isdigit()]
    if not FRACTION.search(text):  # "1/3" is read as "1 third"
        assert spoken == [each for each in text if each.isdigit()]
    assert not re.search(r"\s\s|\s[,.;:!?]", written)


@given(st.text(alphabet="təˈdɑːsnæʃʒiuɪʊaoerɹʌθðŋ", min_size=1, max_size=12))
def test_all_phonemes_are_those_of_the_model(sounds: str) -> None:
    assert set(convert_ipa(sounds)) <= OWN - {","}
    assert "ː" not in convert_ipa(sounds)
    assert not find_unknown(f"/{sounds}a/")


SIGNED = st.lists(
    st.sampled_from(
        [
            *"‐‑´`ʼ′()[]{}/LR012459,-–—≥⩾≤⩽≈~∼˜.…;:!?asn ",
            "and",
            "or",
            "she/he",
            " L ",
            "1/4",
            "24/7",
            "3rd",
            " leg",
            "…,",
        ]
    ),
    max_size=12,
).map("".join)


@given(SIGNED)
@example("1/4, 24/7 and/or or (s) L/R")
def test_a_sign_is_only_sought_where_one_of_its_characters_is(text: str) -> None:
    wanted = text
    if hibari_text._SIGN.search(wanted):  # noqa: SLF001 - as below
        for _, pattern, said in hibari_text._SIGNS:  # noqa: SLF001 - the table itself
            wanted = re.sub(pattern, said, wanted)
    assert hibari_text._read_signs(text) == " ".join(wanted.split())  # noqa: SLF001 - as above
