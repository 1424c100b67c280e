from __future__ import annotations

import pytest

from voicecoach.respelling import read_posture, read_respelling


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("tah-DAH-sah-nah", "tɑdˈɑsɑnɑ"),
        ("shah-VAH-sah-nah", "ʃɑvˈɑsɑnɑ"),
        ("Tah-DAH-sah-nah", "tɑdˈɑsɑnɑ"),
        ("oo-JAI", "udʒˈaɪ"),
        ("oo-JAH-yee", "udʒˈɑji"),
        ("nah-mas-TAY", "nɑmæstˈeɪ"),
        ("SOH-lee-us", "sˈoʊliəs"),
        ("chah-too-RAHN-gah", "tʃɑturˈɑnɡɑ"),
        ("uh-KIL-eez", "əkˈɪliz"),
        ("KWAH-druh-seps", "kwˈɑdrəsɛps"),
        ("pir-ih-FOR-mis", "pərɪfˈɔrmɪs"),
        ("tye-CHEE", "taɪtʃˈi"),
        ("MUS-ul", "mˈʌsəl"),
    ],
)
def test_a_respelling_is_read_syllable_by_syllable(word: str, sounds: str) -> None:
    assert read_respelling(word) == sounds


@pytest.mark.parametrize(
    "word", ["T-shirt", "side-to-side", "side-TO-side", "push-UP", "hip-width", "X-ray", "TAH-DAH", "up"]
)
def test_other_words_are_left_alone(word: str) -> None:
    assert not read_respelling(word)


@pytest.mark.parametrize(
    ("name", "sounds"),
    [
        ("Tadasana", "tədˈɑsənə"),
        ("virabhadrasana", "vˌɪrəbədrˈɑsənə"),
        ("Paschimottanasana", "pˌʌstʃɪmoʊtənˈɑsənə"),
        ("Vrksasana", "vrɪksˈɑsənə"),
        ("Krounchasana", "kraʊntʃˈɑsənə"),
        ("asana", ""),
        ("banana", ""),
        ("Größasana", ""),
    ],
)
def test_a_posture_is_read_by_its_letters(name: str, sounds: str) -> None:
    assert read_posture(name) == sounds
