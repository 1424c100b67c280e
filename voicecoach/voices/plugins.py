"""Voices of other packages, found by entry points. A broken package is reported and does not stop the others."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, cast

from voicecoach.audio.clip import INAUDIBLE, is_audible
from voicecoach.errors import VoicecoachError, VoiceError, quote
from voicecoach.voices.cached import close_after
from voicecoach.voices.port import VoiceInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.metadata import EntryPoint

    from voicecoach.audio.clip import Clip
    from voicecoach.voices.port import Kind, Settings, Voice

GROUP = "voicecoach.voices"


@dataclass(frozen=True, slots=True)
class Plugin:
    """A kind that another package brings; it is imported when it is first asked for something.

    Its name is that of the entry point, whatever the kind calls itself.
    """

    entry: EntryPoint

    @property
    def name(self) -> str:
        """The word before the colon."""
        return self.entry.name.lower()

    def list_voices(self, settings: Settings) -> Sequence[VoiceInfo]:
        """List what the package has; one that fails is a single voice that is not ready, and says why."""
        try:
            with _explain_errors("voices", self._package):
                return [self._own(each) for each in _load_kind(self.entry).list_voices(settings)]
        except VoicecoachError as error:
            broken = "; ".join(str(error).splitlines())
            return [VoiceInfo(f"{self.name}:", self.name, self._package, ready=False, hint=broken)]

    def find_voice(self, name: str, settings: Settings) -> Voice:
        """Return the voice of a name, with what it does watched.

        Raises:
            ChoiceError: As the package has it.
            VoiceError: As the package has it, or when it is broken.
        """
        with _explain_errors(f"voice {self.name}:{name}", self._package):
            return CheckedVoice(_load_kind(self.entry).find_voice(name, settings), f"{self.name}:{name}", self._package)

    def _own(self, listed: VoiceInfo) -> VoiceInfo:
        prefix = f"{self.name}:"
        name = listed.id if listed.id.startswith(prefix) else prefix + listed.id
        languages = tuple(tag.lower() for tag in listed.languages)
        return replace(listed, id=name, kind=self.name, languages=languages, hint=" ".join(listed.hint.split()))

    @property
    def _package(self) -> str:
        found = self.entry.dist
        return f"{found.name} {found.version}" if found else self.entry.value


@dataclass(frozen=True, slots=True)
class CheckedVoice:
    """A voice of another package. Its exceptions and silent clips become a VoiceError."""

    voice: Voice
    name: str
    package: str

    @property
    def identity(self) -> str:
        """The voice's own, with its package and version before it.

        Raises:
            VoiceError: When it has none.
        """
        with _explain_errors(f"voice {self.name}", self.package):
            return f"{self.package}, {self.voice.identity}"

    @property
    def knows_phonemes(self) -> bool:
        """Whether the voice says so."""
        return bool(getattr(self.voice, "knows_phonemes", False))

    @property
    def problems(self) -> tuple[str, ...]:
        """What the voice has to tell, if it has something."""
        return tuple(getattr(self.voice, "problems", ()))

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        """Speak each wording, in order.

        Raises:
            VoiceError: When the voice fails, or gives a silent clip, which must not be kept.
        """
        with _explain_errors(f"voice {self.name}", self.package), close_after(self.voice.speak(wordings)) as spoken:
            for wording, clip in zip(wordings, spoken, strict=False):  # whoever asked counts them
                if not is_audible(clip, INAUDIBLE):
                    raise VoiceError(f"the voice {self.name} gave no sound for {quote(wording)}\ntry another --voice")
                yield clip


@cache
def list_plugins() -> tuple[Plugin, ...]:
    """Return the kinds that installed packages bring, none of them imported yet."""
    if not _may_exist():
        return ()
    from importlib.metadata import entry_points

    return tuple(map(Plugin, sorted(entry_points(group=GROUP))))


def _may_exist() -> bool:
    """Return whether any package's entry points name the group: only then is importlib asked, which takes 20 ms."""
    for place in map(Path, sys.path):
        if place.is_file():  # an archive
            return True
        listed = chain(place.glob("*.dist-info/entry_points.txt"), place.glob("*.egg-info/entry_points.txt"))
        if any(GROUP in each.read_text(encoding="utf-8", errors="replace") for each in listed):
            return True
    return False


@cache
def _load_kind(entry: EntryPoint) -> Kind:
    found = entry.load()
    for needed in ("list_voices", "find_voice"):
        if not callable(getattr(found, needed, None)):
            raise TypeError(f"{entry.value} has no method {needed!r}")
    return cast("Kind", found)


@contextmanager
def _explain_errors(what: str, package: str) -> Iterator[None]:
    """Turn whatever a package raises into a VoiceError that names it; our own errors pass.

    Raises:
        VoiceError: When something else is raised.
    """
    try:
        yield
    except VoicecoachError:
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        remedy = "update or uninstall it, or name another with --voice"
        raise VoiceError(f"the {what} of the package {package} failed: {said}\n{remedy}") from error
