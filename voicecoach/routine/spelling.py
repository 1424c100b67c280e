"""Spellings for voices: verbs that they take for nouns, and words that they take for those of another language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from voicecoach.language import fill, first_verb, match_case

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voicecoach.language import Language


def spell_words(text: str, words: Language) -> str:
    """Return a text in which the words that a voice reads wrongly are spelled as they sound.

    >>> from voicecoach.language import language
    >>> spell_words("Close your eyes", language("en")), spell_words("Le dos long", language("fr"))
    ('Cloze your eyes', 'Le dau long')
    """
    return _make_speller(words).spell(text)


@lru_cache(maxsize=16)
def _make_speller(words: Language) -> _Speller:
    return _Speller(words)


@dataclass(frozen=True)
class _Speller:
    """Spells words of one language."""

    words: Language

    def spell(self, text: str) -> str:
        """Spell verbs that begin a clause, and single words."""
        if self._spelled:
            text = self._any_spelled.sub(lambda match: match_case(match[0], self._spelled[match[0].lower()]), text)
        for verb in {found.lower() for found in self._verb.findall(text)}:
            pattern, said = self._verbs[verb]
            text = re.sub(pattern, lambda match, said=said: match_case(match[0], said), text)  # type: ignore[misc]
        return text

    @cached_property
    def _verb(self) -> re.Pattern[str]:
        verbs = "|".join(first_verb(pattern) for pattern, _ in self.words.reading.verbs)
        return re.compile(rf"\b(?:{verbs or '(?!)'})\b", re.IGNORECASE)

    @cached_property
    def _verbs(self) -> Mapping[str, tuple[str, str]]:
        return {
            first_verb(pattern): (self._build_clause_pattern(pattern), said)
            for pattern, said in self.words.reading.verbs
        }

    @cached_property
    def _spelled(self) -> Mapping[str, str]:
        return dict(self.words.reading.spelled)

    @cached_property
    def _any_spelled(self) -> re.Pattern[str]:
        words = "|".join(sorted(map(re.escape, self._spelled), key=len, reverse=True))
        return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)

    def _build_clause_pattern(self, pattern: str) -> str:
        begun = "|".join(rf"(?<=\b{word}\s)" for word in self.words.reading.form("begins").split())
        starts = rf"(?:(?<=[.!?…:;,(–—“\"‘«]\s)|(?<=[(–—“\"‘'«¿¡])|^|{begun})"
        verb = first_verb(pattern)
        after = fill(pattern, object=self.words.reading.form("objects"))[len(verb) :]
        return rf"(?i:{starts}{verb}\b{after})"
