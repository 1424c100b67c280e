"""Clips kept on disk by what they say and how it sounds: spoken once, whatever is built from them later."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager, suppress
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from voicecoach.audio.clip import INAUDIBLE, SAMPLE_BYTES, SAMPLE_RATE, Clip, is_audible
from voicecoach.errors import VoicecoachError, VoiceError, quote
from voicecoach.phonemes import list_marked
from voicecoach.system import cache, locks
from voicecoach.voices.port import CompositeVoice, VaryingVoice, fit_wordings

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from voicecoach.system.lru import Lru
    from voicecoach.voices.port import Voice
    from voicecoach.voices.shipped import ShippedClips


PATIENCE = 30.0
"""Seconds that a process waits while another speaks, which may be just what it needs; then it speaks itself."""

REMEDY = "voicecoach.testing.check_voice finds what is wrong with it"


class CachedVoice:
    """A voice that asks the one inside only for what is not in ``folder`` yet.

    If the cache can't be read or written, the voice still speaks, and ``problems`` says so once.
    """

    def __init__(  # noqa: PLR0913 - where clips come from, and where they go
        self,
        voice: Voice,
        folder: Path,
        problems: Sequence[str] = (),
        *,
        limit: int = cache.LIMIT,
        memory: Lru[Path, Clip] | None = None,
        shipped: ShippedClips | None = None,
        watched: bool = False,
    ) -> None:
        """Wrap ``voice``; ``folder`` is made when there is something to keep, and holds ``limit`` bytes at most.

        Problems of the voice itself come first in ``problems``. Clips in ``memory`` are not read again. ``shipped`` are
        the clips that come with the program. A ``watched`` voice is a program's own: see `watch`.
        """
        self._memory, self._shipped, self._watched = memory, shipped, watched
        self.voice, self.folder, self.limit = voice, folder, limit
        self.name = ""
        self._problems = list(problems)
        self._fresh: set[str] = set()
        self._found: set[str] = set()
        self._unread = dict[str, None]()
        self._pruned = self._noted = False

    def vary(self, take: int) -> CachedVoice | None:
        """Return the voice that speaks another take of the same words; None if the voice inside has only one."""
        if not isinstance(self.voice, VaryingVoice):
            return None
        other = self.voice.vary(take)
        memory, shipped = self._memory, self._shipped
        return CachedVoice(other, self.folder, limit=self.limit, memory=memory, shipped=shipped, watched=self._watched)

    @property
    def identity(self) -> str:
        """The identity of the voice inside: a cache changes nothing to be heard."""
        return self.voice.identity

    @property
    def problems(self) -> list[str]:
        """Problems of the voice and of the cache, for the listener."""
        return [*self._problems, *self._report_unread(), *getattr(self.voice, "problems", ())]

    @property
    def synthesised(self) -> int:
        """How many distinct wordings the voice inside had to speak."""
        return len(self._fresh)

    @property
    def reused(self) -> int:
        """How many distinct wordings were there already."""
        return len(self._found - self._fresh)

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        """Give a clip for each wording, in order; what is missing is spoken as one batch, each wording once.

        Raises:
            VoiceError: When the voice inside can't speak a wording.
        """
        wordings = self._fit(wordings)
        places = self._places(wordings)
        clips = self._kept(places)
        with ExitStack() as stack:
            if len(clips) < len(places):
                stack.enter_context(self._turn())
                clips |= self._kept({wording: path for wording, path in places.items() if wording not in clips})
            missing = [wording for wording in places if wording not in clips]
            if missing and self._shipped is not None:
                clips |= self._unpack(self._shipped.find(self.voice, missing), places)
                missing = [wording for wording in missing if wording not in clips]
            spoken = stack.enter_context(close_after(self._ask(missing)))
            for wording in wordings:
                if wording not in clips:
                    clips[wording] = self._take(spoken, wording, places[wording])
                yield clips[wording]
        if missing and self._memory is None:  # whoever has a memory for it looks after the folder, too
            self._prune()

    def recall(self, wording: str) -> Clip | None:
        """Return the clip of a wording if it is in memory."""
        if self._memory is None:
            return None
        [fitting] = self._fit([wording])
        found = self._memory.get(self._places([fitting])[fitting])
        if found is not None:
            self._found.add(fitting)
        return found

    def measure_kept(self, wordings: Sequence[str]) -> dict[str, Fraction]:
        """Return the seconds of the clips that are kept already, without reading their sound."""
        fitting = self._fit(wordings)
        places = self._places(fitting)
        sizes = {given: cache.measure_entry(places[fit]) for given, fit in zip(wordings, fitting, strict=True)}
        return {given: Fraction(size // SAMPLE_BYTES, SAMPLE_RATE) for given, size in sizes.items() if size}

    def _fit(self, wordings: Sequence[str]) -> Sequence[str]:
        """Return wordings as the voice inside can read them, and note those that it reads as they are written."""
        fitting = fit_wordings(self.voice, wordings)
        self._unread |= {each: None for each, fit in zip(wordings, fitting, strict=True) if each != fit}
        return fitting

    def _places(self, wordings: Sequence[str]) -> dict[str, Path]:
        """Return the cache path of each wording's clip."""
        if isinstance(self.voice, CompositeVoice):
            return {wording: locate_clip(self.folder, self.voice.identity_of(wording), wording) for wording in wordings}
        identity = self.identity if wordings else ""
        return {wording: locate_clip(self.folder, identity, wording) for wording in wordings}

    def _kept(self, places: Mapping[str, Path]) -> dict[str, Clip]:
        clips = {wording: clip for wording, path in places.items() if (clip := self._find(path)) is not None}
        self._found |= clips.keys()
        return clips

    def _unpack(self, found: Mapping[str, Clip], places: Mapping[str, Path]) -> Mapping[str, Clip]:
        """Keep clips that come with the program, as if they had been spoken."""
        self._found |= found.keys()
        return {wording: self._keep(places[wording], clip) for wording, clip in found.items()}

    def _find(self, path: Path) -> Clip | None:
        """Return a clip from memory, or from its file."""
        if self._memory is None:
            return _read(path)
        found = self._memory.get(path) or _read(path)
        if found is not None:
            self._memory.put(path, found, len(found.pcm))
        return found

    def _turn(self) -> AbstractContextManager[None]:
        """Let one process speak at a time: its workers take all cores, and another may need the same words."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
        return locks.hold_mutex(self.folder, PATIENCE)

    def _ask(self, missing: Sequence[str]) -> Iterator[Clip]:
        if not missing:
            return iter(())
        return watch(self.voice, missing) if self._watched else self.voice.speak(missing)

    def _take(self, spoken: Iterator[Clip], wording: str, path: Path) -> Clip:
        clip = next(spoken, None)
        if clip is None:
            raise VoiceError("the voice gave fewer clips than it was asked for")
        self._fresh.add(wording)
        return self._keep(path, clip)

    def _keep(self, path: Path, clip: Clip) -> Clip:
        """Keep a clip in memory and in its file."""
        clip = Clip(clip.pcm, clip.digest)  # computed once, and asked for several times
        if self._memory is not None:
            self._memory.put(path, clip, len(clip.pcm))
        try:
            cache.store(path, clip.pcm)
        except OSError as error:
            self._note(f"clips can't be kept in {self.folder}: {error.strerror or error}")
        return clip

    def _prune(self) -> None:
        """Bring the cache under its limit, once a run: looking at every file is not free."""
        if not self._pruned:
            self._pruned = True
            cache.prune(self.folder, self.limit)

    def _report_unread(self) -> Iterator[str]:
        """Report words whose phonemes this voice does not know."""
        if self._unread:
            words = ", ".join(dict.fromkeys(quote(word) for each in self._unread for word in list_marked(each)))
            yield f"this voice can't read phonemes, so it reads {words} as written; a respelling works with every voice"

    def _note(self, problem: str) -> None:
        if not self._noted:
            self._noted = True
            self._problems.append(problem)


@lru_cache(maxsize=4096)  # each plan of a session asks again
def locate_clip(folder: Path, identity: str, wording: str) -> Path:
    """Return the file in which a voice's clip of a wording is kept."""
    return cache.locate_entry(folder, "clip", identity, wording)


