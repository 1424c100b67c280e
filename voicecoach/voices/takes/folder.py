"""A folder of recordings: which file speaks which wording, and which files no wording needs."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING

from voicecoach.errors import ChoiceError, describe_unreadable
from voicecoach.language import as_written
from voicecoach.system.file_names import make_slug, name_recording, split_name
from voicecoach.voices.takes.wave import read_title
from voicecoach.voices.takes.words import find_same_words, read_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

ENDINGS = (".wav", ".flac", ".m4a", ".mp3")
"""The files that are recordings; of several with the same name, the first by this order is heard."""

_ALIKE = 0.6
"""The part of their letters in which an unused recording and a missing wording agree if its words changed."""


@dataclass(frozen=True, slots=True)
class Unused:
    """A recording that no wording needs.

    Attributes:
        file: The recording.
        words: Its words, as far as they are known: those that it carries, or those in its name.
        now: The missing wording that its words probably became; empty if there is none.
    """

    file: Path
    words: str
    now: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """Wordings, each with the recording that speaks it, and the recordings that are left over.

    Attributes:
        found: The recording of each wording; None if there is none.
        unused: The other recordings with names that are made from words, by their names.
    """

    found: Mapping[str, Path | None]
    unused: tuple[Unused, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The wordings without a recording, in order."""
        return tuple(wording for wording, file in self.found.items() if file is None)


def list_recordings(folder: Path) -> dict[str, tuple[Path, ...]]:
    """Return the recordings in a folder by their names without the ending, best ending first.

    Raises:
        ChoiceError: When the folder does not exist or can't be read.
    """
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.is_file())
    except FileNotFoundError:
        raise ChoiceError(f"{folder}: no such folder of recordings; create it first") from None
    except OSError as error:
        raise ChoiceError(f"{folder}: the recordings can't be read: {describe_unreadable(error)}") from None
    found: dict[str, tuple[Path, ...]] = {}
    for path in sorted(files, key=lambda path: ENDINGS.index(path.suffix.lower())):
        found[path.stem.lower()] = (*found.get(path.stem.lower(), ()), path)
    return found


class Takes:
    """The recordings in a folder, found by the text of a wording, or by its words if its punctuation changed."""

    def __init__(self, folder: Path) -> None:
        """Look into ``folder``.

        Raises:
            ChoiceError: When it does not exist or can't be read.
        """
        self.folder, self.files = folder, list_recordings(folder)
        self._by_words: dict[str, tuple[str, ...]] = {}

    def find_stems(self, wording: str) -> tuple[str, ...]:
        """Return the names of the recordings of a wording, without endings; the first one is heard.

        A recording of exactly this text comes first. Without one, those of the same words come in the order of their
        names.
        """
        text = as_written(wording)
        exact = name_recording(text)
        return (exact,) if exact in self.files else self._find_by_words(text)

    def find(self, wording: str) -> Path | None:
        """Return the recording of a wording; None if there is none."""
        stems = self.find_stems(wording)
        return self.files[stems[0]][0] if stems else None

    def review(self, wordings: Iterable[str]) -> Review:
        """Return the recording of each wording, and the recordings that none of them needs."""
        found = {wording: self.find_stems(wording) for wording in wordings}
        used = {stem for stems in found.values() for stem in stems}
        missing = [wording for wording, stems in found.items() if not stems]
        unused = [self._describe_unused(stem, missing) for stem in sorted(self.files) if stem not in used]
        files = {wording: self.files[stems[0]][0] if stems else None for wording, stems in found.items()}
        return Review(files, tuple(each for each in unused if each))

    @cached_property
    def titles(self) -> dict[str, str]:
        """The words that recordings carry, by their names; a file that got another name is what its name says."""
        named = {stem: read_title(files[0]) for stem, files in self.files.items() if files[0].suffix.lower() == ".wav"}
        return {stem: words for stem, words in named.items() if words and name_recording(words) == stem}

    def _find_by_words(self, text: str) -> tuple[str, ...]:
        if text not in self._by_words:
            self._by_words[text] = tuple(sorted(self._list_same_words(text))) if read_words(text) else ()
        return self._by_words[text]

    def _list_same_words(self, text: str) -> Iterator[str]:
        """Yield the names of the recordings with the words of a text: by what they carry, or by their names."""
        wanted, slug = read_words(text), make_slug(text)
        yield from (stem for stem, words in self.titles.items() if read_words(words) == wanted)
        names = {stem: split_name(stem) for stem in self.files.keys() - self.titles.keys()}
        alike = {digest: stem for stem, (own, digest) in names.items() if own == slug}
        yield from (alike[digest] for digest in find_same_words(text, slug, alike))

    def _describe_unused(self, stem: str, missing: Iterable[str]) -> Unused | None:
        slug, _ = split_name(stem)
        if not slug:
            return None
        words = self.titles.get(stem, "")
        likeness = {wording: _compare(words or slug, wording, cut=not words) for wording in missing}
        best = max(likeness, key=lambda wording: likeness[wording], default="")
        now = as_written(best) if best and likeness[best] >= _ALIKE else ""
        return Unused(self.files[stem][0], words or f"{slug.replace('-', ' ')} …", now)


def _compare(words: str, wording: str, *, cut: bool) -> float:
    """Return how alike two texts are, from 0 to 1; a name that was cut is compared with the name of the other text."""
    text = as_written(wording)
    one, other = (words, make_slug(text)) if cut else (read_words(words), read_words(text))
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
