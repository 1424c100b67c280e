"""What hibari's own front end makes of guidance phrases.

``python -m tests.integration.test_hibari_phonemes`` writes the reviewed phonemes anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.goldens import GOLDEN
from voicecoach.language import language
from voicecoach.routine.text_normalisation import read_aloud
from voicecoach.voices.neural.hibari.text import rewrite

if TYPE_CHECKING:
    from collections.abc import Mapping

PHRASES = Path(__file__).parents[1] / "voices" / "neural" / "hibari" / "guidance-phrases.txt"
HEARD = GOLDEN / "hibari-phonemes.txt"


def read_phrases() -> list[str]:
    return [line.split("\t")[0] for line in PHRASES.read_text(encoding="utf-8").splitlines()]


def find_phonemes(phrases: list[str]) -> dict[str, str]:
    from hibari.g2p import G2P
    from hibari.tts import Hibari

    english, front_end = language("en"), G2P()
    texts = {phrase: rewrite(read_aloud(phrase, english)) for phrase in phrases}
    return {
        phrase: " ".join(front_end(sentence) for sentence in Hibari.split_sentences(text))
        for phrase, text in texts.items()
    }


@pytest.fixture(scope="module")
def phonemes() -> Mapping[str, str]:
    pytest.importorskip("hibari", reason="the front end that reads the phrases")
    return find_phonemes(read_phrases())


def test_the_phonemes_of_guidance_phrases_are_as_they_were_reviewed(phonemes: Mapping[str, str]) -> None:
    reviewed = dict(line.split("\t") for line in HEARD.read_text(encoding="utf-8").splitlines())
    assert phonemes == reviewed


def test_no_phrase_is_read_by_the_name_of_a_sign(phonemes: Mapping[str, str]) -> None:
    for sign in ("slˈæʃ", "tˈɪldə", "ˈæstəɹˌɪsk", "kˈɛɹət", "hˈæʃ"):
        assert not [phrase for phrase, sounds in phonemes.items() if sign in sounds.split()]


def test_every_phrase_has_sounds(phonemes: Mapping[str, str]) -> None:
    assert not [phrase for phrase, sounds in phonemes.items() if not any(map(str.isalpha, sounds))]


if __name__ == "__main__":
    lines = [f"{phrase}\t{sounds}\n" for phrase, sounds in find_phonemes(read_phrases()).items()]
    HEARD.write_text("".join(lines), encoding="utf-8")