def _read(path: Path) -> Clip | None:
    content, digest = cache.fetch_with_digest(path) or (b"", "")
    return Clip(content, digest) if content and len(content) % SAMPLE_BYTES == 0 else None


def watch(voice: Voice, wordings: Sequence[str]) -> Iterator[Clip]:
    """Speak with a voice that a program brings along; whatever it does wrong becomes a VoiceError.

    Raises:
        VoiceError: If the voice raises anything, gives too many clips, or gives one without sound, which is not kept.
    """
    name = str(getattr(voice, "name", "") or type(voice).__name__)
    try:
        with close_after(iter(voice.speak(wordings))) as spoken:
            for number, (wording, clip) in enumerate(zip(wordings, spoken, strict=False), 1):  # CachedVoice counts them
                checked = _check_clip(clip, wording)
                if number == len(wordings):
                    _check_end(spoken)
                yield checked
    except VoicecoachError:
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        raise VoiceError(f"the voice {name} failed: {said}\n{REMEDY}") from error


def _check_clip(clip: Clip, wording: str) -> Clip:
    if not isinstance(clip, Clip):
        raise VoiceError(f"the voice gave {type(clip).__name__} and no Clip for {quote(wording)}\n{REMEDY}")
    if not is_audible(clip, INAUDIBLE):
        raise VoiceError(f"the voice gave no sound for {quote(wording)}\n{REMEDY}")
    return clip


def _check_end(spoken: Iterator[Clip]) -> None:
    if next(spoken, None) is not None:
        raise VoiceError(f"the voice gave more clips than it was asked for\n{REMEDY}")


@contextmanager
def close_after(spoken: Iterator[Clip]) -> Generator[Iterator[Clip]]:
    """End a voice that is a generator when its reader stops early: it may own a process."""
    if hasattr(spoken, "close"):
        with closing(cast("Generator[Clip]", spoken)):
            yield spoken
    else:
        yield spoken
