"""What espeak-ng makes of verbs that begin a clause: it says them as verbs, as it does after "to"."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from tests.routine.test_text_normalisation import AFTER, VERBS
from voicecoach.language import language
from voicecoach.routine.text_normalisation import read_aloud

espeak = pytest.importorskip("espeakng_loader", reason="the library that says what a text sounds like")

ENGLISH = language("en")
PROGRAM = """
import ctypes, json, sys
import espeakng_loader
library = ctypes.CDLL(espeakng_loader.get_library_path())
library.espeak_Initialize(1, 0, espeakng_loader.get_data_path().encode(), 0)
library.espeak_TextToPhonemes.restype = ctypes.c_char_p
library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int]
voice, *texts = json.load(sys.stdin)
assert library.espeak_SetVoiceByName(voice.encode()) == 0
def clauses(text):
    held = ctypes.create_string_buffer(text.encode())
    at = ctypes.c_void_p(ctypes.addressof(held))
    while at.value:
        yield library.espeak_TextToPhonemes(ctypes.byref(at), 1, 2).decode()
print(json.dumps([" ".join(filter(None, clauses(text))) for text in texts]))
"""
"""Prints the phonemes of texts; the library may end its process, so it has one of its own."""

SOUNDS = {"decrease": "dᵻkɹˈiːs", "excuse": "ɛkskjˈuːz"}
"""What espeak-ng itself gets wrong, also after "to"."""
BEFORE = ("", "Sit tall, ", "Sit tall, and ", "Now ", "Sit; then ")


def phonemes(voice: str, texts: list[str]) -> list[str]:
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, input=json.dumps([voice, *texts]), capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert len(found) == len(texts)
    return list(found)


def sentence(verb: str) -> str:
    return f"{verb} {AFTER.get(verb, 'your arms')}"


@pytest.fixture(scope="module")
def sounds() -> dict[str, str]:
    """What each text sounds like."""
    texts = [f"{before}{sentence(verb)}" for verb in VERBS for before in (*BEFORE, "to ")]
    said = [text if text.startswith("to ") else read_aloud(text[0].upper() + text[1:], ENGLISH) for text in texts]
    return dict(zip(texts, phonemes("en-us", said), strict=True))


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_that_begins_a_clause_sounds_like_a_verb(verb: str, sounds: dict[str, str]) -> None:
    as_verb = SOUNDS.get(verb) or re.sub(r"^tə?ʊ? ?|^tʊ ", "", sounds[f"to {sentence(verb)}"]).split()[0]
    for before in BEFORE:
        assert as_verb in sounds[f"{before}{sentence(verb)}"].split(), before


def test_what_is_put_into_words_is_neither_spelled_out_nor_read_as_a_sign() -> None:
    written = ["30s", "10-15", "3x10", "90º", "5 kg", "15 cm", "→ left", "Warrior II", "L4/L5", "4-7-8", "1/2 way"]
    heard = " ".join(phonemes("en-us", [read_aloud(each, ENGLISH) for each in written]))
    for sign in ("dˈæʃ", "ˈɛks", "ˈoʊ", "kˌeɪdʒˈiː", "sˌiːˈɛm", "ˈæɹoʊ", "ɹˌoʊmən", "slˈæʃ"):
        assert sign not in heard.split()
