from __future__ import annotations

import pytest

from voicecoach.errors import UnknownNameError
from voicecoach.language import fill, language, languages


def test_every_language_has_the_words_that_english_has() -> None:
    expected = dict(language("en").words)
    for code in languages():
        words = dict(language(code).words)
        assert words.keys() == expected.keys()
        assert all(words.values())


def test_a_dialect_takes_the_words_of_its_language_and_keeps_its_own_code() -> None:
    assert language("en-GB").word("round", number=3) == "round 3"
    assert language("EN").words == language("en").words
    assert language("en-GB").code == "en-GB"


@pytest.mark.parametrize("code", ["xx", "", "../en", "e", "en.toml", "en_GB"])
def test_a_language_without_words_is_told(code: str) -> None:
    with pytest.raises(UnknownNameError, match="no language is called") as caught:
        language(code)
    assert caught.value.known == tuple(languages())


def test_only_the_braces_that_are_asked_for_are_filled_and_nothing_else_is_magic() -> None:
    assert fill("{a} {b} {a.__class__} {{a}} %s", a="one") == "one {b} {a.__class__} {one} %s"
