"""Texts for readers: each on one line, with sounds in words."""

from __future__ import annotations

import unicodedata
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.core.score import CueKind
from voicecoach.core.timeline import Cue
from voicecoach.language import Language, language, list_languages
from voicecoach.system.assets import list_assets
from voicecoach.views.text import describe_cue, one_line

UNSEEN = Language("tlh", "tlhIngan Hol", ())


def sound(text: str, path: str = "") -> Cue:
    return Cue(Fraction(0), Fraction(4), CueKind.CHIME, text, spoken=path)


@given(st.text(st.characters(), max_size=200))
def test_a_line_is_one_line_that_can_be_encoded_and_stays_as_it_is(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert not [letter for letter in line if unicodedata.category(letter) == "Cc"]
    assert line.encode("utf-8").decode("utf-8") == line == one_line(line)


def test_a_space_that_may_not_break_stays() -> None:
    assert one_line("Inspire\u00a0: doucement\u202f!") == "Inspire\u00a0: doucement\u202f!"


@pytest.mark.parametrize("code", list_languages())
def test_every_language_has_its_own_words_for_every_sound_of_the_program(code: str) -> None:
    shipped = {name.removesuffix(".wav") for name in list_assets()}
    words = dict(language(code).sounds)
    assert words.keys() == {*shipped, "other"}
    assert len({words[name] for name in ("tone-in", "tone-out", "tone-hold", "chime-end")}) == 4
    assert "{name}" in words["other"]


@pytest.mark.parametrize("code", [code for code in list_languages() if code != "en"])
def test_no_sound_was_left_in_english(code: str) -> None:
    assert not set(language(code).sounds) & set(language("en").sounds)


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("tone-in", "", "rising tone"),
        ("ocean_bell.wav", "/home/me/ocean_bell.wav", "sound: ocean bell"),
        ("sounds/Gong 2.flac", "/home/me/sounds/Gong 2.flac", "sound: Gong 2"),
        ("tone-in", "/home/me/tone-in", "sound: tone in"),
    ],
)
def test_a_sound_is_told_in_words_and_a_file_by_its_name(text: str, path: str, expected: str) -> None:
    assert describe_cue(sound(text, path), language("en")) == expected


def test_a_language_without_words_for_sounds_shows_a_note() -> None:
    assert describe_cue(sound("tone-in"), UNSEEN) == "♪ tone in"
